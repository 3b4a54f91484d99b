"""What a verification found, as data."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict

from symdsl.diagnostics.diagnostic import Diagnostic

REPORT_VERSION = 1

CODES = {"parity": "SYM1103", "fold": "SYM1104"}
"""The codes of broken promises; every other quantity is a symmetry's, SYM1101."""

LEAST_VARIATION = 1e-10
"""Below this, relative to its largest entry, an output is as good as constant."""


class Measurement(BaseModel):
    """One measured error. `tolerance` None means that nothing was promised: the error is reported, not judged.

    `error` is the largest of |f(gx) - g f(x)| / max(|f(gx)|, |g f(x)|) in the maximum norm over samples and elements
    (SEMANTICS rule 11), or the quantity that `quantity` names; `mean`, for equivariance end to end, is the mean of the
    same over samples, outputs and elements.
    """

    model_config = ConfigDict(frozen=True)

    quantity: Literal[
        "equivariance", "energy", "symplecticity", "constraint", "passivity", "motion", "conservation", "parity", "fold"
    ]
    subject: str
    where: str
    elements: int
    error: float
    tolerance: float | None
    note: str = ""
    mean: float | None = None

    @property
    def title(self) -> str:
        """What was measured of what, and where."""
        return f"{self.quantity} of {self.subject}, {self.where}"

    @property
    def passed(self) -> bool:
        """Whether the promise holds; a value that is not a number never passes."""
        return self.tolerance is None or self.error <= self.tolerance


class Report(BaseModel):
    """All measurements of one model, on one backend, with one set of weights.

    `variation` is the standard deviation over samples of the output that varies least, relative to its largest entry.
    """

    model_config = ConfigDict(frozen=True)

    version: int = REPORT_VERSION
    model: str
    backend: str
    dtype: str
    seed: int
    weights: str
    variation: float
    measurements: tuple[Measurement, ...]
    layers: tuple[Measurement, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def varies(self) -> bool:
        """Whether the outputs change by more than the errors that are looked for; a constant proves nothing."""
        return self.variation > LEAST_VARIATION

    @property
    def passed(self) -> bool:
        """Whether every promise holds and the output is not constant."""
        return self.varies and all(entry.passed for entry in (*self.measurements, *self.layers))

    @property
    def broken(self) -> tuple[Measurement, ...]:
        """The promises that do not hold."""
        return tuple(entry for entry in (*self.measurements, *self.layers) if not entry.passed)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the model: SYM1101 a symmetry, SYM1103 parity, SYM1104 folding, SYM1106 NaN, SYM1102."""
        found = [
            Diagnostic(
                code=CODES.get(entry.quantity, "SYM1101") if math.isfinite(entry.error) else "SYM1106",
                message=f"{entry.title}: {entry.error:.2e} over {entry.tolerance:.0e}",
                notes=(entry.note,) if entry.note else (),
            )
            for entry in self.broken
        ]
        if not self.varies:
            message = "the output is constant over the samples"
            found.append(
                Diagnostic("SYM1102", message, notes=("a constant output has every symmetry, and proves none",))
            )
        return tuple(found)
