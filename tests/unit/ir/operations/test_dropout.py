"""Dropout keeps what moves entries about, and nothing that mixes them."""

from __future__ import annotations

from symdsl.groups.actions.action import Action, Pixels
from symdsl.groups.families.catalogue import cyclic, special_orthogonal, symmetric
from symdsl.groups.representation import Defining, Permutation
from symdsl.ir.operations.dropout import Dropout
from symdsl.ir.types import ValueType


def kept(action: Action) -> bool:
    return "g" in Dropout(rate=0.5).infer_type((ValueType(shape=action.shape, actions={"g": action}),)).actions


def test_permuted_entries_and_pixels_are_dropped_alike() -> None:
    assert kept(Action(symmetric(4), (4,), (((0,), Permutation(symmetric(4))),)))
    assert kept(Action(cyclic(4), (2, 5, 5), geometry=Pixels()))


def test_components_of_a_vector_are_not_dropped_one_by_one() -> None:
    """A vector without its first component is no rotation of one without its second: the distribution does not turn."""
    assert not kept(Action(special_orthogonal(3), (3,), (((0,), Defining(special_orthogonal(3))),)))
