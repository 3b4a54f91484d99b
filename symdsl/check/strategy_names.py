"""Strategies by name: those that are installed, and those that are documented and still to come."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.check.declaration import Catalogue, StrategyDeclaration
from symdsl.check.reporter import Reporter
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.syntax import ast

_OUTSIDE = "equivariant_mlp and group_convolution, which are exact; augmentation and invariance_loss, which are not"
_ON_PIXELS = "group_convolution with C(n) or D(n)"
_ON_BODIES = "equivariant_mlp with one product group, such as O(3) * S(bodies), on vectors and differences of points"

TO_COME: Mapping[str, str] = MappingProxyType(
    {
        "canonicalisation": _OUTSIDE,
        "coupling_flow": "models that predict; flows that sample are still to come",
        "frame_averaging": _OUTSIDE,
        "hamiltonian_flow": "hamiltonian, which learns the energy",
        "lie_convolution": _ON_BODIES,
        "marginal_likelihood": _OUTSIDE,
        "spline_convolution": _ON_PIXELS,
        "steerable_convolution": _ON_PIXELS,
        "weight_regularisation": _OUTSIDE,
    }
)


def find_strategy(name: ast.Name, catalogue: Catalogue, reporter: Reporter) -> StrategyDeclaration | None:
    """The declaration of a strategy; None where it is unknown, to come, or cannot be loaded (and this was reported)."""
    names = catalogue.strategy_names()
    if name.text in names:
        try:
            return catalogue.strategy(name.text)
        except SymdslError as refusal:
            reporter.add(*refusal.diagnostics)
            return None
    if name.text in TO_COME:
        reporter.error(
            "SYM0512", f"the strategy `{name.text}` is not built yet", name.span, "not in this version",
            notes=(f"built are: {', '.join(names)}",), hint=f"what works: {TO_COME[name.text]}",
        )  # fmt: skip
    else:
        reporter.unknown("SYM0203", "strategy", name.text, name.span, names)
    return None
