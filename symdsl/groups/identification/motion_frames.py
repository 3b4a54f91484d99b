"""Coordinates in which motions are homogeneous matrices [[A, b], [0, 1]], A canonical, and Heisenberg's triangular."""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.matrices import Array, block_diagonal
from symdsl.groups.arrays.spans import outside, span_of
from symdsl.groups.families.affine import affine, heisenberg, special_euclidean
from symdsl.groups.families.catalogue import translations
from symdsl.groups.group import Group
from symdsl.groups.identification.classical import classical
from symdsl.groups.identification.structure import Structure, bracket
from symdsl.groups.identification.tensors import kept_by

_SAME = 1e-9
_RANK = 1e-7


def motion_frame(generators: Array, structure: Structure) -> tuple[Group, Array] | None:
    """The group of the catalogue whose algebra becomes that of orthonormal matrices (r, d, d) as P A P^-1, and P.

    All translations of R^n with d = n + 1, alone or beside a classical algebra of R^n, and Heisenberg(d - 2).
    """
    found = _with_translations(generators, structure) or _heisenberg(generators, structure)
    if found is None:
        return None
    group, frame = found
    framed = frame @ group.lie_algebra @ np.linalg.inv(frame)
    framed /= np.linalg.norm(framed, axis=(1, 2), keepdims=True)
    same = len(framed) == len(generators) and np.max(outside(framed, span_of(generators))) < _SAME
    return found if same else None


def _with_translations(generators: Array, structure: Structure) -> tuple[Group, Array] | None:
    """Where the translations are matrices u e^T of one e, whose u are all that e takes to zero."""
    count, size = len(generators), generators.shape[-1]
    moved = bracket(structure.constants, np.eye(count), structure.radical)
    steps = np.tensordot(moved if len(structure.derived) else np.eye(count), generators, axes=1)
    corner = _common_factor(steps)
    if corner is None or len(steps) != size - 1:
        return None
    frame = np.linalg.svd(corner[None])[2].T[:, ::-1].copy()  # its last column is along e, the others are orthogonal
    inside = frame.T @ generators @ frame
    if np.max(np.abs(inside[:, -1])) > _SAME:
        return None
    linear = inside[:, :-1, :-1]
    moving = linear[np.linalg.norm(linear, axis=(1, 2)) > _SAME]
    if not len(moving):
        return translations(size - 1), frame
    image = span_of(moving).reshape(-1, size - 1, size - 1)
    known = classical(image, kept_by(image))
    if known is None or known.group is None or known.frame is None:
        return None
    compact = known.group.family == "special_orthogonal" and known.group.compact
    group = special_euclidean(size - 1) if compact else affine(known.group)
    return group, frame @ block_diagonal([known.frame, np.eye(1)])


def _heisenberg(generators: Array, structure: Structure) -> tuple[Group, Array] | None:
    size = generators.shape[-1]
    if len(structure.centre) != 1 or len(generators) != 2 * size - 3:
        return None
    centre = np.tensordot(structure.centre[0], generators, axes=1)
    left, values, right = np.linalg.svd(centre)
    if values[1] > _RANK * values[0] or abs(float(left[:, 0] @ right[0])) > _RANK:
        return None
    ends = np.stack([left[:, 0], right[0]])
    middle = np.linalg.svd(ends)[2][2:].T
    frame = np.concatenate([left[:, :1], middle, right[:1].T], axis=1)
    return heisenberg(size - 2), frame


def _common_factor(steps: Array) -> Array | None:
    """The unit e (d,) of matrices u e^T (n, d, d) that are not zero; None where they are not of this kind."""
    if not len(steps):
        return None
    _, values, rows = np.linalg.svd(steps.reshape(-1, steps.shape[-1]))
    if values[1] > _RANK * values[0] or np.max(np.abs(steps @ rows[0])) < _RANK:
        return None
    return rows[0] * np.sign(rows[0, np.argmax(np.abs(rows[0]))])
