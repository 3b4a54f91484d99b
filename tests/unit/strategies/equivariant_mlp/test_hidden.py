"""What hidden layers are made of: kinds of their own for what is no tensor, and a gate for each kind of axes."""

from __future__ import annotations

from symdsl import representation
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.ir.operations.equivariant import copies_of, number_of_gates
from symdsl.strategies.equivariant_mlp.hidden import hidden_representation


def test_tensors_over_a_product_have_a_gate_for_each_kind_of_axes() -> None:
    group = representation("O(3) * S(4)", "trivial").group
    hidden = hidden_representation(group, 96, rank=2)
    blocks = {kind.text: copies for copies, kind in copies_of(hidden)}
    assert hidden.dimension == 96
    assert blocks["defining of O(3) * permutation of S(4)"] == 2
    assert blocks["permutation of S(4) * permutation of S(4)"] == 1
    moved = ("defining of O(3)", "defining of O(3) * defining of O(3)", "defining of O(3) * permutation of S(4)")
    assert number_of_gates(hidden) == sum(blocks[kind] for kind in moved)


def test_what_is_no_tensor_of_vectors_has_copies_of_its_own() -> None:
    # a wrench is moved by translations, and no tensor of free vectors is; irrep(4) is in tensors of 81 numbers only
    for group, words, channels in (("SE(3)", "alt(defining, 2)", 48), ("O(3)", "irrep(4)", 64)):
        kind = representation(group, words)
        for count in (0, 1):
            kinds = (kind,) * count
            hidden = hidden_representation(kind.group, channels, kinds=kinds)
            assert hidden.dimension == channels
            assert ((channels // (2 * kind.dimension), kind) in copies_of(hidden)) == bool(count)
        assert hom_dimension(kind, hidden_representation(kind.group, channels, kinds=(kind,))) > 0


def test_a_kind_that_is_too_large_is_left_out() -> None:
    kind = representation("O(3)", "irrep(4)")
    assert copies_of(hidden_representation(kind.group, 13, kinds=(kind,))) == copies_of(
        hidden_representation(kind.group, 13)
    )
    assert (1, kind) in copies_of(hidden_representation(kind.group, 14, kinds=(kind,)))
