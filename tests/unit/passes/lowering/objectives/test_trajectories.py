"""Fits of trajectories against integrators in NumPy, on the interpreter and both backends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symdsl.check.fit import comparison_of, trajectory_fit
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.passes.lowering.objectives.trajectories import add_trajectory
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.simulation.methods import Accuracy, runge_kutta
from symdsl.training.metrics import score
from symdsl.verification.samples import random_weights

BATCH = 3
DRIVEN = """
model driven {
  data {
    z: phase_space(dim = 2) over t
    m: scalar
    u: vector(2) over t
    dz: derivative(z)
  }
  predict dz from u, z, m by mlp { hidden = [8], activation = tanh }
  train { fit = trajectories, horizon = 2, substeps = 2 OPTIONS }
}
"""
MOVED = """
model moved {
  data {
    z: phase_space(dim = 2) over t
    dz: derivative(z)
  }
  symmetry turn: SO(2)
  predict dz from z by mlp { hidden = [8] }
  enforce turn by augmentation
  train { fit = trajectories, horizon = 3 }
}
"""


def compiled(text: str, backend: str = "torch") -> Compilation:
    return prepare(text, Session(backend=backend, dtype="float64"))


def drawn_case() -> tuple[Compilation, dict[str, np.ndarray], dict[str, np.ndarray]]:
    compilation, generator = compiled(DRIVEN.replace("OPTIONS", "")), np.random.default_rng(1)
    shapes = {"u": (2,), "z": (2, 2), "m": (), "u_path": (2, 2), "time_steps": (2,), "z_path": (2, 2, 2)}
    arrays = {name: generator.normal(size=(BATCH, *shape)) for name, shape in shapes.items()}
    # uneven, and other for each sample
    arrays["time_steps"] = generator.uniform(0.05, 0.4, (BATCH, 2))
    return compilation, arrays, random_weights(compilation.program.root, 2)


def by_hand(compilation: Compilation, arrays: dict[str, np.ndarray], weights: dict[str, np.ndarray]) -> np.ndarray:
    """Each sample by itself with the integrator of rollouts: (BATCH, 2, 2, 2)."""
    paths = np.empty((BATCH, 2, 2, 2))
    for row in range(BATCH):
        one = slice(row, row + 1)
        state = arrays["z"][one].reshape(1, 4)
        for place in range(2):
            control = arrays["u_path"][one, place]

            def field(flat: np.ndarray, control: np.ndarray = control, one: slice = one) -> np.ndarray:
                given = [control, flat.reshape(1, 2, 2), arrays["m"][one]]
                (rate,), _ = interpret(compilation.program.root, "forward", given, weights, weights)
                return rate.reshape(1, 4)

            for _ in range(2):
                state = runge_kutta(field, state, arrays["time_steps"][row, place] / 2, Accuracy())
            paths[row, place] = state.reshape(2, 2)
    return paths


def test_the_objective_is_the_distance_of_the_integrated_trajectory() -> None:
    compilation, arrays, weights = drawn_case()
    wanted = by_hand(compilation, arrays, weights)
    names = ("u", "z", "m", "u_path", "time_steps", "z_path")
    assert compilation.program.inputs + compilation.program.targets == names
    given = [arrays[name] for name in names]
    (found,), _ = interpret(compilation.program.root, "trajectory", given[:5], weights, weights)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
    (loss,), _ = interpret(compilation.program.root, "objective", given, weights, weights)
    assert loss == pytest.approx(np.mean((wanted - arrays["z_path"]) ** 2), rel=1e-12)
    absolute = compiled(DRIVEN.replace("OPTIONS", ", loss = mean_absolute_error"))
    (loss,), _ = interpret(absolute.program.root, "objective", given, weights, weights)
    assert loss == pytest.approx(np.mean(np.abs(wanted - arrays["z_path"])), rel=1e-12)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_backends_follow_the_trajectory_of_the_interpreter(backend: str) -> None:
    compilation, arrays, weights = drawn_case()
    model = replace(compilation, session=Session(backend=backend, dtype="float64")).instantiate(weights)
    given = list(arrays.values())
    for entry, count in (("trajectory", 5), ("objective", 6)):
        (wanted,), _ = interpret(compilation.program.root, entry, given[:count], weights, weights)
        (found,) = model.call(entry, *given[:count])
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


def test_moved_data_are_moved_paths() -> None:
    compilation, generator = compiled(MOVED), np.random.default_rng(4)
    root = compilation.program.root
    weights = random_weights(root, 0)
    z, path = generator.normal(size=(BATCH, 2, 2)), generator.normal(size=(BATCH, 3, 2, 2))
    steps = np.full((BATCH, 3), 0.1)
    method = root.method("objective")
    noise = [generator.random((BATCH, *method.nodes[index].type.shape)) for index in method.arguments[3:]]
    (loss,), _ = interpret(root, "objective", [z, steps, path, *noise], weights, weights)
    (element,), _ = interpret(root.child("augmentation_turn"), "draw", noise, {}, {})
    turned = np.einsum("nij,naj->nai", element, z), np.einsum("nij,ntaj->ntai", element, path)
    (found,), _ = interpret(root, "trajectory", [turned[0], steps], weights, weights)
    assert not np.allclose(turned[0], z)
    assert loss == pytest.approx(np.mean((found - turned[1]) ** 2), rel=1e-12)


def test_layers_that_differ_in_training_are_refused() -> None:
    compilation = compiled(DRIVEN.replace("OPTIONS", "").replace("fit = trajectories, horizon = 2, substeps = 2", ""))
    root, model = compilation.program.root, compiled(DRIVEN.replace("OPTIONS", "")).spec
    root = replace(root, methods=(*root.methods, replace(root.method("forward"), name="forward_train")))
    fit = trajectory_fit(model)
    assert fit is not None
    with pytest.raises(SymdslError) as caught:
        add_trajectory(root, model, fit)
    assert caught.value.diagnostics[0].code == "SYM0317"


def test_whole_turns_of_an_angle_are_no_error() -> None:
    text = """
    model swing {
      data {
        q: angle(2) over t
        v: derivative(q)
        a: derivative(v)
      }
      predict a from q, v by mlp { hidden = [4] }
      train { fit = trajectories, horizon = 1 }
    }
    """
    compilation, generator = compiled(text), np.random.default_rng(5)
    root = compilation.program.root
    weights = random_weights(root, 0)
    q, v = generator.normal(size=(2, BATCH, 2))
    steps = np.full((BATCH, 1), 0.1)
    paths, _ = interpret(root, "trajectory", [q, v, steps], weights, weights)
    # v is the rate of q, and is itself followed along a
    np.testing.assert_allclose(paths[0][:, 0], q + 0.1 * v, atol=0.02)
    for turns in (0, 1, -3):
        given = [q, v, steps, paths[0] + 0.3 + 2 * np.pi * turns, paths[1]]
        (loss,), _ = interpret(root, "objective", given, weights, weights)
        assert loss == pytest.approx(0.3**2, rel=1e-9)
        (field, other) = comparison_of(compilation.spec).fields
        metrics = score([paths[0], paths[1]], given[3:], (field, other))
        assert metrics["loss"] == pytest.approx(0.3**2, rel=1e-9)
