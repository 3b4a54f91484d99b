"""The table of natural actions, and stated ones, against what the group algebra does to arrays."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.actions.action import Action, Offset, Pixels
from symdsl.groups.combinations import Pulled, Sum
from symdsl.groups.representation import Defining, Dual, Permutation


def actions(checked, data: str, group: str, lines: str = "", body: str = "predict y from x") -> dict[str, Action]:
    block = f" {{\n{lines}\n}}" if lines else ""
    result = checked(data, f"symmetry g: {group}{block}\n{body}")
    assert result.errors == ()
    return dict(result.model().symmetries["g"].actions)


def test_rotations_of_vectors_and_tensors(checked) -> None:
    found = actions(checked, "x: vector(3) per 5\ny: tensor(2, 0) of 3\nm: scalar per 5", "O(3)")
    group = found["x"].group
    assert found["x"].factors == (((1,), Defining(group)),)
    assert found["y"].factors == (((0,), Defining(group)), ((1,), Defining(group)))
    assert found["m"].is_trivial
    element = group.sample(np.random.default_rng(0), 1)[0]
    tensor = np.random.default_rng(1).standard_normal((1, 3, 3))
    np.testing.assert_allclose(found["y"].apply(element, tensor)[0], element @ tensor[0] @ element.T, atol=1e-12)


def test_lower_axes_are_dual_unless_the_group_is_orthogonal(checked) -> None:
    data = "x: tensor(1, 1) of 2\ny: scalar"
    general = actions(checked, data, "matrix_group { generators = [[[0, 1], [0, 0]]] }")["x"]
    assert general.factors[1][1] == Dual(Defining(general.group))
    rigid = actions(checked, data, "SO(2)")["x"]
    assert rigid.factors[1][1] == Defining(rigid.group)


def test_phase_space_is_moved_by_the_cotangent_lift(checked) -> None:
    data, body = "x: phase_space(dim = 2) per 3\ny: derivative(x)", "predict y from x"
    rigid = actions(checked, data, "O(2)", body=body)
    assert rigid["x"].factors == (((2,), Defining(rigid["x"].group)),)
    assert rigid["y"] == rigid["x"]
    shear = actions(checked, data, "matrix_group { generators = [[[0, 1], [0, 0]]] }", body=body)["x"]
    group = shear.group
    assert shear.factors == (((1, 2), Sum((Defining(group), Dual(Defining(group))))),)
    element = group.sample(np.random.default_rng(0), 1)[0]
    z = np.random.default_rng(1).standard_normal((1, 3, 2, 2))
    moved = shear.apply(element, z)
    np.testing.assert_allclose(moved[0, :, 0], z[0, :, 0] @ element.T, atol=1e-12)
    pairing = np.einsum("bi,bi->b", z[0, :, 0], z[0, :, 1])
    np.testing.assert_allclose(np.einsum("bi,bi->b", moved[0, :, 0], moved[0, :, 1]), pairing, atol=1e-12)


@pytest.mark.parametrize("group", ["O(2)", "SL(2)"])
def test_a_stated_representation_of_positions_is_lifted_to_momenta(group: str, checked) -> None:
    data, body = "x: phase_space(dim = 3)\ny: derivative(x)", "predict y from x"
    action = actions(checked, data, group, "x: defining + trivial(1)", body)["x"]
    element = action.group.sample(np.random.default_rng(0), 1)[0]
    z = np.random.default_rng(1).standard_normal((1, 2, 3))
    (moved,) = action.apply(element, z)
    np.testing.assert_allclose(moved[0], [*element @ z[0, 0, :2], z[0, 0, 2]], atol=1e-12)
    np.testing.assert_allclose(moved[0] @ moved[1], z[0, 0] @ z[0, 1], atol=1e-12)


def test_translations_move_positions_and_nothing_else(checked) -> None:
    data = "x: phase_space(dim = 2) per 3\ny: derivative(x)\np: point(2)\nv: vector(2)"
    found = actions(checked, data, "T(2)")
    assert found["x"].geometry == Offset(2, ((1, 0),))
    assert found["p"].geometry == Offset(0)
    assert found["y"].is_trivial
    assert found["v"].is_trivial
    element = found["x"].group.sample(np.random.default_rng(0), 1)[0]
    z = np.zeros((1, 3, 2, 2))
    moved = found["x"].apply(element, z)
    assert np.abs(moved[0, :, 0]).min() > 0
    assert np.array_equal(moved[0, :, 1], z[0, :, 1])


def test_images_turn_and_labels_stay(checked) -> None:
    found = actions(checked, "x: image(1, 8)\ny: label(3)", "D(4)")
    assert found["x"].geometry == Pixels()
    assert found["y"].is_trivial


def test_a_named_axis_is_permuted_and_no_other(checked) -> None:
    data = "axis bodies = 3\nx: vector(3) per 3 per bodies\ny: vector(3)"
    found = actions(checked, data, "S(bodies)")
    assert found["x"].factors == (((1,), Permutation(found["x"].group)),)
    assert found["y"].is_trivial


def test_products_act_by_blocks(checked) -> None:
    data = "axis atoms = 4\nx: vector(3) per atoms\ny: scalar"
    found = actions(checked, data, "O(3) * S(atoms)")["x"]
    turn, relabel = found.group.factors
    assert found.factors == (
        ((1,), Pulled(found.group, 0, Defining(turn))),
        ((0,), Pulled(found.group, 1, Permutation(relabel))),
    )


def test_products_may_hold_one_geometric_part(checked) -> None:
    data = "axis frames = 4\nx: image(1, 8) per frames\ny: label(3)"
    found = actions(checked, data, "C(4) * S(frames)")["x"]
    assert found.geometry == Pixels(factor=0)
    assert found.factors[0][0] == (0,)


@pytest.mark.parametrize(
    ("size", "group", "line", "dimension"),
    [
        (8, "SO(3)", "2 * defining + 2 * trivial", 8),
        (9, "SO(3)", "defining ^ 2", 9),
        (9, "SO(3)", "tensor(1, 1)", 9),
        (4, "C(4)", "regular", 4),
        (5, "S(5)", "permutation", 5),
        (7, "Lorentz", "defining + trivial(3)", 7),
        (8, "Lorentz", "defining + dual", 8),
        (12, "O(3)", "defining * (defining + trivial)", 12),
        (6, "O(3)", "copies * defining", 6),
    ],
)
def test_stated_representations(checked, size: int, group: str, line: str, dimension: int) -> None:
    result = checked(
        f"x: scalar({size}) per 2\ny: scalar", f"symmetry g: {group} {{\nx: {line}\n}}\npredict y from x",
        head="param copies: int = 2",
    )  # fmt: skip
    assert result.errors == ()
    ((axes, representation),) = result.model().symmetries["g"].actions["x"].factors
    assert axes == (1,)
    assert representation.dimension == dimension


def test_inferred_fields_are_named(checked) -> None:
    result = checked("x: vector(3)\ny: scalar\nz: vector(4)", "symmetry g: O(3) {\nz: trivial\n}\npredict y from x")
    model = result.model()
    assert model.symmetries["g"].inferred == {"x", "y"}
    assert any("x: vector(3), inferred: defining" in fact for fact in model.facts)


def test_time_needs_no_actions(checked) -> None:
    body = "symmetry time: translation(t)\npredict y from x\nenforce time by hamiltonian"
    symmetry = checked("x: phase_space(1)\ny: derivative(x)", body).model().symmetries["time"]
    assert (symmetry.kind, symmetry.group, dict(symmetry.actions)) == ("time", None, {})


@pytest.mark.parametrize(
    ("data", "group", "code", "says"),
    [
        ("x: vector(4)\ny: scalar", "O(3)", "SYM0401", "O(4)"),
        ("x: point(3)\ny: scalar", "T(2)", "SYM0401", "T(3)"),
        ("x: image(1, 8)\ny: scalar", "SO(3)", "SYM0401", "SO(2)"),
        ("axis a = 5\nx: vector(5) per a\ny: scalar", "S(5)", "SYM0402", "S(a)"),
        ("x: vector(3) per 4\ny: scalar", "S(4)", "SYM0401", "trivial"),
    ],
)
def test_what_does_not_fit_says_what_would(checked, data: str, group: str, code: str, says: str) -> None:
    (error,) = checked(data, f"symmetry g: {group}\npredict y from x").errors
    assert error.code == code
    assert says in (error.hint or "")
    assert error.span is not None
    assert error.span.end_column - error.span.column == len(group)
