"""Which conserved quantities a rollout reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from symdsl.check.noether import conserved_quantities
from symdsl.check.spec import Model
from symdsl.data.system import System
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

SYMMETRIES: Mapping[str, str] = MappingProxyType({
    "energy": "symmetry time: translation(t)",
    "momentum": "symmetry shift: T(2)",
    "angular_momentum": "symmetry turn: SO(2)",
})
"""The line of a spec by which each is conserved."""


def choose_quantities(
    model: Model, scalars: Collection[str], system: System | None, wanted: Collection[str]
) -> frozenset[str]:
    """The names of the wanted quantities, all there are if none is named.

    They are the learned `scalars`, what the symmetries of the spec conserve, and what the `system` of the data does.
    Raises SymdslError (SYM1238, exit code 2) for one that none of them has.
    """
    known = [*scalars, *(each.name for each in conserved_quantities(model)), *(system.conserved if system else ())]
    for name in wanted:
        if name not in known:
            listed = ", ".join(dict.fromkeys(known))
            there = f"there are: {listed}" if known else "nothing else is known to be conserved"
            line = SYMMETRIES.get(name)
            hint = f"declare and enforce it: `{line}`" if line else "name one of these, or leave --conserved out"
            message = f"no symmetry of {model.name} conserves `{name}`"
            raise SymdslError(Diagnostic("SYM1238", message, model.span, notes=(there,), hint=hint), exit_code=2)
    return frozenset(wanted or known)
