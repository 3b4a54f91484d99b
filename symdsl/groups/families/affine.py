"""Groups of affine motions T(n) x| G, G linear: x -> A x + b, by homogeneous matrices [[A, b], [0, 1]]."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_DEFINING_DIMENSION, check_entries, check_size
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.families.pseudo_orthogonal import lorentz, orthogonal, special_orthogonal
from symdsl.groups.group import Group, Scalar

MOST = MAXIMUM_DEFINING_DIMENSION - 1


def euclidean(n: int) -> Group:
    """E(n): rotations, reflections and translations of R^n, by homogeneous matrices [[A, b], [0, 1]] of size n + 1.

    Points move by A x + b, vectors by A. Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("E", n, maximum=MOST)
    return _motions("euclidean", f"E({n})", (("n", n),), orthogonal(n))


def special_euclidean(n: int) -> Group:
    """SE(n): rotations and translations of R^n, by homogeneous matrices [[A, b], [0, 1]] of size n + 1.

    Points move by A x + b, vectors by A. Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("SE", n, maximum=MOST)
    return _motions("special_euclidean", f"SE({n})", (("n", n),), special_orthogonal(n))


def poincare(n: int = 4, parity: bool = True, time_reversal: bool = True) -> Group:
    """Poincare(): Lorentz() and the translations of space and time (t, x, y, z), by matrices [[A, b], [0, 1]].

    Poincare(n) is that of n dimensions; `parity` and `time_reversal` are as in Lorentz. Points move by A x + b, vectors
    by A. Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("Poincare", n, minimum=2, maximum=MOST)
    linear = lorentz(n, parity, time_reversal)
    return _motions("poincare", linear.name.replace("Lorentz", "Poincare"), linear.arguments, linear)


def affine(linear: Group) -> Group:
    """affine(G): the motions x -> A x + b with A in a group G of R^n, by homogeneous matrices [[A, b], [0, 1]].

    Points move by A x + b, vectors by A. affine(O(n)) is E(n), affine(GL(n)) all affine maps.
    Raises SymdslError SYM0404 for a G that has translations already, SYM0702, SYM0704.
    """
    if any(part.moves_points for part in linear.parts):
        what = f"affine takes a group of linear maps, and {linear.name} has translations already"
        raise SymdslError(Diagnostic("SYM0404", what, hint=f"write {linear.name}, or affine(O(3)), for example"))
    check_size("affine, of a group of matrices of size", linear.dimension, maximum=MOST)
    return replace(_motions("affine", f"affine({linear.name})", (), linear), constituents=(linear,))


def galilei(n: int = 3) -> Group:
    """Galilei(n): rotations, boosts x -> x + v t and translations of n dimensions of space and of time.

    It acts on events (t, x) of n + 1 numbers, by homogeneous matrices of size n + 2: points move by A x + b, vectors,
    the differences of events, by A = [[1, 0], [v, R]]. Connected, so without reflections. Raises SymdslError SYM0404,
    SYM0405, SYM0702.
    """
    check_size("Galilei", n, maximum=MOST - 1)
    turns = np.pad(special_orthogonal(n).lie_algebra, ((0, 0), (1, 0), (1, 0)))
    boosts = np.zeros((n, n + 1, n + 1))
    boosts[np.arange(n), 1 + np.arange(n), 0] = 1.0
    algebra = np.concatenate([turns, boosts])
    linear = Group(
        name=f"the linear part of Galilei({n})", family="galilei_linear", arguments=(("n", n),), dimension=n + 1,
        algebra_data=Matrices.of(algebra), discrete_data=Matrices.none(n + 1), order=None, compact=False,
        orthogonal=False,
    )  # fmt: skip
    return _motions("galilei", f"Galilei({n})", (("n", n),), linear)


def heisenberg(n: int = 1) -> Group:
    """Heisenberg(n): the upper triangular matrices [[1, a, c], [0, 1, b], [0, 0, 1]] of size n + 2.

    Vectors of n + 2 numbers move by them; the last one never does. Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("Heisenberg", n, maximum=MOST - 1)
    size = n + 2
    check_entries((2 * n + 1) * size**2, f"the Lie algebra of Heisenberg({n})")
    algebra = np.zeros((2 * n + 1, size, size))
    inner = np.arange(n)
    algebra[inner, 0, 1 + inner] = algebra[n + inner, 1 + inner, size - 1] = algebra[2 * n, 0, size - 1] = 1.0
    return Group(
        name=f"Heisenberg({n})", family="heisenberg", arguments=(("n", n),), dimension=size,
        algebra_data=Matrices.of(algebra), discrete_data=Matrices.none(size), order=None, compact=False,
        orthogonal=False,
    )  # fmt: skip


def _motions(family: str, name: str, arguments: tuple[tuple[str, Scalar], ...], linear: Group) -> Group:
    n = linear.dimension
    check_entries((linear.algebra_data.count + n) * (n + 1) ** 2, f"the Lie algebra of {name}")
    steps = np.zeros((n, n + 1, n + 1))
    steps[np.arange(n), np.arange(n), n] = 1.0
    algebra = np.concatenate([_bordered(linear.lie_algebra, 0.0), steps])
    return Group(
        name=name, family=family, arguments=arguments, dimension=n + 1, algebra_data=Matrices.of(algebra),
        discrete_data=Matrices.of(_bordered(linear.discrete, 1.0)), order=None, compact=False, orthogonal=False,
        linear=linear,
    )  # fmt: skip


def _bordered(matrices: Array, corner: float) -> Array:
    """[[A, 0], [0, corner]] of a stack (..., n, n)."""
    result = np.pad(matrices, ((0, 0), (0, 1), (0, 1)))
    result[:, -1, -1] = corner
    return result
