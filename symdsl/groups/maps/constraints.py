"""Bases of the equivariant maps Hom_G(V, W) = {M : rho_W(g) M = M rho_V(g)}."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_ENTRIES
from symdsl.groups.arrays.matrices import Array, frozen
from symdsl.groups.arrays.orbits import OrbitMaps
from symdsl.groups.group import Group
from symdsl.groups.maps.invariants import invariants, moves_points, orbit_maps
from symdsl.groups.maps.summands import Isotypes, summands
from symdsl.groups.representation import Dual, Representation, Trivial
from symdsl.groups.representations.canonical import canonical


@dataclass(frozen=True, eq=False)
class HomBlock:
    """The equivariant maps from equal summands of V to equal summands of W.

    `rows` (a, n) and `columns` (b, m): the entries of each summand; `maps`: an orthonormal basis (k, n, m) of the maps
    from one summand to one, or the orbits that they are the indicators of. Every pair of the a * b summands has its own
    k coefficients.
    """

    rows: np.ndarray
    columns: np.ndarray
    maps: Array | OrbitMaps

    @property
    def count(self) -> int:
        """The number of free coefficients, a b k."""
        return len(self.rows) * len(self.columns) * len(self.maps)

    @property
    def basis(self) -> Array:
        """The maps from one summand to one as dense matrices (k, n, m). Raises SymdslError SYM0704 over the limit."""
        return self.maps.dense() if isinstance(self.maps, OrbitMaps) else self.maps


def hom_basis(V: Representation, W: Representation) -> Array:
    """An orthonormal basis of Hom_G(V, W), the same bytes on every run: read-only (k, dim W, dim V).

    Raises SymdslError SYM0423 (different groups), SYM0422 (unclear rank), SYM0702, SYM0703 (over the limits).
    """
    blocks = hom_blocks(V, W)
    count = sum(block.count for block in blocks)
    if count * V.dimension * W.dimension > MAXIMUM_ENTRIES:
        raise SymdslError(
            Diagnostic(
                "SYM0703",
                f"a dense basis of {count:,} maps of {W.dimension:,} x {V.dimension:,} is over the limit",
                hint="use smaller representations",
            )
        )
    basis = np.zeros((count, W.dimension, V.dimension))
    start = 0
    for block in blocks:
        stop = start + block.count
        position = np.arange(start, stop).reshape(len(block.rows), len(block.columns), len(block.maps), 1, 1)
        rows = block.rows[:, None, None, :, None]
        columns = block.columns[None, :, None, None, :]
        basis[position, rows, columns] = block.basis
        start = stop
    return frozen(basis)


def hom_blocks(V: Representation, W: Representation) -> tuple[HomBlock, ...]:
    """Hom_G(V, W) as blocks, one for each pair of kinds of summands with a map; `hom_basis` lists them in this order.

    Raises SymdslError SYM0423, SYM0422, SYM0702, SYM0703.
    """
    if V.group != W.group:
        text = f"no equivariant map joins representations of {V.group.name} and {W.group.name}"
        raise SymdslError(Diagnostic("SYM0423", text))
    blocks = []
    sources = summands(V)
    for target in summands(W):
        for source in sources:
            maps = _between(V.group, source, target)
            if len(maps):
                blocks.append(HomBlock(target.indices, source.indices, maps))
    return tuple(blocks)


def invariant_basis(V: Representation) -> Array:
    """An orthonormal basis of the invariant vectors {v : rho(g) v = v}: read-only (k, dim V)."""
    return hom_basis(Trivial(V.group), V)[:, :, 0]


def _between(group: Group, source: Isotypes, target: Isotypes) -> Array | OrbitMaps:
    """Maps between single summands (k, n, m): orbits of pairs, or invariants of W x V*."""
    if moves_points(group, source.leaves + target.leaves):
        return orbit_maps(group, source.leaves, target.leaves)
    leaves = target.leaves + tuple(canonical(Dual(leaf)) for leaf in source.leaves)
    tensors = invariants(group, leaves)
    return tensors.reshape(len(tensors), target.indices.shape[1], source.indices.shape[1])
