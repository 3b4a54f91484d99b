"""A plan as JSON: data for tools and hashes; the same plan gives the same bytes."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from symdsl.plan.nodes import ArrayType, Constant, Method, Module, Node, Program

PLAN_VERSION = 1


def serialise_program(program: Program) -> str:
    """JSON text with sorted keys and a final newline. Tables are base64 of their row-major little-endian bytes."""
    data = {
        "plan_version": PLAN_VERSION,
        "name": program.name,
        "inputs": program.inputs,
        "outputs": program.outputs,
        "targets": program.targets,
        "entry_points": program.entry_points,
        "claims": program.claims,
        "spec_text": program.spec_text,
        "root": _module(program.root),
        **({"row_indices": program.row_indices, "row_counts": program.row_counts} if program.row_indices else {}),
    }
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _module(module: Module) -> dict[str, Any]:
    return {
        "class_name": module.class_name,
        "documentation": module.documentation,
        "dimensions": module.dimensions,
        "parameters": [
            {
                "name": parameter.name,
                "shape": parameter.shape,
                "initial": {
                    "kind": parameter.initial.kind,
                    "gain": parameter.initial.gain,
                    "fan": parameter.initial.fan,
                },
            }
            for parameter in module.parameters
        ],
        "constants": [_constant(constant) for constant in module.constants],
        "state": [{"name": state.name, "shape": state.shape, "fill": state.fill} for state in module.state],
        "methods": [_method(method) for method in module.methods],
        "children": [{"name": name, "module": _module(child)} for name, child in module.children],
    }


def _constant(constant: Constant) -> dict[str, Any]:
    data: dict[str, Any] = {"name": constant.name}
    if constant.table is None:
        return {**data, "function": constant.function, "arguments": constant.arguments}
    table = constant.table
    return {**data, "table": {"shape": table.shape, "dtype": table.dtype, "data": b64encode(table.data).decode()}}


def _method(method: Method) -> dict[str, Any]:
    return {
        "name": method.name,
        "documentation": method.documentation,
        "arguments": method.arguments,
        "outputs": method.outputs,
        "output_names": method.output_names,
        "updates": method.updates,
        "noise": method.noise,
        "nodes": [_node(node) for node in method.nodes],
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "op": node.op,
        "operands": node.operands,
        "types": [_type(type) for type in node.types],
        "attributes": dict(node.attributes),
        "name": node.name,
        "origin": node.origin,
    }


def _type(type: ArrayType) -> dict[str, Any]:
    data = {"shape": type.shape, "dtype": type.dtype, "batched": type.batched}
    return {**data, "rows": type.rows} if type.rows else data
