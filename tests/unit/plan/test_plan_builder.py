"""Methods written with the builder: shared nodes, inferred types, faults, pruning."""

from __future__ import annotations

import pytest

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.prune import prune

VECTOR = ArrayType((3,), batched=True)


def test_leaves_and_equal_nodes_are_shared() -> None:
    builder = MethodBuilder("forward")
    x = builder.argument("x", VECTOR)
    first, second = builder.parameter("layer.weight", (4, 3)), builder.parameter("layer.weight", (4, 3))
    assert first.index == second.index
    one = builder.add("linear", x, first)
    two = builder.add("linear", x, second, name="h")
    assert one.index == two.index
    builder.output("y", one + two)
    method = builder.build()
    assert [node.op for node in method.nodes] == ["argument", "parameter", "linear", "add"]
    assert method.nodes[1].name == "weight"
    assert method.nodes[2].name == "h"
    assert method.nodes[3].type == ArrayType((4,), batched=True)
    assert method.output_names == ("y",)


def test_dead_nodes_are_dropped_but_arguments_stay() -> None:
    builder = MethodBuilder("forward")
    x, unused = builder.argument("x", VECTOR), builder.argument("unused", VECTOR)
    builder.add("tanh", unused)
    builder.output("y", builder.add("exp", x))
    method = builder.build()
    assert [node.op for node in method.nodes] == ["argument", "argument", "exp"]
    assert method.arguments == (0, 1)
    assert prune(method) == method


def test_results_of_an_operation_with_several_are_items() -> None:
    builder = MethodBuilder("forward")
    values, vectors = builder.add_many("eigh", builder.argument("a", ArrayType((3, 3))))
    assert (values.shape, vectors.shape) == ((3,), (3, 3))
    again = builder.add_many("eigh", builder.value(0))
    assert again == (values, vectors)
    with pytest.raises(PlanError, match="use add_many"):
        builder.add("eigh", builder.value(0))


def test_operators_lift_numbers_to_scalars() -> None:
    builder = MethodBuilder("forward")
    x = builder.argument("x", VECTOR)
    value = 1.0 - (2.0 * x + 1.0) / (-x) - (1.0 / x) * 3.0 - x / 2.0 + (1.0 + x)
    assert value.type == VECTOR
    assert {node.type for node in builder.nodes if node.op == "full"} == {ArrayType(())}


def test_origin_is_stamped() -> None:
    builder = MethodBuilder("forward")
    x = builder.argument("x", VECTOR)
    with builder.from_origin(7):
        inner = builder.add("tanh", x)
    outer = builder.add("exp", inner)
    assert (builder.node_at(inner.index).origin, builder.node_at(outer.index).origin) == (7, None)


def test_calls_fit_the_called_method() -> None:
    child = MethodBuilder("forward")
    child.output("y", child.add("exp", child.argument("x", VECTOR)))
    module = Module("Child", "", (child.build(),))
    builder = MethodBuilder("forward")
    (y,) = builder.call(module, "child", "forward", builder.argument("x", VECTOR))
    assert y.type == VECTOR
    with pytest.raises(PlanError, match=r"call of child\.forward: the called method takes"):
        builder.call(module, "child", "forward", builder.parameter("w", (3,)))


def test_faults_name_the_operation() -> None:
    builder, other = MethodBuilder("forward"), MethodBuilder("other")
    x = builder.argument("x", VECTOR)
    with pytest.raises(PlanError, match=r"forward: add\(.*shapes do not match"):
        builder.add("add", x, builder.parameter("w", (2,)))
    with pytest.raises(PlanError, match="belongs to another method"):
        builder.add("add", x, other.argument("x", VECTOR))
    with pytest.raises(PlanError, match="has 1 operands"):
        builder.add("add", x)
    with pytest.raises(PlanError, match="two arguments x"):
        builder.argument("x", VECTOR)
    with pytest.raises(PlanError, match="parameter w is used as"):
        builder.parameter("w", (5,))
