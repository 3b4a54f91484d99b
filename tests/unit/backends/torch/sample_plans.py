"""Plans made by hand: a perceptron, a group-convolution-like net with batch norm, an energy with its gradient."""

from __future__ import annotations

import itertools

import numpy as np

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Initial, Method, Module, Parameter, Program, State, Table
from symdsl.plan.value import Value

ROTATIONS = 4


def rotation_table(rotations: int, kernel: int) -> np.ndarray:
    """Places (rotation, entry) of a kernel x kernel filter turned by each quarter turn."""
    grid = np.arange(kernel * kernel).reshape(kernel, kernel)
    return np.stack([np.rot90(grid, turn).reshape(-1) for turn in range(rotations)])


def batched(*shape: int) -> ArrayType:
    """A batch of real arrays."""
    return ArrayType(tuple(shape), batched=True)


def turn_filters(builder: MethodBuilder, in_fields: int, out_fields: int, kernel: int) -> Value:
    """(4 * out, in, k, k): channel = rotation * out_fields + field."""
    weight = builder.parameter("weight", (out_fields, in_fields, kernel, kernel))
    table = builder.constant("rotations", (ROTATIONS, kernel * kernel), "integer")
    turned = weight.apply("merge", axis=2, count=2).apply("take", table, axis=2)
    ordered = turned.apply("transpose", permutation=(2, 0, 1, 3))
    merged = ordered.apply("merge", axis=0, count=2)
    return merged.apply("split", axis=2, sizes=(kernel, kernel), name="filters")


def convolution(in_fields: int, out_fields: int, kernel: int, size: int) -> Module:
    """A lifting-like convolution."""
    builder = MethodBuilder("forward")
    x = builder.argument("x", batched(in_fields, size, size))
    filters = turn_filters(builder, in_fields, out_fields, kernel)
    y = builder.add("convolution", x, filters, stride=1, padding=0, layout="channels_first")
    builder.output("y", y)
    initial = Initial("normal", 2.0**0.5, in_fields * kernel * kernel)
    return Module(
        "RotatedConvolution",
        "Convolve with every filter in four orientations.",
        (builder.build(),),
        dimensions=(("in_fields", in_fields), ("out_fields", out_fields), ("kernel", kernel)),
        parameters=(Parameter("weight", (out_fields, in_fields, kernel, kernel), initial),),
        constants=(Constant("rotations", f"{__name__}:rotation_table", (ROTATIONS, kernel)),),
    )


def field_norm(fields: int, size: int, copies: int = ROTATIONS) -> Module:
    """Batch norm with one statistic for each field."""
    shape = batched(fields * copies, size, size)
    options = {"layout": "channels_first", "fields": fields, "epsilon": 1e-5}
    inference = MethodBuilder("forward")
    x = inference.argument("x", shape)
    state = [inference.state(name, (fields,)) for name in ("mean", "variance")]
    affine = [inference.parameter(name, (fields,)) for name in ("scale", "shift")]
    inference.output("y", inference.add("batch_norm_inference", x, *state, *affine, **options))
    training = MethodBuilder("forward_train")
    x = training.argument("x", shape)
    affine = [training.parameter(name, (fields,)) for name in ("scale", "shift")]
    y, *statistics = training.add_many("batch_norm", x, *affine, **options)
    training.output("y", y)
    for name, new in zip(("mean", "variance"), statistics, strict=True):
        training.update(name, 0.9 * training.state(name, (fields,)) + 0.1 * new)
    return Module(
        "FieldNorm",
        "Batch norm with one statistic for each field.",
        (inference.build(), training.build()),
        dimensions=(("fields", fields),),
        parameters=(
            Parameter("scale", (fields,), Initial("constant", 1.0)),
            Parameter("shift", (fields,), Initial("constant", 0.0)),
        ),
        state=(State("mean", (fields,), 0.0), State("variance", (fields,), 1.0)),
    )


def convolution_program(fields: tuple[int, int] = (4, 6), size: int = 12, classes: int = 10) -> Program:
    """Two convolutions with batch norm, mean over places and orientations, a linear layer; an objective."""
    first, second = fields
    children = (
        ("conv1", convolution(1, first, 3, size)),
        ("norm1", field_norm(first, size - 2)),
        ("conv2", convolution(ROTATIONS * first, second, 3, size - 2)),
        ("norm2", field_norm(second, size - 4)),
    )
    table = dict(children)

    def body(builder: MethodBuilder, method: str) -> Value:
        h = builder.argument("x", batched(1, size, size)).apply("memory_format", format="channels_last")
        for number in ("1", "2"):
            (h,) = builder.call(table["conv" + number], "conv" + number, "forward", h)
            (h,) = builder.call(table["norm" + number], "norm" + number, method, h)
            h = h.apply("relu", name="h")
        fields_only = h.apply("split", axis=0, sizes=(ROTATIONS, second)).apply("mean", axes=(0, 2, 3), name="pooled")
        weight, bias = builder.parameter("weight", (classes, second)), builder.parameter("bias", (classes,))
        return builder.add("linear", fields_only, weight, bias, name="logits")

    methods = []
    for name in ("forward", "forward_train"):
        builder = MethodBuilder(name)
        builder.output("logits", body(builder, name))
        methods.append(builder.build())
    builder = MethodBuilder("objective", "The mean cross-entropy.")
    logits = body(builder, "forward_train")
    label = builder.argument("label", ArrayType((), "integer", True))
    chosen = logits.apply("log_softmax", axis=0) * label.apply("one_hot", classes=classes)
    builder.output("loss", -chosen.apply("sum", axes=(0,)))
    methods.append(builder.build())
    root = Module(
        "RotatedNet",
        "A small net of rotated convolutions.",
        tuple(methods),
        parameters=(
            Parameter("weight", (classes, second), Initial("normal", 1.0, second)),
            Parameter("bias", (classes,), Initial("constant", 0.0)),
        ),
        children=children,
    )
    spec = 'model rotated {\n  predict y from x // """ \\ \u2028 import os\n}'
    entries = ("forward", "forward_train", "objective")
    return Program("rotated", root, ("x",), ("logits",), ("label",), entries, ("exact under C(4)",), spec)


