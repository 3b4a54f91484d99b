"""What a structure that makes equations of motion says of the symmetries that it is asked to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symdsl.check.declaration import Offer
from symdsl.diagnostics.diagnostic import Diagnostic, Label


@dataclass(frozen=True)
class Equations:
    """How a structure speaks of itself: its equations, "keep" or "keeps" and its denial, its scalar, its strategy."""

    name: str
    keep: str
    keep_not: str
    scalar: str
    strategy: str


def time_faults(offer: Offer, equations: Equations) -> Iterator[Diagnostic]:
    """SYM0505 for each symmetry that is no translation in time, and where there is not exactly one of these."""
    wrong = [symmetry for symmetry in offer.symmetries if symmetry.kind != "time"]
    for symmetry in wrong:
        yield Diagnostic(
            code="SYM0505",
            message=f"{equations.name} {equations.keep_not} `{symmetry.name}`",
            span=offer.span,
            label="keeps translation(t) only",
            related=(Label(symmetry.span, f"this is {symmetry.text}"),),
            notes=(f"inside {equations.name}, another symmetry is kept by the network that gives {equations.scalar}",),
            hint=f"add a line for it: `enforce {symmetry.name} by equivariant_mlp`",
        )
    if not wrong and len(offer.symmetries) != 1:
        found = "no symmetry" if not offer.symmetries else "two of them"
        yield Diagnostic(
            code="SYM0505",
            message=f"{equations.name} {equations.keep} one translation in time",
            span=offer.span,
            label=f"{found} named here",
            hint=f"declare `symmetry time: translation(t)` and write `enforce time by {equations.strategy}`",
        )
