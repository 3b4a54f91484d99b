"""Measured exactness of the shipped examples: equivariance, parity, gradients, one training step, folding, in float64.

python -m bench.accuracy
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from bench.record import ROOT, Row, record
from symdsl.backends.backend import stored_constants
from symdsl.backends.source_cache import cache_source
from symdsl.passes.differentiate import gradient
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import parameter_table
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.samples import random_inputs, random_weights
from symdsl.verification.verify import VerifyOptions, verify

BOUND = 1e-10
EXAMPLES = (
    "pendulum/pendulum.sym",
    "two_body/two_body.sym",
    "inertia/inertia.sym",
    "particle/particle.sym",
    "rotated_digits/p4cnn.sym",
    "rotated_digits/p4cnn_rotation_pooling.sym",
    "rotated_digits/z2cnn.sym",
    "p4m_resnet/p4m_all_cnn.sym",
)


def main() -> None:
    """Measure all examples and record the largest errors."""
    worst: dict[str, tuple[float, str]] = defaultdict(lambda: (0.0, ""))

    def note(what: str, error: float, name: str) -> None:
        worst[what] = max(worst[what], (float(error), name))

    for example in EXAMPLES:
        path = ROOT / "examples" / example
        for backend in ("torch", "jax"):
            measure_promises(path, backend, note)
        measure_steps(path, note)
        print(f"measured {example}", flush=True)
    rows = [
        Row(f"{what}: largest relative error, at {name}", f"{error:.1e}", "<= 1e-10", error <= BOUND)
        for what, (error, name) in worst.items()
    ]
    record("accuracy", "Exactness, float64", "python -m bench.accuracy", rows, (f"Examples: {', '.join(EXAMPLES)}.",))


def measure_promises(path: Path, backend: str, note) -> None:
    """Every promise that `symdsl verify` judges."""
    report = verify(prepare(path, Session(backend=backend)), options=VerifyOptions(samples=3, elements=8))
    for entry in report.measurements:
        if entry.tolerance is not None:
            what = {"parity": f"forward, {backend} against the interpreter", "fold": "folded against unfolded"}
            note(what.get(entry.quantity, f"{entry.quantity}, {backend}"), entry.error, path.stem)
    for entry in report.layers:
        note("equivariance of every layer, interpreter", entry.error, path.stem)


def measure_steps(path: Path, note) -> None:
    """Gradient of the objective and one step of gradient descent: torch and jax against the interpreter."""
    import jax
    import torch

    compilations = {name: prepare(path, Session(backend=name, dtype="float64")) for name in ("torch", "jax")}
    root = compilations["torch"].program.root
    weights, names = random_weights(root, 1), list(parameter_table(root))
    arrays, noise = batch_of(compilations["torch"])
    backward = gradient(root, "objective", wrt=tuple(names))
    expected, _ = interpret(root, backward, [*arrays.values(), *noise.values()], weights, weights)
    wanted = dict(zip(names, expected, strict=True))
    scale = max(float(np.max(np.abs(value))) for value in expected)
    module = compilations["torch"].instantiate(weights).module.train()
    tensors = [torch.from_numpy(value) for value in (*arrays.values(), *noise.values())]
    module.objective(*tensors).backward()
    found = {"torch": {name: module.get_parameter(name).grad.numpy() for name in names}}
    jax_compilation = compilations["jax"]
    source = jax_compilation.backend.load(
        cache_source(jax_compilation.source, stored_constants(jax_compilation.program), "jax")
    )
    state = {name: value for name, value in weights.items() if name not in wanted}
    with jax.enable_x64(True):
        slopes = jax.jit(jax.grad(lambda p: source.apply_objective(p, state, arrays, noise)[0]))(
            {name: weights[name] for name in names}
        )
        found["jax"] = {name: np.asarray(slopes[name]) for name in names}
    for backend, slopes in found.items():
        error = max(float(np.max(np.abs(slopes[name] - wanted[name]))) for name in names) / scale
        note(f"gradient of the objective, {backend} against the interpreter", error, path.stem)
    first = next(iter(names))
    ours, theirs = (weights[first] - 0.1 * found[each][first] for each in ("torch", "jax"))
    error = float(np.max(np.abs(ours - theirs)) / np.max(np.abs(ours)))
    note("one training step, torch against jax", error, path.stem)


def batch_of(compilation: Compilation) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """A random batch and the noise of the objective, by name."""
    spec, generator = compilation.spec, np.random.default_rng(3)
    arrays = dict(random_inputs(spec, generator, 4))
    for name in spec.outputs:
        field = spec.fields[name]
        shape = (4, *field.shape)
        arrays[name] = (
            generator.integers(0, field.classes or 1, shape)
            if field.kind == "label"
            else generator.standard_normal(shape)
        )
    method = compilation.program.root.method("objective")
    noise = {
        str(node.attributes["name"]): generator.uniform(size=(4, *node.type.shape))
        for node in (method.nodes[index] for index in method.arguments)
        if node.attributes["name"] in dict(method.noise)
    }
    return arrays, noise


if __name__ == "__main__":
    main()
