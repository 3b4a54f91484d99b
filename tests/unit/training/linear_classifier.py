"""A small classifier that both backends can train: logits = weight (x * kept) + bias, with dropout and one state."""

import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from symdsl.check.spec import Field
from symdsl.check.training_options import TrainingOptions
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import Span
from symdsl.plan.nodes import ArrayType, Initial, Method, Module, Node, Parameter, Program, State
from symdsl.training.loop import train

SPAN = Span("model.sym", 1, 1, 1, 2)
FEATURES, CLASSES, KEEP = 6, 3, 0.9
FIRST = {
    "weight": np.linspace(-0.4, 0.5, CLASSES * FEATURES).reshape(CLASSES, FEATURES),
    "bias": np.zeros(CLASSES),
    "steps": np.zeros(()),
}


def argument(name, shape, dtype="real"):
    return Node("argument", (), (ArrayType(shape, dtype, True),), {"name": name})


def program():
    nodes = (argument("x", (FEATURES,)), argument("y", (), "integer"), argument("kept", (FEATURES,)))
    objective = Method("objective", nodes, (0, 1, 2), (), noise=(("kept", "uniform"),))
    root = Module(
        "Linear", "", (objective,),
        parameters=(Parameter("weight", (CLASSES, FEATURES), Initial("normal")),
                    Parameter("bias", (CLASSES,), Initial("constant", 0.0))),
        state=(State("steps", (), 0.0),),
    )  # fmt: skip
    return Program("linear", root, ("x",), ("y",), ("y",), ("forward", "objective"), ("nothing is claimed",))


def torch_module(dtype):
    import torch
    from torch import nn

    class Linear(nn.Module):
        def __init__(self):
            super().__init__()
            kind = getattr(torch, dtype)
            self.weight = nn.Parameter(torch.tensor(FIRST["weight"], dtype=kind))
            self.bias = nn.Parameter(torch.tensor(FIRST["bias"], dtype=kind))
            self.register_buffer("steps", torch.zeros((), dtype=kind))

        def forward(self, x):
            assert not self.training
            return nn.functional.linear(x, self.weight, self.bias)

        def objective(self, x, y, kept):
            assert self.training
            self.steps += 1
            dropped = x * (kept < KEEP) / KEEP
            return nn.functional.cross_entropy(nn.functional.linear(dropped, self.weight, self.bias), y)

    return Linear()


def jax_module(parameters):
    import jax
    import jax.numpy as jnp

    source = ModuleType("emitted_for_training_tests")

    def apply(params, state, inputs, noise=()):
        return inputs[0] @ params["weight"].T + params["bias"], state

    def apply_objective(params, state, inputs, noise=()):
        x, y = inputs
        logits, _ = apply(params, state, [x * (noise[0] < KEEP) / KEEP])
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1)
        return -chosen.mean(), {"steps": state["steps"] + 1}

    source.apply, source.apply_objective = apply, apply_objective
    sys.modules[source.__name__] = source
    return type("Linear", (), {"__module__": source.__name__})()


@dataclass
class FakeModel:
    """The seam of `symdsl.backends.backend.CompiledModel`."""

    backend: str
    dtype: str
    module: Any = None
    arrays: dict[str, Any] = field(default_factory=lambda: {name: array.copy() for name, array in FIRST.items()})

    def __post_init__(self):
        self.module = torch_module(self.dtype) if self.backend == "torch" else jax_module(self.arrays)

    def weights(self):
        if self.backend == "jax":
            return {name: np.array(array, self.dtype) for name, array in self.arrays.items()}
        return {name: value.detach().numpy().copy() for name, value in self.module.state_dict().items()}

    def set_weights(self, weights):
        if self.backend == "jax":
            self.arrays = dict(weights)
            return
        import torch

        self.module.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})


IR_HASH = "5a" * 32


def classified(count, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, FEATURES))
    y = np.argmax(x @ random.normal(size=(FEATURES, CLASSES)), axis=1)
    return FieldArrays("made", {"x": x, "y": y}, count, {})


@dataclass
class Trainer:
    """Trains a fresh model."""

    backend: str
    dtype: str = "float64"
    data: FieldArrays = field(default_factory=lambda: classified(100))
    text: str = "model linear {}"

    def __call__(self, folder=None, resume=False, model=None, **options):
        model = model or FakeModel(self.backend, self.dtype)
        fields = {
            "x": Field("x", "vector", SPAN, own_shape=(FEATURES,), dimension=FEATURES),
            "y": Field("y", "label", SPAN, classes=CLASSES),
        }
        spec = SimpleNamespace(
            objectives=(),
            name="linear", text=self.text, fields=fields, inputs=("x",), outputs=("y",), normalised=(), training={},
            parameters={}, ragged={},
        )  # fmt: skip
        compiled = SimpleNamespace(
            spec=spec, program=program(), graph=SimpleNamespace(content_hash=lambda: IR_HASH),
            backend=SimpleNamespace(name=self.backend),
            session=SimpleNamespace(device="cpu", devices=1, dtype=self.dtype),
        )  # fmt: skip
        settings = TrainingOptions(**{"epochs": 4, "batch": 16, "learning_rate": 0.05, **options})
        return train(compiled, model, self.data, settings, folder=folder, resume=resume)
