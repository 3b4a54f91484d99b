"""Every cell of the support table is a test; `python -m tests.support_table` writes the table from those that pass."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from symdsl.data.match import FieldArrays
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import draw_parameters
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import read_options
from symdsl.verification.report import Report
from symdsl.verification.samples import random_inputs
from symdsl.verification.verify import VerifyOptions, verify
from tests.docs.support_cases import BACKENDS, CAPABILITIES, ROWS, Row
from tests.support_table import PAGE, complete_page


@lru_cache(maxsize=4)
def compilation_of(row: Row, backend: str) -> Compilation:
    return prepare(row.text, Session(backend=backend))


@lru_cache(maxsize=4)
def report_of(row: Row, backend: str) -> Report:
    return verify(compilation_of(row, backend), options=VerifyOptions(samples=3, elements=6, words=2, layers=False))


def can_compile(row: Row, backend: str) -> None:
    source = compilation_of(row, backend).source
    compile(source, "model.py", "exec")
    assert "import symdsl" not in source


def can_verify(row: Row, backend: str) -> None:
    report = report_of(row, backend)
    promised = [entry for entry in report.measurements if entry.quantity not in ("parity", "fold")]
    assert report.passed
    assert report.variation > 1e-6
    assert row.group == "none" or all((entry.tolerance is not None) == row.promised for entry in promised)
    assert all(np.isfinite(entry.error) for entry in promised)
    assert promised or row.group == "none"


def can_train(row: Row, backend: str) -> None:
    compilation, generator = compilation_of(row, backend), np.random.default_rng(0)
    spec = compilation.spec
    arrays = dict(random_inputs(spec, generator, 20))
    for name in spec.outputs:
        field = spec.fields[name]
        drawn = generator.integers(0, 3, 20) if field.kind == "label" else generator.standard_normal((20, *field.shape))
        arrays[name] = drawn
    options = read_options({"epochs": 1, "batch": 8, "learning_rate": 0.01})
    result = train(compilation, compilation.instantiate(), FieldArrays("drawn", arrays, 20, {}), options)
    first = draw_parameters(compilation.program.root, 0)
    assert all(np.isfinite(value).all() for value in result.weights.values())
    assert any(np.abs(result.weights[name] - value).max() > 1e-6 for name, value in first.items())


def can_fold(row: Row, backend: str) -> None:
    (entry,) = [entry for entry in report_of(row, backend).measurements if entry.quantity == "fold"]
    assert entry.tolerance is not None
    assert entry.passed


CHECKS = {"compile": can_compile, "verify": can_verify, "train": can_train, "fold": can_fold}


@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("row", range(len(ROWS)), ids=[f"{row.strategy}-{row.group}-{row.data}" for row in ROWS])
def test_cell(row: int, backend: str, capability: str) -> None:
    CHECKS[capability](ROWS[row], backend)


def test_the_page_has_every_cell() -> None:
    assert PAGE.read_text(encoding="utf-8") == complete_page()
