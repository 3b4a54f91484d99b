"""Semidirect products of matrix groups of one size: the products n h, where H normalises N."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_ORDER
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.arrays.spans import outside, span_of
from symdsl.groups.arrays.stabiliser_chain import chain_of_matrices
from symdsl.groups.group import Group

_CLOSE: Final = 1e-9


def semidirect(normal: Group, acting: Group) -> Group:
    """semidirect(N, H): the products n h of two groups of matrices of one size, where H normalises N.

    h n h^-1 has to lie in N for every h, and the two may share nothing but 1: semidirect(scale(3), O(3)) are the
    similarities of space, and affine(semidirect(scale(3), O(3))) those with translations. The discrete generators of an
    infinite N have to go to each other under H. Raises SymdslError SYM0404 where that fails, with the relation.
    """
    names = f"{normal.name} and {acting.name}"
    if normal.dimension != acting.dimension:
        sizes = f"{normal.dimension} and {acting.dimension}"
        raise _refusal(f"semidirect takes groups of matrices of one size; those of {names} are {sizes}")
    error, relation = max(_relations(normal, acting), default=(0.0, ""), key=lambda each: each[0])
    if error > _CLOSE:
        note = f"{relation} lies outside {normal.name}, by {error:.2g} of its size"
        raise _refusal(f"{acting.name} does not normalise {normal.name}", note)
    shared = _shared(normal, acting)
    if shared:
        raise _refusal(f"{names} share {shared}")
    orders = [group.order for group in (normal, acting) if group.order is not None]
    return Group(
        name=f"semidirect({normal.name}, {acting.name})", family="semidirect", arguments=(),
        dimension=normal.dimension,
        algebra_data=Matrices.of(np.concatenate([normal.lie_algebra, acting.lie_algebra])),
        discrete_data=Matrices.of(np.concatenate([normal.discrete, acting.discrete])),
        order=orders[0] * orders[1] if len(orders) == 2 else None, compact=normal.compact and acting.compact,
        orthogonal=normal.orthogonal and acting.orthogonal, planar=normal.dimension == 2,
        constituents=(normal, acting),
    )  # fmt: skip


def _relations(normal: Group, acting: Group) -> Iterator[tuple[float, str]]:
    """How far each relation of normalisation between generators fails, and its text.

    With a in Lie(N), n in N, b in Lie(H), h in H: h a h^-1 and [b, a] in Lie(N), h n h^-1 in N, and b - n b n^-1 in
    Lie(N), the derivative of exp(t b) n exp(-t b) n^-1.
    """
    span = span_of(normal.lie_algebra)
    for j, h in enumerate(acting.discrete, 1):
        back = np.linalg.inv(h)
        for i, a in enumerate(normal.lie_algebra, 1):
            moved = h @ a @ back
            yield _outside(moved, span, _size(moved)), f"h a h^-1, with discrete generator {j} and generator {i},"
        for i, n in enumerate(normal.discrete, 1):
            yield _distance(h @ n @ back, normal), f"h n h^-1, with discrete generators {j} and {i},"
    for j, b in enumerate(acting.lie_algebra, 1):
        for i, a in enumerate(normal.lie_algebra, 1):
            yield _outside(b @ a - a @ b, span, _size(a) * _size(b)), f"[b, a], with generators {j} and {i},"
        for i, n in enumerate(normal.discrete, 1):
            moved = n @ b @ np.linalg.inv(n)
            part = _outside(b - moved, span, _size(b) + _size(moved))
            yield part, f"b - n b n^-1, with generator {j} and discrete generator {i},"


def _size(matrix: Array) -> float:
    return float(np.linalg.norm(matrix))


def _outside(matrix: Array, span: Array, size: float) -> float:
    """The part of a matrix outside a span of matrices, relative to `size`."""
    return float(outside(matrix, span)) / max(size, 1e-300)


def _distance(element: Array, group: Group) -> float:
    """0 for an element of a finite group; else how far a matrix is from its discrete generators and 1."""
    if group.order is not None and (group.order <= MAXIMUM_ORDER or group.permutes) and group.contains(element):
        return 0.0
    known = np.stack([np.eye(group.dimension), *group.discrete])
    return float(np.min(np.linalg.norm(known - element, axis=(1, 2)))) / _size(element)


def _shared(normal: Group, acting: Group) -> str:
    """What two groups have in common, as far as their algebras and lists of elements show; "" for nothing."""
    joined = np.concatenate([normal.lie_algebra, acting.lie_algebra])
    if len(span_of(joined)) < len(span_of(normal.lie_algebra)) + len(span_of(acting.lie_algebra)):
        return "a part of their Lie algebras"
    if normal.order is None or acting.order is None:
        return ""
    if normal.permutes and acting.permutes:
        together = chain_of_matrices(Matrices.of(np.concatenate([normal.discrete, acting.discrete]))).order
        count = normal.order * acting.order // together
        return f"{count:,} elements" if count > 1 else ""
    smaller, larger = (normal, acting) if normal.order <= acting.order else (acting, normal)
    count = int(np.sum(larger.contains(smaller.elements())))
    return f"{count} elements" if count > 1 else ""


def _refusal(message: str, *notes: str) -> SymdslError:
    return SymdslError(
        Diagnostic("SYM0404", message, notes=notes, hint="write semidirect(scale(3), O(3)), for example")
    )
