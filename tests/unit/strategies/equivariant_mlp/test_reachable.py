"""Targets that no equivariant function of the inputs can give, or only as a constant."""

from __future__ import annotations

import pytest

from symdsl.check.checker import check_file
from symdsl.registry import EntryPointCatalogue
from symdsl.syntax.parser import parse

SQUEEZE = "matrix_group { generators = [[[1, 0], [0, -1]]] }"
SCALE = "matrix_group { generators = [[[1, 0], [0, 1]]] }"
TURN_AND_SCALE = "matrix_group { generators = [[[1, -2], [2, 1]]] }"
TWO_SCALES = "matrix_group { generators = [[[1, 0], [0, 0]], [[0, 0], [0, 1]]] }"
DOUBLED = "matrix_group { generators = [[[0, -1], [1, 0]]], discrete = [[[2, 0], [0, 2]]] }"


SPECIAL_LINEAR = "matrix_group { generators = [[[0, 1], [0, 0]], [[0, 0], [1, 0]], [[1, 0], [0, -1]]] }"
SHEAR = "matrix_group { generators = [[[0, 1], [0, 0]]] }"


def codes(group: str, given: str, target: str) -> list[str]:
    text = f"""model m {{
  data {{
    x: {given}
    y: {target}
  }}
  symmetry g: {group}
  predict y from x
  enforce g by equivariant_mlp
}}
"""
    return [fault.code for fault in check_file(parse(text, "m.sym"), EntryPointCatalogue()).diagnostics]


@pytest.mark.parametrize("group", [SCALE, TURN_AND_SCALE, TWO_SCALES, DOUBLED, f"{SCALE} * C(1)"])
@pytest.mark.parametrize("target", ["scalar", "label(classes = 3)"])
def test_what_shrinks_every_input_leaves_only_constants(group: str, target: str) -> None:
    given = "vector(2)" if "*" not in group else "vector(2) per 2"
    assert codes(group, given, target) == ["SYM0413"]


def test_one_vector_has_no_invariant_where_its_orbit_is_open() -> None:
    assert codes(SPECIAL_LINEAR, "vector(2)", "scalar") == ["SYM0413"]


@pytest.mark.parametrize(
    ("group", "given", "target"),
    [
        (SPECIAL_LINEAR, "vector(2) per 2", "scalar"),
        (SPECIAL_LINEAR, "vector(2)", "vector(2)"),
        (SHEAR, "vector(2)", "scalar"),
        (SQUEEZE, "vector(2)", "scalar"),
        (SCALE, "vector(2)", "vector(2)"),
        (SCALE, "tensor(1, 1) of 2", "scalar"),
        ("SO(2)", "vector(2)", "scalar"),
        ("Lorentz", "vector(4)", "scalar"),
    ],
)
def test_invariants_that_exist_are_let_through(group: str, given: str, target: str) -> None:
    assert codes(group, given, target) == []


def test_a_target_that_the_stabiliser_of_the_inputs_turns_is_zero() -> None:
    # one four-momentum is left alone by SO(3) or SO(1, 2), which leave no field tensor alone; two span a plane
    assert codes("Lorentz { y: irrep(1, 0) }", "vector(4)", "scalar(6)") == ["SYM0413"]
    assert codes("Lorentz { y: irrep(1, 0) }", "vector(4) per 2", "scalar(6)") == []
    assert codes('O(3) { x: "2x1o"; y: "0o" }', "scalar(6)", "scalar(1)") == ["SYM0413"]
    assert codes('O(3) { x: "3x1o"; y: "0o" }', "scalar(9)", "scalar(1)") == []
    assert codes("SO(3) { y: irrep(3) }", "vector(3)", "scalar(7)") == []
