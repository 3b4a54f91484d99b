"""A broken layer of each kind: verify must fail, and name the layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from symdsl.passes.lowering import (
    derivative,
    gated,
    group_pooling,
    pointwise,
    program,
    spatial_pooling,
    spatial_reduction,
)
from symdsl.passes.lowering.rule import InlineRule
from symdsl.pipeline import prepare
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import copy_method, declare_arguments
from symdsl.plan.nodes import Method, Module
from symdsl.plan.value import Value
from symdsl.session import Session
from symdsl.verification.report import Report
from symdsl.verification.verify import VerifyOptions, verify
from tests.models.specs import SPECS


def report_of(name: str) -> Report:
    compilation = prepare(SPECS[name], Session(backend="torch"))
    return verify(compilation, options=VerifyOptions(samples=3, elements=6, words=2))


def ramp(builder: MethodBuilder, value: Value, axis: int) -> Value:
    """Numbers near 1 that differ along an axis, shaped to stretch over `value`: what no symmetry leaves alone."""
    shape = (1,) * value.rank
    parts = [builder.full(shape, 1.0 + 0.01 * (7 * place % 5)) for place in range(value.shape[axis])]
    return parts[0] if len(parts) == 1 else builder.add("concatenate", *parts, axis=axis)


def spoiled(module: Module, method: Method) -> Method:
    """The same method, its output scaled by different numbers along one axis."""
    builder = MethodBuilder(method.name, method.documentation)
    arguments = declare_arguments(builder, method)
    (output,) = copy_method(builder, module, method, arguments, inline=False)
    axis = 1 if output.rank == 3 else 0
    builder.output(method.output_names[0], output.apply("multiply", ramp(builder, output, axis)))
    return builder.build()


LAYERS = [
    ("image C(4)", "conv1"),
    ("image C(4)", "conv2"),
    ("image C(4)", "norm1"),
    ("image D(4), odd size", "conv3"),
    ("inertia", "linear_1"),
    ("inertia", "bilinear_2"),
    ("inertia", "to_i"),
    ("scattering", "linear_2"),
    ("scattering", "bilinear_1"),
]


@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_a_spoiled_layer_is_found_and_named(name: str, layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = program.lower_graph

    def lower(*arguments: object, **options: object) -> Module:
        root = original(*arguments, **options)  # pyright: ignore
        broken = root.child(layer)
        methods = tuple(spoiled(broken, each) if each.name == "forward" else each for each in broken.methods)
        children = tuple(
            (key, replace(child, methods=methods) if key == layer else child) for key, child in root.children
        )
        return replace(root, children=children)

    monkeypatch.setattr(program, "lower_graph", lower)
    report = report_of(name)
    assert not report.passed
    assert any(entry.quantity == "equivariance" and not entry.passed for entry in report.measurements)
    assert next(entry.where for entry in report.layers if not entry.passed) == layer


def uneven(rule: InlineRule, axis: int) -> InlineRule:
    """The rule applied to an input that is scaled by different numbers along an axis."""

    def inline(node, builder, operands, types, context):
        scaled = tuple(operand.apply("multiply", ramp(builder, operand, axis)) for operand in operands)
        return rule.inline(node, builder, scaled, types, context)

    return InlineRule(inline)


INLINE: list[tuple[str, object, str, Callable[[InlineRule], InlineRule], str]] = [
    ("image C(4)", pointwise, "POINTWISE", lambda rule: uneven(rule, 1), "pointwise"),
    ("image C(4)", group_pooling, "GROUP_POOLING", lambda rule: uneven(rule, 0), "group_pooling"),
    ("image C(4)", spatial_reduction, "SPATIAL_REDUCTION", lambda rule: uneven(rule, 2), "spatial_reduction"),
    ("pooled", spatial_pooling, "SPATIAL_POOLING", lambda rule: uneven(rule, 1), "spatial_pooling"),
    ("inertia", gated, "GATED", lambda rule: uneven(rule, 0), "gate"),
    ("pendulum in space", gated, "GATED", lambda rule: uneven(rule, 0), "hamiltonian.gate"),
]


@pytest.mark.parametrize(
    ("name", "home", "rule", "spoil", "where"), INLINE, ids=[f"{entry[0]}, {entry[2]}" for entry in INLINE]
)
def test_a_spoiled_operation_is_found_and_named(
    name: str, home: object, rule: str, spoil: Callable[[InlineRule], InlineRule], where: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(home, rule, spoil(getattr(home, rule)))
    monkeypatch.setitem(SPECS, "pooled", SPECS["image C(4)"].replace("conv(4, k = 3, padding = 1)", "pool(2)"))
    report = report_of(name)
    assert not report.passed
    assert next(entry.where for entry in report.layers if not entry.passed).startswith(where)


def test_a_wrong_sign_in_hamiltons_equations_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def inline(node, builder, operands, types, context):
        axis = node.attributes.axis
        halves = [builder.add("slice", operands[0], axis=axis, start=k, stop=k + 1, step=1) for k in (1, 0)]
        return builder.add("concatenate", *halves, axis=axis)

    monkeypatch.setattr(derivative, "SYMPLECTIC_FIELD", InlineRule(inline))
    report = report_of("pendulum")
    assert not report.passed
    assert {entry.quantity for entry in report.broken} == {"energy", "symplecticity"}


def test_a_constant_output_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zero is perfectly equivariant, and proves nothing."""
    report = report_of("pendulum").model_copy(update={"variation": 0.0})
    assert not report.broken
    assert not report.passed


def test_what_is_not_enforced_is_reported_and_not_judged() -> None:
    plain = SPECS["pendulum"].replace("enforce time by hamiltonian { hidden = [16, 16], activation = tanh }", "")
    report = verify(prepare(plain, Session(backend="torch")))
    (entry,) = [each for each in report.measurements if each.subject == "time"]
    assert entry.quantity == "symplecticity"
    assert entry.error > 0.01
    assert entry.tolerance is None
    assert report.passed
    assert report.remarks


def test_a_stated_tolerance_is_judged() -> None:
    plain = SPECS["inertia"].replace("enforce turn by equivariant_mlp { hidden = [24, 24] }", "tolerance = 1e-6")
    report = verify(prepare(plain, Session(backend="torch")))
    assert not report.passed
    assert report.broken[0].subject == "turn"
