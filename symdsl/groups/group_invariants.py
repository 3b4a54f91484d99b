"""What does not depend on how a group acts: of a finite one its order and classes, of others their algebra."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.lie_algebra import LieAlgebra, lie_algebra_of
from symdsl.groups.elements import TOLERANCE
from symdsl.groups.group import Group
from symdsl.groups.words import conjugacy_classes

_MOST_LISTED: Final = 2_000
"""Elements of a finite group that are listed to count its conjugacy classes."""


def group_invariants(group: Group) -> dict[str, Any]:
    """The invariants of a group as JSON data; a part that cannot be found is its diagnostic's message under "unknown".

    Every group: "matrix_size", "compact" (None where it is not decided). Finite ones: "order", "abelian", and up to
    2,000 elements "conjugacy_classes" and "exponent". Others: "lie_algebra" (see `LieAlgebra.describe`).
    """
    found: dict[str, Any] = {"matrix_size": group.dimension}
    if group.order is not None:
        found |= {"compact": True, "order": group.order, "abelian": _commute(group)}
        if group.order <= _MOST_LISTED:
            found |= {"conjugacy_classes": len(conjugacy_classes(group).first), "exponent": exponent(group)}
        return found
    try:
        algebra = lie_algebra_of(group.algebra_data)
    except SymdslError as refusal:
        return found | {"compact": True if group.compact else None, "unknown": refusal.diagnostics[0].message}
    return found | {"compact": is_compact(group, algebra), "lie_algebra": algebra.describe()}


def _commute(group: Group) -> bool:
    """Whether the generators of a finite group commute."""
    products = group.discrete[:, None] @ group.discrete[None]
    scale = max(1.0, float(np.max(np.abs(products), initial=0.0)))
    return bool(np.max(np.abs(products - products.swapaxes(0, 1)), initial=0.0) <= TOLERANCE * scale)


def exponent(group: Group) -> int:
    """The least n with g^n = 1 for every element of a finite group. Raises SymdslError SYM0421, SYM0701."""
    first = conjugacy_classes(group).first
    bases = group.elements()[first]
    powers, result, count = bases, 1, 1
    while len(powers):
        open_ones = group.index_of(powers) != 0
        if not np.all(open_ones):
            result = math.lcm(result, count)
        bases, powers = bases[open_ones], powers[open_ones] @ bases[open_ones]
        count += 1
    return result


def is_compact(group: Group, algebra: LieAlgebra) -> bool | None:
    """Whether an infinite group is compact; None where its generators do not decide it.

    A compact group has a reductive algebra without positive squares in its Killing form, and elements exp(A) with
    purely imaginary eigenvalues of A, none of which but 0 is nilpotent. A connected semisimple one without positive
    squares is compact (Weyl 1925). What is left is undecided: a line may wind round a torus.
    """
    if group.compact or (algebra.semisimple and algebra.of_compact_type and not group.discrete_data.count):
        return True
    if not algebra.dimension or not algebra.of_compact_type:
        return False
    for generator in group.lie_algebra:
        size = float(np.linalg.norm(generator, 2))
        values = np.linalg.eigvals(generator)
        if np.max(np.abs(values.real)) > 1e-6 * size or np.max(np.abs(values)) < 1e-3 * size:
            return False
    return None


def invariants_text(found: dict[str, Any]) -> str:
    """The invariants in a line: "order 8, ...", "compact; Lie algebra of dimension 3, simple: ..."."""
    compact = {True: "compact", False: "not compact", None: "not known to be compact"}[found["compact"]]
    if "unknown" in found:
        return f"{compact}; {found['unknown']}"
    if "order" in found:
        said = [f"order {found['order']:,}", "abelian" if found["abelian"] else "not abelian"]
        if "exponent" in found:
            said += [f"{found['conjugacy_classes']} conjugacy classes", f"exponent {found['exponent']}"]
        return ", ".join(said)
    algebra = found["lie_algebra"]
    if not algebra["dimension"]:
        return f"{compact}, discrete"
    words = ", ".join(algebra["words"]) or "neither solvable nor reductive"
    parts = [f"{name} {algebra[name]}" for name in ("derived", "centre", "radical")]
    if len(algebra["simple_ideals"]) > 1:
        parts.append(f"simple ideals {' + '.join(map(str, algebra['simple_ideals']))}")
    signature = ", ".join(map(str, algebra["killing"]))
    return (
        f"{compact}; Lie algebra of dimension {algebra['dimension']}, {words}: {', '.join(parts)}, "
        f"Killing form ({signature})"
    )
