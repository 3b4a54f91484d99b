"""The two accumulation modes on random programs and shapes, and where they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symdsl.passes.simplify import simplify
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.derivatives import find_dependent, pull_back, push_forward
from symdsl.plan.errors import PlanError
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.value import Value

EMPTY = Module("Any", "", ())
sizes = st.integers(1, 4)


def check_transpose(builder: MethodBuilder, sources: list[Value], result: Value) -> None:
    """<g, J t> = <J^T g, t>, also after simplification."""
    tangents = [builder.argument(f"t{k}", value.type) for k, value in enumerate(sources)]
    cotangent = builder.argument("g", result.type)
    (forward,) = push_forward(sources, tangents, [result])
    reverse = pull_back([result], [cotangent], sources)
    assert forward is not None
    builder.output("forward", forward)
    for k, (value, source) in enumerate(zip(reverse, sources, strict=True)):
        builder.output(f"reverse{k}", builder.zeros_like(source) if value is None else value)
    method = builder.build()
    generator = np.random.default_rng(0)
    types = {method.nodes[index].attributes["name"]: method.nodes[index].type for index in method.arguments}
    arrays = {
        name: generator.standard_normal((2, *type.shape) if type.batched else type.shape)
        for name, type in types.items()
    }
    for one in (method, simplify(method)):
        (tangent, *gradients), _ = interpret(EMPTY, one, list(arrays.values()), {}, {})
        left = (arrays["g"] * tangent).sum()
        right = sum((arrays[f"t{k}"] * gradient).sum() for k, gradient in enumerate(gradients))
        assert abs(left - right) <= 1e-10 * max(1.0, abs(left))


@given(st.data(), sizes, st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_convolutions(data: st.DataObject, channels: int, last: bool, batched: bool) -> None:
    window = [data.draw(st.integers(1, 3)) for _ in range(2)]
    stride, padding = ([data.draw(st.integers(low, 2)) for _ in range(2)] for low in (1, 0))
    image = [data.draw(st.integers(width, width + 3)) for width in window]
    builder = MethodBuilder("forward")
    x_shape = (*image, channels) if last else (channels, *image)
    w_shape = (*window, channels, 2) if last else (2, channels, *window)
    x = builder.argument("x", ArrayType(x_shape, batched=batched))
    weight, bias = builder.argument("w", ArrayType(w_shape)), builder.argument("b", ArrayType((2,)))
    layout = "channels_last" if last else "channels_first"
    y = builder.add("convolution", x, weight, bias, stride=stride, padding=padding, layout=layout)
    check_transpose(builder, [x, weight, bias], y.apply("tanh"))


@given(st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_einsums(data: st.DataObject) -> None:
    extent = dict(zip("abcd", (2, 3, 1, 2), strict=True))
    terms = data.draw(st.lists(st.text("abcd", min_size=0, max_size=3), min_size=1, max_size=3))
    letters = sorted(set("".join(terms)))
    right = "".join(
        data.draw(st.permutations(data.draw(st.lists(st.sampled_from(letters), unique=True)) if letters else []))
    )
    builder = MethodBuilder("forward")
    operands = [
        builder.argument(f"x{k}", ArrayType(tuple(extent[letter] for letter in term), batched=data.draw(st.booleans())))
        for k, term in enumerate(terms)
    ]
    y = builder.add("einsum", *operands, subscripts=f"{','.join(terms)}->{right}")
    check_transpose(builder, operands, y)


@given(st.data(), st.lists(sizes, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_windows(data: st.DataObject, shape: list[int]) -> None:
    builder = MethodBuilder("forward")
    x = builder.argument("x", ArrayType(tuple(shape), batched=True))
    edges = [[data.draw(st.integers(0, 2)) for _ in shape] for _ in range(2)]
    padded = x.apply("pad", low=edges[0], high=edges[1], value=1.0)
    axis = data.draw(st.integers(0, len(shape) - 1))
    stop = data.draw(st.integers(0, padded.shape[axis]))
    start = data.draw(st.integers(0, stop))
    cut = padded.apply("slice", axis=axis, start=start, stop=stop, step=data.draw(st.integers(1, 3)))
    check_transpose(builder, [x], cut.apply("roll", axis=axis, shift=data.draw(st.integers(-3, 3))).apply("square"))


@given(st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_stretching(data: st.DataObject) -> None:
    """Elementwise operations of operands with axes of size 1, with and without a batch, and scalars."""
    builder = MethodBuilder("forward")
    operands = []
    for k in range(3):
        shape = tuple(data.draw(st.sampled_from((1, size))) for size in (2, 3))
        batched = data.draw(st.booleans())
        operands.append(
            builder.argument(
                f"x{k}", ArrayType(() if data.draw(st.booleans()) and not batched else shape, batched=batched)
            )
        )
    first, second, third = operands
    check_transpose(builder, operands, (first * second - third).apply("sin") / ((second + third).apply("square") + 1.0))


def test_an_operand_that_stands_twice_is_counted_twice() -> None:
    builder = MethodBuilder("forward")
    x, s = builder.argument("x", ArrayType((4,), batched=True)), builder.argument("s", ArrayType((4,)))
    check_transpose(builder, [x, s], builder.add("layer_norm", x, s, s, axes=0))


def test_dependence_between_operands_of_a_fused_operation() -> None:
    """The scale is a function of the input: each path is followed once."""
    builder = MethodBuilder("forward")
    x = builder.argument("x", ArrayType((4,), batched=True))
    scale = x.apply("batch_mean")
    check_transpose(builder, [x], builder.add("layer_norm", x, scale, scale.apply("sin"), axes=0))


def test_only_nodes_on_a_path_are_dependent() -> None:
    builder = MethodBuilder("forward")
    x, y = builder.argument("x", ArrayType(())), builder.argument("y", ArrayType(()))
    first, second = x.apply("exp"), y.apply("exp")
    total = first * second
    assert find_dependent(builder, [x], [total]) == [first.index, total.index]
    assert find_dependent(builder, [x], [total], fixed=[first]) == []
    assert pull_back([second], [second], [x]) == (None,)


def test_calls_are_refused() -> None:
    builder = MethodBuilder("forward")
    x = builder.argument("x", ArrayType(()))
    (y,) = builder.call_typed((ArrayType(()),), "child", "forward", x)
    with pytest.raises(PlanError, match="inline its calls first"):
        pull_back([y], [y], [x])
    with pytest.raises(PlanError, match="inline its calls first"):
        push_forward([x], [x], [y])


def test_what_is_chosen_by_the_source_itself_is_no_part_of_its_derivative() -> None:
    """x[argmax x] has the derivative 1 at the largest entry: the index depends on x and does not move."""
    builder = MethodBuilder("forward")
    x = builder.argument("x", ArrayType((1, 4)))
    place = builder.add("argmax", x, axis=1)
    (slope,) = pull_back([x.apply("take", place, axis=1)], [builder.add("full", shape=(1, 1), value=1.0)], [x])
    assert slope is not None
    builder.output("slope", slope)
    (found,), _ = interpret(EMPTY, builder.build(), [np.array([[1.0, 5.0, 2.0, -3.0]])], {}, {})
    np.testing.assert_array_equal(found, [[0.0, 1.0, 0.0, 0.0]])
