"""Many copies of one compiled network, trained at once: members of ensembles, and a candidate beside its decoys.

A copy looks at the data in coordinates of its own. With a network that is equivariant under a group G, the copy with
frame P computes Q h(P^-1 x), which is equivariant under P G P^-1: all conjugates of a group share one compiled network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from symdsl.pipeline import Compilation

Array = NDArray[Any]


@dataclass(frozen=True)
class Targets:
    """What is fitted: numbers `values` (N, m) by mean squares, or classes (N,) of `classes` by cross-entropy.

    `offset` (N, m) is added to what the network says.
    """

    values: Array
    classes: int | None = None
    offset: Array | None = None

    @property
    def width(self) -> int:
        """How many numbers a network gives for a sample."""
        return self.classes or int(self.values.shape[1])

    def rows(self, chosen: Array) -> Targets:
        """Those of some samples."""
        return Targets(self.values[chosen], self.classes, None if self.offset is None else self.offset[chosen])

    def losses(self, predicted: Array) -> Array:
        """The loss (..., N) of predictions (..., N, m) at every sample; these hold the offset already."""
        if self.classes is None:
            return np.mean((predicted - self.values) ** 2, axis=-1)
        shifted = predicted - np.max(predicted, axis=-1, keepdims=True)
        logarithms = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
        return -logarithms[..., np.arange(len(self.values)), self.values]

    @property
    def constant_loss(self) -> float:
        """The mean loss of the best prediction that is the same for all samples."""
        if self.classes is None:
            return float(np.mean((self.values - np.mean(self.values, axis=0)) ** 2))
        shares = np.bincount(self.values, minlength=self.classes) / len(self.values)
        return float(-np.sum(shares * np.log(np.maximum(shares, 1e-300))))


@dataclass(frozen=True)
class Copies:
    """How K copies differ: which samples (K, N) each learns from and is judged by, and its coordinates.

    `frames` (K, d, d) are P^-1 and `outputs` (K, m, m) Q; None: the identity. `learn_frames`: both are trained as well.
    `tied`: what is predicted is vectors of the space that the frames are of, and Q is P. `affine`: the last row of
    every frame stays that of a homogeneous matrix, and tied predictions lose the last entry, which is zero. `points`:
    the network takes the points themselves, without the 1 after them, and moves vectors by the linear part.
    """

    learn: Array
    judge: Array
    frames: Array | None = None
    outputs: Array | None = None
    learn_frames: bool = False
    tied: bool = False
    affine: bool = False
    points: bool = False

    @property
    def count(self) -> int:
        """K."""
        return len(self.learn)


@dataclass(frozen=True)
class Schedule:
    """AdamW with a cosine: how many steps of how many samples; the weights of the best of `checks` looks are kept."""

    steps: int = 4000
    batch: int = 500
    rate: float = 3e-3
    decay: float = 1e-4
    checks: int = 40
    seed: int = 0

    def rates(self) -> Array:
        """The rate of every step (steps,): a short rise, then a cosine to zero."""
        place = np.arange(self.steps) / self.steps
        rise = np.minimum(1.0, (np.arange(self.steps) + 1) / max(1.0, 0.02 * self.steps))
        return self.rate * rise * 0.5 * (1.0 + np.cos(np.pi * place))


class Fitted(Protocol):
    """Trained copies."""

    @property
    def losses(self) -> Array:
        """The mean loss (K,) of each on the samples that it was judged by."""
        ...

    @property
    def frames(self) -> tuple[Array, Array | None] | None:
        """P^-1 (K, d, d) and Q (K, m, m) as they are now; None where there are none."""
        ...

    def predict(self, x: Array) -> Array:
        """(N, *sample) -> (K, N, m)."""
        ...

    def gradients(self, x: Array) -> Array:
        """(N, *sample) -> (K, N, m, *sample), the derivatives of the predictions by the sample."""
        ...


Progress = Callable[[int], None]


@dataclass(frozen=True)
class GiveUp:
    """Training ends after `steps` where `when` says so of what is trained by then."""

    steps: int
    when: Callable[[Fitted], bool]

    def now(self, steps: int, every: int) -> bool:
        """Whether this is the look at which `when` is asked: the first after its steps."""
        return steps - every < self.steps <= steps


def fit_copies(
    compilation: Compilation, x: Array, targets: Targets, copies: Copies, schedule: Schedule, progress: Progress,
    give_up: GiveUp | None = None,
) -> Fitted:  # fmt: skip
    """Train copies of a network with one input x (N, *sample) and one output; `progress` is told of steps.

    Predictions are flat, (N, m).

    The first weights of copy k are those of seed `schedule.seed` + k. Raises SymdslError (exit code 4) without the
    backend.
    """
    seeds = range(schedule.seed, schedule.seed + copies.count)
    model = compilation.instantiate()
    from symdsl.plan.initial import draw_parameters

    drawn = [draw_parameters(compilation.program.root, seed) for seed in seeds]
    first = {name: np.stack([each[name] for each in drawn]) for name in drawn[0]}
    if compilation.backend.name == "jax":
        from symdsl.discovery.population_jax import fit
    else:
        from symdsl.discovery.population_torch import fit
    return fit(model, first, x, targets, copies, schedule, progress, give_up)


def draw_batches(schedule: Schedule, samples: int) -> Array:
    """Which samples (steps, batch) each step sees: epochs in random order, the same for all copies."""
    generator = np.random.default_rng([schedule.seed, 1])
    batch = min(schedule.batch, samples)
    epochs = -(-schedule.steps * batch // samples)
    order = np.concatenate([generator.permutation(samples) for _ in range(epochs)])
    return order[: schedule.steps * batch].reshape(schedule.steps, batch)
