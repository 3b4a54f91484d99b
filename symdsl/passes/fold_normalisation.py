"""Merges normalisation by fixed statistics into the convolution or linear map before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import Written, find_module, join_prefix, rewrite_method
from symdsl.plan.nodes import Initial, Method, Module, Node, Parameter
from symdsl.plan.value import Value

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class _Affine:
    """y = factor x + offset for each channel of an array of this rank; `source` is the node that makes x."""

    source: int
    factor: NDArray[Any]
    offset: NDArray[Any]
    layout: str
    rank: int


def merge_normalisation(module: Module, arrays: Mapping[str, NDArray[Any]]) -> tuple[Module, Arrays]:
    """The module without those `batch_norm_inference` that follow a convolution or linear map; and its parameters.

    It may stand in the same method, or in a child that is called on the result of another child. A map whose
    result, weight or layer has a second use keeps its normalisation.
    """
    merged: Arrays = dict(arrays)
    root = _merge_module(module, "", merged)
    return _drop_unused(root, "", merged), merged


def _merge_module(module: Module, prefix: str, arrays: Arrays) -> Module:
    children = tuple((name, _merge_module(child, f"{prefix}{name}.", arrays)) for name, child in module.children)
    module = replace(module, children=children)
    for name in [method.name for method in module.methods]:
        index = 0
        while index < len(module.method(name).nodes):
            method = module.method(name)
            affine = _find_affine(module, method, index, prefix, arrays)
            if affine is not None and _count_uses(method, affine.source) == 1:
                pushed = _push(module, method, affine.source, affine, prefix, arrays)
                if pushed is not None:
                    module, biased = pushed
                    # The users of the normalisation take its source instead.
                    module = _replace_method(module, _rewrite(method, {index: affine.source}, biased))
                    index = 0
                    continue
            index += 1
    return module


def _find_affine(module: Module, method: Method, index: int, prefix: str, arrays: Arrays) -> _Affine | None:
    """The affine map that a node is: a normalisation, or a call of a layer that is nothing else."""
    node = method.nodes[index]
    if node.op == "batch_norm_inference":
        statistics = [method.nodes[operand] for operand in node.operands[1:]]
        if any(leaf.op != "parameter" for leaf in statistics):
            return None
        return _read_affine(node, statistics, method.nodes[node.operands[0]].type.shape, prefix, arrays)
    if node.op != "call" or len(node.operands) != 1 or not node.attributes["child"]:
        return None
    child = find_module(module, node.attributes["child"])
    callee = child.method(node.attributes["method"])
    if len(callee.outputs) != 1 or callee.updates:
        return None
    inner = _find_affine(child, callee, callee.outputs[0], join_prefix(prefix, node.attributes["child"]), arrays)
    if inner is None or inner.source != callee.arguments[0]:
        return None
    return replace(inner, source=node.operands[0])


def _read_affine(node: Node, statistics: list[Node], shape: tuple[int, ...], prefix: str, arrays: Arrays) -> _Affine:
    mean, variance, scale, shift = (arrays[prefix + leaf.attributes["path"]] for leaf in statistics)
    factor = scale / np.sqrt(variance + node.attributes["epsilon"])
    offset = shift - mean * factor
    layout = node.attributes["layout"]
    copies = shape[0 if layout == "channels_first" else -1] // node.attributes["fields"]
    return _Affine(node.operands[0], np.tile(factor, copies), np.tile(offset, copies), layout, len(shape))


def _count_uses(method: Method, index: int) -> int:
    uses = sum(node.operands.count(index) for node in method.nodes)
    return uses + method.outputs.count(index) + sum(one == index for _, one in method.updates)


def _push(
    module: Module, method: Method, index: int, affine: _Affine, prefix: str, arrays: Arrays
) -> tuple[Module, Mapping[int, str]] | None:
    """Make node `index` give factor x + offset; None where that would change something else.

    Returns the module and, for the caller to write into this method, the bias that the node gets, if it had none.
    """
    node = method.nodes[index]
    if node.op in ("convolution", "linear"):
        return _push_into_map(module, method, index, affine, prefix, arrays)
    if node.op != "call" or not node.attributes["child"] or "." in node.attributes["child"]:
        return None
    name = node.attributes["child"]
    calls = [one for each in module.methods for one in each.nodes if one.op == "call"]
    if sum(one.attributes["child"].partition(".")[0] == name for one in calls) != 1:
        return None
    child = module.child(name)
    callee = child.method(node.attributes["method"])
    if len(callee.outputs) != 1 or len(child.methods) != 1 or _count_uses(callee, callee.outputs[0]) != 1:
        return None
    pushed = _push(child, callee, callee.outputs[0], affine, join_prefix(prefix, name), arrays)
    if pushed is None:
        return None
    child, biased = pushed
    child = _replace_method(child, _rewrite(callee, {}, biased))
    return replace(module, children=tuple((key, child if key == name else one) for key, one in module.children)), {}


def _push_into_map(
    module: Module, method: Method, index: int, affine: _Affine, prefix: str, arrays: Arrays
) -> tuple[Module, Mapping[int, str]] | None:
    node = method.nodes[index]
    layout = "channels_last" if node.op == "linear" else node.attributes["layout"]
    if layout != affine.layout and affine.rank > 1:
        return None
    leaves = [method.nodes[operand] for operand in node.operands[1:]]
    paths = [leaf.attributes.get("path", "") for leaf in leaves]
    own = {parameter.name for parameter in module.parameters}
    if any(leaf.op != "parameter" or path not in own for leaf, path in zip(leaves, paths, strict=True)):
        return None
    if any(_count_readers(module, path) != 1 for path in paths):
        return None
    weight = arrays[prefix + paths[0]]
    # Weights have their output axis in front, but for channels-last convolutions.
    behind = node.op == "convolution" and layout == "channels_last"
    arrays[prefix + paths[0]] = weight * (
        affine.factor if behind else affine.factor.reshape(-1, *(1,) * (weight.ndim - 1))
    )
    if len(paths) == 2:
        arrays[prefix + paths[1]] = arrays[prefix + paths[1]] * affine.factor + affine.offset
        return module, {}
    name = _free_name(module)
    arrays[prefix + name] = affine.offset
    parameters = (*module.parameters, Parameter(name, affine.offset.shape, Initial("constant", 0.0)))
    return replace(module, parameters=parameters, dimensions=()), {index: name}


def _count_readers(module: Module, path: str) -> int:
    """How many nodes of the module's methods use the parameter."""
    total = 0
    for method in module.methods:
        for index, node in enumerate(method.nodes):
            if node.op == "parameter" and node.attributes["path"] == path:
                total += _count_uses(method, index)
    return total


