"""What symmetries conserve: by name, by value, and where they conserve nothing."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.check.noether import Conserved, conserved_quantities
from symdsl.groups.actions.moment_map import infinitesimal, infinitesimal_offset, turned
from symdsl.pipeline import prepare

TEXT = """
model particles {{
  data {{
    axis bodies = 3
    z: phase_space(dim = {dimension}) per bodies
    m: scalar per bodies
    {more}
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  symmetry g: {group}
  predict dz from z, m{given}
  {enforce}
}}
"""
ENFORCE = "enforce time by hamiltonian\n  enforce g by equivariant_mlp { hidden = [4] }"


def quantities(
    group: str, dimension: int = 2, enforce: str = ENFORCE, more: str = "", given: str = ""
) -> dict[str, Conserved]:
    text = TEXT.format(group=group, dimension=dimension, enforce=enforce, more=more, given=given)
    return {each.name: each for each in conserved_quantities(prepare(text).spec)}


def states(dimension: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((5, 3, 2, dimension))


@pytest.mark.parametrize(
    ("group", "dimension", "names"),
    [
        ("T(2)", 2, {"momentum": 2}),
        ("SO(2)", 2, {"angular_momentum": 1}),
        ("O(3)", 3, {"angular_momentum": 3}),
        ("E(3)", 3, {"angular_momentum": 3, "momentum": 3}),
        ("E(2) * S(bodies)", 2, {"angular_momentum": 1, "momentum": 2}),
        ("S(bodies)", 2, {}),
    ],
)
def test_quantities_of_groups(group: str, dimension: int, names: dict[str, int]) -> None:
    found, z = quantities(group, dimension), states(dimension)
    assert {name: each.map.value(z).shape[1] for name, each in found.items()} == names
    assert all(each.exact for each in found.values())
    if "momentum" in names:
        np.testing.assert_allclose(found["momentum"].map.value(z), z[:, :, 1].sum(axis=1), atol=1e-14)
    if "angular_momentum" in names:
        q, p = z[:, :, 0], z[:, :, 1]
        turns = np.einsum("nbi,nbj->nij", q, p)
        turns = turns - turns.swapaxes(1, 2)
        wanted = [turns[:, i, j] for i in range(dimension) for j in range(i)]
        own = found["angular_momentum"].map.value(z).T
        np.testing.assert_allclose(sorted(np.abs(own[:, 0])), sorted(np.abs(np.array(wanted)[:, 0])), atol=1e-13)


@pytest.mark.parametrize("group", ["E(2)", "Sp(4)"])
def test_hamiltons_equations_of_a_moment_map_are_the_generator(group: str) -> None:
    dimension = 2
    text = TEXT.format(group=group, dimension=dimension, enforce=ENFORCE, more="", given="")
    lone = text.replace("per bodies", "").replace("axis bodies = 3", "")
    lone = lone.replace("m: scalar", "").replace(", m", "")
    if group != "E(2)":
        lone = lone.replace(f"symmetry g: {group}", f"symmetry g: {group} {{ z: defining }}")
    model = prepare(lone).spec
    found, z = conserved_quantities(model), np.random.default_rng(1).standard_normal((4, 2, dimension))
    assert found
    for each in found:
        for place, element in enumerate(each.map.algebra):
            moved = infinitesimal(each.map.action, element, z) + infinitesimal_offset(each.map.action, element)
            slope = each.map.slope(z)[:, place]
            np.testing.assert_allclose(turned(slope, 1), -moved, atol=1e-14)
            # the slope is that of the value, which is quadratic: a central difference is exact
            step = np.random.default_rng(2).standard_normal(z.shape)
            rise = each.map.value(z + step / 2)[:, place] - each.map.value(z - step / 2)[:, place]
            np.testing.assert_allclose(rise, np.sum(slope * step, axis=(1, 2)), atol=1e-12)


def test_nothing_is_conserved_exactly_that_is_not_enforced() -> None:
    assert not quantities("E(2)", enforce="")["momentum"].exact
    assert not quantities("E(2)", enforce="enforce time by hamiltonian")["momentum"].exact


def test_a_symmetry_that_moves_another_input_conserves_nothing() -> None:
    assert quantities("SO(2)", more="w: vector(2)", given=", w") == {}
    assert set(quantities("E(2)", more="w: vector(2)", given=", w")) == {"momentum"}
