"""Invariants of tensor products of leaves, each by the cheapest road that reaches it."""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.echelon import canonical_basis
from symdsl.groups.arrays.limits import MAXIMUM_DENSE, MAXIMUM_ENTRIES, check_entries
from symdsl.groups.arrays.matrices import Array, frozen
from symdsl.groups.arrays.orbits import OrbitMaps, orbit_labels, orbit_vectors, orbits_of_pairs
from symdsl.groups.combinations import Product, Pulled
from symdsl.groups.group import Group
from symdsl.groups.maps.descent import descended
from symdsl.groups.maps.nullspace import Constraint, invariant_tensors
from symdsl.groups.maps.pairings import paired_invariants, spanning_count
from symdsl.groups.maps.schur import is_self_adjoint, schur_maps
from symdsl.groups.maps.summands import Leaves, leaf_order
from symdsl.groups.representation import Defining, Dual, Regular, Representation, Trivial
from symdsl.groups.representations.canonical import canonical

_FEW_UNKNOWNS: Final = 400
"""Up to so many unknowns a null space is quick whatever the group."""


def moves_points(group: Group, leaves: Leaves) -> bool:
    """Whether a tensor product of leaves is a permutation representation of a group without a Lie algebra."""
    return not group.algebra_data.count and all(leaf.is_permutation for leaf in leaves)


def orbit_maps(group: Group, source: Leaves, target: Leaves) -> OrbitMaps:
    """The equivariant maps between two tensor products of permutation representations, as orbits of pairs.

    Raises SymdslError SYM0704.
    """
    shape = (math.prod(leaf.dimension for leaf in target), math.prod(leaf.dimension for leaf in source))
    if shape[0] * shape[1] <= MAXIMUM_ENTRIES // 2**8:
        return _kept_orbit_maps(group, source, target)
    return orbits_of_pairs(joint_permutations(group, target), joint_permutations(group, source), shape)


@functools.lru_cache(maxsize=64)
def _kept_orbit_maps(group: Group, source: Leaves, target: Leaves) -> OrbitMaps:
    shape = (math.prod(leaf.dimension for leaf in target), math.prod(leaf.dimension for leaf in source))
    return orbits_of_pairs(joint_permutations(group, target), joint_permutations(group, source), shape)


def invariants(group: Group, leaves: Leaves) -> Array:
    """Orthonormal invariants of the tensor product of leaves: (k, n_1, ..., n_r).

    Orbits for permutation representations, Frobenius reciprocity beside a regular one; over a product group the tensor
    product of each factor's; otherwise what `_found_tensors` chooses. Raises SymdslError SYM0422, SYM0703, SYM0704.
    """
    order = leaf_order(leaves)
    ordered = _sorted_invariants(group, tuple(leaves[position] for position in order))
    back = np.argsort(order)
    return ordered.transpose(0, *(int(axis) + 1 for axis in back)) if leaves else ordered


def invariant_count(group: Group, leaves: Leaves) -> int:
    """How many invariants are independent, without the work of making a basis of them canonical.

    Raises SymdslError SYM0422, SYM0703, SYM0704.
    """
    ordered = tuple(leaves[position] for position in leaf_order(leaves))
    structured = _by_structure(group, ordered)
    return len(_found_tensors(group, ordered) if structured is None else structured)


@functools.lru_cache(maxsize=256)
def _sorted_invariants(group: Group, leaves: Leaves) -> Array:
    structured = _by_structure(group, leaves)
    if structured is not None:
        return frozen(structured)
    tensors = _found_tensors(group, leaves)
    flat = canonical_basis(tensors.reshape(len(tensors), math.prod(tensors.shape[1:])))
    return frozen(flat.reshape(tensors.shape))


def _by_structure(group: Group, leaves: Leaves) -> Array | None:
    """The invariants where the group or a leaf says what they are made of; None where they have to be looked for."""
    shape = tuple(leaf.dimension for leaf in leaves)
    if not leaves:
        return np.ones(1)
    below = descended(group, leaves)
    if below is not None:
        return invariants(*below)
    if all(isinstance(leaf, Pulled) for leaf in leaves):
        return _over_factors(group, leaves)
    duals = [leaf for leaf in leaves if isinstance(leaf, Dual)]
    if group.signature is not None and duals and all(isinstance(leaf.of, Defining) for leaf in duals):
        return _with_lowered_indices(group, leaves)
    if moves_points(group, leaves):
        check_entries(math.prod(shape) * (1 + group.discrete_data.count), "the orbits of pairs")
        labels = orbit_labels(joint_permutations(group, leaves), math.prod(shape))
        check_entries(len(labels) * (int(labels.max(initial=-1)) + 1), "a basis of orbit indicators")
        return orbit_vectors(labels).reshape(-1, *shape)
    regular = next((axis for axis, leaf in enumerate(leaves) if isinstance(leaf, Regular)), None)
    return None if regular is None else _beside_regular(group, leaves, regular)


