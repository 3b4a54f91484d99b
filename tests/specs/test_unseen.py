"""Specs by a stranger, who knew the design and the compiler's answers, but not its code.

Beside each NAME.sym lies NAME.expect: `right` or `refused`, and why. The right ones compile, and keep what they
promise; the refused ones are told so in the words of NAME.txt.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from symdsl.check.checker import check_file
from symdsl.check.exactness import exactness_of
from symdsl.cli.main import app
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.render import render
from symdsl.ir.graph import verify_graph
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.plan.verify import verify_program
from symdsl.registry import EntryPointCatalogue
from symdsl.session import Session
from symdsl.syntax.parser import parse
from symdsl.verification.dynamics import measure_dynamics
from symdsl.verification.equivariance import EXACT_TOLERANCE, measure_symmetry
from symdsl.verification.report import Measurement
from symdsl.verification.samples import random_elements, random_inputs, random_weights

FOLDER = Path(__file__).with_name("unseen")
Arrays = Mapping[str, NDArray[np.float64]]


def specs(verdict: str) -> list[Path]:
    """The specs of which this is expected."""
    paths = sorted(FOLDER.glob("*.sym"))
    return [path for path in paths if path.with_suffix(".expect").read_text().splitlines()[0] == verdict]


def diagnostics_of(path: Path) -> tuple[Diagnostic, ...]:
    """What refuses a spec: the checker, or, of one that is sound, what compiles it."""
    try:
        checked = check_file(parse(path.read_text(), path.name), EntryPointCatalogue())
        if not checked.diagnostics:
            assert Compilation(checked.model()).graph is None, "it compiles"
        return checked.diagnostics
    except SymdslError as refusal:
        return refusal.diagnostics


def name_of(path: Path) -> str:
    return path.stem


def test_every_spec_says_what_is_expected_and_why() -> None:
    assert len(specs("right")) + len(specs("refused")) == len(list(FOLDER.glob("*.sym")))
    for path in FOLDER.glob("*.sym"):
        assert len(path.with_suffix(".expect").read_text().splitlines()) == 2, path.name
        assert path.with_suffix(".txt").exists() == (path in specs("refused")), path.name


@pytest.mark.parametrize("path", specs("refused"), ids=name_of)
def test_a_refused_spec_is_refused_in_the_pinned_words(path: Path) -> None:
    shown = render(diagnostics_of(path), {path.name: path.read_text()})
    assert shown == path.with_suffix(".txt").read_text()
    assert CliRunner().invoke(app, ["compile", str(path)]).exit_code == 1


@pytest.mark.parametrize("path", specs("right"), ids=name_of)
def test_a_right_spec_compiles_to_a_model_that_keeps_its_promises(path: Path) -> None:
    compilation = prepare(path, Session(backend="torch", dtype="float64"))
    verify_graph(compilation.graph.forward)
    verify_program(compilation.program)
    compile(compilation.source, path.name, "exec")
    weights = random_weights(compilation.program.root, 7)
    generator = np.random.default_rng(7)
    inputs = random_inputs(compilation.spec, generator, 2)
    outputs = forward(compilation, weights, inputs)
    for name, values in outputs.items():
        assert np.max(np.std(values, axis=0)) > 1e-4 * np.max(np.abs(values)), f"{name} does not vary"
    measured = measurements(compilation, weights, inputs, generator)
    assert all(entry.passed for entry in measured), measured
    model = compilation.spec
    kinds = {exactness_of(symmetry, model.enforcements).kind for symmetry in model.symmetries.values()}
    promised = bool(kinds & {"exact", "subgroup"})
    assert promised == any(entry.tolerance == EXACT_TOLERANCE for entry in measured)


def forward(compilation: Compilation, weights: Arrays, inputs: Arrays) -> dict[str, NDArray[np.float64]]:
    """The outputs by name, in the meaning of the plan."""
    program, model = compilation.program, compilation.spec
    found, _ = interpret(program.root, "forward", [inputs[name] for name in model.inputs], weights, weights)
    return dict(zip(model.outputs, found, strict=True))


def measurements(
    compilation: Compilation, weights: Arrays, inputs: Arrays, generator: np.random.Generator
) -> list[Measurement]:
    """Each symmetry of the spec, measured on the interpreter."""
    model, found = compilation.spec, []
    for name, symmetry in model.symmetries.items():
        exactness = exactness_of(symmetry, model.enforcements)
        if symmetry.kind == "time":
            outputs = forward(compilation, weights, inputs)
            exact = exactness.kind == "exact"
            found += measure_dynamics(model, name, compilation.program, weights, inputs, outputs, exact)
        else:
            elements = random_elements(symmetry, generator, 2, exactness)
            found += measure_symmetry(
                model, lambda arrays: forward(compilation, weights, arrays), inputs, elements, exactness
            )
    return found
