"""The groups that a spec can name: constructors, and reading a description back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups import classical, finite
from symdsl.groups.elements import close
from symdsl.groups.generators import checked_generators, is_orthogonal_group
from symdsl.groups.group import Group
from symdsl.groups.limits import MAXIMUM_DEFINING_DIMENSION, MAXIMUM_ORDER, check_entries, check_size
from symdsl.groups.matrices import Array, Matrices, block_diagonal, rotation


def cyclic(n: int) -> Group:
    """C(n): the rotations of the plane by multiples of 2 pi/n. Raises SymdslError SYM0404, SYM0405, SYM0702."""
    check_size("C", n, maximum=MAXIMUM_ORDER)
    discrete = np.stack([rotation(1, n)]) if n > 1 else np.zeros((0, 2, 2))
    return Group(
        name=f"C({n})", family="cyclic", arguments=(("n", n),), dimension=2, algebra_data=Matrices.none(2),
        discrete_data=Matrices.of(discrete), order=n, compact=True, orthogonal=True, planar=True,
    )  # fmt: skip


def dihedral(n: int) -> Group:
    """D(n): n rotations of the plane and n reflections, by the left-right mirror x -> -x; order 2n.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("D", n, maximum=MAXIMUM_ORDER // 2)
    mirror = np.diag([-1.0, 1.0])
    discrete = np.stack([rotation(1, n), mirror] if n > 1 else [mirror])
    return Group(
        name=f"D({n})", family="dihedral", arguments=(("n", n),), dimension=2, algebra_data=Matrices.none(2),
        discrete_data=Matrices.of(discrete), order=2 * n, compact=True, orthogonal=True, planar=True,
    )  # fmt: skip


def symmetric(n: int) -> Group:
    """S(n): all permutations of n points, by permutation matrices with g e_j = e_g(j); order n!.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("S", n)
    generators = []
    if n > 1:
        generators.append(np.eye(n)[:, [1, 0, *range(2, n)]])
    if n > 2:
        generators.append(np.roll(np.eye(n), 1, axis=0))
    discrete = np.stack(generators) if generators else np.zeros((0, n, n))
    return Group(
        name=f"S({n})", family="symmetric", arguments=(("n", n),), dimension=n, algebra_data=Matrices.none(n),
        discrete_data=Matrices.of(discrete), order=math.factorial(n), compact=True, orthogonal=True,
    )  # fmt: skip


def translations(n: int, integer: bool = False) -> Group:
    """T(n): the translations of R^n, or of Z^n if `integer`, by homogeneous matrices [[1, b], [0, 1]] of size n + 1.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("T", n, maximum=MAXIMUM_DEFINING_DIMENSION - 1)
    check_entries(n * (n + 1) ** 2, f"the generators of T({n})")
    algebra = np.zeros((n, n + 1, n + 1))
    algebra[np.arange(n), np.arange(n), n] = 1.0
    discrete = algebra + np.eye(n + 1)
    return Group(
        name=f"T({n}, integer = true)" if integer else f"T({n})", family="translations",
        arguments=(("n", n), ("integer", integer)), dimension=n + 1,
        algebra_data=Matrices.none(n + 1) if integer else Matrices.of(algebra),
        discrete_data=Matrices.of(discrete) if integer else Matrices.none(n + 1),
        order=None, compact=False, orthogonal=False,
    )  # fmt: skip


def special_orthogonal(n: int, negative: int = 0) -> Group:
    """SO(n), or SO(p, q) = {g : g^T eta g = eta, det g = 1} with eta of n plus and `negative` minus signs.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    return _pseudo_orthogonal("special_orthogonal", "SO", n, negative)


def orthogonal(n: int, negative: int = 0) -> Group:
    """O(n), or O(p, q) = {g : g^T eta g = eta} with eta of n plus and `negative` minus signs.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    return _pseudo_orthogonal("orthogonal", "O", n, negative)


def _pseudo_orthogonal(family: str, symbol: str, plus: int, minus: int) -> Group:
    check_size(symbol, plus)
    check_size(symbol, minus, minimum=0)
    dimension = check_size(symbol, plus + minus)
    if family == "orthogonal":
        reflections = [_reflection(dimension, 0)] + ([_reflection(dimension, plus)] if minus else [])
    else:
        reflections = [_reflection(dimension, 0, plus)] if minus else []
    return Group(
        name=f"{symbol}({plus}, {minus})" if minus else f"{symbol}({plus})", family=family,
        arguments=(("n", plus), ("negative", minus)), dimension=dimension,
        algebra_data=Matrices.of(_pseudo_orthogonal_algebra(plus, minus)),
        discrete_data=Matrices.of(np.array(reflections).reshape(-1, dimension, dimension)),
        order=2 ** len(reflections) if dimension == 1 else None,
        compact=minus == 0, orthogonal=minus == 0, planar=dimension == 2 and minus == 0,
    )  # fmt: skip


def lorentz(n: int = 4, parity: bool = True, time_reversal: bool = True) -> Group:
    """Lorentz() = O(1, 3) of (t, x, y, z) with metric diag(1, -1, -1, -1); Lorentz(n) = O(1, n - 1) in n dimensions.

    `parity = false` leaves out reflections of space (one axis reflected, which is parity up to a rotation in even n),
    `time_reversal = false` those of time; without both it is the connected group SO+(1, n - 1).
    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("Lorentz", n, minimum=2)
    reflections = ([_reflection(n, 1)] if parity else []) + ([_reflection(n, 0)] if time_reversal else [])
    flags = "".join(
        f", {name} = false" for name, kept in (("parity", parity), ("time_reversal", time_reversal)) if not kept
    )
    return Group(
        name=f"Lorentz({n}{flags})", family="lorentz",
        arguments=(("n", n), ("parity", parity), ("time_reversal", time_reversal)), dimension=n,
        algebra_data=Matrices.of(_pseudo_orthogonal_algebra(1, n - 1)),
        discrete_data=Matrices.of(np.array(reflections).reshape(-1, n, n)),
        order=None, compact=False, orthogonal=False,
    )  # fmt: skip


def _reflection(dimension: int, *axes: int) -> Array:
    matrix = np.eye(dimension)
    matrix[list(axes), list(axes)] = -1.0
    return matrix


def _pseudo_orthogonal_algebra(plus: int, minus: int) -> Array:
    """E_ji - E_ij within a sign, E_ji + E_ij across signs, for i < j (D, d, d)."""
    dimension = plus + minus
    check_entries(dimension**3 * (dimension - 1) // 2, f"the Lie algebra of {dimension} x {dimension} matrices")
    rows, columns = np.triu_indices(dimension, 1)
    algebra = np.zeros((len(rows), dimension, dimension))
    index = np.arange(len(rows))
    algebra[index, columns, rows] = 1.0
    algebra[index, rows, columns] = np.where((rows < plus) & (columns >= plus), 1.0, -1.0)
    return algebra


def matrix_group(generators: Any = (), discrete: Any = (), name: str = "matrix_group") -> Group:
    """The group of d x d matrices generated by exp(t A) for A in `generators`, and by the matrices `discrete`.

    Both are stacks (D, d, d) and (M, d, d) of real numbers. Without Lie-algebra generators the group must be finite,
    of at most 10,000 elements. Raises SymdslError SYM0406 (shape, numbers), SYM0407 (singular), SYM0408 (not finite),
    SYM0702.
    """
    algebra, components = checked_generators(name, generators, discrete)
    dimension = algebra.shape[-1]
    order = None if len(algebra) else len(close(components, MAXIMUM_ORDER, name))
    unitary = is_orthogonal_group(algebra, components)
    return Group(
        name=name, family="matrix_group", arguments=(), dimension=dimension, algebra_data=Matrices.of(algebra),
        discrete_data=Matrices.of(components), order=order, compact=unitary or order is not None, orthogonal=unitary,
        planar=dimension == 2,
    )  # fmt: skip


def product(*groups: Group) -> Group:
    """The direct product: block-diagonal matrices, one block a factor; nested products are flattened.

    Raises SymdslError SYM0404 without factors, SYM0702 for a too large dimension.
    """
    factors = tuple(part for group in groups for part in group.parts)
    if not factors:
        raise SymdslError(Diagnostic("SYM0404", "a product of groups needs at least one factor"))
    if len(factors) == 1:
        return factors[0]
    dimension = check_size("a product", sum(factor.dimension for factor in factors))
    algebra, discrete = [], []
    for position, factor in enumerate(factors):
        zeros = [np.zeros((part.dimension, part.dimension)) for part in factors]
        ones = [np.eye(part.dimension) for part in factors]
        algebra += [block_diagonal([*zeros[:position], a, *zeros[position + 1 :]]) for a in factor.lie_algebra]
        discrete += [block_diagonal([*ones[:position], h, *ones[position + 1 :]]) for h in factor.discrete]
    orders = [factor.order for factor in factors]
    finite = [order for order in orders if order is not None]
    return Group(
        name=" * ".join(factor.name for factor in factors), family="product", arguments=(), dimension=dimension,
        algebra_data=Matrices.of(np.array(algebra).reshape(-1, dimension, dimension)),
        discrete_data=Matrices.of(np.array(discrete).reshape(-1, dimension, dimension)),
        order=math.prod(finite) if len(finite) == len(orders) else None,
        compact=all(factor.compact for factor in factors), orthogonal=all(factor.orthogonal for factor in factors),
        factors=factors,
    )  # fmt: skip


_CONSTRUCTORS: Final[Mapping[str, Callable[..., Group]]] = {
    "cyclic": cyclic,
    "dihedral": dihedral,
    "symmetric": symmetric,
    "translations": translations,
    "special_orthogonal": special_orthogonal,
    "orthogonal": orthogonal,
    "lorentz": lorentz,
    "alternating": finite.alternating,
    "quaternion": finite.quaternion,
    "tetrahedral": finite.tetrahedral,
    "octahedral": finite.octahedral,
    "icosahedral": finite.icosahedral,
    "unitary": classical.unitary,
    "special_unitary": classical.special_unitary,
    "symplectic": classical.symplectic,
    "special_linear": classical.special_linear,
    "general_linear": classical.general_linear,
    "scale": classical.scale,
}


def group_from_description(description: Mapping[str, Any]) -> Group:
    """The group that `Group.describe` wrote. Raises SymdslError SYM0414 for anything else."""
    family = description.get("family")
    if family == "product":
        return product(*(group_from_description(factor) for factor in description["factors"]))
    if family == "matrix_group":
        return matrix_group(description["generators"], description["discrete"], description["name"])
    if family not in _CONSTRUCTORS:
        raise SymdslError(Diagnostic("SYM0414", f"no group is described by {family!r}"))
    return _CONSTRUCTORS[family](**description["arguments"])
