"""What the loop needs of a backend, and what it needs to know of the objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from symdsl.check.fit import comparison_of
from symdsl.check.spec import SAMPLE_MASK, Model
from symdsl.plan.nodes import Program

Array = NDArray[Any]
Indices = NDArray[np.int64]
Arrays = tuple[Array, ...]
Batch = Indices | Arrays | None
"""The samples of a step: indices into the data on the device, None for all of them, or their arrays on the host."""


@dataclass(frozen=True)
class Noise:
    """A noise argument of the objective: its distribution and its shape, with a batch axis in front if `batched`."""

    kind: Literal["uniform", "normal"]
    shape: tuple[int, ...]
    batched: bool

    def shape_for(self, batch: int) -> tuple[int, ...]:
        """The shape of the array to draw for a batch."""
        return (batch, *self.shape) if self.batched else self.shape


def objective_noise(program: Program, method_name: str = "objective") -> tuple[Noise, ...]:
    """The noise arguments of a method, in call order; they follow its inputs and targets."""
    method = program.root.method(method_name)
    kinds = dict(method.noise)
    found = []
    for index in method.arguments:
        node = method.nodes[index]
        name = node.attributes["name"]
        if name in kinds:
            found.append(Noise(kinds[name], node.type.shape, node.type.batched))
    return tuple(found)


def compared_names(model: Model) -> tuple[str, ...]:
    """The arrays that the objective takes, in its order."""
    compared = comparison_of(model)
    return (*compared.given, *compared.targets, *((SAMPLE_MASK,) if model.ragged else ()))


class Stepper(Protocol):
    """A model, its optimiser and its averaged parameters on a backend. Arrays of a checkpoint are NumPy, by name."""

    def put_data(self, arrays: Sequence[Array]) -> None:
        """Move the training part to the device, once: inputs, then targets. Real arrays get the model's dtype."""
        ...

    def step(self, batch: Batch, rate: float) -> Any:
        """One update on the samples of `batch`; returns the loss before it, still on the device."""
        ...

    def losses(self, handles: Sequence[Any]) -> list[float]:
        """The values of what `step` returned."""
        ...

    def forward(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """The outputs that are compared (`Comparison.entry`) with the judged weights, in full precision, in NumPy."""
        ...

    def weights(self) -> dict[str, Array]:
        """Copies of parameters and state by plan path."""
        ...

    def judged_weights(self) -> dict[str, Array]:
        """Copies of what is evaluated and kept: as `weights`, the parameters averaged where `ema` is given."""
        ...

    def judge(self, weights: Mapping[str, Array]) -> None:
        """From now on `forward` has these weights; there are no more steps."""
        ...

    def optimiser_state(self) -> dict[str, Array]:
        """Copies of all else that the next step depends on: moments, counters, averages, the state of the noise."""
        ...

    def close(self) -> None:
        """Leave the model's own object ready for inference."""
        ...

    def restore(self, weights: Mapping[str, Array], optimiser_state: Mapping[str, Array]) -> None:
        """Go back to what `weights` and `optimiser_state` returned."""
        ...
