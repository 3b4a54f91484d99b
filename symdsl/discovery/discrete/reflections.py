"""Parity, signs of coordinates and of irreducible parts, reflections that keep an invariant form."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np

from symdsl.discovery.discrete.proposal import Array, Proposal

_MOST_PAIRS: Final = 24
"""Coordinates up to which the signs of two at a time are proposed."""


def reflections(dimension: int, algebra: Array, forms: Array) -> Iterator[Proposal]:
    """-1; the sign of each coordinate and of each pair; of each part that the algebra (D, d, d) keeps; and in each
    axis of the invariant forms (F, d, d): the components of O(M) that are not in its connected one."""
    if dimension > 1:
        yield Proposal("parity", "-1", -np.eye(dimension), 2)
    for count in (1, 2):
        if dimension > _MOST_PAIRS and count == 2:
            break
        for chosen in itertools.combinations(range(dimension), count):
            signs = np.ones(dimension)
            signs[list(chosen)] = -1.0
            names = ", ".join(str(index + 1) for index in chosen)
            yield Proposal("signs", f"sign of coordinate {names}", np.diag(signs), 2)
    if len(algebra):
        yield from _signs_of_parts(algebra)
    for number, form in enumerate(forms):
        symmetric = (form + form.T) / 2.0
        values, axes = np.linalg.eigh(symmetric)
        if np.min(np.abs(values)) < 1e-8 * np.max(np.abs(values)):
            continue
        for sign in (1.0, -1.0):
            for value, axis in zip(values, axes.T, strict=True):
                if value * sign > 0.0:
                    # An eigenvector v of M: x -> x - 2 v (v, M x) / (v, M v), which is the plain reflection in v.
                    mirror = np.eye(dimension) - 2.0 * np.outer(axis, axis)
                    side = "positive" if sign > 0 else "negative"
                    yield Proposal("parity", f"reflection in a {side} direction of form {number + 1}", mirror, 2)
                    break


def _signs_of_parts(algebra: Array) -> Iterator[Proposal]:
    """-1 on each eigenspace of a random symmetric matrix that commutes with the algebra, the identity on the others."""
    size = algebra.shape[-1]
    identity = np.eye(size)
    equations = np.concatenate([np.kron(a, identity) - np.kron(identity, a.T) for a in algebra])
    _, singular, rows = np.linalg.svd(equations)
    nullity = size * size - int(np.sum(singular > 1e-9 * max(1.0, float(singular[0]))))
    if nullity <= 1:
        return
    weights = np.random.default_rng(0).standard_normal(nullity)
    commuting = np.einsum("k,kij->ij", weights, rows[size * size - nullity :].reshape(-1, size, size))
    eigenvalues, vectors = np.linalg.eig(commuting)
    values = np.real(eigenvalues)
    order = np.argsort(values)
    starts = [0, *(k for k in range(1, size) if values[order[k]] - values[order[k - 1]] > 1e-6), size]
    if len(starts) < 3:
        return
    inverse = np.linalg.pinv(vectors)
    for number, (start, stop) in enumerate(itertools.pairwise(starts)):
        chosen = order[start:stop]
        projection = np.real(vectors[:, chosen] @ inverse[chosen])
        if np.max(np.abs(projection @ projection - projection)) < 1e-7:
            yield Proposal("signs", f"sign of part {number + 1}", identity - 2.0 * projection, 2)
