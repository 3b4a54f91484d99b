"""Algebras of matrices by the name that they should have, with how they act."""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.matrices import Array, as_real, block_diagonal, kronecker
from symdsl.groups.families.affine import affine, galilei, heisenberg, special_euclidean
from symdsl.groups.families.catalogue import matrix_group, product, special_orthogonal, translations
from symdsl.groups.families.classical import general_linear, scale, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.identification.tensors import null_space

so = special_orthogonal
TURNS, PLANE = so(3).lie_algebra, so(2).lie_algebra


def complexified(generators: Array) -> Array:
    """Real matrices (r, d, d) and i times them, as real ones (2 r, 2 d, 2 d)."""
    return np.concatenate([as_real(generators.astype(np.complex128)), as_real(1j * generators)])


def added(first: Array, second: Array, independent: bool = True) -> Array:
    """A x 1 and 1 x B on a tensor product, or their sums."""
    left = kronecker(first, np.broadcast_to(np.eye(second.shape[-1]), (len(first), *second.shape[1:])))
    right = kronecker(np.broadcast_to(np.eye(first.shape[-1]), (len(second), *first.shape[1:])), second)
    return np.concatenate([left, right]) if independent else left + right


def spin(doubled: int) -> Array:
    """su(2) of spin j = doubled / 2, on C^(2 j + 1) as real matrices (3, 2 (2 j + 1), 2 (2 j + 1))."""
    j = doubled / 2.0
    m = j - np.arange(doubled + 1.0)
    up = np.diag(np.sqrt(j * (j + 1.0) - m[1:] * (m[1:] + 1.0)), 1)
    return as_real(-1j * np.stack([0.5 * (up + up.T), -0.5j * (up - up.T), np.diag(m).astype(np.complex128)]))


def pseudo_unitary(plus: int, minus: int, special: bool = True) -> Array:
    """su(p,q), or u(p,q), as real matrices, from its definition."""
    size = plus + minus
    metric = np.diag([1.0] * plus + [-1.0] * minus)
    units = np.eye(size * size).reshape(-1, size, size)
    everything = np.concatenate([units, 1j * units])
    defects = [everything.conj().swapaxes(1, 2) @ metric + metric @ everything]
    if special:
        defects.append(np.trace(everything, axis1=1, axis2=2)[:, None, None] * np.eye(size))
    images = np.stack([as_real(each) for each in defects])
    return null_space(as_real(everything), images)


def of_quaternions(half: int) -> Array:
    """sp(n) on C^2n as real matrices: what is unitary and symplectic."""
    form = block_diagonal([symplectic_on_complex(half)])
    unitary_ones = unitary(2 * half).lie_algebra
    return null_space(unitary_ones, (unitary_ones.swapaxes(1, 2) @ form + form @ unitary_ones)[None])


def symplectic_on_complex(half: int) -> Array:
    """The real part of the complex symplectic form on C^2n, which is complex bilinear: conj(z) = z at the second."""
    zero, one = np.zeros((half, half)), np.eye(half)
    return np.kron(np.block([[zero, one], [-one, zero]]), np.diag([1.0, -1.0]))


