"""Bases of the equivariant maps Hom_G(V, W) = {M : rho_W(g) M = M rho_V(g)}."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.canonical import canonical
from symdsl.groups.combinations import Pulled
from symdsl.groups.echelon import canonical_basis
from symdsl.groups.group import Group
from symdsl.groups.limits import MAXIMUM_ENTRIES, check_entries
from symdsl.groups.matrices import Array, frozen
from symdsl.groups.nullspace import Constraint, invariant_tensors
from symdsl.groups.orbits import orbit_labels, orbit_vectors
from symdsl.groups.pairings import paired_invariants, spanning_count
from symdsl.groups.representation import Defining, Dual, Regular, Representation, Trivial
from symdsl.groups.summands import Isotypes, Leaves, leaf_order, summands


@dataclass(frozen=True, eq=False)
class HomBlock:
    """The equivariant maps from equal summands of V to equal summands of W.

    `rows` (a, n) and `columns` (b, m): the entries of each summand; `basis` (k, n, m), orthonormal: the maps from one
    summand to one. Every pair of the a * b summands has its own k coefficients.
    """

    rows: np.ndarray
    columns: np.ndarray
    basis: Array

    @property
    def count(self) -> int:
        """The number of free coefficients, a b k."""
        return len(self.rows) * len(self.columns) * len(self.basis)


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
        position = np.arange(start, stop).reshape(len(block.rows), len(block.columns), len(block.basis), 1, 1)
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
            basis = _between(V.group, source, target)
            if len(basis):
                blocks.append(HomBlock(target.indices, source.indices, basis))
    return tuple(blocks)


def invariant_basis(V: Representation) -> Array:
    """An orthonormal basis of the invariant vectors {v : rho(g) v = v}: read-only (k, dim V)."""
    return hom_basis(Trivial(V.group), V)[:, :, 0]


def _between(group: Group, source: Isotypes, target: Isotypes) -> Array:
    """Maps between single summands (k, n, m), as invariants of W x V*."""
    leaves = target.leaves + tuple(canonical(Dual(leaf)) for leaf in source.leaves)
    tensors = invariants(group, leaves)
    return tensors.reshape(len(tensors), target.indices.shape[1], source.indices.shape[1])


def invariants(group: Group, leaves: Leaves) -> Array:
    """Orthonormal invariants of the tensor product of leaves: (k, n_1, ..., n_r).

    Orbits for permutation representations, Frobenius reciprocity beside a regular one, null space otherwise; over a
    product group the tensor product of each factor's. Raises SymdslError SYM0422, SYM0703, SYM0704.
    """
    order = leaf_order(leaves)
    ordered = _sorted_invariants(group, tuple(leaves[position] for position in order))
    back = np.argsort(order)
    return ordered.transpose(0, *(int(axis) + 1 for axis in back)) if leaves else ordered


@functools.lru_cache(maxsize=256)
def _sorted_invariants(group: Group, leaves: Leaves) -> Array:
    shape = tuple(leaf.dimension for leaf in leaves)
    if not leaves:
        return frozen(np.ones(1))
    if all(isinstance(leaf, Pulled) for leaf in leaves):
        return _over_factors(group, leaves)
    if group.signature is not None and any(isinstance(leaf, Dual) for leaf in leaves):
        return _with_lowered_indices(group, leaves)
    discrete_only = not group.algebra_data.count
    if discrete_only and all(leaf.is_permutation for leaf in leaves):
        check_entries(math.prod(shape) * (1 + group.discrete_data.count), "the orbits of pairs")
        labels = orbit_labels(_joint_permutations(group, leaves), math.prod(shape))
        check_entries(len(labels) * (int(labels.max(initial=-1)) + 1), "a basis of orbit indicators")
        return frozen(orbit_vectors(labels).reshape(-1, *shape))
    regular = next((axis for axis, leaf in enumerate(leaves) if isinstance(leaf, Regular)), None)
    if regular is not None:
        return frozen(_beside_regular(group, leaves, regular))
    tensors = _found_tensors(group, leaves, shape)
    return frozen(canonical_basis(tensors.reshape(len(tensors), math.prod(shape))).reshape(len(tensors), *shape))


def _found_tensors(group: Group, leaves: Leaves, shape: tuple[int, ...]) -> Array:
    """Invariants by pairings where the group is an orthogonal one and few products span them, else by null space."""
    if group.signature is not None and all(isinstance(leaf, Defining) for leaf in leaves):
        special = bool(np.all(np.linalg.det(group.discrete) > 0.0))
        count = spanning_count(group.dimension, len(leaves), special)
        if count * math.prod(shape) <= MAXIMUM_ENTRIES:
            plus, minus = group.signature
            metric = np.concatenate([np.ones(plus), -np.ones(minus)])
            return paired_invariants(metric, len(leaves), special).reshape(-1, *shape)
    return invariant_tensors(*generator_constraints(group, leaves), shape)


def _over_factors(group: Group, leaves: Leaves) -> Array:
    """Invariants of an external tensor product: products of the invariants of each factor (leaves sorted by factor)."""
    result = np.ones(1)
    for position, factor in enumerate(group.factors):
        own = tuple(leaf.of for leaf in leaves if isinstance(leaf, Pulled) and leaf.position == position)
        if own:
            part = invariants(factor, own)
            check_entries(result.size * part.size, "a basis over a product group")
            joined = np.multiply.outer(result, part)
            joined = np.moveaxis(joined, result.ndim, 1)
            result = joined.reshape(len(result) * len(part), *result.shape[1:], *part.shape[1:])
    return frozen(np.ascontiguousarray(result))


def _with_lowered_indices(group: Group, leaves: Leaves) -> Array:
    """V* is V through the metric eta: the invariants of V x ... x V, with eta on each dual axis."""
    plus, minus = group.signature or (group.dimension, 0)
    metric = np.concatenate([np.ones(plus), -np.ones(minus)])
    raised = tuple(leaf.of if isinstance(leaf, Dual) else leaf for leaf in leaves)
    tensors = np.array(invariants(group, raised))
    for axis, leaf in enumerate(leaves):
        if isinstance(leaf, Dual):
            tensors *= metric.reshape(-1, *(1,) * (len(leaves) - 1 - axis))
    return frozen(tensors + 0.0)


def _joint_permutations(group: Group, leaves: Leaves) -> list[np.ndarray]:
    """The generators as permutations of the entries of the tensor product, flattened."""
    joint = []
    for generator in group.discrete:
        indices = np.zeros(1, dtype=np.int64)
        for leaf in leaves:
            indices = np.add.outer(indices * leaf.dimension, leaf.permutation_of(generator)).ravel()
        joint.append(indices)
    return joint


def _beside_regular(group: Group, leaves: Leaves, regular: int) -> Array:
    """Invariants of R x U are t(g) = rho_U(g) u for any u in U (Frobenius reciprocity)."""
    others = [leaf for axis, leaf in enumerate(leaves) if axis != regular]
    width = math.prod(leaf.dimension for leaf in others)
    check_entries(width * width * len(group.elements()), "a basis beside a regular representation")
    matrices = np.ones((len(group.elements()), 1, 1))
    for leaf in others:
        part = leaf.matrix(group.elements())
        size = matrices.shape[-1] * part.shape[-1]
        matrices = (matrices[:, :, None, :, None] * part[:, None, :, None, :]).reshape(-1, size, size)
    vectors = matrices.transpose(2, 0, 1).reshape(width, -1)
    orthogonal = all(leaf.is_orthogonal for leaf in others)
    basis = vectors / np.sqrt(len(matrices)) if orthogonal else canonical_basis(vectors)
    tensors = basis.reshape(width, len(matrices), *(leaf.dimension for leaf in others))
    return np.ascontiguousarray(np.moveaxis(tensors, 1, regular + 1))


def generator_constraints(group: Group, leaves: Leaves) -> tuple[list[Constraint], list[Constraint]]:
    """The generators on each leaf, and a few fixed mixtures of them whose weights are generic."""
    algebra, discrete = group.lie_algebra, group.discrete
    exact = [Constraint(tuple(leaf.algebra_matrix(generator) for leaf in leaves), False) for generator in algebra]
    exact += [Constraint(tuple(leaf.matrix(generator) for leaf in leaves), True) for generator in discrete]
    generator = np.random.default_rng(20210426)
    mixtures = []
    for _ in range(4 if len(algebra) > 1 else 0):
        coefficients = generator.standard_normal(len(algebra))
        mixture = np.einsum("k,kij->ij", coefficients, algebra)
        mixtures.append(Constraint(tuple(leaf.algebra_matrix(mixture) for leaf in leaves), False))
    return exact, mixtures
