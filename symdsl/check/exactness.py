"""How far each symmetry holds: what a strategy claims, and `none` where nothing enforces it (SEMANTICS 11)."""

from __future__ import annotations

from collections.abc import Iterable

from symdsl.check.declaration import Verdict
from symdsl.check.evaluate import Evaluator
from symdsl.check.spec import Enforcement, Exactness, Symmetry
from symdsl.syntax import ast


def complete_exactness(verdict: Verdict, symmetries: tuple[str, ...], strategy: str) -> tuple[Exactness, ...]:
    """The claims of a strategy, one for each symmetry that it enforces; silence claims nothing.

    Raises ValueError where a strategy claims a symmetry that it was not given: a fault of the strategy.
    """
    claimed = {claim.symmetry: claim for claim in verdict.exactness}
    strangers = set(claimed) - set(symmetries)
    if strangers:
        raise ValueError(f"{strategy} claims {', '.join(sorted(strangers))}, which it was not asked to enforce")
    return tuple(claimed.get(name, Exactness(name, "approximate", "measured only")) for name in symmetries)


def exactness_of(symmetry: Symmetry, enforcements: Iterable[Enforcement]) -> Exactness:
    """How far a symmetry holds in a model: the strongest claim of its enforcements, else "none"."""
    order = ("exact", "subgroup", "approximate", "none")
    claims = [
        claim for enforcement in enforcements for claim in enforcement.exactness if claim.symmetry == symmetry.name
    ]
    return min(claims, key=lambda claim: order.index(claim.kind), default=Exactness(symmetry.name, "none"))


def check_tolerance(value: ast.Expression, evaluator: Evaluator) -> float | None:
    """`tolerance = 1e-9`: a relative error between 0 and 1, the bound of `verify`."""
    found = evaluator.constant(value)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        evaluator.mismatch(value, "`tolerance`", "a number", found)
        return None
    if not 0 < found < 1:
        evaluator.reporter.error(
            "SYM0304", f"a tolerance of {found:g}", value.span, "must lie between 0 and 1",
            notes=("it bounds the relative error of `verify`",), hint="write for example 1e-6",
        )  # fmt: skip
        return None
    return float(found)
