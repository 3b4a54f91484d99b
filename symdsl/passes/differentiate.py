"""Derivatives of methods as methods: reverse mode for gradients, forward mode for directional derivatives."""

from __future__ import annotations

from collections.abc import Sequence

from symdsl.passes.simplify import simplify
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import copy_method, declare_arguments, name_outputs
from symdsl.plan.derivatives import pull_back, push_forward, refuse_mixing
from symdsl.plan.errors import PlanError
from symdsl.plan.initial import parameter_table
from symdsl.plan.nodes import Method, Module
from symdsl.plan.value import Value


def gradient(
    module: Module,
    method: Method | str,
    wrt: Sequence[str],
    output: int = 0,
    keep_outputs: bool = False,
    name: str | None = None,
) -> Method:
    """d output / d wrt, for a scalar output: one result, of the same type, for each name of `wrt`.

    `wrt` names real arguments or parameter paths. Towards a batched argument the gradient is per sample, which
    needs that no sample's output depends on another sample: SampleMixingError otherwise. Towards a batch-free
    value, it is the gradient of the output summed over the batch. With `keep_outputs`, the method's own outputs
    (and state updates) come first. Outputs are named gradient_<name>. Raises PlanError.
    """
    original = module.method(method) if isinstance(method, str) else method
    builder, values, outputs = _open(module, original, wrt, name or f"{original.name}_gradient", keep_outputs)
    target = outputs[output]
    if target.shape != () or target.type.dtype != "real":
        raise PlanError(f"the gradient of {target.type}, which is not a real scalar")
    refuse_mixing([target], values)
    seed = target.apply("full_like", value=1.0)
    results = pull_back([target], [seed], values)
    _close(builder, original, outputs if keep_outputs else ())
    for path, value, result in zip(wrt, values, results, strict=True):
        builder.output(f"gradient_{_plain(path)}", builder.zeros_like(value) if result is None else result)
    return simplify(builder.build())


def jacobian_vector(
    module: Module,
    method: Method | str,
    wrt: Sequence[str],
    keep_outputs: bool = False,
    name: str | None = None,
) -> Method:
    """(d outputs / d wrt) tangents: the arguments are the method's own and then tangent_<name> for each of `wrt`.

    Outputs are tangent_<output>, after the method's own (and its state updates) with `keep_outputs`; those that
    are not real are left out. Raises PlanError.
    """
    original = module.method(method) if isinstance(method, str) else method
    builder, values, outputs = _open(module, original, wrt, name or f"{original.name}_tangent", keep_outputs)
    tangents = [
        builder.argument(f"tangent_{_plain(path)}", value.type) for path, value in zip(wrt, values, strict=True)
    ]
    results = push_forward(values, tangents, outputs)
    _close(builder, original, outputs if keep_outputs else ())
    for label, value, result in zip(name_outputs(original), outputs, results, strict=True):
        if value.type.dtype == "real":
            builder.output(f"tangent_{label}", builder.zeros_like(value) if result is None else result)
    return simplify(builder.build())


def _open(
    module: Module, original: Method, wrt: Sequence[str], name: str, updates: bool
) -> tuple[MethodBuilder, list[Value], tuple[Value, ...]]:
    """A builder that holds the method inlined; the values named by `wrt`; the outputs."""
    builder = MethodBuilder(name, f"Derivative of {original.name} with respect to {', '.join(wrt)}.")
    arguments = declare_arguments(builder, original)
    names = [original.nodes[index].attributes["name"] for index in original.arguments]
    known = dict(zip(names, arguments, strict=True))
    parameters = parameter_table(module)
    values = []
    for path in wrt:
        if path in known:
            value = known[path]
        elif path in parameters:
            value = builder.parameter(path, parameters[path].shape)
        else:
            raise PlanError(f"{original.name} has no argument and no parameter {path}")
        if value.type.dtype != "real":
            raise PlanError(f"a derivative with respect to {path}, which is not real")
        values.append(value)
    return builder, values, copy_method(builder, module, original, arguments, updates=updates)


def _close(builder: MethodBuilder, original: Method, outputs: Sequence[Value]) -> None:
    for label, value in zip(name_outputs(original), outputs, strict=False):
        builder.output(label, value)


def _plain(path: str) -> str:
    return path.replace(".", "_")
