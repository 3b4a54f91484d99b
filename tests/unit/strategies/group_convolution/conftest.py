"""Networks over images, made without parser or checker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.check import spec
from symdsl.check.declaration import Offer
from symdsl.check.layers import LayerArgument, LayerCall
from symdsl.diagnostics.diagnostic import Span
from symdsl.groups.actions.action import Action, Pixels
from symdsl.groups.group import Group
from symdsl.passes.lowering.lower import lower_graph
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Module
from symdsl.strategies.assemble import build_graph
from symdsl.strategies.group_convolution.declaration import DECLARATION, GroupConvolutionOptions, judge

Arrays = dict[str, NDArray[Any]]


def span(line: int, column: int = 1) -> Span:
    """A made-up place."""
    return Span("test", line, column, line, column + 1)


def layer(name: str, *arguments: Any, line: int = 1, **options: Any) -> LayerCall:
    """A layer as the checker hands it over; argument i is at column 10 + i."""
    given = [(None, value) for value in arguments] + list(options.items())
    found = tuple(LayerArgument(key, value, span(line, 10 + index)) for index, (key, value) in enumerate(given))
    return LayerCall(name, found, span(line))


def image(name: str, channels: int, height: int, width: int) -> spec.Field:
    """An image field."""
    return spec.Field(name, "image", span(90), own_shape=(channels, height, width), channels=channels)


def planar(group: Group, *fields: spec.Field) -> spec.Symmetry:
    """A symmetry that turns the pixels of images and leaves all else alone."""
    actions = {
        field.name: Action(group, field.shape, geometry=Pixels() if field.kind == "image" else None) for field in fields
    }
    return spec.Symmetry("rotation", "group", span(91), group, group.name, actions)


@dataclass(frozen=True)
class Network:
    """A built and lowered network with random weights and statistics, run by the interpreter."""

    model: spec.Model
    module: Module
    parameters: Arrays
    state: Arrays
    channels_last: bool

    def run(self, x: NDArray[Any], method: str = "forward", *noise: NDArray[Any]) -> NDArray[Any]:
        """The output for a batch of images (batch, channels, rows, columns)."""
        (output,), _ = interpret(self.module, method, (x, *noise), self.parameters, self.state)
        return output

    def images(self, seed: int = 0, count: int = 2) -> NDArray[Any]:
        """Random images."""
        (name,) = self.model.inputs
        return np.random.default_rng(seed).normal(size=(count, *self.model.fields[name].shape))

    def error(self, element: NDArray[Any], method: str = "forward", *noise: NDArray[Any]) -> float:
        """max |f(g x) - g f(x)| over the largest entry, SEMANTICS rule 11."""
        (source,), (target,) = self.model.inputs, self.model.outputs
        actions = self.model.symmetries["rotation"].actions
        x = self.images()
        turned = self.run(actions[source].apply(element, x), method, *noise)
        y = self.run(x, method, *noise)
        expected = actions[target].apply(element, y) if y.ndim == 4 else y
        return float(np.abs(turned - expected).max() / max(np.abs(turned).max(), np.abs(expected).max()))


def offer_of(
    x: spec.Field, y: spec.Field, group: Group | None, spans: dict[str, Span] | None = None, **options: Any
) -> Offer:
    """What the checker puts before the strategy."""
    symmetries = (planar(group, x, y),) if group is not None else ()
    return Offer((x,), (y,), symmetries, symmetries, GroupConvolutionOptions(**options), spans or {}, span(92))


def label(classes: int = 10) -> spec.Field:
    """A class label."""
    return spec.Field("y", "label", span(93), classes=classes)


def build(
    group: Group | None,
    size: tuple[int, int] = (28, 28),
    image_channels: int = 1,
    target: spec.Field | None = None,
    channels_last: bool = False,
    **options: Any,
) -> Network:
    """Judge, build and lower; weights normal, running statistics random."""
    x, y = image("x", image_channels, *size), target or label()
    offer = offer_of(x, y, group, **options)
    verdict = judge(offer)
    assert not [d for d in verdict.diagnostics if d.severity == "error"], verdict.diagnostics
    names = tuple(symmetry.name for symmetry in offer.symmetries)
    network = spec.Enforcement(names, DECLARATION, offer.options, {}, verdict.exactness, span(92))
    model = spec.Model(
        "net", span(94), "", "test", {"x": x, "y": y}, {}, {s.name: s for s in offer.symmetries}, ("x",), ("y",),
        network, None, (), {}, {},
    )  # fmt: skip
    return initialise(model, lower_graph(build_graph(model).forward, "Net", "", channels_last), channels_last)


def initialise(model: spec.Model, module: Module, channels_last: bool = False) -> Network:
    """First weights, biases and scales moved off their start, and running statistics as after training."""
    generator = np.random.default_rng(1)
    parameters = {
        name: array + 0.3 * generator.normal(size=array.shape) if array.ndim == 1 else array
        for name, array in draw_parameters(module, 0).items()
    }
    state = {
        name: array + generator.uniform(-0.4, 0.4, size=array.shape) for name, array in initial_state(module).items()
    }
    return Network(model, module, parameters, state, channels_last)


def mutate(network: Network, name: str, child: Module) -> Network:
    """The network with another module in place of the child `name`."""
    children = tuple((key, child if key == name else module) for key, module in network.module.children)
    return initialise(network.model, replace(network.module, children=children), network.channels_last)


@pytest.fixture
def build_network() -> Callable[..., Network]:
    """`build`."""
    return build


@pytest.fixture
def make_layer() -> Callable[..., LayerCall]:
    """`layer`."""
    return layer


@pytest.fixture
def make_offer() -> Callable[..., Offer]:
    """`offer_of`."""
    return offer_of


@pytest.fixture
def mutate_network() -> Callable[[Network, str, Module], Network]:
    """`mutate`."""
    return mutate
