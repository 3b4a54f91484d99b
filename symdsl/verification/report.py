"""What a verification found, as data."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

REPORT_VERSION = 1

LEAST_VARIATION = 1e-10
"""Below this, relative to its largest entry, an output is as good as constant."""


class Measurement(BaseModel):
    """One measured error. `tolerance` None means that nothing was promised: the error is reported, not judged.

    `error` is the largest of |f(gx) - g f(x)| / max(|f(gx)|, |g f(x)|) in the maximum norm over samples and elements
    (SEMANTICS rule 11), or the quantity that `quantity` names.
    """

    model_config = ConfigDict(frozen=True)

    quantity: Literal["equivariance", "energy", "symplecticity", "parity", "fold", "gradient"]
    subject: str
    where: str
    elements: int
    error: float
    tolerance: float | None
    note: str = ""

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
