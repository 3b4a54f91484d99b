"""The game in torch: generators that move samples, and a discriminator that is to tell them from real ones.

Yang, Walters, Dehmamy, Yu 2023 (arXiv 2302.00236), equations 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.estimators.adversarial_generators.declaration import AdversarialGeneratorsOptions
from symdsl.discovery.estimators.adversarial_generators.samples import Samples

Array = NDArray[np.float64]
EMBEDDED = 32
LEAK = 0.2


@dataclass(frozen=True)
class Round:
    """After an epoch: the generators (c, k, k), the two mean losses, and the mean cosine of samples and images."""

    generators: Array
    generator_loss: float
    discriminator_loss: float
    cosine: float


class Discriminator:
    """[x, y] -> two hidden layers, leaky relu -> one number, positive for real; a class is embedded first."""

    def __init__(self, samples: Samples, width: int, random: np.random.Generator) -> None:
        others = [each for each in (samples.moved, samples.fixed) if each is not None]
        size = sum(each[0].size for each in (samples.points, *others)) + (EMBEDDED if samples.classes else 0)
        shapes = ((width, size), (width, width), (1, width))
        self.layers = [
            (uniform(random, shape, shape[1]), uniform(random, shape[:1], shape[1])) for shape in shapes
        ]  # fmt: skip
        self.classes = parameter(random.normal(size=(samples.classes, EMBEDDED))) if samples.classes else None

    def parameters(self) -> list[torch.Tensor]:
        """All weights."""
        found = [each for layer in self.layers for each in layer]
        return found if self.classes is None else [*found, self.classes]

    def __call__(self, parts: list[torch.Tensor], labels: torch.Tensor | None) -> torch.Tensor:
        """Logits (B,) of samples given in parts (B, ..)."""
        found = [each.flatten(1) for each in parts]
        if self.classes is not None and labels is not None:
            found.append(self.classes[labels])
        value = torch.cat(found, dim=1)
        for place, (weight, bias) in enumerate(self.layers):
            value = functional.linear(value, weight, bias)
            if place < len(self.layers) - 1:
                value = functional.leaky_relu(value, LEAK)
        return value[:, 0]


def play(samples: Samples, settings: AdversarialGeneratorsOptions, seed: int) -> Iterator[Round]:
    """One epoch after another; everything is drawn in NumPy from the seed. Raises SymdslError (SYM1201)."""
    random = np.random.default_rng(seed)
    basis = parameter(samples.basis, learn=False)
    shares = parameter(random.normal(size=(settings.channels, len(basis))) / np.sqrt(basis.shape[1]))
    discriminator = Discriminator(samples, settings.width, random)
    own = torch.optim.Adam([shares], settings.generator_rate, betas=(0.5, 0.999), fused=True)
    other = torch.optim.Adam(discriminator.parameters(), settings.discriminator_rate, betas=(0.5, 0.999), fused=True)
    still = [parameter(each, learn=False) for each in (samples.points, samples.moved) if each is not None]
    fixed = [] if samples.fixed is None else [parameter(samples.fixed, learn=False)]
    labels = None if samples.labels is None else torch.tensor(samples.labels)
    for _ in range(settings.epochs):
        records = []
        for chosen in batches(len(samples.points), settings.batch, random):
            moving, given = [each[chosen] for each in still], [each[chosen] for each in fixed]
            classes = None if labels is None else labels[chosen]
            generators = torch.einsum("cr,rij->cij", shares, basis)
            weights = parameter(draw_coefficients(settings, len(chosen), random), learn=False)
            elements = torch.matrix_exp(torch.einsum("bc,cij->bij", weights, generators))
            images = [torch.einsum("bij,bsj->bsi", elements, each) for each in moving]
            cosine = functional.cosine_similarity(joined(images), joined(moving)).mean()
            fooled = functional.softplus(-discriminator([*images, *given], classes)).mean()
            loss = fooled + settings.away_from_identity * cosine.abs() + settings.orthogonality * overlap(generators)
            step(own, loss)
            both = [torch.cat([image.detach(), each]) for image, each in zip(images, moving, strict=True)]
            twice = None if classes is None else torch.cat([classes, classes])
            logits = discriminator([*both, *(torch.cat([each, each]) for each in given)], twice)
            caught = functional.softplus(torch.where(fakes(len(chosen)), logits, -logits)).mean()
            step(other, caught)
            records.append(torch.stack([fooled.detach(), caught.detach(), cosine.detach()]))
        means = torch.stack(records).mean(dim=0).double().numpy()
        if not np.all(np.isfinite(means)):
            message = "the adversarial game diverged: a generator or the discriminator is no longer finite"
            hint = "lower `scale` or `generator_rate`, or write by null_space"
            raise SymdslError(Diagnostic("SYM1201", message, hint=hint), exit_code=5)
        learned = np.einsum("cr,rij->cij", shares.detach().double().numpy(), samples.basis)
        yield Round(learned, *(float(each) for each in means))


def step(optimiser: torch.optim.Adam, loss: torch.Tensor) -> None:
    """One step of the parameters of this optimiser alone."""
    parameters = [each for group in optimiser.param_groups for each in group["params"]]
    for each, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        each.grad = gradient
    optimiser.step()


def fakes(count: int) -> torch.Tensor:
    """Which of two batches in a row are images: the first."""
    return torch.arange(2 * count) < count


def overlap(generators: torch.Tensor) -> torch.Tensor:
    """The sum over pairs of |<L_i, L_j>|, each of norm sqrt(k)."""
    flat = functional.normalize(generators.flatten(1), dim=1) * generators.shape[1] ** 0.5
    return torch.triu(flat @ flat.T, diagonal=1).abs().sum()


def joined(parts: list[torch.Tensor]) -> torch.Tensor:
    """Samples as rows."""
    return torch.cat([each.flatten(1) for each in parts], dim=1)


def draw_coefficients(settings: AdversarialGeneratorsOptions, count: int, random: np.random.Generator) -> Array:
    """Coefficients (count, channels) by the law asked for."""
    shape = (count, settings.channels)
    if settings.coefficients == "normal":
        return settings.scale * random.normal(size=shape)
    if settings.coefficients == "uniform":
        return random.uniform(-settings.scale, settings.scale, shape)
    most = max(1, int(settings.scale))
    return random.integers(-most, most + 1, shape).astype(np.float64)


def batches(count: int, batch: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """The indices of an epoch in random order, the last few left out where they do not fill a batch."""
    order, size = random.permutation(count), min(batch, count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]


def uniform(random: np.random.Generator, shape: tuple[int, ...], fan: int) -> torch.Tensor:
    """A parameter drawn from +- 1 / sqrt(fan)."""
    return parameter(random.uniform(-1, 1, shape) / np.sqrt(fan))


def parameter(array: Any, learn: bool = True) -> torch.Tensor:
    """An array in float32."""
    return torch.tensor(np.asarray(array), dtype=torch.float32, requires_grad=learn)
