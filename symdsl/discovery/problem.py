"""What is asked of data: which arrays, which law of them may have a symmetry, among which motions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from numpy.typing import NDArray

Array = NDArray[Any]
Law = Literal["invariance", "equivariance", "dynamics", "density", "views"]
Motions = Literal["linear", "affine", "polynomial"]


@dataclass(frozen=True)
class Problem:
    """Samples `x` (N, *slots, d), whose last axis a group may move, every slot by the same matrix, and what they say.

    invariance: y(g x) = y(x), `y` (N,) or (N, m), or int classes with `classes`. equivariance: y(g x) = B(g) y(x) with
    unknown B, `y` (N, m). dynamics: `y` = dx/dt, or the next state, of the shape of x, moves as x does. density: no y.
    views: `y` is another view of the same thing, of the shape of x: y = g x.
    `basis` (R, D, D) spans the algebra that motions are looked for in, D = d or, of affine ones, d + 1; None: all.
    `names` are those of the fields of x and y; `source` is the reference of the data as a spec writes it.
    """

    x: Array
    y: Array | None
    law: Law = "invariance"
    motions: Motions = "linear"
    classes: int | None = None
    basis: Array | None = None
    names: tuple[str, str] = ("x", "y")
    source: str = ""

    @property
    def dimension(self) -> int:
        """The size d of the space that the group moves, without the row that makes affine motions matrices."""
        return int(self.x.shape[-1])

    @property
    def samples(self) -> int:
        """How many there are."""
        return len(self.x)

    def rows(self, chosen: Array) -> Problem:
        """The same of some samples, by index or mask."""
        return replace(self, x=self.x[chosen], y=None if self.y is None else self.y[chosen])


@dataclass(frozen=True)
class Options:
    """How it is asked: bounds on the dimension of the algebra, the group that holds it, the certificate, the budget.

    `by` names the estimator and `settings` its options; `within` is the text of a group of a spec; `discrete` are the
    kinds of discrete elements that are searched for. `noise` is the part of the variance of y that no function of x
    explains.
    """

    dimensions: tuple[int, int] = (1, 64)
    within: str | None = None
    by: str = "null_space"
    settings: Mapping[str, Any] = field(default_factory=dict)
    discrete: tuple[str, ...] = ("parity", "permutations", "cyclic")
    delta: float = 0.02
    alpha: float = 0.05
    noise: float = 0.0
    decoys: int = 20
    backend: str | None = None
    seed: int = 0
