"""Typing rules of the operations on feature maps: what they keep, what they refuse, what they forget."""

from __future__ import annotations

import pytest

from symdsl.groups.actions.action import Action, Pixels
from symdsl.groups.combinations import Product
from symdsl.groups.families.catalogue import cyclic, dihedral, special_orthogonal
from symdsl.groups.group import Group
from symdsl.groups.representation import Regular, Trivial
from symdsl.ir.feature_map import Fibre, map_action
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.batch_normalisation import BatchNormalisation
from symdsl.ir.operations.convolution import Convolution
from symdsl.ir.operations.dropout import Dropout
from symdsl.ir.operations.group_pooling import GroupPooling
from symdsl.ir.operations.image_layout import EnterImage, LeaveImage
from symdsl.ir.operations.spatial_pooling import SpatialPooling
from symdsl.ir.operations.spatial_reduction import SpatialReduction
from symdsl.ir.types import EquivarianceError, ValueType


def image(group: Group, channels: int = 3, size: tuple[int, int] = (9, 9), **others: Action) -> ValueType:
    shape = (channels, *size)
    return ValueType(shape=shape, actions={"turn": Action(group, shape, geometry=Pixels()), **others})


def feature_map(group: Group, fields: int = 2, size: tuple[int, int] = (9, 9)) -> ValueType:
    fibre = Fibre(fields, group.order or 1)
    return ValueType(shape=(fibre.channels, *size), actions={"turn": map_action(group, fibre, size)})


def infer(attributes: Attributes, value: ValueType) -> ValueType:
    return attributes.infer_type((value,))


def test_lifting_gives_a_regular_fibre_group_major() -> None:
    lifted = infer(Convolution(symmetry="turn", fields=5, kernel=3), image(dihedral(4)))
    assert lifted.shape == (40, 7, 7)
    (((axes, representation),), geometry) = lifted.actions["turn"].factors, lifted.actions["turn"].geometry
    assert (axes, geometry) == ((0,), Pixels())
    assert representation == Product((Regular(dihedral(4)), Trivial(dihedral(4), 5)))


def test_group_convolution_takes_and_gives_regular_fibres() -> None:
    after = infer(Convolution(symmetry="turn", fields=3, kernel=4, padding=1), feature_map(cyclic(4)))
    assert after == feature_map(cyclic(4), 3, (8, 8))


def test_pooling_over_the_group_then_over_space() -> None:
    pooled = infer(GroupPooling(symmetry="turn", kind="max"), feature_map(cyclic(4), 3))
    assert pooled == image(cyclic(4), 3)
    vector = infer(SpatialReduction(symmetry="turn", kind="max"), pooled)
    assert vector.shape == (3,)
    assert vector.actions["turn"].is_trivial


def test_space_pooled_first_leaves_a_permuted_vector() -> None:
    vector = infer(SpatialReduction(symmetry="turn", kind="mean"), feature_map(cyclic(4), 3))
    assert vector.shape == (12,)
    assert not vector.actions["turn"].is_trivial


def test_shape_preserving_operations_keep_the_action() -> None:
    value = feature_map(dihedral(2))
    for attributes in (BatchNormalisation(symmetry="turn"), Dropout(rate=0.5), EnterImage(), LeaveImage()):
        assert infer(attributes, value) == value


@pytest.mark.parametrize(
    "attributes",
    [
        Convolution(symmetry="turn", fields=2, kernel=3, stride=2),
        Convolution(symmetry="turn", fields=2, kernel=3, stride=2, padding=1),
        SpatialPooling(symmetry="turn", kind="max", kernel=2, stride=2),
    ],
)
def test_windows_that_miss_the_far_end(attributes: Convolution | SpatialPooling) -> None:
    even = image(cyclic(4), size=(10, 10))
    odd = image(cyclic(4), size=(9, 9))
    fits, misses = (even, odd) if isinstance(attributes, SpatialPooling) else (odd, even)
    assert "turn" in infer(attributes, fits).actions
    with pytest.raises(EquivarianceError, match="breaks") as caught:
        infer(attributes, misses)
    assert caught.value.hint
    allowed = attributes.model_copy(update={"approximate": True})
    assert "turn" in infer(allowed, misses).actions


def test_quarter_turns_of_a_wide_image_are_refused() -> None:
    with pytest.raises(EquivarianceError):
        infer(Convolution(symmetry="turn", fields=2, kernel=3), image(cyclic(4), size=(9, 11)))
    assert infer(Convolution(symmetry="turn", fields=2, kernel=3), image(cyclic(2), size=(9, 11))).shape == (4, 7, 9)


def test_windows_that_do_not_fit() -> None:
    with pytest.raises(EquivarianceError, match="does not fit"):
        infer(Convolution(fields=2, kernel=11), image(cyclic(4)))


def test_groups_without_end_are_refused() -> None:
    with pytest.raises(EquivarianceError):
        infer(Convolution(symmetry="turn", fields=2, kernel=3), image(special_orthogonal(2)))


def test_pooling_twice_over_the_group_is_refused() -> None:
    with pytest.raises(EquivarianceError, match="no group axis"):
        infer(GroupPooling(symmetry="turn", kind="max"), image(cyclic(4)))


def test_a_fibre_of_another_kind_is_refused() -> None:
    shape = (4, 9, 9)
    field_major = Product((Trivial(cyclic(2), 2), Regular(cyclic(2))))
    value = ValueType(shape=shape, actions={"turn": Action(cyclic(2), shape, (((0,), field_major),), Pixels())})
    with pytest.raises(EquivarianceError, match="cannot read"):
        infer(BatchNormalisation(symmetry="turn"), value)


def test_a_vector_is_refused() -> None:
    value = ValueType(shape=(4,), actions={"turn": Action(cyclic(4), (4,))})
    for attributes in (
        Convolution(fields=2, kernel=1),
        SpatialPooling(kind="max", kernel=1, stride=1),
        SpatialReduction(kind="max"),
        BatchNormalisation(symmetry="turn"),
    ):
        with pytest.raises(EquivarianceError, match="takes channels over a grid"):
            infer(attributes, value)


def test_a_plain_layer_forgets_what_moves_and_keeps_what_does_not() -> None:
    still = Action(cyclic(3), (3, 9, 9))
    after = infer(Convolution(fields=2, kernel=3), image(cyclic(4), still=still))
    assert set(after.actions) == {"still"}
    assert after.actions["still"].is_trivial
    with pytest.raises(EquivarianceError, match="does not transform under it any more"):
        infer(GroupPooling(symmetry="turn", kind="max"), after)