CLASSICAL: dict[str, Array] = {
    "so(2)": PLANE,
    "so(1,1)": so(1, 1).lie_algebra,
    "so(3)": TURNS,
    "so(4)": so(4).lie_algebra,
    "so(5)": so(5).lie_algebra,
    "so(1,2)": so(2, 1).lie_algebra,
    "so(1,3)": so(1, 3).lie_algebra,
    "so(2,2)": so(2, 2).lie_algebra,
    "u(2)": unitary(2).lie_algebra,
    "u(3)": unitary(3).lie_algebra,
    "su(2)": special_unitary(2).lie_algebra,
    "su(3)": special_unitary(3).lie_algebra,
    "sp(4,R)": symplectic(4).lie_algebra,
    "sl(2,R)": symplectic(2).lie_algebra,
    "sl(3,R)": special_linear(3).lie_algebra,
    "gl(2,R)": general_linear(2).lie_algebra,
    "so(3) + so(3)": product(so(3), so(3)).lie_algebra,
    "so(3) + sl(2,R)": product(special_linear(2), so(3)).lie_algebra,
    "so(1,3) + R": product(so(1, 3), scale()).lie_algebra,
    "u(2) + so(3)": product(unitary(2), so(3)).lie_algebra,
    "so(2) + so(2)": product(so(2), so(2)).lie_algebra,
    "se(2)": special_euclidean(2).lie_algebra,
    "se(3)": special_euclidean(3).lie_algebra,
    "iso(1,3)": affine(so(1, 3)).lie_algebra,
    "aff(2,R)": affine(general_linear(2)).lie_algebra,
    "heisenberg(3)": heisenberg().lie_algebra,
    "heisenberg(5)": heisenberg(2).lie_algebra,
    "R^2": translations(2).lie_algebra,
}
"""Those that have a group in the catalogue, with a frame."""

OTHERS: list[tuple[str, Array, str]] = [
    ("so(5)", block_diagonal([so(5).lie_algebra] * 2), "2 vector(5)"),
    ("so(3)", block_diagonal([TURNS, np.zeros((3, 1, 1))]), "vector(3) + 1"),
    ("so(3) + so(3)", added(TURNS, TURNS), "irreducible(9)"),
    ("so(3)", added(TURNS, TURNS, independent=False), "spin 2 + vector(3) + 1"),
    ("so(3)", spin(2), "2 vector(3)"),
    ("su(2)", spin(3), "spin 3/2"),
    ("so(1,3) + R", np.concatenate([so(1, 3).lie_algebra, np.eye(4)[None]]), "irreducible(4)"),
    ("sl(2,C)", complexified(special_linear(2).lie_algebra), "C^2"),
    ("so(3,C)", complexified(TURNS), "C^3"),
    ("so(5,C)", complexified(so(5).lie_algebra), "C^5"),
    ("su(1,2)", pseudo_unitary(2, 1), "C^3"),
    ("u(1,2)", pseudo_unitary(2, 1, special=False), "C^3"),
    ("sp(2)", of_quaternions(2), "H^2"),
    ("so(2)", block_diagonal([PLANE, 2.0 * PLANE, 0.0 * PLANE]), "charge 2 + charge 1 + 2"),
    ("R", block_diagonal([PLANE, np.sqrt(2.0) * PLANE]), "vector(2) + vector(2)"),
    ("R", np.array([[[0.3, -1.0], [1.0, 0.3]]]), "irreducible(2)"),
    ("R", np.eye(3)[None], "3 scale(1)"),
    ("R", block_diagonal([PLANE + np.eye(2), 2.0 * PLANE]), "irreducible(2) + vector(2)"),
    ("so(2) + R", np.concatenate([PLANE, np.eye(2)[None]]), "vector(2)"),
    ("sim(2)", affine(matrix_group([*PLANE, np.eye(2)])).lie_algebra, "indecomposable(3)"),
    ("aff(1,R)", np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]]]), "indecomposable(2)"),
    ("se(2) + R", product(special_euclidean(2), scale()).lie_algebra, "indecomposable(4)"),
    ("so(3) + se(2)", product(so(3), special_euclidean(2)).lie_algebra, "indecomposable(6)"),
    ("sl(2,R) x| R^2", affine(special_linear(2)).lie_algebra, "indecomposable(3)"),
    ("(so(3) + R) x| R^6", galilei(3).lie_algebra, "indecomposable(5)"),
    ("unnamed algebra of dimension 6, solvable", np.eye(9).reshape(9, 3, 3)[[0, 1, 2, 4, 5, 8]], "indecomposable(3)"),
    (
        "unnamed algebra of dimension 8, sl(2,R) and a radical of dimension 5",
        np.concatenate([np.pad(special_linear(2).lie_algebra, ((0, 0), (1, 1), (1, 1))), heisenberg(2).lie_algebra]),
        "indecomposable(4)",
    ),
]
