"""Coordinates in which a form is canonical: P with P^T F P = diag(1, ..., -1), the symplectic form, or a metric with i.

A group that keeps F is then P G P^-1, G the classical group in its usual coordinates. Of all such P each function
gives one that is near to the coordinates at hand.
"""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.matrices import Array


def of_unit_determinant(form: Array) -> Array:
    """An invertible form (d, d) scaled so that |det F| = 1, with at least as many minus signs as plus signs, unless
    it is definite, then positive. Alternating forms keep their sign."""
    scaled = form / np.exp(np.linalg.slogdet(form)[1] / len(form))
    plus, minus = signature_of(scaled)
    return -scaled if minus and (not plus or plus > minus) else scaled


def signature_of(form: Array) -> tuple[int, int]:
    """The numbers of plus and of minus signs of the symmetric part of a form (d, d)."""
    values = np.linalg.eigvalsh(0.5 * (form + form.T))
    clear = np.abs(values) > 1e-9 * np.max(np.abs(values), initial=1e-300)
    return int(np.sum(clear & (values > 0.0))), int(np.sum(clear & (values < 0.0)))


def orthogonal_frame(metric: Array) -> Array:
    """P (d, d) with P^T M P = diag(1, ..., 1, -1, ..., -1) for an invertible symmetric M (d, d).

    Of each sign, the axes are turned to lie as near as can be to those coordinates that are most of that sign.
    """
    values, vectors = np.linalg.eigh(metric)
    plus = vectors[:, values > 0.0]
    count = plus.shape[1]
    order = np.argsort(-np.sum(plus**2, axis=1), kind="stable")
    columns = []
    for chosen, axes in ((values > 0.0, np.sort(order[:count])), (values < 0.0, np.sort(order[count:]))):
        scaled = vectors[:, chosen] / np.sqrt(np.abs(values[chosen]))
        left, _, right = np.linalg.svd(vectors[axes][:, chosen])
        columns.append(scaled @ (left @ right).T)
    return np.concatenate(columns, axis=1)


def symplectic_frame(form: Array) -> Array:
    """P (d, d) with P^T F P = [[0, 1], [-1, 0]] for an invertible alternating F (d, d)."""
    values, vectors = np.linalg.eigh(1j * form)
    chosen = values > 0.0
    # F (u + iv) = -i s (u + iv), so that v^T F u = s / 2 with |u| = |v| = sqrt(1/2)
    scaled = np.sqrt(2.0) * vectors[:, chosen] / np.sqrt(values[chosen])
    return np.concatenate([scaled.imag, scaled.real], axis=1)


def unitary_frame(metric: Array, turn: Array) -> Array:
    """P (d, d) with P^T M P = 1 and P^-1 J P = i on C^(d / 2), for a positive M and J with J^2 = -1 that keeps M."""
    frame = orthogonal_frame(metric)
    inside = np.linalg.solve(frame, turn @ frame)
    left, columns = np.eye(len(metric)), np.zeros((len(metric), 0))
    while columns.shape[1] < len(metric):
        lengths = np.linalg.norm(left, axis=0)
        first = left[:, np.argmax(lengths > 0.9 * np.max(lengths))]
        pair = np.stack([first, inside @ first], axis=1) / np.linalg.norm(first)
        columns = np.concatenate([columns, pair], axis=1)
        left = np.eye(len(metric)) - columns @ columns.T
    return frame @ columns
