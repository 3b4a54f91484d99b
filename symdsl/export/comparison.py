"""How far a loaded artefact is from the model: from the unfolded model as it runs, and from what the plan means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from symdsl.backends.backend import CompiledModel, RealDType
from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.export.format import Call, Subject
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program

BOUNDS: Mapping[RealDType, float] = {"float32": 1e-5, "float64": 1e-10}
BATCH_SIZES = (1, 2, 7, 64)
INTERPRETED = 7
"""Samples that the interpreter runs: it is slow, and a sample does not depend on its batch."""

Arrays = Mapping[str, NDArray[Any]]


class Agreement(BaseModel):
    """The largest difference between the artefact and a model, over all samples, relative to the largest output."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")

    output: str
    reference: str
    samples: int
    error: float
    bound: float

    @property
    def passed(self) -> bool:
        """Whether the bound is kept; a value that is not a number never passes."""
        return self.error <= self.bound

    @property
    def diagnostic(self) -> Diagnostic:
        """SYM0910."""
        found = f"{self.error:.2e} over {self.bound:.0e}"
        message = f"`{self.output}` of the artefact is not that of {self.reference}: {found}"
        return Diagnostic("SYM0910", message, notes=("nothing was written",))


def drawn_inputs(subject: Subject, generator: np.random.Generator, count: int) -> list[NDArray[Any]]:
    """Normal inputs (count, *shape) in the dtype of the subject."""
    return [generator.standard_normal((count, *port.shape)).astype(subject.dtype) for port in subject.inputs]


def batch_sizes(subject: Subject) -> tuple[int, ...]:
    """The sizes at which the artefact is run: several, or the fixed one."""
    return (subject.batch,) if subject.batch else BATCH_SIZES


def compare(
    subject: Subject,
    call: Call,
    inputs: Sequence[NDArray[Any]],
    unfolded: CompiledModel,
    program: Program,
    weights: Arrays,
) -> tuple[Agreement, ...]:
    """The artefact against the unfolded model in the same dtype, and the interpreter in float64, for the same inputs.

    `inputs` are the samples of the largest batch; smaller batches are the first of them. `program` and `weights` are
    unfolded. Differences are relative to the largest entry of an output over all samples: one sample of a scalar may
    be as near to zero as it likes.
    """
    eager = unfolded.call(subject.entry, *inputs)
    few = min(INTERPRETED, len(inputs[0]))
    exact, _ = interpret(
        program.root, subject.entry, [array[:few].astype(np.float64) for array in inputs], weights, weights
    )
    found: list[Agreement] = []
    results = {size: call([array[:size] for array in inputs]) for size in batch_sizes(subject)}
    for place, port in enumerate(subject.outputs):
        scale = float(np.max(np.abs(eager[place]), initial=0.0))
        for name, wanted in (("the unfolded model", eager[place]), ("the interpreter", exact[place])):
            error = max(difference(result[place], wanted, scale) for result in results.values())
            found.append(
                Agreement(
                    output=port.name, reference=name, samples=len(wanted), error=error, bound=BOUNDS[subject.dtype]
                )
            )
    return tuple(found)


def difference(found: NDArray[Any], wanted: NDArray[Any], scale: float) -> float:
    """max |found - wanted| / scale over the samples that both have; inf for another shape, dtype kind, or NaN."""
    count = min(len(found), len(wanted)) if found.ndim else 0
    if found.ndim != wanted.ndim or found.shape[1:] != wanted.shape[1:] or found.dtype.kind != wanted.dtype.kind:
        return float("inf")
    if not (count and np.all(np.isfinite(found)) and np.all(np.isfinite(wanted))):
        return float("inf")
    gap = float(np.max(np.abs(found[:count].astype(np.float64) - wanted[:count]), initial=0.0))
    return gap / scale if scale > 0 else (0.0 if gap == 0 else float("inf"))