def _found_tensors(group: Group, leaves: Leaves) -> Array:
    """Independent invariants (k, n_1, ..., n_r) by pairings, Schur's lemma or null space: the choice by cost."""
    shape = tuple(leaf.dimension for leaf in leaves)
    widest = max(shape)
    if widest > MAXIMUM_DENSE:
        text = f"a representation of dimension {widest:,} that does not permute is over the limit of {MAXIMUM_DENSE:,}"
        raise SymdslError(Diagnostic("SYM0703", text))
    size = math.prod(shape)
    halves = _halves(shape)
    widths = [math.prod(shape[axis] for axis in half) for half in halves]
    schur_cost = 60 * sum(width**3 for width in widths)
    if group.signature is not None and all(isinstance(leaf, Defining) for leaf in leaves):
        special = not group.has_reflections
        count = spanning_count(group.dimension, len(leaves), special)
        if count * size <= MAXIMUM_ENTRIES and count**2 * (size + 20 * count) <= max(schur_cost, 10**8):
            plus, minus = group.signature
            metric = np.concatenate([np.ones(plus), -np.ones(minus)])
            return paired_invariants(metric, len(leaves), special).reshape(-1, *shape)
    if size > _FEW_UNKNOWNS and max(widths) <= MAXIMUM_DENSE and is_self_adjoint(group):
        tensors = _by_pieces(group, leaves, halves)
        if tensors is not None:
            return tensors
    return invariant_tensors(*generator_constraints(group, leaves), shape)


def _halves(shape: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """The axes in two parts of nearly equal dimensions; the second may be empty."""
    halves: tuple[list[int], list[int]] = ([], [])
    widths = [1, 1]
    for axis in sorted(range(len(shape)), key=lambda axis: -shape[axis]):
        smaller = 0 if widths[0] <= widths[1] else 1
        halves[smaller].append(axis)
        widths[smaller] *= shape[axis]
    return halves[0], halves[1]


def _by_pieces(group: Group, leaves: Leaves, halves: tuple[list[int], list[int]]) -> Array | None:
    """Invariants of W x V* as maps from V to W; None where the irreducible pieces do not show."""
    target, source = halves
    W = _joined(group, [leaves[axis] for axis in target])
    V = _joined(group, [canonical(Dual(leaves[axis])) for axis in source])
    maps = schur_maps(V, W)
    if maps is None:
        return None
    axes = [*target, *source]
    tensors = maps.reshape(len(maps), *(leaves[axis].dimension for axis in axes))
    return tensors.transpose(0, *(int(axis) + 1 for axis in np.argsort(axes)))


def _joined(group: Group, leaves: list[Representation]) -> Representation:
    return Product(tuple(leaves)) if leaves else Trivial(group)


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
    return np.ascontiguousarray(result)


def _is_covector(leaf: Representation) -> bool:
    return isinstance(leaf, Dual) and isinstance(leaf.of, Defining)


def _with_lowered_indices(group: Group, leaves: Leaves) -> Array:
    """V* is V through the metric eta: the invariants of V x ... x V, with eta on each axis of V*."""
    assert group.metric is not None
    signs = np.diagonal(group.metric)
    raised = tuple(leaf.of if isinstance(leaf, Dual) and _is_covector(leaf) else leaf for leaf in leaves)
    tensors = np.array(invariants(group, raised))
    for axis, leaf in enumerate(leaves):
        if _is_covector(leaf):
            tensors *= signs.reshape(-1, *(1,) * (len(leaves) - 1 - axis))
    return tensors + 0.0


def joint_permutations(group: Group, leaves: Leaves) -> list[np.ndarray]:
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
    exact = [_derivative(leaves, generator) for generator in group.lie_algebra]
    exact += [Constraint(tuple(leaf.matrix(element) for leaf in leaves), True) for element in group.discrete]
    generator = np.random.default_rng(20210426)
    mixtures = []
    for _ in range(4 if len(group.lie_algebra) > 1 else 0):
        coefficients = generator.standard_normal(len(group.lie_algebra))
        mixtures.append(_derivative(leaves, np.einsum("k,kij->ij", coefficients, group.lie_algebra)))
    return exact, mixtures


def _derivative(leaves: Leaves, generator: Array) -> Constraint:
    size = float(np.linalg.norm(generator, 2))
    return Constraint(tuple(leaf.algebra_matrix(generator) for leaf in leaves), False, size)
