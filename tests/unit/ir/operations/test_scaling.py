"""The typing rule of scales: a symmetry is kept exactly where scaling commutes with it."""

from __future__ import annotations

import pytest

from symdsl.groups.actions.action import Action, Offset, Pixels
from symdsl.groups.actions.blocks import Blocks, separate_blocks
from symdsl.groups.families.catalogue import cyclic, special_orthogonal, symmetric, translations
from symdsl.groups.representation import Defining, Permutation
from symdsl.ir.operations.scaling import Normalise, Restore, ScaleEnergy
from symdsl.ir.types import EquivarianceError, ValueType

SO3, S3 = special_orthogonal(3), symmetric(3)
ONE = Blocks(((0, 0, 0),))
VECTOR = ValueType(
    shape=(3,),
    actions={
        "turn": Action(SO3, (3,), (((0,), Defining(SO3)),)),
        "swap": Action(S3, (3,), (((0,), Permutation(S3)),)),
        "still": Action(SO3, (3,)),
    },
)


@pytest.mark.parametrize("kind", [Normalise, Restore])
@pytest.mark.parametrize(
    ("blocks", "shifted", "kept"),
    [
        (ONE, False, {"turn", "swap", "still"}),
        (ONE, True, {"swap", "still"}),
        (separate_blocks((3,)), False, {"still"}),
        (separate_blocks((3,)), True, {"still"}),
        (Blocks(((0, 0, 1),)), False, {"still"}),
    ],
)
def test_what_a_scale_keeps(kind: type[Normalise | Restore], blocks: Blocks, shifted: bool, kept: set[str]) -> None:
    found = kind(blocks=blocks, shifted=shifted).infer_type((VECTOR,))
    assert set(found.actions) == kept
    assert found.shape == (3,)
    assert all(found.actions[name] == VECTOR.actions[name] for name in kept)


def test_a_scaled_point_is_no_longer_moved_by_the_same_offset() -> None:
    group = translations(3)
    point = ValueType(shape=(3,), actions={"move": Action(group, (3,), geometry=Offset(0))})
    assert not Normalise(blocks=ONE).infer_type((point,)).actions


def test_a_channel_of_an_image_has_one_mean() -> None:
    group = cyclic(4)
    image = ValueType(shape=(2, 3, 3), actions={"turn": Action(group, (2, 3, 3), geometry=Pixels())})
    channels = Blocks(((0, 1), (0, 0, 0), (0, 0, 0)))
    assert set(Normalise(blocks=channels, shifted=True).infer_type((image,)).actions) == {"turn"}
    assert not Normalise(blocks=separate_blocks((2, 3, 3)), shifted=True).infer_type((image,)).actions


def test_scales_must_fit() -> None:
    with pytest.raises(EquivarianceError, match="do not fit"):
        Normalise(blocks=separate_blocks((4,))).infer_type((VECTOR,))
    with pytest.raises(EquivarianceError, match="one number"):
        ScaleEnergy(axis=0).infer_type((VECTOR,))
