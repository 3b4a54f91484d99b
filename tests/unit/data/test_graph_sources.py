"""Graphs as data: the three demos, JSON lines, graphs of networkx and of torch_geometric."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest

from symdsl.data.gather import gather_data
from symdsl.data.graph_objects import graph_arrays
from symdsl.data.mass_spring_chain import STEP, Chain
from symdsl.data.rows import offsets_of
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.drafting.fields import draft_fields
from symdsl.pipeline import prepare

SPEC = """
model paths {
  data { graph g { node h: scalar(2); edge w: scalar; node y: label(classes = 2); global u: scalar } }
  predict y from h
}
"""
READ = """
model all {
  data { graph g { node h: scalar(2); edge w: scalar; node y: scalar; global u: scalar } }
  symmetry relabel: S(g)
  predict y from h, w, u
  enforce relabel by graph_network { hidden = [4] }
}
"""


def load(text: str):
    return load_data(parse_reference(text))


def test_sorting_marks_the_first_and_what_follows() -> None:
    data = load("sorting(samples = 5, minimum = 1, maximum = 6, seed = 3)")
    nodes, edges = offsets_of(data.counts["value"]), offsets_of(data.counts["senders"])
    for graph in range(5):
        value = data["value"][nodes[graph] : nodes[graph + 1]]
        assert data["first"][nodes[graph] : nodes[graph + 1]].tolist() == (value == value.min()).astype(int).tolist()
        part = slice(edges[graph], edges[graph + 1])
        marked = data["follows"][part] == 1
        pairs = list(zip(data["senders"][part][marked], data["receivers"][part][marked], strict=True))
        order = np.argsort(value)
        assert sorted(pairs) == sorted(pairwise(order))
    assert data.counts["senders"].tolist() == (data.counts["value"] ** 2).tolist()


def test_shortest_paths_are_those_of_networkx() -> None:
    data = load("shortest_path(samples = 12, seed = 1)")
    nodes, edges = offsets_of(data.counts["node"]), offsets_of(data.counts["senders"])
    for graph in range(12):
        part = slice(edges[graph], edges[graph + 1])
        ends = list(zip(data["senders"][part].tolist(), data["receivers"][part].tolist(), strict=True))
        network = nx.DiGraph()
        network.add_weighted_edges_from((*pair, d) for pair, d in zip(ends, data["distance"][part], strict=True))
        node = data["node"][nodes[graph] : nodes[graph + 1]]
        assert nx.is_strongly_connected(network)
        start, end = int(node[:, 3].argmax()), int(node[:, 4].argmax())
        path = nx.shortest_path(network, start, end, weight="weight")
        assert np.flatnonzero(data["on_path"][nodes[graph] : nodes[graph + 1]]).tolist() == sorted(path)
        marked = [pair for pair, on in zip(ends, data["edge_on_path"][part], strict=True) if on]
        assert sorted(marked) == sorted(pairwise(path))


def test_no_spec_is_drafted_for_graphs() -> None:
    with pytest.raises(SymdslError, match="SYM0834"):
        draft_fields([("sorting(samples = 3)", load("sorting(samples = 3)"))])


def test_a_chain_falls_by_hand() -> None:
    """Three masses at rest: the middle one falls by g dt in the first step, and is pulled back as it stretches."""
    places = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    chain = Chain(places, np.full(2, 50.0), np.ones(2), np.array([0.0, -10.0]))
    found, velocities = chain.follow()
    np.testing.assert_allclose(velocities[1][1], [0.0, -10.0 * STEP])
    fallen = 10.0 * STEP**2
    length = np.hypot(1.0, fallen)
    pull = 2 * 50.0 * (length - 1.0) * fallen / length
    np.testing.assert_allclose(velocities[2][1], [0.0, -2.0 + STEP * pull], atol=1e-12)
    np.testing.assert_array_equal(found[:, [0, 2]], np.broadcast_to(places[[0, 2]], (51, 2, 2)))
    assert [list(ends) for ends in chain.ends()] == [[0, 2], [1, 1]]
    data = load("mass_spring_chain(samples = 4, states = 3, seed = 0)")
    assert data["gravity"].shape == (12, 2)
    assert data.counts["node"].sum() == len(data["next_velocity"])


def write_lines(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


LINES = [
    {"h": [[1, 2], [3, 4]], "w": [0.5], "y": [0.0, 1.0], "u": 7.0, "senders": [0], "receivers": [1]},
    {"h": [[5, 6]], "w": [], "y": [2.0], "u": 8.0, "senders": [], "receivers": []},
    {"h": [[7, 8], [9, 0], [1, 1]], "w": [1, 2], "y": [0, 1, 2], "u": 9.0, "senders": [2, 0], "receivers": [0, 2]},
]


def test_json_lines_are_graphs(tmp_path: Path) -> None:
    write_lines(tmp_path / "g.jsonl", LINES)
    data = gather_data(prepare(READ).spec, str(tmp_path / "g.jsonl"))
    both = np.array([2, 0])
    np.testing.assert_array_equal(data.take("h", both), [[7, 8], [9, 0], [1, 1], [1, 2], [3, 4]])
    np.testing.assert_array_equal(data.take("g_senders", both), [2, 0, 3])
    np.testing.assert_array_equal(data.take("u", both), [9, 7])
    same = [{**LINES[0], "u": float(k)} for k in range(3)]
    write_lines(tmp_path / "same.jsonl", same)
    data = gather_data(prepare(READ).spec, str(tmp_path / "same.jsonl"))
    np.testing.assert_array_equal(data.take("g_receivers", np.array([0, 2])), [1, 3])


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ('{"h": [1, 2]\n', "SYM0802"),
        ("[1, 2]\n", "SYM0802"),
        ('{"h": [[1, 2], [3]]}\n', "SYM0809"),
        ('{"h": ["a"]}\n', "SYM0809"),
        ('{"h": [1]}\n{"k": [1]}\n', "SYM0826"),
        ('{"h": [[1, 2]]}\n{"h": [[1, 2, 3], [4, 5, 6]]}\n', "SYM0826"),
        ("\n", "SYM0814"),
    ],
)
def test_bad_json_lines_are_told(lines: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(lines)
    with pytest.raises(SymdslError) as refusal:
        load_data(parse_reference(str(tmp_path / "bad.jsonl"), allow_path=True))
    assert refusal.value.diagnostics[0].code == code


def test_graphs_of_networkx_and_torch_geometric_are_arrays(tmp_path: Path) -> None:
    first = nx.Graph(u=7.0)
    first.add_node("a", h=[1.0, 2.0], y=0.0)
    first.add_node("b", h=[3.0, 4.0], y=1.0)
    first.add_edge("a", "b", w=0.5)
    lonely = nx.Graph(u=8.0)
    lonely.add_node(0, h=[5.0, 6.0], y=2.0)
    arrays = graph_arrays([first, lonely])
    np.testing.assert_array_equal(arrays["senders"], [0, 1])
    np.testing.assert_array_equal(arrays["receivers"], [1, 0])
    np.testing.assert_array_equal(arrays["w"], [0.5, 0.5])
    np.testing.assert_array_equal(arrays["n_edge"], [2, 0])
    np.savez(tmp_path / "g.npz", **arrays)
    data = gather_data(prepare(READ).spec, str(tmp_path / "g.npz"))
    np.testing.assert_array_equal(data.take("sample_of_g_nodes", np.array([1, 0])), [0, 1, 1])
    torch_like = SimpleNamespace(
        edge_index=np.array([[0, 1], [1, 0]]), h=np.eye(2), w=np.array([0.5, 0.5]), y=np.zeros(2), u=np.array(7.0),
        num_nodes=2,
    )  # fmt: skip
    other = graph_arrays([torch_like])
    np.testing.assert_array_equal(other["senders"], [0, 1])
    assert set(other) == set(arrays)
    with pytest.raises(SymdslError, match="graph 1 lacks"):
        graph_arrays([torch_like, SimpleNamespace(edge_index=np.array([[0], [0]]), h=np.eye(1), num_nodes=1)])
