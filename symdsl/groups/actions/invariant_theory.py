"""How many invariants k vectors have, and how many coefficients the tensors that they make: counts, no arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from math import comb, prod

from symdsl.groups.actions.placement import Blocks
from symdsl.groups.group import Group
from symdsl.groups.maps.invariant_forms import bilinear_forms, is_symmetric, vector_subsets, volume_forms
from symdsl.groups.maps.pairings import pairings

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Term:
    """One kind of tensor of a given rank, with `sizes` coefficients, an axis each.

    Bilinear forms stand at `pairs` of its indices and vectors of the basis at the others, in this order in `sizes`.
    With `volume` it is a volume form whose other places are taken by a subset of the vectors: (subsets * forms,).
    """

    pairs: Pairs
    sizes: tuple[int, ...]
    volume: bool = False

    @property
    def count(self) -> int:
        """The number of coefficients."""
        return prod(self.sizes)


def invariant_count(group: Group, vectors: int) -> int:
    """How many values of invariant forms k vectors have."""
    forms, volume = bilinear_forms(group), volume_forms(group)
    assert forms is not None
    count = sum(comb(vectors + is_symmetric(form), 2) for form in forms)
    if volume is not None:
        count += len(volume) * len(vector_subsets(vectors, volume.ndim - 1))
    return count


def basis_count(group: Group, vectors: int) -> int:
    """How many vectors k vectors make: each by every bilinear form with an index raised, then the cross products."""
    forms, volume = bilinear_forms(group), volume_forms(group)
    assert forms is not None
    crosses = 0 if volume is None else len(volume) * len(vector_subsets(vectors, volume.ndim - 2))
    return len(forms) * vectors + crosses


def tensor_terms(group: Group, rank: int, vectors: int) -> tuple[Term, ...]:
    """All terms of an equivariant tensor of k vectors that have coefficients (Villar et al. 2021, section 5)."""
    forms, volume = bilinear_forms(group), volume_forms(group)
    assert forms is not None
    basis = basis_count(group, vectors)
    terms = [
        Term(pairs, (*(len(forms),) * len(pairs), *(basis,) * (rank - 2 * len(pairs)))) for pairs in matchings(rank)
    ]
    if volume is not None and 2 <= rank <= volume.ndim - 1:
        terms.append(Term((), (len(volume) * len(vector_subsets(vectors, volume.ndim - 1 - rank)),), volume=True))
    return tuple(term for term in terms if term.count)


def coefficients_of(group: Group | None, blocks: Blocks, vectors: int) -> tuple[int, ...]:
    """The number of coefficients of every block; a scalar is its own coefficient."""
    counts = []
    for copies, slots in blocks:
        if not slots:
            counts.append(copies)
        else:
            assert group is not None
            counts.append(copies * sum(term.count for term in tensor_terms(group, len(slots), vectors)))
    return tuple(counts)


def matchings(rank: int) -> Iterator[Pairs]:
    """All sets of disjoint pairs of indices, the empty one first."""
    for count in range(0, rank + 1, 2):
        for chosen in itertools.combinations(range(rank), count):
            yield from pairings(chosen)
