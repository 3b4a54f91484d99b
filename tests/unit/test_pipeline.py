"""The driver: what it refuses before anything is allocated."""

from __future__ import annotations

import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.ir.operations.shape import Dense
from symdsl.ir.types import EquivarianceError
from symdsl.pipeline import prepare
from symdsl.session import Limits, Session

WIDE = """
model wide {
  data {
    x: vector(3)
    y: scalar
  }
  predict y from x by mlp { hidden = [65536, 65536] }
}
"""


def test_too_many_parameters_are_refused_before_they_are_drawn() -> None:
    with pytest.raises(SymdslError, match=r"SYM0706.*4,295,360,513 parameters.*1,000,000,000") as refusal:
        prepare(WIDE, Session(backend="torch")).instantiate()
    (diagnostic,) = refusal.value.diagnostics
    assert diagnostic.hint is not None
    assert "--limit-parameters 4295360513" in diagnostic.hint
    assert diagnostic.span is not None


def test_the_bound_on_parameters_can_be_raised() -> None:
    session = Session(backend="torch", limits=Limits(parameters=4_295_360_513))
    assert prepare(WIDE, session).program.name == "wide"


def test_a_graph_that_breaks_its_own_rules_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(graph: object) -> None:
        raise EquivarianceError("node 3 (dense) is out of order")

    monkeypatch.setattr("symdsl.ir.graph.verify_graph", broken)
    with pytest.raises(SymdslError, match=r"SYM9002.*node 3") as refusal:
        _ = prepare(WIDE).graph
    assert refusal.value.exit_code == 70


def test_an_operation_without_lowering_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dense, "lowering", "symdsl.passes.lowering.dense:GONE")
    with pytest.raises(SymdslError, match=r"SYM9003.*dense") as refusal:
        _ = prepare(WIDE, Session(backend="torch")).program
    assert refusal.value.exit_code == 70
