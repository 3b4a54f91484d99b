"""The block against algorithm 1 of Battaglia et al. 2018, written out with loops; what is multiplied and shared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.ir.connections import Connections
from symdsl.ir.graph import verify_graph
from symdsl.ir.operations.shape import PartialDense
from symdsl.ir.types import EquivarianceError
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.verification.samples import random_weights
from tests.unit.strategies.graph_network.reference import Block

TEXT = """
model m {{
  data {{
    axis n = 4
    v: scalar(3) per n
    e: scalar(2) per n per n
    u: scalar(2)
    w: scalar(2) per n
    f: scalar(2) per n per n
    y: scalar(2)
  }}
  symmetry relabel: S(n)
  predict w, f, y from v, e, u
  enforce relabel by graph_network {{ hidden = [6, 5], {options} }}
}}
"""
ALL = [(sender, receiver) for sender in range(4) for receiver in range(4) if sender != receiver]
LOOPS = [(sender, receiver) for sender in range(4) for receiver in range(4)]
LIST = [(0, 1), (2, 1), (1, 2), (2, 2)]
CASES = {
    "sum": ("", ALL, "sum"),
    "with self-edges": ("self_edges = true", LOOPS, "sum"),
    "mean": ("aggregate = mean", ALL, "mean"),
    "max": ("aggregate = max", ALL, "max"),
    "attention": ("aggregate = attention", ALL, "attention"),
    "sum of a list": (f"edges = {[list(edge) for edge in LIST]}", LIST, "sum"),
    "mean of a list": (f"edges = {[list(edge) for edge in LIST]}, aggregate = mean", LIST, "mean"),
    "max of a list": (f"edges = {[list(edge) for edge in LIST]}, aggregate = max", LIST, "max"),
    "attention in a list": (f"edges = {[list(edge) for edge in LIST]}, aggregate = attention", LIST, "attention"),
}


def text_of(options: str) -> str:
    text = TEXT.format(options=options or "steps = 1")
    return text if "edges = [[" not in text else unenforced(text)


def unenforced(text: str) -> str:
    kept = [line for line in text.splitlines() if "symmetry" not in line and "enforce" not in line]
    network = text[text.index("graph_network") : text.rindex("}")]
    return "\n".join(kept).replace("from v, e, u", f"from v, e, u by {network}")


def outputs_of(compilation: Compilation, inputs: list[NDArray[Any]], weights: Any) -> tuple[NDArray[Any], ...]:
    found, _ = interpret(compilation.program.root, "forward", inputs, weights, weights)
    return found


def drawn(nodes: int = 4) -> list[NDArray[Any]]:
    generator = np.random.default_rng(0)
    return [generator.standard_normal(shape) for shape in ((3, nodes, 3), (3, nodes, nodes, 2), (3, 2))]


def largest_error(options: str, edges: list[tuple[int, int]], function: str) -> float:
    """Of node, edge and global outputs, over three samples."""
    compilation = prepare(text_of(options))
    weights = random_weights(compilation.program.root, 1)
    inputs = drawn()
    found = outputs_of(compilation, inputs, weights)
    errors = []
    for sample, (nodes, pairs, whole) in enumerate(zip(*inputs, strict=True)):
        given = {(sender, receiver): pairs[receiver, sender] for sender, receiver in edges}
        new_edges, new_nodes, new_whole = Block(weights).apply(given, nodes, whole, function)
        to = {name: (weights[f"to_{name}.weight"], weights[f"to_{name}.bias"]) for name in ("w", "f", "y")}
        placed = np.zeros((4, 4, 2))
        for (sender, receiver), edge in new_edges.items():
            placed[receiver, sender] = to["f"][0] @ edge + to["f"][1]
        wanted = (new_nodes @ to["w"][0].T + to["w"][1], placed, to["y"][0] @ new_whole + to["y"][1])
        errors += [np.abs(one[sample] - other).max() for one, other in zip(found, wanted, strict=True)]
    return max(errors)


@pytest.mark.parametrize("case", CASES)
def test_block_is_algorithm_1(case: str) -> None:
    assert largest_error(*CASES[case]) <= 1e-12


def test_an_edge_too_many_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connections, "mask", lambda self: np.ones((self.nodes, self.nodes)))
    assert largest_error(*CASES["sum"]) > 1e-3


def test_two_steps_share_the_core() -> None:
    """Encoder, core twice on (encoded, previous), by hand from blocks; unshared cores have weights of their own."""
    compilation = prepare(text_of("steps = 2"))
    weights = random_weights(compilation.program.root, 1)
    nodes, pairs, whole = (each[0] for each in drawn())
    encoder, core = Block(weights, "encoder_"), Core(weights)
    encoded = (
        {edge: encoder.update("edge", [("edges", pairs[edge[1], edge[0]])]) for edge in ALL},
        np.array([encoder.update("node", [("nodes", node)]) for node in nodes]),
        encoder.update("global", [("globals", whole)]),
    )
    state = core.step(encoded, core.step(encoded, encoded))
    found = outputs_of(compilation, drawn(), weights)[2][0]
    assert np.abs(found - weights["to_y.weight"] @ state[2] - weights["to_y.bias"]).max() <= 1e-12
    three, unshared = prepare(text_of("steps = 3")), prepare(text_of("steps = 2, shared = false"))
    assert random_weights(three.program.root, 1).keys() == weights.keys()
    assert len(random_weights(unshared.program.root, 1)) > len(weights)
    assert compilation.graph.content_hash() != unshared.graph.content_hash()


class Core(Block):
    """The core of encode-process-decode, whose columns lie in two parts."""

    def __init__(self, weights: Any) -> None:
        both = dict(weights)
        for name in [name for name in weights if name.startswith("core_") and name.endswith("s_2.weight")]:
            first = name.replace("s_2.weight", "s.weight")
            both[first] = np.concatenate([weights[first], weights[name]], axis=1)
        super().__init__(both, "core_")

    def step(self, encoded: Any, before: Any) -> Any:
        edges = {edge: np.concatenate([encoded[0][edge], before[0][edge]]) for edge in encoded[0]}
        nodes = np.concatenate([encoded[1], before[1]], axis=1)
        return self.apply(edges, nodes, np.concatenate([encoded[2], before[2]]), "sum")


def test_a_shared_layer_that_differs_is_found() -> None:
    graph = prepare(text_of("steps = 2")).graph.forward
    verify_graph(graph)
    place = next(node.id for node in graph.nodes if node.shares is not None)
    node = graph.node(place)
    other = PartialDense(**{**node.attributes.model_dump(), "bias": not node.attributes.model_dump()["bias"]})
    wrong = graph.model_copy(
        update={
            "nodes": tuple(
                each if each.id != place else node.model_copy(update={"attributes": other}) for each in graph.nodes
            )
        }
    )
    with pytest.raises(EquivarianceError, match="share"):
        verify_graph(wrong)


def test_nodes_are_multiplied_before_they_are_gathered() -> None:
    """Only the edges' own columns and the second layer are applied to edges; the rest to nodes, or once."""
    program = prepare(text_of("")).program
    operands = {}
    for name, child in program.root.children:
        for node in child.method("forward").nodes:
            if node.op == "linear":
                operands[name] = child.method("forward").nodes[node.operands[0]].type.shape
    at_edges = {name for name, shape in operands.items() if shape[:2] == (4, 4)}
    assert at_edges == {"edge_edges", "edge_2", "to_f"}
    assert operands["edge_receivers"] == operands["edge_senders"] == (4, 3)
    assert operands["edge_globals"] == operands["node_globals"] == (2,)


def test_weights_do_not_depend_on_the_number_of_nodes() -> None:
    """The sum over the nodes of a complete graph on more nodes, with the same weights, is the reference's."""
    small, large = prepare(text_of("")), prepare(text_of("").replace("axis n = 4", "axis n = 6"))
    weights = random_weights(small.program.root, 1)
    inputs = drawn(6)
    found = outputs_of(large, inputs, weights)[2][0]
    edges = {(s, r): inputs[1][0][r, s] for s in range(6) for r in range(6) if s != r}
    _, _, whole = Block(weights).apply(edges, inputs[0][0], inputs[2][0], "sum")
    assert np.abs(found - weights["to_y.weight"] @ whole - weights["to_y.bias"]).max() <= 1e-12


def test_initial_weights_are_those_of_one_layer() -> None:
    """Columns of a layer in parts are drawn as wide as for all of its inputs."""
    root = prepare(text_of("")).program.root
    (initial,) = [parameter.initial for parameter in root.child("edge_senders").parameters]
    assert (initial.kind, initial.fan) == ("uniform", 3 + 3 + 2 + 2)
