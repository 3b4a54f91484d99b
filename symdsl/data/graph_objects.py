"""Graphs of networkx and torch_geometric as the arrays of an npz file: flat, with counts.

Neither package is imported: what is read are the methods and attributes that both document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.data.faults import bad_data

Arrays = dict[str, NDArray[Any]]
NOT_FIELDS = frozenset({"edge_index", "num_nodes", "batch", "ptr"})


def graph_arrays(graphs: Iterable[Any]) -> Arrays:
    """`n_node`, `n_edge`, `senders`, `receivers`, and one array for each attribute, ready for `numpy.savez`.

    Of networkx graphs: attributes of nodes, of edges and of the graph, by their names; an undirected edge is one in
    each direction. Of torch_geometric `Data`: every tensor attribute as it is; `edge_index` holds senders, then
    receivers. Raises SymdslError: SYM0814 no graphs, SYM0826 attributes that some graph lacks or that differ in shape.
    """
    parts = [_of_networkx(graph) if hasattr(graph, "adjacency") else _of_data(graph) for graph in graphs]
    if not parts:
        raise bad_data("SYM0814", "there are no graphs")
    names = dict.fromkeys(name for part in parts for name in part)
    for number, part in enumerate(parts):
        # a graph without edges has no attributes of edges either
        missing = [name for name in names if name not in part]
        if missing and part["n_edge"][0]:
            raise bad_data("SYM0826", f"graph {number} lacks attributes that others have",
                           notes=(f"`{missing[0]}` is one of them",))  # fmt: skip
    found: Arrays = {}
    for name in names:
        arrays = [part.get(name, np.empty(0)) for part in parts]
        if len({array.shape[1:] for array in arrays if array.size}) > 1:
            raise bad_data("SYM0826", f"`{name}` differs in shape from graph to graph")
        shape = next((array.shape[1:] for array in arrays if array.size), arrays[0].shape[1:])
        found[name] = np.concatenate([array.reshape(len(array), *shape) for array in arrays])
    return found


def _of_networkx(graph: Any) -> Arrays:
    nodes = list(graph.nodes(data=True))
    place = {name: number for number, (name, _) in enumerate(nodes)}
    edges = [(place[one], place[other], data) for one, other, data in graph.edges(data=True)]
    if not graph.is_directed():
        edges += [(other, one, data) for one, other, data in edges if one != other]
    whole = {name: np.asarray(value)[None] for name, value in graph.graph.items() if _is_numeric(value)}
    return {
        **_counted(len(nodes), [(one, other) for one, other, _ in edges]),
        **_attributes([data for _, data in nodes]),
        **_attributes([data for _, _, data in edges]),
        **whole,
    }


def _of_data(graph: Any) -> Arrays:
    values = graph.to_dict() if hasattr(graph, "to_dict") else dict(vars(graph))
    arrays = {name: _numpy(value) for name, value in values.items() if value is not None and name not in NOT_FIELDS}
    edges = _numpy(values["edge_index"]).astype(np.int64).reshape(2, -1)
    count = getattr(graph, "num_nodes", None)
    if count is None:
        count = len(arrays["x"]) if "x" in arrays else int(edges.max(initial=-1)) + 1
    fields = {name: array if array.ndim else array[None] for name, array in arrays.items()}
    return {**_counted(int(count), edges.T), **fields}


def _counted(nodes: int, edges: Sequence[tuple[int, int]] | NDArray[Any]) -> Arrays:
    ends = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    return {
        "n_node": np.array([nodes]), "n_edge": np.array([len(ends)]), "senders": ends[:, 0], "receivers": ends[:, 1],
    }  # fmt: skip


def _attributes(rows: Sequence[Mapping[str, Any]]) -> Arrays:
    names = [name for name in (rows[0] if rows else {}) if all(name in row for row in rows)]
    return {name: np.asarray([row[name] for row in rows]) for name in names}


def _is_numeric(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "fiub"


def _numpy(value: Any) -> NDArray[Any]:
    return np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
