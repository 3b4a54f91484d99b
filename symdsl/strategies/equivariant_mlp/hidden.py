"""Which representation a hidden layer of a given width carries."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from symdsl.groups.combinations import Product, vectors_of
from symdsl.groups.group import Group
from symdsl.groups.maps.summands import summands
from symdsl.groups.representation import Dual, Regular, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.ir.operations.equivariant import block_sum

LARGEST_REGULAR = 128
"""Finite groups up to this order are given regular representations, whose functions are all functions on the group."""


def hidden_representation(
    group: Group, channels: int, rank: int = 0, kinds: Collection[Representation] = ()
) -> Representation:
    """A representation of about `channels` dimensions, for a network whose inputs and targets are made of `kinds`.

    A small finite group: as many regular copies as fit, the rest scalars. Any other: tensors of every rank, spread
    evenly as in Finzi et al. 2021 (2104.09459, appendix E): with R the largest rank for which (R + 1) d^R <= channels,
    d^(R - r) copies of rank r; again on what is left. Ranks of a group that keeps no metric are dealt in turn
    to T(p, r - p), those among `kinds` first, so that the same declaration always
    gets the same layer. Kinds that are no tensors, such as irreducible ones, have half of the channels to themselves:
    tensors that see them may be too large, or not exist. Where that leaves out tensors of the wanted
    `rank` (that of an output, say) one copy is given room first, if it takes at most two thirds: without it the output
    could be made of scalars alone. Tensors over a product of groups are taken apart into those of each kind of axes,
    so that each has gates of its own: one gate for all is easily closed for ever in training.
    """
    if group.order is not None and group.order <= LARGEST_REGULAR:
        copies, scalars = divmod(channels, group.order)
        blocks: list[tuple[int, Representation]] = [(scalars, Trivial(group, 1))] if scalars else []
        if copies:
            blocks.append((copies, Regular(group)))
        return block_sum(tuple(blocks))
    own = of_other_kinds(group, channels, kinds)
    channels -= sum(copies * kind.dimension for copies, kind in own)
    dimension = vectors_of(group).dimension
    counts = copies_by_rank(dimension, channels)
    size = dimension**rank
    if rank not in counts and 3 * size <= 2 * channels:
        counts = copies_by_rank(dimension, channels - size) | {rank: 1}
    blocks = [(counts[0], Trivial(group, 1))] if counts.get(0) else []
    for rank in sorted(counts):
        if rank:
            blocks.extend(tensor_blocks(group, rank, counts[rank], kinds))
    blocks += own
    return block_sum(taken_apart(blocks) if group.factors else tuple(blocks))


def of_other_kinds(group: Group, channels: int, kinds: Iterable[Representation]) -> list[tuple[int, Representation]]:
    """Copies of the kinds that are no tensors: equally many that fill half of the channels, or one if it takes at most
    two thirds with those before it."""
    vectors = [isotypes.leaves[0] for isotypes in summands(vectors_of(group)) if isotypes.leaves]
    tensors = {*vectors, *(canonical(Dual(vector)) for vector in vectors)}
    found = [
        _tensor(isotypes.leaves)
        for kind in kinds
        for isotypes in summands(kind)
        if not tensors.issuperset(isotypes.leaves)
    ]
    fitting: list[Representation] = []
    size = 0
    for kind in dict.fromkeys(found):
        if 3 * (size + kind.dimension) <= 2 * channels:
            fitting.append(kind)
            size += kind.dimension
    return [(max(1, channels // (2 * size)), kind) for kind in fitting]


def taken_apart(blocks: Iterable[tuple[int, Representation]]) -> tuple[tuple[int, Representation], ...]:
    """Every block by its summands, equal ones together, in the order in which they come."""
    counts: dict[Representation, int] = {}
    for copies, kind in blocks:
        for isotypes in summands(kind):
            leaves = isotypes.leaves or (Trivial(kind.group, 1),)
            of_one = _tensor(leaves)
            counts[of_one] = counts.get(of_one, 0) + copies * len(isotypes.indices)
    return tuple((copies, kind) for kind, copies in counts.items())


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