def perceptron(inputs: int, hidden: tuple[int, ...], outputs: int) -> Program:
    """A multilayer perceptron whose layers are modules, with a stored and a printed real constant."""
    sizes = (inputs, *hidden, outputs)
    children = []
    for number, (before, after) in enumerate(itertools.pairwise(sizes)):
        builder = MethodBuilder("forward")
        x = builder.argument("x", batched(before))
        weight, bias = builder.parameter("weight", (after, before)), builder.parameter("bias", (after,))
        builder.output("y", builder.add("linear", x, weight, bias))
        parameters = (
            Parameter("weight", (after, before), Initial("uniform", 1.0, before)),
            Parameter("bias", (after,), Initial("uniform", 1.0, before)),
        )
        layer = Module(
            "Layer", "An affine map.", (builder.build(),), (("before", before), ("after", after)), parameters
        )
        children.append((f"layer{number}", layer))
    builder = MethodBuilder("forward")
    h = builder.argument("x", batched(inputs))
    h = (h - builder.constant("offset", (inputs,))).apply(
        "take", builder.constant("order", (inputs,), "integer"), axis=0
    )
    for number, (name, layer) in enumerate(children):
        (h,) = builder.call(layer, name, "forward", h)
        if number < len(children) - 1:
            h = h.apply("tanh")
    builder.output("y", h)
    generator = np.random.default_rng(0)
    offset = Table.from_array(generator.normal(size=inputs))
    order = Table.from_array(generator.permutation(inputs))
    constants = (Constant("offset", table=offset), Constant("order", table=order))
    root = Module("Perceptron", "Dense layers.", (builder.build(),), constants=constants, children=tuple(children))
    return Program("perceptron", root, ("x",), ("y",), (), ("forward",))


def dropout_program(width: int = 8) -> Program:
    """A layer with dropout inside a root that only hands the noise on, and two outputs."""

    def layer() -> Module:
        methods: list[Method] = []
        for name in ("forward", "forward_train"):
            builder = MethodBuilder(name)
            x = builder.argument("x", batched(width))
            h = x.apply("tanh", name="h")
            if name == "forward_train":
                noise = builder.noise("noise", batched(width), "uniform")
                h = builder.add("dropout", h, noise, rate=0.25)
            builder.output("y", h)
            methods.append(builder.build())
        return Module("Drop", "tanh and dropout.", tuple(methods))

    child = layer()
    methods = []
    for name in ("forward", "forward_train"):
        builder = MethodBuilder(name)
        x = builder.argument("x", batched(width))
        noise = (builder.noise("noise", batched(width), "uniform"),) if name == "forward_train" else ()
        (h,) = builder.call(child, "drop", name, x, *noise)
        builder.output("type", h)
        builder.output("total", h.apply("sum", axes=(0,)))
        methods.append(builder.build())
    root = Module("Dropping", "Two outputs.", tuple(methods), children=(("drop", child),))
    return Program("dropping", root, ("x",), ("type", "total"), (), ("forward", "forward_train"))


def explicit_program(fields: int = 3, size: int = 4, frozen: str = "second") -> Program:
    """Entry points that call batch norms in the mode that their own flag does not mean; one is frozen in training."""
    norm = field_norm(fields, size, copies=1)

    def method(name: str, *calls: tuple[str, str]) -> Method:
        builder = MethodBuilder(name)
        h = builder.argument("x", batched(fields, size, size))
        for child, mode in calls:
            (h,) = builder.call(norm, child, mode, h * 2.0)
        builder.output("y", h)
        return builder.build()

    methods = (
        method("forward", ("first", "forward"), ("second", "forward")),
        method("forward_train", ("first", "forward_train"), (frozen, "forward")),
        method("energy", ("second", "forward")),
        method("distance", ("first", "forward_train")),
    )
    root = Module("Mixed", "Both modes in one call.", methods, children=(("first", norm), ("second", norm)))
    entries = ("forward", "forward_train", "energy", "distance")
    return Program("mixed", root, ("x",), ("y",), (), entries)
