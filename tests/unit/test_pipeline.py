"""The driver: what it refuses before anything is allocated."""

from __future__ import annotations

import pytest

from symdsl.diagnostics.diagnostic import SymdslError
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
