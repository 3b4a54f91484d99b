"""Check, build and lower of mutated good specs: a compiled model or diagnostics, never another exception.

`SYMDSL_MUTATED_SPECS=20000` runs more of them.
"""

from __future__ import annotations

import os
import warnings

import pytest

from symdsl.api import check
from symdsl.diagnostics.codes import CODES
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.diagnostics.render import render
from symdsl.pipeline import Compilation
from symdsl.session import Limits, Session
from tests.properties.mutated_specs import mutated_spec

COUNT = int(os.environ.get("SYMDSL_MUTATED_SPECS", "240"))
BATCH = 40
LIMITS = Limits(parameters=2_000_000, image_size=64, array_size=2_000)


def outcome(text: str) -> str:
    """How far a text comes: "compiled", or the stage that refused it. Any exception but SymdslError is raised."""
    result = check(text, limits=LIMITS)
    assert render(result.diagnostics, {"<string>": text}) or not result.diagnostics
    if result.errors:
        assert {found.code for found in result.errors} <= set(CODES)
        assert all(found.span is not None for found in result.errors)
        return "check"
    for model in result.models:
        compilation = Compilation(model, Session(backend="torch", limits=LIMITS))
        try:
            compilation.lower(channels_last=False)
        except SymdslError as refusal:
            return "build" if {found.code for found in refusal.diagnostics} <= set(CODES) else "unknown code"
    return "compiled"


@pytest.mark.parametrize("start", range(0, COUNT, BATCH))
def test_mutated_specs_compile_or_are_refused(start: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(start, start + BATCH):
            text = mutated_spec(seed)
            try:
                stage = outcome(text)
            except Exception as fault:
                raise AssertionError(f"mutation {seed}\n{text}") from fault
            assert stage in ("check", "build", "compiled"), text


def test_mutations_come_to_every_stage() -> None:
    """Otherwise the test above would be one of the parser."""
    found = [outcome(mutated_spec(seed)) for seed in range(120)]
    assert found.count("check") > 20
    assert found.count("compiled") > 8
