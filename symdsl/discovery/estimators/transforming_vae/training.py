"""The training of a transforming autoencoder, and what it says of views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.estimators.transforming_vae.declaration import TransformingVaeOptions
from symdsl.discovery.estimators.transforming_vae.model import TransformingVae, move

Array = NDArray[np.float64]
LARGEST_GRADIENT = 100.0
EXACT = 0.5
"""The part of a second view that is decoded from the moved first code while guesses are tried, or codes seldom turn."""


@dataclass(frozen=True)
class Fitted:
    """A trained model, and the units that its views are in: minus the mean of each pixel, divided by one deviation."""

    model: TransformingVae
    mean: Array
    scale: float

    def codes(self, x: Array) -> Array:
        """The mean codes (N, k) of views (N, D)."""
        with torch.no_grad():
            return self.model.encode(self._tensor(x)).mean.double().numpy()

    def coefficients(self, x: Array, y: Array) -> Array:
        """The mean coefficients (N, r) of pairs of views (N, D)."""
        with torch.no_grad():
            return self.model.infer(self._tensor(x), self._tensor(y)).mean.double().numpy()

    def carried(self, x: Array, y: Array) -> Array:
        """The second views (N, D) as they are decoded from the codes of the first, moved by the inferred elements."""
        with torch.no_grad():
            one, other = self._tensor(x), self._tensor(y)
            elements = self.model.element(self.model.infer(one, other).mean)
            decoded = self.model.decoder(move(elements, self.model.encode(one).mean))
        return decoded.double().numpy() * self.scale + self.mean

    def bound(self, x: Array, seed: int) -> float:
        """The mean ELBO of single views (N, D), in nats in the units of the data; noise is drawn from the seed."""
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return float(self.model.bound(self._tensor(x)).mean()) - x.shape[1] * float(np.log(self.scale))

    def pair_bound(self, x: Array, y: Array, seed: int) -> float:
        """The same of pairs."""
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            bound, _ = self.model.bounds(self._tensor(x), self._tensor(y))
            return float(bound.mean()) - 2 * x.shape[1] * float(np.log(self.scale))

    @property
    def generators(self) -> Array:
        """L (r, k, k) as they were learned; coefficients are in their units."""
        return self.model.generators.detach().double().numpy()

    def _tensor(self, x: Array) -> torch.Tensor:
        return torch.tensor((x - self.mean) / self.scale, dtype=torch.float32)


def fit(
    x: Array, y: Array, settings: TransformingVaeOptions, seed: int, step: Callable[[], None], plain: bool = False
) -> Fitted:
    """The model of pairs of views (N, D); `plain`, an autoencoder of all views by themselves.

    The best of `starts` short trainings goes on.

    `step` is called after each epoch. Raises SymdslError (SYM1201, exit 5) where training diverges.
    """
    both = np.concatenate([x, y])
    mean = both.mean(axis=0)
    scale = float(np.sqrt(np.mean((both - mean) ** 2)))
    first, second = (torch.tensor((each - mean) / scale, dtype=torch.float32) for each in (x, y))
    best: tuple[float, TransformingVae] | None = None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(1 if plain else settings.starts):
            model = TransformingVae(x.shape[1], settings)
            loss = train(model, first, second, settings, trial_epochs(settings), step, plain, EXACT)
            if best is None or loss < best[0]:
                best = loss, model
        assert best is not None
        train(best[1], first, second, settings, settings.epochs, step, plain, 0.0)
    return Fitted(best[1], mean, scale)


def trial_epochs(settings: TransformingVaeOptions) -> int:
    """The epochs after which guesses are compared."""
    return (settings.epochs + 1) // 2


def train(
    model: TransformingVae, x: torch.Tensor, y: torch.Tensor, settings: TransformingVaeOptions, epochs: int,
    step: Callable[[], None], plain: bool, exact: float,
) -> float:  # fmt: skip
    """Epochs on one cycle of the learning rate; the loss after them. Raises SymdslError (SYM1201, exit 5)."""
    size = min(settings.batch, len(x))
    starts = range(0, len(x) - size + 1, size)
    optimiser = torch.optim.Adam(model.parameters(), settings.rate, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=epochs * len(starts) + 1)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for start in starts:
            chosen = order[start : start + size]
            optimiser.zero_grad()
            loss_of(model, x[chosen], y[chosen], settings, plain, exact).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
            optimiser.step()
            schedule.step()
        step()
    with torch.no_grad():
        loss = float(loss_of(model, x, y, settings, plain, exact))
    if not np.isfinite(loss):
        message = "the transforming autoencoder diverged: its bound is no longer finite"
        raise SymdslError(Diagnostic("SYM1201", message, hint="lower `rate`"), exit_code=5)
    return loss


def loss_of(
    model: TransformingVae, x: torch.Tensor, y: torch.Tensor, settings: TransformingVaeOptions,
    plain: bool, exact: float,
) -> torch.Tensor:  # fmt: skip
    """What training lowers: the negative bound of pairs (B, D), with the penalties of the algebra."""
    if plain:
        return -(model.bound(x) + model.bound(y)).mean()
    bound, algebra = model.bounds(x, y, exact)
    return settings.algebra * x.shape[1] * algebra - bound.mean()
