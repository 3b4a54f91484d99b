"""One verification of one model: every symmetry, every layer, folded against unfolded, backend against interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Exactness, Model
from symdsl.pipeline import Compilation
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program
from symdsl.verification.dynamics import measure_dynamics
from symdsl.verification.equivariance import EXACT_TOLERANCE, measure_symmetry, measure_words, relative_error
from symdsl.verification.layers import measure_layers
from symdsl.verification.report import Measurement, Report
from symdsl.verification.samples import Elements, random_elements, random_inputs, random_weights

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
) -> Report:
    """Measure every symmetry of the spec in float64 on the session's backend, with the given or with random weights.

    Fresh models are measured off their starting point, with random running statistics (SEMANTICS rule 26).
    """
    options = options or VerifyOptions()
    say = progress or (lambda text: None)
    model = compilation.spec
    precise = replace(compilation, session=replace(compilation.session, dtype="float64"))
    say("lowering")
    used = weights if weights is not None else random_weights(precise.program.root, options.seed)
    say(f"building the {precise.backend.name} model")
    compiled = precise.instantiate(used)
    generator = np.random.default_rng([options.seed, 1])
    inputs = random_inputs(model, generator, options.samples)

    def call(arrays: Arrays) -> dict[str, NDArray[Any]]:
        outputs = compiled.call("forward", *(arrays[name] for name in model.inputs))
        return dict(zip(model.outputs, outputs, strict=True))

    plain = call(inputs)
    found: list[Measurement] = []
    sets = []
    for name, symmetry in model.symmetries.items():
        say(f"measuring {name}")
        if symmetry.kind == "time":
            field = plain[model.outputs[0]]
            enforced = exactness_of(model, name) is not None
            found += measure_dynamics(model, name, precise.program, used, inputs, field, enforced)
        elif symmetry.group is not None:
            exactness = exactness_of(model, name)
            elements = random_elements(symmetry, generator, options.elements, exactness)
            found += measure_symmetry(model, call, inputs, elements, exactness)
            if exactness is not None and exactness.kind in ("exact", "subgroup"):
                sets.append(elements)
    if len(sets) > 1:
        found.append(measure_words(model, call, inputs, [_exact_part(each) for each in sets], generator, options.words))
    say("comparing with the interpreter and the folded model")
    found.append(_parity(precise.program, used, inputs, plain, precise.backend.name))
    found.append(_folded(precise, used, inputs, plain))
    layers: tuple[Measurement, ...] = ()
    if options.layers and sets:
        say("measuring layers")
        layers = _layers(precise, used, inputs, sets)
    return Report(
        model=model.name,
        backend=precise.backend.name,
        dtype="float64",
        seed=options.seed,
        weights="given" if weights is not None else "random",
        variation=min(float(np.max(np.std(value, axis=0))) for value in plain.values()),
        measurements=tuple(found),
        layers=layers,
        remarks=_remarks(model),
    )


def exactness_of(model: Model, symmetry: str) -> Exactness | None:
    """What the enforcements promise of a symmetry, or None where nothing enforces it."""
    for enforcement in (model.structure, model.network, *model.objectives):
        for exactness in enforcement.exactness if enforcement is not None else ():
            if exactness.symmetry == symmetry:
                return exactness
    return None


def _layers(compilation: Compilation, weights: Arrays, inputs: Arrays, sets: list[Elements]) -> tuple[Measurement, ...]:
    traced = compilation.lower(channels_last=False, traced=True)
    chosen = tuple(_exact_part(each) for each in sets)
    return measure_layers(compilation.spec, compilation.graph.forward, traced, weights, inputs, chosen)


def _exact_part(elements: Elements) -> Elements:
    return replace(elements, matrices=elements.matrices[elements.exact], exact=elements.exact[elements.exact])


def _parity(program: Program, weights: Arrays, inputs: Arrays, plain: Arrays, backend: str) -> Measurement:
    outputs, _ = interpret(program.root, "forward", list(inputs.values()), weights, weights)
    errors = [relative_error(plain[name], output) for name, output in zip(plain, outputs, strict=True)]
    return Measurement(
        quantity="parity",
        subject=backend,
        where="interpreter",
        elements=0,
        error=max(errors),
        tolerance=EXACT_TOLERANCE,
    )


def _folded(compilation: Compilation, weights: Arrays, inputs: Arrays, plain: Arrays) -> Measurement:
    program, folded = compilation.fold(weights)
    outputs, _ = interpret(program.root, "forward", list(inputs.values()), folded, folded)
    errors = [relative_error(plain[name], output) for name, output in zip(plain, outputs, strict=True)]
    return Measurement(
        quantity="fold",
        subject="folded model",
        where="unfolded",
        elements=0,
        error=max(errors),
        tolerance=EXACT_TOLERANCE,
    )


def _remarks(model: Model) -> tuple[str, ...]:
    return tuple(
        f"{name} is declared and not enforced; its error is reported, not judged"
        for name in model.symmetries
        if exactness_of(model, name) is None
    )
