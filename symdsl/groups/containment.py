"""Whether a matrix group lies inside another, by its generators."""

from __future__ import annotations

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array, as_real, symplectic_form
from symdsl.groups.arrays.spans import outside, span_of
from symdsl.groups.group import Group

_CLOSE = 1e-10


def embedded(elements: Array, group: Group) -> Array:
    """Matrices (..., k, k) of a subgroup as matrices of `group` (..., d, d): of k < d points the rest stays.

    Raises SymdslError SYM0424 where sizes differ and the group does not permute points.
    """
    size, wanted = elements.shape[-1], group.dimension
    if size == wanted:
        return elements
    if not group.permutes or size > wanted:
        raise SymdslError(Diagnostic("SYM0424", f"{size} x {size} matrices are no elements of {group.name}"))
    result = np.broadcast_to(np.eye(wanted), (*elements.shape[:-2], wanted, wanted)).copy()
    result[..., :size, :size] = elements
    return result


def is_subgroup(group: Group, larger: Group) -> bool:
    """Whether the generators of `group` are known to lie in `larger`.

    Elements are looked up in a finite group, and tested by what a classical group keeps; of any other, only its own
    discrete generators are known. Lie algebras are compared as spaces.
    """
    try:
        discrete = embedded(group.discrete, larger)
        if larger.order is not None:
            return not group.algebra_data.count and bool(np.all(larger.contains(discrete)))
    except SymdslError:
        return False
    return _algebra_inside(group, larger) and all(_holds_element(larger, element) for element in discrete)


def _algebra_inside(group: Group, larger: Group) -> bool:
    algebra = group.lie_algebra
    if not len(algebra) or larger.family == "general_linear":
        return True
    algebra = algebra / np.linalg.norm(algebra, axis=(1, 2), keepdims=True)
    metric = larger.metric
    if metric is not None:
        return bool(np.max(np.abs(algebra.swapaxes(-1, -2) @ metric + metric @ algebra)) <= _CLOSE)
    if not larger.algebra_data.count:
        return False
    return bool(np.max(outside(algebra, span_of(larger.lie_algebra))) <= _CLOSE)


def _holds_element(larger: Group, element: Array) -> bool:
    scale = max(1.0, float(np.max(np.abs(element)))) ** 2

    def keeps(form: Array) -> bool:
        return bool(np.max(np.abs(element.T @ form @ element - form)) <= _CLOSE * scale)

    determinant = float(np.linalg.det(element))
    match larger.family:
        case "general_linear":
            return True
        case "orthogonal" | "special_orthogonal" if larger.metric is not None:
            return keeps(larger.metric) and (larger.family == "orthogonal" or determinant > 0.0)
        case "special_linear":
            return abs(determinant - 1.0) <= _CLOSE * scale
        case "symplectic":
            return keeps(symplectic_form(larger.dimension // 2))
        case "unitary" | "special_unitary":
            phase = as_real(1j * np.eye(larger.dimension // 2, dtype=np.complex128))
            numbers = element[::2, ::2] + 1j * element[1::2, ::2]
            special = larger.family == "unitary" or abs(np.linalg.det(numbers) - 1.0) <= _CLOSE
            return keeps(np.eye(len(element))) and keeps(phase) and bool(special)
        case _:
            known = [np.eye(larger.dimension), *larger.discrete]
            return any(np.max(np.abs(element - each)) <= _CLOSE * scale for each in known)
