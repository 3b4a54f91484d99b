"""The invariance loss: what it asks of the objective."""

from __future__ import annotations

from symdsl.check.spec import Enforcement
from symdsl.ir.objectives import InvariancePenalty
from symdsl.strategies.invariance_loss.declaration import InvarianceLossOptions


class InvarianceLoss:
    """Adds a penalty to the loss."""

    def build(self, enforcement: Enforcement) -> InvariancePenalty:
        """The symmetries and options as written."""
        options = enforcement.options
        assert isinstance(options, InvarianceLossOptions)
        return InvariancePenalty(symmetries=enforcement.symmetries, weight=options.weight, bound=options.bound)


STRATEGY = InvarianceLoss()
