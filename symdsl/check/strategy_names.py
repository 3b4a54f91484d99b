"""Strategies by name: those that are installed, and those that are documented and still to come."""

from __future__ import annotations

from symdsl.check.declaration import Catalogue, StrategyDeclaration
from symdsl.check.reporter import Reporter
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.syntax import ast

TO_COME = frozenset(
    {
        "augmentation", "canonicalisation", "coupling_flow", "frame_averaging", "graph_network", "hamiltonian_flow",
        "invariance_loss", "lagrangian", "lie_convolution", "marginal_likelihood", "spline_convolution",
        "steerable_convolution", "weight_regularisation",
    }
)  # fmt: skip


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
            hint=f"what works: {', '.join(names)}",
        )  # fmt: skip
    else:
        reporter.unknown("SYM0203", "strategy", name.text, name.span, names)
    return None
