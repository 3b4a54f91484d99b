"""Small programs written by hand: a perceptron, and two convolutions with batch norm."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Initial, Module, Parameter, Program, State, Table


def turn_filter(size: int, turns: int) -> NDArray[np.int64]:
    """Where each entry of a size x size filter comes from when it is turned `turns` times by a quarter."""
    places = np.arange(size * size).reshape(size, size)
    return np.stack([np.rot90(places, turn).reshape(-1) for turn in range(turns)])


def linear_layer(inputs: int, outputs: int) -> Module:
    """An affine map."""
    method = MethodBuilder("forward")
    x = method.argument("x", ArrayType((inputs,), batched=True))
    weight = method.parameter("weight", (outputs, inputs))
    bias = method.parameter("bias", (outputs,))
    method.output("y", x.apply("linear", weight, bias))
    return Module(
        "Linear",
        "An affine map.",
        (method.build(),),
        dimensions=(("inputs", inputs), ("outputs", outputs)),
        parameters=(
            Parameter("weight", (outputs, inputs), Initial("normal", 1.0, inputs)),
            Parameter("bias", (outputs,), Initial("constant", 0.0)),
        ),
    )


def perceptron(sizes: tuple[int, ...] = (3, 8, 5, 2)) -> Program:
    """A multilayer perceptron with tanh between its layers."""
    layers = [(f"layer{k}", linear_layer(a, b)) for k, (a, b) in enumerate(pairwise(sizes))]
    method = MethodBuilder("forward")
    value = method.argument("x", ArrayType((sizes[0],), batched=True))
    for place, (name, layer) in enumerate(layers):
        (value,) = method.call(layer, name, "forward", value)
        if place < len(layers) - 1:
            value = value.apply("tanh", name="hidden")
    method.output("y", value)
    root = Module("Perceptron", "A multilayer perceptron.", (method.build(),), children=tuple(layers))
    spec = 'model perceptron {\n  data { x: vector(3) }\n}\n# """ a comment'
    return Program("perceptron", root, ("x",), ("y",), ("y",), ("forward",), ("exact under nothing",), spec)


def turned_convolution(inputs: int, fields: int, size: int) -> Module:
    """A convolution whose filters are turned four times, with batch norm over the turns."""
    channels = 4 * fields
    methods = []
    for training in (False, True):
        method = MethodBuilder("forward_train" if training else "forward")
        x = method.argument("x", ArrayType((inputs, size, size), batched=True))
        weight = method.parameter("weight", (fields, inputs, 9))
        index = method.constant("index", (4, 9), "integer")
        turned = weight.apply("take", index, axis=2).apply("transpose", permutation=(2, 0, 1, 3))
        filters = turned.apply("merge", axis=0, count=2).apply("split", axis=2, sizes=(3, 3), name="filters")
        y = x.apply("convolution", filters, stride=1, padding=1, layout="channels_first", name="y")
        scale, shift = method.parameter("scale", (fields,)), method.parameter("shift", (fields,))
        mean, variance = method.state("running_mean", (fields,)), method.state("running_variance", (fields,))
        if training:
            normal, new_mean, new_variance = method.add_many(
                "batch_norm", y, scale, shift, layout="channels_first", fields=fields, epsilon=1e-5, name="normal"
            )
            method.update("running_mean", 0.9 * mean + 0.1 * new_mean)
            method.update("running_variance", 0.9 * variance + 0.1 * new_variance)
        else:
            normal = y.apply(
                "batch_norm_inference", mean, variance, scale, shift, layout="channels_first", fields=fields
            )
        method.output("y", normal.apply("relu"))
        methods.append(method.build())
    return Module(
        "TurnedConvolution",
        f"A convolution with {channels} channels.\nFilters are turned four times; channel = turn * fields + field.",
        tuple(methods),
        dimensions=(("inputs", inputs), ("fields", fields)),
        parameters=(
            Parameter("weight", (fields, inputs, 9), Initial("normal", 1.0, 9 * inputs)),
            Parameter("scale", (fields,), Initial("constant", 1.0)),
            Parameter("shift", (fields,), Initial("constant", 0.0)),
        ),
        constants=(Constant("index", "jax_programs:turn_filter", (3, 4)),),
        state=(State("running_mean", (fields,), 0.0), State("running_variance", (fields,), 1.0)),
    )


