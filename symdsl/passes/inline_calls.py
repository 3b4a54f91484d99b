"""Replaces calls by the nodes of the called methods."""

from __future__ import annotations

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import copy_method, declare_arguments, name_outputs
from symdsl.plan.nodes import Method, Module


def inline_calls(module: Module, method: Method) -> Method:
    """The same function without calls: a leaf `w` of child `c` becomes the leaf `c.w` of the module.

    Names and origins stay; equal nodes are shared. Raises PlanError.
    """
    builder = MethodBuilder(method.name, method.documentation)
    outputs = copy_method(builder, module, method, declare_arguments(builder, method))
    for name, value in zip(name_outputs(method), outputs, strict=True):
        builder.output(name, value)
    return builder.build()
