"""Which representation a hidden layer of a given width carries."""

from __future__ import annotations

from collections.abc import Collection

from symdsl.groups.combinations import Product, vectors_of
from symdsl.groups.group import Group
from symdsl.groups.representation import Dual, Regular, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.ir.operations.equivariant import block_sum

LARGEST_REGULAR = 128
"""Finite groups up to this order are given regular representations, whose functions are all functions on the group."""


def hidden_representation(
    group: Group, channels: int, rank: int = 0, kinds: Collection[Representation] = ()
) -> Representation:
    """A representation of about `channels` dimensions.

    A small finite group: as many regular copies as fit, the rest scalars. Any other: tensors of every rank, spread
    evenly as in Finzi et al. 2021 (2104.09459, appendix E): with R the largest rank for which (R + 1) d^R <= channels,
    d^(R - r) copies of rank r; again on what is left. Ranks of a group that keeps no metric are dealt in turn
    to T(p, r - p), those among `kinds` (what the inputs are made of, say) first, so that the same declaration always
    gets the same layer. Where that leaves out tensors of the wanted
    `rank` (that of an output, say) one copy is given room first, if it takes at most two thirds: without it the output
    could be made of scalars alone.
    """
    if group.order is not None and group.order <= LARGEST_REGULAR:
        copies, scalars = divmod(channels, group.order)
        blocks: list[tuple[int, Representation]] = [(scalars, Trivial(group, 1))] if scalars else []
        if copies:
            blocks.append((copies, Regular(group)))
        return block_sum(tuple(blocks))
    dimension = vectors_of(group).dimension
    counts = copies_by_rank(dimension, channels)
    size = dimension**rank
    if rank not in counts and 3 * size <= 2 * channels:
        counts = copies_by_rank(dimension, channels - size) | {rank: 1}
    blocks = [(counts[0], Trivial(group, 1))] if counts.get(0) else []
    for rank in sorted(counts):
        if rank:
            blocks.extend(tensor_blocks(group, rank, counts[rank], kinds))
    return block_sum(tuple(blocks))


def copies_by_rank(dimension: int, channels: int) -> dict[int, int]:
    """How many tensors of each rank share `channels` dimensions evenly."""
    counts: dict[int, int] = {}
    left = channels
    while left > 0:
        highest = 0
        while dimension > 1 and (highest + 2) * dimension ** (highest + 1) <= left:
            highest += 1
        for rank in range(highest + 1):
            counts[rank] = counts.get(rank, 0) + dimension ** (highest - rank)
        left -= (highest + 1) * dimension**highest
    return counts


def tensor_blocks(
    group: Group, rank: int, copies: int, first: Collection[Representation] = ()
) -> list[tuple[int, Representation]]:
    """`copies` tensors of one rank, dealt in turn to T(rank, 0), T(rank - 1, 1), ..., those in `first` before the
    others; one block if the group keeps a metric, by which covectors are vectors."""
    vector = vectors_of(group)
    covector = Dual(vector)
    if vector.is_orthogonal or (group.linear or group).signature is not None:
        return [(copies, _tensor((vector,) * rank))]
    kinds = [_tensor((vector,) * (rank - lower) + (covector,) * lower) for lower in range(rank + 1)]
    kinds.sort(key=lambda kind: kind not in first)
    shares = [copies // len(kinds) + (index < copies % len(kinds)) for index in range(len(kinds))]
    return [(share, kind) for share, kind in zip(shares, kinds, strict=True) if share]


def _tensor(parts: tuple[Representation, ...]) -> Representation:
    return canonical(parts[0] if len(parts) == 1 else Product(parts))
