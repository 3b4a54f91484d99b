"""A random batch for the training loss of a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.pipeline import Compilation
from symdsl.training.step import objective_noise
from symdsl.verification.samples import random_inputs

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class RandomBatch:
    """Arrays by name, in the order in which `objective` takes them."""

    inputs: Arrays
    targets: Arrays
    noise: Arrays

    @property
    def arrays(self) -> list[np.ndarray]:
        """All of them."""
        return [*self.inputs.values(), *self.targets.values(), *self.noise.values()]


def random_batch(compilation: Compilation, count: int, seed: int = 0) -> RandomBatch:
    """`count` samples of inputs and targets, and the noise of the loss; the same for equal fields."""
    spec, generator = compilation.spec, np.random.default_rng(seed)
    given = random_inputs(spec, generator, count)
    targets: Arrays = {}
    for name in spec.outputs:
        field = spec.fields[name]
        shape = (count, *field.shape)
        is_label = field.kind == "label"
        targets[name] = generator.integers(0, field.classes or 1, shape) if is_label else generator.normal(size=shape)
    names = [name for name, _ in compilation.program.root.method("objective").noise]
    noise: Arrays = {}
    for name, each in zip(names, objective_noise(compilation.program), strict=True):
        draw = generator.random if each.kind == "uniform" else generator.standard_normal
        noise[name] = draw(each.shape_for(count))
    return RandomBatch({name: given[name] for name in spec.inputs}, targets, noise)
