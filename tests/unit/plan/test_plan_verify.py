"""Well-formed programs pass; each kind of damage is found, and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType, Method, Module, Node, Program
from symdsl.plan.verify import verify_module, verify_program
from tests.unit.plan.plan_samples import make_perceptron, make_program, make_table_module


@pytest.mark.parametrize("layout", ["channels_first", "channels_last"])
def test_well_formed_programs_pass(layout: str) -> None:
    verify_program(make_program(layout))
    verify_module(make_perceptron())
    verify_module(make_table_module((2, 0), 3))


def damage(change: Callable[[Method], Method]) -> Module:
    module = make_perceptron((2, 3, 1))
    return replace(module, methods=(change(module.methods[0]),))


def with_node(index: int, **changes: object) -> Callable[[Method], Method]:
    def change(method: Method) -> Method:
        nodes = list(method.nodes)
        nodes[index] = replace(nodes[index], **changes)  # type: ignore[arg-type]
        return replace(method, nodes=tuple(nodes))

    return change


def add_dead(method: Method) -> Method:
    return replace(method, nodes=(*method.nodes, Node("exp", (0,), (method.nodes[0].type,))))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_node(1, types=(ArrayType((5,), batched=True),)), r"Energy\.forward, node 1 \(merge x\): its types are"),
        (with_node(4, operands=(1, 2, 6)), "an operand is not an earlier node"),
        (with_node(2, attributes=MappingProxyType({"path": "absent"})), "there is no parameter absent"),
        (with_node(2, types=(ArrayType((9, 9)),)), "its types are"),
        (with_node(4, op="matmul"), "there is no operation matmul"),
        (with_node(5, name="class"), "'class' is no valid name"),
        (with_node(5, name="9h"), "'9h' is no valid name"),
        (with_node(1, attributes=MappingProxyType({"axis": -2, "count": 2})), "not canonical"),
        (with_node(4, operands=(1, 2, 2)), "does not fit the weight"),
        (add_dead, r"nothing needs node \d+ \(exp\)"),
        (lambda method: replace(method, arguments=()), "not among those of the method"),
        (lambda method: replace(method, output_names=("a", "b")), "1 outputs with 2 names"),
        (lambda method: replace(method, noise=(("n", "normal"),)), "the noise n is not an argument"),
        (lambda method: replace(method, updates=(("mean", 0),)), "an update of mean, which is no state"),
    ],
)
def test_damage_to_a_method(change: Callable[[Method], Method], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        verify_module(damage(change))


def test_constant_indices_must_be_in_range() -> None:
    with pytest.raises(PlanError, match=r"places has indices 0 to 3, outside 0\.\.2"):
        verify_module(make_table_module((0, 3), 3))
    with pytest.raises(PlanError, match="places has indices -1 to 0"):
        verify_module(make_table_module((0, -1), 3))


def test_names_of_modules_and_entry_points() -> None:
    program = make_program()
    with pytest.raises(PlanError, match="has no method sample"):
        verify_program(replace(program, entry_points=("sample",)))
    with pytest.raises(PlanError, match="'x-y' is no valid name"):
        verify_program(replace(program, inputs=("x-y",)))
    with pytest.raises(PlanError, match="is no name of a class"):
        verify_module(replace(make_perceptron(), class_name="lower"))
    energy = make_perceptron((2, 3, 1))
    with pytest.raises(PlanError, match="the name weight0 is used twice"):
        verify_module(replace(energy, parameters=(*energy.parameters, energy.parameters[0])))


def test_calls_must_fit_and_not_come_back() -> None:
    program: Program = make_program()
    root = program.root
    with pytest.raises(PlanError, match="there is no child norm"):
        verify_module(replace(root, children=root.children[:1]))
    loops = []
    type = ArrayType((), batched=True)
    for name, other in (("one", "two"), ("two", "one")):
        builder = MethodBuilder(name)
        (y,) = builder.call_typed((type,), "", other, builder.argument("x", type))
        builder.output("y", y)
        loops.append(builder.build())
    with pytest.raises(PlanError, match=r"the methods \['one', 'two'\] call each other"):
        verify_module(Module("Loop", "", tuple(loops)))
