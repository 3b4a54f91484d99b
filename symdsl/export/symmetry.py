"""The symmetry of an artefact, measured on the artefact itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from symdsl.check.exactness import exactness_of
from symdsl.check.spec import Field, Model
from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.export.comparison import BOUNDS, Arrays, drawn_inputs
from symdsl.export.format import Call, Subject
from symdsl.groups.actions.action import Action
from symdsl.plan.nodes import Program
from symdsl.verification.dynamics import measure_dynamics
from symdsl.verification.equivariance import EXACT_TOLERANCE, measure_symmetry
from symdsl.verification.report import Measurement
from symdsl.verification.samples import random_elements

SAMPLES = 4
ELEMENTS = 16
ROOM = 8.0
"""The artefact may show this many times the error of the model in the same numbers, for the same inputs."""


class Kept(BaseModel):
    """One symmetry of the artefact; `model_error` is what the unfolded model shows, `bound` None a report only."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")

    quantity: str
    subject: str
    where: str
    elements: int
    error: float
    model_error: float
    bound: float | None
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the bound, where there is one, is kept."""
        return self.bound is None or self.error <= self.bound

    @property
    def diagnostic(self) -> Diagnostic:
        """SYM0911."""
        found = f"{self.error:.2e} over {self.bound:.2e}"
        message = f"{self.quantity} of {self.subject} in the artefact, {self.where}: {found}"
        return Diagnostic("SYM0911", message, notes=("nothing was written",))


def measure_kept(
    spec: Model, subject: Subject, artefact: Call, model: Call, program: Program, weights: Arrays, seed: int
) -> tuple[Kept, ...]:
    """Every symmetry of the spec on the artefact and on the unfolded `model`, for the same inputs and elements.

    What is claimed exactly is held to the bound of the comparison, or to eight times what the model itself shows in
    these numbers where that is more: rounding grows with the condition of a map, and a fast boost has a large one.
    """
    viewed = entry_as_model(spec, subject)
    generator = np.random.default_rng([seed, 2])
    arrays = drawn_inputs(subject, generator, SAMPLES)
    inputs = dict(zip(viewed.inputs, arrays, strict=True))
    found: list[Kept] = []
    for name, symmetry in viewed.symmetries.items():
        exactness = exactness_of(symmetry, spec.enforcements)
        if symmetry.kind == "time" and subject.entry == "forward":
            pair = [
                measure_dynamics(
                    spec, name, program, weights, inputs, by_name(call, viewed, subject)(inputs),
                    exactness.kind == "exact",
                )
                for call in (artefact, model)
            ]  # fmt: skip
            # the other quantity is a derivative of the program: no artefact has one
            pair = [tuple(each for each in measured if each.quantity == "energy") for measured in pair]
        elif symmetry.group is not None:
            elements = random_elements(symmetry, generator, ELEMENTS, exactness)
            pair = [
                measure_symmetry(viewed, by_name(call, viewed, subject), inputs, elements, exactness)
                for call in (artefact, model)
            ]
        else:
            continue
        found += [judged(one, two, subject) for one, two in zip(*pair, strict=True)]
    return tuple(found)


def judged(artefact: Measurement, model: Measurement, subject: Subject) -> Kept:
    """The artefact's error beside the model's, with its bound."""
    floor, stated = BOUNDS[subject.dtype], artefact.tolerance
    if stated is None:
        bound = None
    elif stated == EXACT_TOLERANCE:
        bound = max(floor, ROOM * model.error)
    else:
        bound = max(floor, stated)
    return Kept(
        quantity=artefact.quantity,
        subject=artefact.subject,
        where=artefact.where,
        elements=artefact.elements,
        error=artefact.error,
        model_error=model.error,
        bound=bound,
        note=artefact.note,
    )


def by_name(call: Call, viewed: Model, subject: Subject) -> Any:
    """A call of arrays by name, in the dtype of the subject; a fixed batch is filled up with copies."""

    def named(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        given = [np.asarray(arrays[name], subject.dtype) for name in viewed.inputs]
        outputs = in_batches(call, given, subject.batch) if subject.batch else call(given)
        return dict(zip(viewed.outputs, outputs, strict=True))

    return named


def in_batches(call: Call, arrays: list[NDArray[Any]], size: int) -> tuple[NDArray[Any], ...]:
    """The outputs for any number of samples from an artefact that takes `size` at once."""
    count = len(arrays[0])
    places = np.arange(-(-count // size) * size) % count
    parts = [
        call([array[places[start : start + size]] for array in arrays]) for start in range(0, len(places), size)
    ]
    return tuple(np.concatenate(outputs)[:count] for outputs in zip(*parts, strict=True))


def entry_as_model(spec: Model, subject: Subject) -> Model:
    """The spec as it is for one entry point: its inputs and outputs; a learned scalar moves under nothing."""
    names = tuple(port.name for port in subject.inputs)
    if subject.entry == "forward":
        return spec
    scalar = Field(subject.outputs[0].name, "scalar", spec.span)
    symmetries = {
        name: replace(
            symmetry, actions={**{each: symmetry.actions[each] for each in names},
                               scalar.name: Action(symmetry.group, ())},
        )
        for name, symmetry in spec.symmetries.items()
        if symmetry.group is not None
    }  # fmt: skip
    fields = {**spec.fields, scalar.name: scalar}
    return replace(spec, fields=fields, symmetries=symmetries, inputs=names, outputs=(scalar.name,))
