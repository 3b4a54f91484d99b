"""The model in torch: p(z1) p(a) p(z2 | z1, a) p(x1 | z1) p(x2 | z2), and what infers z1, z2 and a."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from symdsl.discovery.estimators.transforming_vae.declaration import TransformingVaeOptions

Tensor = torch.Tensor
LEAST_LOG, MOST_LOG = -12.0, 4.0
"""Logarithms of deviations are kept between these."""
START = 0.3
"""The deviation of the eigenvalues of random generators before training."""
JUDGED = 32
"""Pairs of a batch that the penalties are taken of; batches are in random order."""


@dataclass(frozen=True)
class Normal:
    """Independent normal numbers: means and logarithms of standard deviations, of one shape."""

    mean: Tensor
    log: Tensor

    def draw(self, noise: Tensor) -> Tensor:
        """A sample from standard normal noise."""
        return self.mean + self.log.exp() * noise

    def divergence(self, mean: Tensor, log: Tensor) -> Tensor:
        """KL(self || N(mean, exp(log)^2)), summed over the last axis."""
        ratio = (2 * (self.log - log)).exp() + ((self.mean - mean) * (-log).exp()) ** 2
        return (0.5 * (ratio - 1) + log - self.log).sum(dim=-1)


class TransformingVae(nn.Module):
    """Views (B, D) of mean 0 and variance about 1; codes (B, k); coefficients (B, r) of generators L (r, k, k)."""

    def __init__(self, size: int, settings: TransformingVaeOptions) -> None:
        super().__init__()
        k, r, width = settings.codes, settings.generators, settings.width
        self.spread = settings.spread
        self.features = nn.Sequential(nn.Linear(size, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.code = nn.Linear(width, 2 * k)
        self.change = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, 2 * r))
        self.decoder = nn.Sequential(
            nn.Linear(k, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, size)
        )
        self.generators = nn.Parameter(START * torch.randn(r, k, k) / math.sqrt(k))
        self.log_pixel = nn.Parameter(torch.tensor(-0.5))
        self.log_step = nn.Parameter(torch.tensor(-1.0))

    def encode(self, x: Tensor) -> Normal:
        """q(z | x)."""
        return _normal(self.code(self.features(x)))

    def infer(self, x: Tensor, y: Tensor) -> Normal:
        """q(a | x, y)."""
        return _normal(self.change(torch.cat([self.features(x), self.features(y)], dim=-1)))

    def element(self, a: Tensor) -> Tensor:
        """A(a) = exp(sum_i a_i L_i): (B, k, k)."""
        return torch.matrix_exp(torch.einsum("br,rij->bij", a, self.generators))

    def bound(self, x: Tensor) -> Tensor:
        """The ELBO of single views (B,), in nats: that of a plain variational autoencoder."""
        q = self.encode(x)
        zero = torch.zeros(())
        return self._fit(x, q.draw(torch.randn_like(q.mean))) - q.divergence(zero, zero)

    def bounds(self, x: Tensor, y: Tensor, exact: float = 0.0) -> tuple[Tensor, Tensor]:
        """The ELBO of pairs (B,), in nats, and the penalties of the algebra, which is one number.

        E_q[log p(x|z1) + log p(y|z2)] - KL(q(z1)||p(z1)) - E KL(q(z2)||p(z2|z1,a)) - KL(q(a)||p(a)). The part `exact`
        of log p(y|z2) is taken at z2 = A(a) z1, as of a model whose second code has no noise.
        """
        first, second, change = self.encode(x), self.encode(y), self.infer(x, y)
        z, w, a = (each.draw(torch.randn_like(each.mean)) for each in (first, second, change))
        elements = self.element(a)
        zero, spread = torch.zeros(()), torch.tensor(math.log(self.spread))
        carried = second.divergence(move(elements, z), self.log_step.clamp(LEAST_LOG, MOST_LOG))
        second_fit = (1 - exact) * self._fit(y, w)
        if exact:
            second_fit = second_fit + exact * self._fit(y, move(elements, z))
        bound = self._fit(x, z) + second_fit - carried
        bound = bound - first.divergence(zero, zero) - change.divergence(zero, spread)
        return bound, self._algebra(x, y, w, change.mean)

    def _algebra(self, x: Tensor, y: Tensor, w: Tensor, a: Tensor) -> Tensor:
        """How far inferred elements are from a group's action.

        A(-a) inverts A(a) exactly; that of (y, x) is inferred, and is to do so too. A third view is decoded from the
        second code moved by the element of another pair of the batch.
        """
        x, y, w, a = x[:JUDGED], y[:JUDGED], w[:JUDGED], a[:JUDGED]
        there = self.element(a)
        other = there.roll(1, dims=0)
        with torch.no_grad():
            third = self.decoder(move(other, w))
        inferred = self.infer(torch.cat([y, x, x]), torch.cat([x, x, third])).mean
        back, rest, both = self.element(inferred).chunk(3)
        one = torch.eye(w.shape[-1])
        defects = (there @ back - one, rest - one, other @ there - both)
        return torch.stack([(defect**2).sum(dim=(-2, -1)).mean() / len(one) for defect in defects]).sum()

    def _fit(self, x: Tensor, z: Tensor) -> Tensor:
        """log p(x | z): independent normal pixels of one deviation."""
        log = self.log_pixel.clamp(LEAST_LOG, MOST_LOG)
        errors = functional.mse_loss(self.decoder(z), x, reduction="none") * (-2 * log).exp()
        return -(0.5 * errors + log + 0.5 * math.log(2 * math.pi)).sum(dim=-1)


def move(elements: Tensor, codes: Tensor) -> Tensor:
    """Elements (B, k, k) on codes (B, k)."""
    return torch.einsum("bij,bj->bi", elements, codes)


def _normal(values: Tensor) -> Normal:
    mean, log = values.chunk(2, dim=-1)
    return Normal(mean, log.clamp(LEAST_LOG, MOST_LOG))
