"""Small plan modules for tests: a perceptron, and a convolution with batch normalisation in training and inference."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Initial, Module, Parameter, Program, State, Table


def make_perceptron(sizes: tuple[int, ...] = (2, 200, 200, 1)) -> Module:
    """A tanh perceptron from (1, sizes[0]) samples to a scalar: the energy of Greydanus 2019."""
    builder = MethodBuilder("forward", "The energy.")
    z = builder.argument("z", ArrayType((1, sizes[0]), batched=True))
    x = builder.add("merge", z, axis=0, count=2, name="x")
    parameters = []
    for k, (into, out) in enumerate(pairwise(sizes)):
        parameters += [
            Parameter(f"weight{k}", (out, into), Initial("normal", 1.0, into)),
            Parameter(f"bias{k}", (out,), Initial("uniform", 0.5, 1)),
        ]
        x = builder.add(
            "linear", x, builder.parameter(f"weight{k}", (out, into)), builder.parameter(f"bias{k}", (out,))
        )
        if k < len(sizes) - 2:
            x = builder.add("tanh", x, name=f"h{k}")
    builder.output("energy", builder.add("squeeze", x, axis=0))
    return Module("Energy", "An energy.", (builder.build(),), parameters=tuple(parameters))


def mirrored_taps(kernel: int) -> np.ndarray:
    """Index table (2, kernel, kernel) of a filter and its mirror image."""
    taps = np.arange(kernel * kernel).reshape(kernel, kernel)
    return np.stack([taps, taps[:, ::-1]])


def make_mirror_convolution(fields: int, size: int, layout: str, bias: bool) -> Module:
    """A convolution whose filters come with their mirror images; channels are (copy, field)."""
    builder = MethodBuilder("forward")
    image = (1, size, size) if layout == "channels_first" else (size, size, 1)
    x = builder.argument("x", ArrayType(image, batched=True))
    weight = builder.parameter("weight", (fields, 9))
    filters = builder.add("take", weight, builder.constant("taps", (2, 3, 3), "integer"), axis=1)
    order = (1, 0, 2, 3) if layout == "channels_first" else (2, 3, 1, 0)
    filters = builder.add("transpose", filters, permutation=order)
    if layout == "channels_first":
        merged = filters.apply("merge", axis=0, count=2).apply("expand", axis=1)
    else:
        merged = filters.apply("merge", axis=2, count=2).apply("expand", axis=2)
    operands = [x, merged]
    parameters = [Parameter("weight", (fields, 9), Initial("normal", 1.0, 9))]
    if layout == "channels_last":
        # The merge above has the order (field, copy); the layout of batch_norm is (copy, field).
        swapped = merged.apply("split", axis=3, sizes=(fields, 2)).apply("transpose", permutation=(0, 1, 2, 4, 3))
        operands[1] = swapped.apply("merge", axis=3, count=2)
    if bias:
        parameters.append(Parameter("bias", (2 * fields,), Initial("uniform", 1.0, 1)))
        operands.append(builder.parameter("bias", (2 * fields,)))
    builder.output("y", builder.add("convolution", *operands, layout=layout))
    taps = Constant("taps", f"{__name__}:mirrored_taps", (3,))
    return Module("MirrorConvolution", "", (builder.build(),), parameters=tuple(parameters), constants=(taps,))


def make_normalisation(shape: tuple[int, ...], fields: int, layout: str) -> Module:
    """Batch normalisation with running statistics."""
    given = {"layout": layout, "fields": fields}
    methods = []
    for name in ("forward", "forward_train"):
        builder = MethodBuilder(name)
        x = builder.argument("x", ArrayType(shape, batched=True))
        scale, shift = builder.parameter("scale", (fields,)), builder.parameter("shift", (fields,))
        mean, variance = builder.state("mean", (fields,)), builder.state("variance", (fields,))
        if name == "forward":
            builder.output("y", builder.add("batch_norm_inference", x, mean, variance, scale, shift, **given))
        else:
            y, seen_mean, seen_variance = builder.add_many("batch_norm", x, scale, shift, **given)
            builder.output("y", y)
            builder.update("mean", 0.9 * mean + 0.1 * seen_mean)
            builder.update("variance", 0.9 * variance + 0.1 * seen_variance)
        methods.append(builder.build())
    parameters = (
        Parameter("scale", (fields,), Initial("constant", 1.0)),
        Parameter("shift", (fields,), Initial("constant", 0.0)),
    )
    state = (State("mean", (fields,), 0.0), State("variance", (fields,), 1.0))
    return Module("Normalisation", "", tuple(methods), parameters=parameters, state=state)


def make_program(layout: str = "channels_first", bias: bool = True, fields: int = 3, size: int = 5) -> Program:
    """convolution -> batch normalisation -> relu -> sum, with an objective."""
    small = size - 2
    shape = (2 * fields, small, small) if layout == "channels_first" else (small, small, 2 * fields)
    convolution = make_mirror_convolution(fields, size, layout, bias)
    normalisation = make_normalisation(shape, fields, layout)
    image = convolution.method("forward").nodes[0].type
    methods = []
    root = Module("Root", "", (), children=(("conv", convolution), ("norm", normalisation)))
    for name in ("forward", "forward_train"):
        builder = MethodBuilder(name)
        (h,) = builder.call(convolution, "conv", "forward", builder.argument("x", image))
        (h,) = builder.call(normalisation, "norm", name, h)
        builder.output("y", builder.add("relu", h).apply("sum", axes=(0, 1, 2)))
        methods.append(builder.build())
    root = Module("Root", "", tuple(methods), children=root.children)
    builder = MethodBuilder("objective")
    (y,) = builder.call(root, "", "forward_train", builder.argument("x", image))
    builder.output("loss", (y - builder.argument("y", ArrayType((), batched=True))).apply("square").apply("batch_mean"))
    root = Module("Root", "", (*methods, builder.build()), children=root.children)
    return Program("sample", root, ("x",), ("y",), ("y",), ("forward", "forward_train", "objective"))


def make_table_module(indices: tuple[int, ...], size: int) -> Module:
    """take(x, stored indices) of an array of `size`."""
    builder = MethodBuilder("forward")
    x = builder.argument("x", ArrayType((size,), batched=True))
    builder.output("y", builder.add("take", x, builder.constant("places", (len(indices),), "integer"), axis=0))
    constant = Constant("places", table=Table.from_array(np.asarray(indices)))
    return Module("Taking", "", (builder.build(),), constants=(constant,))
