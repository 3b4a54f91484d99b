"""One verification of one model: every symmetry, every layer, folded against unfolded, backend against interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from symdsl.check.exactness import exactness_of
from symdsl.check.spec import Model
from symdsl.passes.scales import field_units
from symdsl.pipeline import Compilation
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program
from symdsl.verification.dynamics import measure_conserved, measure_dynamics, measured_fields
from symdsl.verification.equivariance import EXACT_TOLERANCE, measure_symmetry, measure_words, relative_error
from symdsl.verification.layers import Traced, measure_layers
from symdsl.verification.relabelling import measure_relabelling
from symdsl.verification.report import Measurement, Report
from symdsl.verification.samples import Elements, random_elements, random_inputs, random_weights
from symdsl.verification.second_order import second_order_fields

Arrays = Mapping[str, NDArray[Any]]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class VerifyOptions:
    """How hard to look: samples, elements a symmetry, random words, and the seed of all three."""

    samples: int = 4
    elements: int = 16
    words: int = 8
    seed: int = 0
    layers: bool = True


def verify(
    compilation: Compilation,
    weights: Arrays | None = None,
    options: VerifyOptions | None = None,
    progress: Progress | None = None,
    inputs: Arrays | None = None,
) -> Report:
    """Measure every symmetry of the spec in float64 on the session's backend, with the given or with random weights.

    `inputs` are samples to measure on, every input field (count, *shape); by default random ones. Fresh models are
    measured off their starting point, with random running statistics (SEMANTICS rule 26).
    """
    options = options or VerifyOptions()
    say = progress or (lambda text: None)
    model, precise = compilation.spec, replace(compilation, session=replace(compilation.session, dtype="float64"))
    say("lowering")
    used = weights if weights is not None else random_weights(precise.program.root, options.seed)
    say(f"building the {precise.backend.name} model")
    compiled = precise.instantiate(used)
    generator = np.random.default_rng([options.seed, 1])
    units = field_units(precise.graph, model, used)
    drawn = random_inputs(model, generator, options.samples, units)
    inputs = drawn if inputs is None else {name: _as_input(model, name, inputs[name]) for name in model.inputs}

    def call(arrays: Arrays) -> dict[str, NDArray[Any]]:
        outputs = compiled.call("forward", *(arrays[name] for name in model.inputs))
        return dict(zip(model.outputs, outputs, strict=True))

    plain = call(inputs)
    found: list[Measurement] = []
    sets = []
    for name, symmetry in model.symmetries.items():
        say(f"measuring {name}")
        exactness = exactness_of(symmetry, model.enforcements)
        if symmetry.kind == "time":
            exact = exactness.kind == "exact"
            found += measure_dynamics(model, name, precise.program, used, inputs, plain, exact, units)
        elif symmetry.kind == "relabel":
            found.append(measure_relabelling(model, symmetry, call, inputs, generator, options.elements, exactness))
        elif symmetry.group is not None:
            elements = random_elements(symmetry, generator, options.elements, exactness)
            found += measure_symmetry(model, call, inputs, elements, exactness)
            if exactness.kind in ("exact", "subgroup") and elements.exact.any():
                sets.append(elements.exact_part())
    if len(sets) > 1:
        found.append(measure_words(model, call, inputs, sets, generator, options.words))
    say("comparing with the interpreter and the folded model, and measuring layers")
    found += (*measure_conserved(model, inputs, plain), *_agreements(precise, used, inputs, plain))
    return Report(
        model=model.name,
        backend=precise.backend.name,
        dtype="float64",
        seed=options.seed,
        weights="given" if weights is not None else "random",
        variation=min(map(_variation, plain.values())),
        measurements=tuple(found),
        layers=_layers(precise, used, inputs, sets) if options.layers and sets else (),
        remarks=_remarks(model),
    )


def _layers(compilation: Compilation, weights: Arrays, inputs: Arrays, sets: list[Elements]) -> tuple[Measurement, ...]:
    module = compilation.lower(channels_last=False, traced=True).root
    traced = Traced(compilation.graph.forward, module, weights)
    return measure_layers(compilation.spec, traced, inputs, tuple(sets))


def _agreements(precise: Compilation, weights: Arrays, inputs: Arrays, plain: Arrays) -> tuple[Measurement, ...]:
    return (
        _agreement("parity", precise.backend.name, precise.program, weights, inputs, plain),
        _agreement("fold", "folded model", *precise.fold(weights), inputs, plain),
    )


def _agreement(
    quantity: Literal["parity", "fold"], subject: str, program: Program, weights: Arrays, inputs: Arrays, plain: Arrays
) -> Measurement:
    """How far the model's outputs `plain` are from those of a program in the interpreter."""
    outputs, _ = interpret(program.root, "forward", list(inputs.values()), weights, weights)
    return Measurement(
        quantity=quantity,
        subject=subject,
        where="interpreter" if quantity == "parity" else "unfolded",
        elements=0,
        error=max(relative_error(plain[name], output) for name, output in zip(plain, outputs, strict=True)),
        tolerance=EXACT_TOLERANCE,
    )


def _as_input(model: Model, name: str, array: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(array, dtype=np.int64 if model.fields[name].is_index else np.float64)


def _variation(values: NDArray[Any]) -> float:
    """The largest standard deviation over a batch of an entry (batch, *shape), relative to the largest entry."""
    scale = float(np.max(np.abs(values), initial=0.0))
    return float(np.max(np.std(values, axis=0))) / scale if scale > 0 else 0.0


def _remarks(model: Model) -> tuple[str, ...]:
    remarks = []
    for name, symmetry in model.symmetries.items():
        if symmetry.kind == "time" and not measured_fields(model) and not second_order_fields(model):
            remarks.append(f"{name} is declared, and nothing predicted is the derivative of a given phase space")
        elif exactness_of(symmetry, model.enforcements).kind == "none":
            remarks.append(f"{name} is declared and not enforced; its error is reported, not judged")
    return tuple(remarks)