def convolutional_net() -> Program:
    """Two turned convolutions with batch norm, pooling, and a linear read-out with a fixed scale for each class."""
    first, second, head = turned_convolution(1, 3, 8), turned_convolution(12, 2, 4), linear_layer(8, 3)
    methods = []
    for name in ("forward", "forward_train"):
        method = MethodBuilder(name, "Logits of 8 x 8 images.")
        x = method.argument("image", ArrayType((1, 8, 8), batched=True))
        (h,) = method.call(first, "first", name, x)
        h = h.apply("max_pool", size=2, stride=2, padding=0, layout="channels_first")
        (h,) = method.call(second, "second", name, h)
        h = h.apply("mean", axes=(1, 2), name="pooled")
        if name == "forward_train":
            noise = method.noise("mask", ArrayType((8,), batched=True), "uniform")
            h = h.apply("dropout", noise, rate=0.25, name="kept")
        (logits,) = method.call(head, "head", "forward", h)
        temperature = method.constant("temperature", (3,)).apply("expand", axis=0).apply("squeeze", axis=0)
        method.output("label", logits * temperature)
        methods.append(method.build())
    root = Module(
        "TurnedNet",
        "Two convolutions whose filters are turned.",
        tuple(methods),
        constants=(Constant("temperature", table=Table.from_array(np.array([1.0, 0.1, 1 / 3]))),),
        children=(("first", first), ("second", second), ("head", head)),
    )
    entries = ("forward", "forward_train")
    return Program("turned_net", root, ("image",), ("label",), ("label",), entries, ("exact for turns by 90 degrees",))


def stored_table_net(basis: NDArray[np.float64]) -> Program:
    """y = basis x for a fixed basis that is too large to print, and a parameter named like a method."""
    rows, columns = basis.shape
    method = MethodBuilder("forward")
    x = method.argument("x", ArrayType((columns,), batched=True))
    table = method.constant("basis", (rows, columns))
    energy = method.parameter("energy", (rows,))
    method.output("y", x.apply("einsum", table, energy, subscripts="i,oi,o->o"))
    scalar = MethodBuilder("energy")
    z = scalar.argument("x", ArrayType((columns,), batched=True))
    scalar.output("energy", z.apply("square").apply("sum", axes=(0,)))
    scalar.output("size", z.apply("norm", axes=(0,)))
    module = Module(
        "Projection",
        "A fixed projection.",
        (method.build(), scalar.build()),
        parameters=(Parameter("energy", (rows,), Initial("uniform", 1.0, 1)),),
        constants=(Constant("basis", table=Table.from_array(basis)),),
    )
    return Program("projection", module, ("x",), ("y",), (), ("forward", "energy"))


def awkward_net() -> Program:
    """Two outputs and no parameters; inputs are called like what the file itself needs."""
    method = MethodBuilder("forward")
    state = method.argument("state", ArrayType((2,), batched=True))
    array = method.argument("np", ArrayType((2,), batched=True))
    index = method.argument("jnp", ArrayType((), "integer", batched=True))
    step = method.noise("linear", ArrayType((2,), batched=True), "normal")
    split = state.apply("add", array, name="split").apply("multiply", step, name="return_")
    method.output("total", split.apply("add", method.constant("offset", (2,)), name="offset"))
    method.output("place", index.apply("one_hot", classes=2))
    offset = Constant("offset", table=Table.from_array(np.array([np.inf, -1e30])))
    module = Module("Table", "", (method.build(),), constants=(offset,))
    return Program("awkward", module, ("state", "np", "jnp"), ("total", "place"), (), ("forward",))
