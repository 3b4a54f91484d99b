"""Hamilton's equations keep the maps of phase space that are canonical, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.actions.action import Action
from symdsl.groups.combinations import Sum
from symdsl.groups.families.catalogue import lorentz, orthogonal, special_orthogonal, symmetric
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, Permutation, Representation
from symdsl.ir.actions import dual_action
from symdsl.ir.operations.derivative import SymplecticField
from symdsl.ir.types import ValueType


def field_keeps(action: Action, axis: int) -> bool:
    """Whether J dH/dz is typed to move as z does, where dH/dz moves by the dual."""
    state = ValueType(shape=action.shape, actions={"g": action}, flows={"time": "state"})
    gradient = ValueType(shape=action.shape, actions={"g": dual_action(action)})
    return "g" in SymplecticField(state=state, axis=axis).infer_type((gradient,)).actions


def truly_keeps(action: Action, axis: int) -> bool:
    """The same by numbers: J g* v = g J v for random elements and vectors."""
    generator = np.random.default_rng(3)
    vectors = generator.standard_normal((5, *action.shape))

    def turned(values: np.ndarray) -> np.ndarray:
        rows = np.moveaxis(values, axis + 1, 1)
        return np.moveaxis(np.stack([rows[:, 1], -rows[:, 0]], axis=1), 1, axis + 1)

    return all(
        np.allclose(
            turned(dual_action(action).apply(element, vectors)), action.apply(element, turned(vectors)), atol=1e-9
        )
        for element in action.group.sample(generator, 12)
    )


def plane(representation: Representation, group: Group, dimension: int) -> Action:
    return Action(group, (2, dimension), (((0, 1), representation),))


ROTATION, ROTOREFLECTION, LORENTZ = special_orthogonal(2), orthogonal(2), lorentz(2)
CASES = {
    "rotations of the phase plane": (plane(Defining(ROTATION), ROTATION, 1), 0, True),
    "reflections of the phase plane": (plane(Defining(ROTOREFLECTION), ROTOREFLECTION, 1), 0, False),
    "boosts of q and, dually, of p": (plane(Sum((Defining(LORENTZ), Dual(Defining(LORENTZ)))), LORENTZ, 2), 0, True),
    "boosts of q and p alike": (plane(Sum((Defining(LORENTZ),) * 2), LORENTZ, 2), 0, False),
    "boosts of coordinates": (Action(LORENTZ, (2, 2), (((1,), Defining(LORENTZ)),)), 0, False),
    "rotations of coordinates": (Action(ROTOREFLECTION, (2, 2), (((1,), Defining(ROTOREFLECTION)),)), 0, True),
    "relabelled bodies": (Action(symmetric(3), (3, 2, 1), (((0,), Permutation(symmetric(3))),)), 1, True),
}


@pytest.mark.parametrize("name", CASES)
def test_only_canonical_transformations_are_kept(name: str) -> None:
    action, axis, expected = CASES[name]
    assert truly_keeps(action, axis) is expected
    assert field_keeps(action, axis) is expected
