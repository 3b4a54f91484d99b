"""A group card: all that a compiled model needs to know of a learned group, and what is known of its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from symdsl.groups.arrays.matrices import Array

Verdict = Literal["certified", "refuted", "undecided"]
Space = Literal["linear", "affine", "polynomial", "codes"]
CARD_VERSION: Final = 1


@dataclass(frozen=True)
class CertificateTest:
    """One test of a certificate: what it compared, what it found, the bound, and whether that was kept.

    `passed` is None for a figure that is reported and decides nothing.
    """

    name: str
    statistic: float
    bound: float | None
    passed: bool | None
    detail: str


@dataclass(frozen=True)
class Certificate:
    """What held-out data say of the group: `verdict` at tolerance `delta` and level `alpha`, over `domain`.

    `delta` bounds what enforcing the group costs, as a part of what a constant prediction costs; `domain` says on
    which data that holds; `samples` is how many of them were never seen before.
    """

    verdict: Verdict
    delta: float
    alpha: float
    domain: str
    samples: int
    tests: tuple[CertificateTest, ...] = ()


@dataclass(frozen=True)
class GroupCard:
    """A learned matrix group. Arrays are float64.

    `generators` (D, d, d) close exactly; `discrete` (M, d, d) generate the components. With `space` affine they are
    homogeneous, d = n + 1; polynomial and codes (of an encoder) are no matrices on the data, and are never enforced.
    `outputs` (D, m, m) and `discrete_outputs` (M, m, m) say how the predicted field moves; None: it does not.
    `name` is that of the Lie algebra, `text` of the group as a person would say it; `constants` (D, D, D) satisfy
    [A_i, A_j] = sum_k c_ijk A_k; `forms` (F, d, d) are the invariant bilinear forms; `canonical` is the group as a spec
    writes it, "SO(1, 3)", whose elements h give those of the card as P h P^-1 with P = `frame` (d, d), where there is
    such a group. `ranges` (D, 2) are the parameters over which each generator holds, where it is not all.
    """

    name: str
    text: str
    space: Space
    generators: Array
    discrete: Array
    constants: Array
    forms: Array
    algebra: Mapping[str, Any]
    representation: str
    certificate: Certificate
    canonical: str | None = None
    frame: Array | None = None
    outputs: Array | None = None
    discrete_outputs: Array | None = None
    ranges: Array | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def dimension(self) -> int:
        """The size d of the matrices."""
        return int(self.generators.shape[-1])

    @property
    def partial(self) -> bool:
        """Whether the group holds over a range of its parameters only."""
        return self.ranges is not None and bool(np.any(np.isfinite(self.ranges)))
