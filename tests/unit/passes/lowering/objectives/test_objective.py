"""The objective against its definition in NumPy: data moved, penalties, copies, labels and arrays."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.ir.actions import output_action
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.samples import random_weights
from tests.random_batch import Arrays, random_batch

BATCH = 7

CLASSES = """
model classes {{
  data {{
    p: vector(3) per 4
    y: label(classes = 5)
  }}
  symmetry turn: O(3)
  symmetry swap: SO(3)
  predict y from p by mlp {{ hidden = [8] }}
  {enforce}
}}
"""
ARRAYS = """
model arrays {{
  data {{
    p: vector(3) per 4
    q: scalar per 4
    v: vector(3)
    s: scalar(2)
  }}
  symmetry turn: O(3)
  predict v, s from p, q by mlp {{ hidden = [8] }}
  normalise p, v
  {enforce}
}}
"""
NORMED = """
model normed {{
  data {{
    x: image(channels = 1, size = [6, 6])
    y: label(classes = 3)
  }}
  symmetry turn: C(4)
  predict y from x by group_convolution {{ layers = [conv(3, k = 3), conv(3, k = 3), space_pool] }}
  {enforce}
}}
"""


class Case:
    """A model with a batch and noise; `forward(arrays)` is its network, in NumPy arrays."""

    def __init__(self, text: str, enforce: str) -> None:
        self.compilation: Compilation = prepare(text.format(enforce=enforce), Session(backend="torch", dtype="float64"))
        self.spec, self.root = self.compilation.spec, self.compilation.program.root
        self.weights = random_weights(self.root, 3)
        self.batch = random_batch(self.compilation, BATCH)
        self.inputs, self.targets, self.noise = self.batch.inputs, self.batch.targets, self.batch.noise

    def loss(self) -> tuple[float, Arrays]:
        (loss,), state = interpret(self.root, "objective", self.batch.arrays, self.weights, self.weights)
        return float(loss), dict(state)

    def forward(self, inputs: Arrays, method: str = "forward") -> Arrays:
        found, _ = interpret(self.root, method, list(inputs.values()), self.weights, self.weights)
        return dict(zip(self.spec.outputs, found, strict=True))

    def moved(self, layer: str, symmetry: str, arrays: Arrays, suffix: str = "") -> Arrays:
        """The fields moved by what the layer draws from the noise, by the actions of the symmetry."""
        module = self.root.child(layer)
        draw = module.method("draw")
        names = [draw.nodes[index].attributes["name"] for index in draw.arguments]
        noise = [self.noise[f"{layer}_{name}{suffix}"] for name in names]
        (elements,), _ = interpret(module, "draw", noise, {}, {})
        group = self.spec.symmetries[symmetry].group
        assert group is not None
        matrices = elements if elements.ndim == 3 else group.elements()[elements]
        result = {}
        for name, array in arrays.items():
            field = self.spec.fields[name]
            action = self.spec.symmetries[symmetry].actions[field.name]
            action = output_action(field, action) if name in self.spec.outputs else action
            moves = not (field.kind == "label" and array.ndim == 1)
            rows = [action.apply(g, one[None])[0] if moves else one for g, one in zip(matrices, array, strict=True)]
            result[name] = np.stack(rows)
        return result

    def error(self, outputs: Arrays, targets: Arrays) -> float:
        """Cross-entropy of labels, squares of arrays in the units of their normalisation."""
        total = 0.0
        for name, output in outputs.items():
            if self.spec.fields[name].kind == "label":
                log = output - np.log(np.exp(output).sum(axis=1, keepdims=True))
                total += float(-log[np.arange(BATCH), targets[name]].mean())
            else:
                scale = self.weights.get(f"restore_{name}.scale", np.ones(()))
                total += float(np.mean(((output - targets[name]) / scale) ** 2))
        return total


def law(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def close(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 1e-12 * max(1.0, abs(wanted))


@pytest.mark.parametrize("text", [CLASSES, ARRAYS])
def test_augmentation_is_the_loss_of_the_moved_data(text: str) -> None:
    case = Case(text, "enforce turn by augmentation { copies = 3 }")
    losses = []
    for suffix in ("", "_copy_2", "_copy_3"):
        inputs = case.moved("augmentation_turn", "turn", case.inputs, suffix)
        targets = case.moved("augmentation_turn", "turn", case.targets, suffix)
        losses.append(case.error(case.forward(inputs), targets))
    assert len(set(losses)) == 3
    assert close(case.loss()[0], float(np.mean(losses)))


def test_symmetries_of_one_line_act_one_after_the_other() -> None:
    case = Case(CLASSES, "enforce turn, swap by augmentation")
    inputs = case.moved("augmentation_turn", "turn", case.inputs)
    inputs = case.moved("augmentation_swap", "swap", inputs)
    assert close(case.loss()[0], case.error(case.forward(inputs), case.targets))


def test_the_penalty_on_arrays_is_the_distance_of_f_of_gx_from_g_of_fx() -> None:
    case = Case(ARRAYS, "enforce turn by invariance_loss { weight = 0.7 }")
    outputs = case.forward(case.inputs)
    there = case.forward(case.moved("invariance_turn", "turn", case.inputs))
    wanted = case.moved("invariance_turn", "turn", outputs)
    assert not np.allclose(wanted["v"], outputs["v"])
    np.testing.assert_array_equal(wanted["s"], outputs["s"])
    assert close(case.loss()[0], case.error(outputs, case.targets) + 0.7 * case.error(there, wanted))


def test_the_penalty_on_labels_is_half_of_jeffreys_divergence() -> None:
    case = Case(CLASSES, "enforce turn by invariance_loss { weight = 0.7 }")
    outputs = case.forward(case.inputs)
    there = case.forward(case.moved("invariance_turn", "turn", case.inputs))
    p, q = law(there["y"]), law(outputs["y"])
    divergence = float(np.mean(np.sum((p - q) * np.log(p / q), axis=1)) / 2)
    assert divergence > 1e-4
    assert close(case.loss()[0], case.error(outputs, case.targets) + 0.7 * divergence)


def test_the_penalty_is_taken_at_the_moved_data_where_data_are_moved() -> None:
    case = Case(CLASSES, "enforce turn by augmentation\n  enforce swap by invariance_loss { weight = 0.7 }")
    inputs = case.moved("augmentation_turn", "turn", case.inputs)
    outputs = case.forward(inputs)
    there = case.forward(case.moved("invariance_swap", "swap", inputs))
    p, q = law(there["y"]), law(outputs["y"])
    divergence = float(np.mean(np.sum((p - q) * np.log(p / q), axis=1)) / 2)
    assert close(case.loss()[0], case.error(outputs, case.targets) + 0.7 * divergence)


def test_statistics_are_of_all_copies_and_are_updated_once() -> None:
    case = Case(NORMED, "enforce turn by augmentation { copies = 2 }\n  enforce turn by invariance_loss")
    _, state = case.loss()
    first, second = (case.moved("augmentation_turn", "turn", case.inputs, suffix) for suffix in ("", "_copy_2"))
    third = case.moved("invariance_turn", "turn", first)
    joined = np.concatenate([first["x"], second["x"], third["x"]])
    _, wanted = interpret(case.root, "forward_train", [joined], case.weights, case.weights)
    changed = [path for path in wanted if not np.array_equal(wanted[path], case.weights[path])]
    assert changed
    for path in wanted:
        np.testing.assert_allclose(state[path], wanted[path], rtol=1e-12)


def test_inference_knows_nothing_of_it() -> None:
    plain, moved = Case(NORMED, ""), Case(NORMED, "enforce turn by augmentation")
    assert plain.compilation.graph.content_hash() == moved.compilation.graph.content_hash()
    folded, _ = moved.compilation.fold(moved.weights)
    assert all(not name.startswith("augmentation") for name, _ in folded.root.children)


def test_symmetries_whose_names_differ_by_case_have_layers_of_their_own() -> None:
    text = CLASSES.replace("symmetry turn", "symmetry X").replace("symmetry swap", "symmetry x")
    case = Case(text, "enforce X, x by augmentation\n  enforce x, X by invariance_loss")
    layers = [name for name, _ in case.root.children if name.startswith(("augmentation", "invariance"))]
    assert len(layers) == len(set(layers)) == 4
    for backend in ("torch", "jax"):
        source = prepare(text.format(enforce="enforce X, x by augmentation"), Session(backend=backend)).source
        compile(source, "model.py", "exec")
        assert source.count("class RandomX") == 2


def test_copies_of_a_product_have_noise_of_their_own() -> None:
    """The second factor's noise and the second copy's are told apart."""
    text = CLASSES.replace("vector(3) per 4", "scalar per rows = 4 per columns = 3").replace(": SO(3)", ": S(rows)")
    case = Case(text.replace("O(3)", "S(rows) * S(columns)"), "enforce turn by augmentation { copies = 2 }")
    names = [name for name, _ in case.root.method("objective").noise]
    assert len(names) == len(set(names)) == 4
    assert np.isfinite(case.loss()[0])
