"""The dimension of Hom_G(V, W) by character theory, in NumPy."""

from __future__ import annotations

import functools
import itertools

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array, kronecker
from symdsl.groups.arrays.spans import CLEAR, are_zero, right_singular
from symdsl.groups.combinations import Product, Pulled
from symdsl.groups.group import Group
from symdsl.groups.maps.averages import class_average, depends_on_trace
from symdsl.groups.maps.descent import descended
from symdsl.groups.maps.invariants import invariant_count
from symdsl.groups.maps.summands import Leaves, summands
from symdsl.groups.representation import Dual, Representation, Trivial
from symdsl.groups.representations.canonical import canonical

_MOST_SAMPLED = 400


def hom_dimension(V: Representation, W: Representation) -> int:
    """dim Hom_G(V, W) = the average over G of chi_W(g) chi_V(g^-1) (Schur).

    Averages are exact sums over elements, fixed-point counts or torus points; products of groups go factor by factor,
    and affine motions by their linear part where no translation counts.
    Where no such average is known (translations, general Lie groups) it is the corank of rho(g) - 1 on sampled
    elements, and above 400 unknowns the size of the solved basis.
    Raises SymdslError SYM0423 (different groups), SYM0422 (unclear rank), SYM0703 (over the limits).
    """
    if V.group != W.group:
        text = f"no equivariant map joins representations of {V.group.name} and {W.group.name}"
        raise SymdslError(Diagnostic("SYM0423", text))
    if not V.group.factors:
        exact = _by_characters(V, W)
        if exact is not None:
            return exact
    total = 0
    for target in summands(W):
        for source in summands(V):
            copies = len(target.indices) * len(source.indices)
            total += copies * _between_leaves(V.group, source.leaves, target.leaves)
    return total


def _between_leaves(group: Group, source: Leaves, target: Leaves) -> int:
    """Factor by factor where every leaf comes from one factor of a product group, else over the whole group."""
    if not group.factors or not all(isinstance(leaf, Pulled) for leaf in source + target):
        return _between(_joined(group, source), _joined(group, target))
    result = 1
    for position, factor in enumerate(group.factors):
        own_source, own_target = (_of_factor(leaves, position) for leaves in (source, target))
        if own_source or own_target:
            result *= _between(_joined(factor, own_source), _joined(factor, own_target))
    return result


def _of_factor(leaves: Leaves, position: int) -> Leaves:
    return tuple(leaf.of for leaf in leaves if isinstance(leaf, Pulled) and leaf.position == position)


def _joined(group: Group, leaves: Leaves) -> Representation:
    return Product(leaves) if leaves else Trivial(group)


@functools.lru_cache(maxsize=4096)
def _between(V: Representation, W: Representation) -> int:
    below = descended(V.group, (V, W))
    if below is not None:
        return _between(*below[1])
    exact = _by_characters(V, W)
    if exact is not None:
        return exact
    if V.dimension * W.dimension <= _MOST_SAMPLED:
        return _by_samples(V, W)
    total = 0
    for target, source in itertools.product(summands(W), summands(V)):
        leaves = target.leaves + tuple(canonical(Dual(leaf)) for leaf in source.leaves)
        total += len(target.indices) * len(source.indices) * invariant_count(V.group, leaves)
    return total


def _by_characters(V: Representation, W: Representation) -> int | None:
    degrees = (V.degree, W.degree)
    degree = None if None in degrees else sum(part for part in degrees if part is not None)
    average = class_average(V.group, degree, depends_on_trace(V) and depends_on_trace(W))
    if average is None:
        return None
    elements, weights = average
    mean = float(np.sum(weights * W.character(elements) * Dual(V).character(elements)))
    rounded = round(mean)
    if abs(mean - rounded) > 1e-6 * max(1.0, abs(mean)):
        note = f"the average of the product of their characters is {mean:.6g}, not a whole number"
        raise SymdslError(
            Diagnostic("SYM0424", f"{V.text} or {W.text} is not a representation of {V.group.name}", notes=(note,))
        )
    return rounded


def _by_samples(V: Representation, W: Representation) -> int:
    """The number of null directions of rho_W(g) M rho_V(g)^-1 - M over discrete generators and random elements.

    Directions that one element clearly moves are given up, and those that are left are judged by all elements together.
    """
    group = V.group
    samples = group.sample(np.random.default_rng(1905), len(group.lie_algebra) + 4, bound=1.0)
    elements = np.concatenate([group.discrete, samples])
    actions = list(zip(W.matrix(elements), Dual(V).matrix(elements), strict=True))
    left = np.eye(V.dimension * W.dimension)
    for action in actions:
        values, directions = right_singular(_moved(action, left))
        left = left @ directions[values < CLEAR].T
    values = np.linalg.svd(np.concatenate([_moved(action, left) for action in actions]), compute_uv=False)
    named = "relative singular values of sampled elements lie"
    return int(np.sum(are_zero(np.asarray(values, np.float64), "how many equivariant maps there are", named)))


def _moved(action: tuple[Array, Array], directions: Array) -> Array:
    """(rho_W(g) x rho_V*(g) - 1) of columns (n, k), over a bound on its norm."""
    target, source = action
    scale = 2.0 + float(np.linalg.norm(target, 2) * np.linalg.norm(source, 2))
    return (kronecker(target, source) @ directions - directions) / scale
