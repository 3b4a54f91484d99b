"""Specs and an in-process runner for the tests of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from symdsl.cli.main import app

SPEC = """// a rotation of the plane
model small {
  param width: int = 8
  data {
    v: vector(2)
    y: scalar
  }
  symmetry turn: C(4)
  predict y from v
  enforce turn by equivariant_mlp { hidden = [width] }
  train { epochs = 2, batch = 8 }
}
"""

FAULTY = SPEC.replace("C(4)", "O(3)")

Invoke = Callable[..., Result]


@pytest.fixture
def invoke() -> Invoke:
    """`invoke("check", path)` runs a command in this process, its streams apart."""

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A small sound spec in a folder of its own."""
    path = tmp_path / "small.sym"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A spec with one fault: SYM0401."""
    path = tmp_path / "faulty.sym"
    path.write_text(FAULTY, encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Thirty samples of the squared length of a vector."""
    v = np.random.default_rng(0).standard_normal((30, 2))
    np.savez(tmp_path / "data.npz", v=v, y=np.sum(v**2, axis=1))
    return tmp_path / "data.npz"
