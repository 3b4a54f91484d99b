"""What must hold for any spec that the checker accepts; every breach is a line that names the spec's seed."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from symdsl.ir.graph import verify_graph
from symdsl.passes.lowering.lower import argument_name
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.plan.verify import verify_program
from symdsl.session import Session
from symdsl.verification.equivariance import EXACT_TOLERANCE, relative_error
from symdsl.verification.samples import random_inputs, random_weights
from symdsl.verification.verify import VerifyOptions, verify
from tests.properties.random_specs import RandomSpec
from tests.random_batch import random_batch

NAME = re.compile(r"_{0,2}[a-z][a-z0-9_]*|_|[A-Z][A-Z0-9_]*")
"""Names in emitted files, but for those of fields, which keep their spelling."""
CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
OPTIONS = VerifyOptions(samples=3, elements=4, words=2)


def compiled(spec: RandomSpec, backend: str) -> Compilation:
    """The spec on a backend, in float64."""
    return prepare(spec.text, Session(parameters=spec.settings, backend=backend, dtype="float64"))


def disagreements(spec: RandomSpec) -> tuple[str, ...]:
    """Every promise that the compiler breaks for this spec."""
    first, second = compiled(spec, "torch"), compiled(spec, "jax")
    found: list[str] = []
    for compilation in (first, second):
        verify_graph(compilation.graph.forward)
        verify_program(compilation.program)
        again = compiled(spec, compilation.backend.name)
        found += _source_faults(compilation)
        found += _argument_faults(compilation)
        if again.source != compilation.source or again.graph.to_json() != compilation.graph.to_json():
            found.append(f"{compilation.backend.name}: two compilations differ")
    report = verify(first, options=OPTIONS)
    found += [f"{e.quantity} of {e.subject} at {e.where}: {e.error:.1e}" for e in report.broken]
    varies = report.variation > 0 or spec.draft.may_be_constant
    if not varies and not any(_varies(first, seed) for seed in range(1, 6)):
        found.append("the output is constant, whatever the weights")
    weights = random_weights(first.program.root, 3)
    inputs = random_inputs(first.spec, np.random.default_rng(4), 3)
    arrays = [inputs[name] for name in first.spec.inputs]
    wanted, _ = interpret(first.program.root, "forward", arrays, weights, weights)
    for compilation in (first, second):
        outputs = compilation.instantiate(weights).call("forward", *arrays)
        found += _differences(compilation.backend.name, outputs, wanted)
    return (*found, *_objective_faults(first, second))


def _objective_faults(*compilations: Compilation) -> Iterator[str]:
    """Where the training loss, its data moved or not, is not that of the interpreter."""
    first = compilations[0]
    weights, arrays = random_weights(first.program.root, 3), random_batch(first, 3).arrays
    wanted, _ = interpret(first.program.root, "objective", arrays, weights, weights)
    for compilation in compilations:
        found = compilation.instantiate(weights).call("objective", *arrays)
        yield from (f"objective of {line}" for line in _differences(compilation.backend.name, found, wanted))


def _varies(compilation: Compilation, seed: int) -> bool:
    """Whether every output depends on the inputs for the weights of a seed; a narrow network may be dead for some."""
    weights = random_weights(compilation.program.root, seed)
    inputs = random_inputs(compilation.spec, np.random.default_rng(seed), 4)
    arrays = [inputs[name] for name in compilation.spec.inputs]
    outputs, _ = interpret(compilation.program.root, "forward", arrays, weights, weights)
    return min(float(np.max(np.std(output, axis=0))) for output in outputs) > 0


def _differences(backend: str, outputs: tuple[NDArray, ...], wanted: tuple[NDArray, ...]) -> Iterator[str]:
    for place, (output, value) in enumerate(zip(outputs, wanted, strict=True)):
        if output.shape != value.shape:
            yield f"{backend}: output {place} has the shape {output.shape}, not {value.shape}"
        elif not relative_error(output, value) <= EXACT_TOLERANCE:
            yield f"{backend}: output {place} is off by {relative_error(output, value):.1e}"


def _argument_faults(compilation: Compilation) -> Iterator[str]:
    """Where `forward` cannot be called by the names of the fields (`_` after those that Python needs)."""
    tree = ast.parse(compilation.source)
    wanted = [*map(argument_name, compilation.spec.inputs)]
    forwards = [
        [each.arg for each in node.args.args[1:]]
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in ("forward", "__call__")
    ]
    if not any(found[: len(wanted)] == wanted for found in forwards):
        yield f"{compilation.backend.name}: no forward takes {wanted}"


def _source_faults(compilation: Compilation) -> Iterator[str]:
    """Identifiers that are keywords or not lower case, and imports of the compiler itself."""
    backend, tree = compilation.backend.name, ast.parse(compilation.source)
    program = compilation.program
    given = {*program.inputs, *program.outputs, *program.targets}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                if keyword.iskeyword(name) or not (name in given or NAME.fullmatch(name)):
                    yield f"{backend}: `{name}` is no good name"
            case ast.ClassDef(name=name):
                if not CLASS.fullmatch(name) or keyword.iskeyword(name):
                    yield f"{backend}: `{name}` is no good name of a class"
            case ast.Import(names=names) if any(alias.name.startswith("symdsl") for alias in names):
                yield f"{backend}: the emitted file imports symdsl"
            case ast.ImportFrom(module=module) if module and module.startswith("symdsl"):
                yield f"{backend}: the emitted file imports symdsl"
