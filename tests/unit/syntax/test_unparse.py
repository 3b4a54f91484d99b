"""What is unparsed parses to the tree that it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from symdsl.syntax.formatter import format_text
from symdsl.syntax.outline import outline
from symdsl.syntax.parser import parse
from symdsl.syntax.unparse import unparse
from tests.child import ROOT

FOLDERS = ("tests/specs/good", "tests/specs/warned", "examples")
SPECS = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.sym"))]

EVERYTHING = r"""
model everything {
  param width: int = 64; param name: text
  data from "a\\b \"c\".npz" {
    axis bodies = 1..6
    x: tensor(2, 0) of 3 per 5 per bodies = 4 over t from "ä.npz:x"
    graph g { node h: vector(3); edge e: scalar(2); global u: scalar }
  }
  symmetry a: C(4) * (S(5) * T(2)) { x: dual(2) + 3; y: trivial }
  symmetry b: local U(1)
  symmetry c: learned(within = GL(3)) from "card.json"
  predict y, z from x, m by mlp { hidden = [1, 2 * width, -(3 - 4) - (5 - 6), (-2)^2, -2^2, 2^(3^2), (2^3)^2] }
  enforce a, b by something { layers = [conv(10, k = 3), pool, block { a = 1, b = true }], rate = 1e-5, norm = false }
  normalise x, y
  tolerance = 1e-9
  force = -gradient(energy, x)
  train { epochs = 10, optimiser = adam }
}
"""


def declared(text: str):
    return parse(text).models


def test_every_statement_comes_back() -> None:
    (model,) = declared(EVERYTHING)
    text = unparse(model, ["why", "and how"])
    assert text.startswith("// why\n// and how\nmodel everything {\n")
    assert outline(declared(text)) == outline((model,))
    assert format_text(text) == text


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_spec_comes_back(path: Path) -> None:
    for model in declared(path.read_text(encoding="utf-8")):
        assert outline(declared(unparse(model))) == outline((model,))
