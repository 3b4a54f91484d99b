"""The examples of a loop of one's own: the loss falls, and the symmetry is as exact as the dtype."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.child import ROOT, run

FOLDER = ROOT / "examples" / "own_loop"


def judge(losses: list[float], error: float, bound: float) -> None:
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    assert 0 <= error < bound


@pytest.mark.parametrize(
    ("script", "measure", "steps", "bound"),
    [
        ("torch_layer", "turning_error", 60, 1e-12),
        ("torch_basis", "relabelling_error", 60, 1e-12),
        ("jax_optax", "turning_error", 60, 1e-5),
        ("jax_equinox", "turning_error", 150, 1e-5),
    ],
)
def test_a_script_learns_and_keeps_the_symmetry(script: str, measure: str, steps: int, bound: float) -> None:
    namespace = runpy.run_path(str(FOLDER / f"{script}.py"))
    trained, losses = namespace["train"](steps)
    judge(losses, namespace[measure](trained), bound)


def test_the_measures_can_fail() -> None:
    """A network with one weight of a fixed matrix changed is no longer invariant, and the script would say so."""
    namespace = runpy.run_path(str(FOLDER / "torch_basis.py"))
    network = namespace["make_network"]()
    network[0].basis[3, 2, 5] += 0.1
    assert namespace["relabelling_error"](network) > 1e-4


def test_a_worker_process_gets_a_compiled_model(tmp_path: Path) -> None:
    """As a user runs it, the worker started afresh, so that the generated class has to be found again."""
    done = run([sys.executable, str(FOLDER / "torch_loop.py"), "--steps", "150"], tmp_path).expect(0)
    first, last, error = map(float, re.findall(r"\d[\d.e+-]*\d", done.out))
    judge([first] * 5 + [last] * 5, error, 1e-12)


def test_every_script_is_tested_and_named() -> None:
    names = {path.name for path in FOLDER.glob("*.py")}
    readme, here = (FOLDER / "README.md").read_text(), Path(__file__).read_text()
    assert all(f"`{name}`" in readme and name.removesuffix(".py") in here for name in names)
