"""One class for modules that differ in sizes, expressions in dimensions, splits where nothing fits."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from symdsl.plan.nodes import ArrayType, Constant, Initial, Method, Module, Node, Parameter, Program, Table
from symdsl.plan.share_classes import SharedProgram, share_classes
from symdsl.plan.size_expressions import Expression, find_expression


def layer(
    fields: int, outputs: int, *, kernel: int = 3, gain: float = 1.0, size: int = 8, name: str = "Layer"
) -> Module:
    x = ArrayType((fields, size), batched=True)
    y = ArrayType((outputs, size), batched=True)
    nodes = (
        Node("argument", (), (x,), MappingProxyType({"name": "x"}), name=f"x{size}"),
        Node(
            "parameter", (), (ArrayType((4 * outputs, fields, kernel, kernel)),), MappingProxyType({"path": "weight"})
        ),
        Node(
            "split",
            (0,),
            (ArrayType((fields, size // 2, 2), batched=True),),
            MappingProxyType({"axis": 1, "sizes": (size // 2, 2)}),
        ),
        Node("linear", (0, 1), (y,)),
    )
    parameter = Parameter(
        "weight", (4 * outputs, fields, kernel, kernel), Initial("normal", gain, fields * kernel * kernel)
    )
    return Module(
        name,
        f"A layer.\nIt has {fields} fields.",
        (Method("forward", nodes, (0,), (3,)),),
        dimensions=(("in_fields", fields), ("out_fields", outputs), ("kernel", kernel)),
        parameters=(parameter,),
        constants=(Constant("table", "module:function", ((fields, "turn"), kernel)),),
    )


def share(*children: Module, **options: Any) -> SharedProgram:
    root = Module("Model", "", (), children=tuple((f"layer{i}", child) for i, child in enumerate(children)))
    return share_classes(Program("model", root, ("x",), ("y",), (), ("forward",)), **options)


def test_equal_structure_is_one_class_with_the_dimensions_that_vary() -> None:
    shared = share(layer(1, 10, size=28), layer(10, 20, size=26), layer(20, 10, size=4))
    assert [c.name for c in shared.classes] == ["Layer", "Model"]
    template = shared.shared_class("Layer").template
    assert shared.shared_class("Layer").arguments == ("in_fields", "out_fields")
    shape = template.parameters[0].shape
    assert [s.render() if isinstance(s, Expression) else s for s in shape] == ["4 * out_fields", "in_fields", 3, 3]
    assert template.parameters[0].initial.fan == Expression.of("in_fields", coefficient=9)
    assert template.constants[0].arguments == ((Expression.of("in_fields"), "turn"), 3)
    assert template.documentation == "A layer."
    assert template.methods[0].nodes[2].attributes["sizes"] == (-1, 2)
    root = shared.shared_class("Model")
    assert dict(root.children[0].arguments) == {"in_fields": 1, "out_fields": 10}


def test_every_instance_is_what_its_template_says() -> None:
    modules = [layer(1, 10), layer(10, 20, kernel=5), layer(7, 3, kernel=1)]
    shared = share(*modules)
    template = shared.shared_class("Layer").template
    for index, module in enumerate(modules):
        values = dict(shared.instances[f"layer{index}"].arguments)
        shape = [s.evaluate(values) if isinstance(s, Expression) else s for s in template.parameters[0].shape]
        fan = template.parameters[0].initial.fan
        assert shape == list(module.parameters[0].shape)
        assert isinstance(fan, Expression)
        assert fan.evaluate(values) == module.parameters[0].initial.fan


def test_one_instance_has_only_literals() -> None:
    shared = share(layer(2, 3))
    assert shared.shared_class("Layer").arguments == ()
    assert shared.shared_class("Layer").template.parameters[0].shape == (12, 2, 3, 3)


def test_a_gain_that_varies_is_an_argument() -> None:
    shared = share(layer(1, 2, gain=1.5), layer(2, 2, gain=1.0))
    assert shared.shared_class("Layer").arguments == ("in_fields", "gain")


def test_a_shape_without_expression_splits_into_numbered_classes() -> None:
    odd = layer(5, 2)
    odd = replace(odd, parameters=(replace(odd.parameters[0], shape=(999, 5, 3, 3)),))
    shared = share(layer(1, 2), odd, layer(3, 2))
    assert [c.name for c in shared.classes] == ["Layer", "Layer2", "Model"]
    assert shared.shared_class("Layer").paths == ("layer0", "layer2")
    assert shared.shared_class("Layer2").template.parameters[0].shape[0] == 999


def test_children_take_expressions_of_the_parent() -> None:
    def block(fields: int, outputs: int) -> Module:
        dimensions = (("in_fields", fields), ("out_fields", outputs))
        children = (("first", layer(fields, outputs)), ("second", layer(outputs, outputs)))
        return Module("Block", "", (), dimensions=dimensions, children=children)

    shared = share(block(1, 4), block(4, 8))
    assert [c.name for c in shared.classes] == ["Layer", "Block", "Model"]
    children = shared.shared_class("Block").children
    assert dict(children[1].arguments) == {
        "in_fields": Expression.of("out_fields"),
        "out_fields": Expression.of("out_fields"),
    }
    assert dict(shared.instances["layer1.second"].arguments) == {"in_fields": 8, "out_fields": 8}


def test_printed_tables_split_and_stored_ones_do_not() -> None:
    def with_table(seed: int, entries: int) -> Module:
        table = Table.from_array(np.random.default_rng(seed).normal(size=entries))
        return Module("Layer", "", (), constants=(Constant("basis", table=table),))

    assert len(share(with_table(0, 10), with_table(1, 10)).classes) == 3
    assert len(share(with_table(0, 10), with_table(0, 10)).classes) == 2
    assert len(share(with_table(0, 100), with_table(1, 100)).classes) == 2


def test_structure_tells_classes_apart() -> None:
    other = layer(1, 2)
    method = other.methods[0]
    changed = replace(method.nodes[2], attributes=MappingProxyType({"axis": 0, "sizes": (1, 1)}))
    other = replace(other, methods=(replace(method, nodes=(*method.nodes[:2], changed, method.nodes[3])),))
    assert len(share(layer(1, 2), other).classes) == 3


def test_names_avoid_reserved_ones_and_each_other() -> None:
    shared = share(layer(1, 2, name="Linear"), layer(1, 2, name="Linear2"), reserved=frozenset({"Linear"}))
    assert sorted(c.name for c in shared.classes) == ["Linear2", "Linear3", "Model"]


def test_a_class_name_that_is_no_identifier_is_refused() -> None:
    with pytest.raises(ValueError, match="identifier"):
        share(layer(1, 2, name="import os; x"))


@pytest.mark.parametrize(
    ("column", "rendered"),
    [((2, 5), "a"), ((6, 15), "3 * a"), ((14, 15), "a * b"), ((1, 4), "a - 1"), ((9, 8), "a + b"), ((1000, 3), None)],
)
def test_expressions_are_the_simplest_that_fit(column: tuple[int, ...], rendered: str | None) -> None:
    found = find_expression(column, {"a": (2, 5), "b": (7, 3)})
    assert (found.render() if found else None) == rendered
    if found:
        assert [found.evaluate({"a": a, "b": b}) for a, b in ((2, 7), (5, 3))] == list(column)


def test_expressions_render_with_a_prefix() -> None:
    assert Expression(((1, ("a",)), (-2, ("b", "b")), (3, ()))).render("self.") == "self.a - 2 * self.b * self.b + 3"