def _free_name(module: Module) -> str:
    taken = {
        *(parameter.name for parameter in module.parameters),
        *(constant.name for constant in module.constants),
        *(name for name, _ in module.children),
        *(method.name for method in module.methods),
    }
    name, number = "bias", 1
    while name in taken:
        number += 1
        name = f"bias{number}"
    return name


def _replace_method(module: Module, method: Method) -> Module:
    return replace(module, methods=tuple(method if one.name == method.name else one for one in module.methods))


def _rewrite(method: Method, skipped: Mapping[int, int], biased: Mapping[int, str]) -> Method:
    """The method without the skipped nodes, whose users take another; maps at `biased` get a bias of that name."""
    builder = MethodBuilder(method.name, method.documentation)

    def write(index: int, node: Node, values: Written) -> tuple[Value, ...] | None:
        if index in skipped:
            return values[skipped[index]]
        if index not in biased:
            return None
        operands = tuple(values[operand][0] for operand in node.operands)
        bias = builder.parameter(biased[index], _bias_shape(node, operands))
        return builder.add_many(node.op, *operands, bias, name=node.name, **node.attributes)

    return rewrite_method(builder, method, write)


def _bias_shape(node: Node, operands: tuple[Value, ...]) -> tuple[int]:
    behind = node.op == "convolution" and node.attributes["layout"] == "channels_last"
    return (operands[1].shape[-1 if behind else 0],)


def _drop_unused(module: Module, prefix: str, arrays: Arrays) -> Module:
    """Without children that nothing calls and parameters that nothing reads."""
    called = {
        node.attributes["child"].partition(".")[0]
        for method in module.methods
        for node in method.nodes
        if node.op == "call"
    }
    read = {node.attributes["path"] for method in module.methods for node in method.nodes if node.op == "parameter"}
    return replace(
        module,
        parameters=tuple(parameter for parameter in module.parameters if parameter.name in read),
        children=tuple(
            (name, _drop_unused(child, f"{prefix}{name}.", arrays)) for name, child in module.children if name in called
        ),
    )
