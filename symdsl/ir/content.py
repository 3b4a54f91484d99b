"""What a graph says, without the names that a spec happens to use: the data behind `ModelGraph.content_hash`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symdsl.ir.graph import Graph
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import ValueType

FIELD_ATTRIBUTES = ("field", "wrt")
"""Attributes of operations that hold the name of an input of their graph or region; `symmetry` holds a symmetry's."""


def canonical_content(graph: Graph, groups: Mapping[str, Any]) -> dict[str, Any]:
    """The graph as JSON data in which inputs, outputs and symmetries are numbers and layers have no names.

    Inputs and outputs are numbered as the graph has them. Symmetries are sorted by their group, and those of equal
    groups by how they act, so that the order of their declarations does not count.
    """

    def signature(name: str) -> tuple[str, str]:
        alone = _Describer({name: 0}).graph(graph)
        return json.dumps(groups[name], sort_keys=True), json.dumps(alone, sort_keys=True)

    order = sorted(groups, key=signature)
    described = _Describer({name: number for number, name in enumerate(order)}).graph(graph)
    return {"groups": [groups[name] for name in order], **described}


@dataclass(frozen=True)
class _Describer:
    """Describes graphs with the symmetries of a table, by number; others are left out."""

    symmetries: Mapping[str, int]

    def graph(self, graph: Graph) -> dict[str, Any]:
        fields = {name: number for number, (name, _) in enumerate(graph.inputs)}
        return {
            "nodes": [
                {
                    "op": node.attributes.op,
                    "attributes": self._attributes(node.attributes, fields),
                    "inputs": list(node.inputs),
                    "type": self._type(node.type),
                    **({} if node.shares is None else {"shares": node.shares}),
                }
                for node in graph.nodes
            ],
            "inputs": [identifier for _, identifier in graph.inputs],
            "outputs": [identifier for _, identifier in graph.outputs],
        }

    def _attributes(self, attributes: Attributes, fields: Mapping[str, int]) -> dict[str, Any]:
        values = {name: getattr(attributes, name) for name in type(attributes).model_fields}
        regions = [value for value in values.values() if isinstance(value, Graph)]
        own = {name: number for number, (name, _) in enumerate(regions[0].inputs)} if regions else fields
        written = attributes.model_dump(mode="json")
        return {name: self._attribute(name, value, written[name], own) for name, value in values.items()}

    def _attribute(self, name: str, value: Any, written: Any, fields: Mapping[str, int]) -> Any:
        if isinstance(value, Graph):
            return self.graph(value)
        if isinstance(value, ValueType):
            return self._type(value)
        if name == "symmetry":
            return self.symmetries.get(value)
        return fields[value] if name in FIELD_ATTRIBUTES else written

    def _type(self, value: ValueType) -> dict[str, Any]:
        written = value.model_dump(mode="json")
        for name in ("actions", "flows"):
            known = [(self.symmetries[key], entry) for key, entry in written[name].items() if key in self.symmetries]
            written[name] = sorted(known, key=lambda pair: pair[0])
        return written
