"""Augmentation: what it asks of the objective."""

from __future__ import annotations

from symdsl.check.spec import Enforcement
from symdsl.ir.objectives import MovedData
from symdsl.strategies.augmentation.declaration import AugmentationOptions


class Augmentation:
    """Moves the data."""

    def build(self, enforcement: Enforcement) -> MovedData:
        """The symmetries and options as written."""
        options = enforcement.options
        assert isinstance(options, AugmentationOptions)
        return MovedData(symmetries=enforcement.symmetries, copies=options.copies, bound=options.bound)


STRATEGY = Augmentation()
