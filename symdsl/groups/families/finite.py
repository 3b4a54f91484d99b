"""Finite groups by name beside C, D and S: even permutations, quaternions, the turns of the Platonic solids."""

from __future__ import annotations

import math

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_ORDER, check_size
from symdsl.groups.arrays.matrices import Array, Matrices, as_real
from symdsl.groups.group import Group, Scalar


def alternating(n: int) -> Group:
    """A(n): the even permutations of n points, by permutation matrices with g e_j = e_g(j); order n!/2.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("A", n)
    generators = []
    if n > 2:
        generators.append(np.eye(n)[:, [1, 2, 0, *range(3, n)]].T)
    if n > 3:
        # with (1 2 3), the cycle of all points, or of all but the first, whichever is even
        first = 1 - n % 2
        generators.append(np.eye(n)[[*range(first), n - 1, *range(first, n - 1)]])
    discrete = np.array(generators).reshape(-1, n, n)
    return _finite("alternating", f"A({n})", (("n", n),), discrete, max(1, math.factorial(n) // 2))


def quaternion(n: int = 8) -> Group:
    """Q(n), n a multiple of 4: the generalised quaternion group of order n; Q(8) is 1, i, j, k and their negatives.

    It acts on R^4: vectors are those of C^2, (Re, Im) of each number in turn. Generators: diag(w, 1/w) with
    w = exp(4 pi i/n), and [[0, -1], [1, 0]]. Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("Q", n, minimum=4, maximum=MAXIMUM_ORDER)
    if n % 4:
        hint = f"write Q({n - n % 4 or 4}) or Q({n + 4 - n % 4})"
        raise SymdslError(Diagnostic("SYM0405", f"Q({n}) does not exist: its order is a multiple of 4", hint=hint))
    root = np.exp(4j * np.pi / n)
    turns = np.array([[[root, 0], [0, 1 / root]], [[0, -1], [1, 0]]])
    return _finite("quaternion", f"Q({n})", (("n", n),), as_real(turns), n)


def tetrahedral(mirrors: bool = False) -> Group:
    """tetrahedral(): the 12 turns of a tetrahedron about the origin, corners at (1, 1, 1), (1, -1, -1), ...

    `mirrors = true` has the reflections too, 24 elements. Raises SymdslError SYM0404.
    """
    halves = [_solid([2, 0, 1]), np.diag([-1.0, -1.0, 1.0])]
    swap = [_solid([1, 0, 2])] if mirrors else []
    return _polyhedral("tetrahedral", np.stack([*halves, *swap]), 24 if mirrors else 12, mirrors)


def octahedral(mirrors: bool = False) -> Group:
    """octahedral(): the 24 turns of a cube or an octahedron whose axes are those of space.

    `mirrors = true` has the reflections too, 48 elements. Raises SymdslError SYM0404.
    """
    quarter = _solid([1, 0, 2]) @ np.diag([1.0, -1.0, 1.0])
    inversion = [-np.eye(3)] if mirrors else []
    return _polyhedral("octahedral", np.stack([_solid([2, 0, 1]), quarter, *inversion]), 48 if mirrors else 24, mirrors)


def icosahedral(mirrors: bool = False) -> Group:
    """icosahedral(): the 60 turns of an icosahedron with corners at (0, +-1, +-g) and their cycles, g the golden ratio.

    `mirrors = true` has the reflections too, 120 elements. Raises SymdslError SYM0404.
    """
    g = (1.0 + math.sqrt(5.0)) / 2.0
    axis = np.array([0.0, 1.0, g]) / math.hypot(1.0, g)
    fifth = _turn(axis, 2.0 * math.pi / 5.0)
    inversion = [-np.eye(3)] if mirrors else []
    return _polyhedral("icosahedral", np.stack([_solid([2, 0, 1]), fifth, *inversion]), 120 if mirrors else 60, mirrors)


def _solid(order: list[int]) -> Array:
    return np.eye(3)[order]


def _turn(axis: Array, angle: float) -> Array:
    """The rotation of space by an angle about a unit vector (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * cross @ cross


def _polyhedral(family: str, generators: Array, order: int, mirrors: bool) -> Group:
    if not isinstance(mirrors, bool):
        raise SymdslError(Diagnostic("SYM0404", "`mirrors` is true or false", hint=f"write {family}(mirrors = true)"))
    name = f"{family}(mirrors = true)" if mirrors else f"{family}()"
    return _finite(family, name, (("mirrors", mirrors),), generators, order)


def _finite(family: str, name: str, arguments: tuple[tuple[str, Scalar], ...], discrete: Array, order: int) -> Group:
    dimension = discrete.shape[-1]
    return Group(
        name=name, family=family, arguments=arguments, dimension=dimension, algebra_data=Matrices.none(dimension),
        discrete_data=Matrices.of(discrete), order=order, compact=True, orthogonal=True,
    )  # fmt: skip
