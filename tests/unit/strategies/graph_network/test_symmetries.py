"""Permutations, translations, rotations and energies of graph networks are exact; what breaks one is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.edges import adjacency, keeps_edges
from symdsl.groups.families.catalogue import cyclic, dihedral, symmetric
from symdsl.groups.representation import Permutation, Regular
from symdsl.ir.connections import Connections
from symdsl.ir.operations.graph_aggregation import AggregateEdges
from symdsl.ir.operations.graph_edges import GatherNodes
from symdsl.passes.lowering import graph_edges
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.strategies.graph_network import reading
from symdsl.verification.report import Report
from symdsl.verification.samples import random_weights
from symdsl.verification.verify import VerifyOptions, verify

SPRINGS = """
model springs {{
  data {{
    axis bodies = 4
    z: phase_space(dim = 2) per bodies
    m: scalar per bodies
    k: scalar per bodies per bodies
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  symmetry relabel: S(bodies)
  symmetry motion: {group}
  predict dz from z, m, k
  enforce time by hamiltonian
  enforce relabel, motion by graph_network {{ hidden = [6, 5]{options} }}
}}
"""
MOLECULE = """
model molecule {{
  data {{
    axis n = 4
    x: {kind}({d}) per n
    v: vector({d}) per n
    q: scalar per n
    b: vector({d}) per n per n
    u: vector({d})
    later: {kind}({d}) per n
    y: scalar
    s: scalar per n per n
    t: tensor(2, 0) of {d}
  }}
  {symmetry}
  predict later, y, s, c from x, v, q, b, u
  enforce {names} by graph_network {{ hidden = [6, 5]{options} }}
}}
""".replace("t: tensor", "c: tensor")
MOLECULES: dict[str, tuple[str, str, str, int, str]] = {
    "E(3) and S(n)": ("symmetry g: E(3)\n symmetry relabel: S(n)", "g, relabel", "point", 3, ", steps = 2"),
    "SE(2) * S(n)": ("symmetry g: S(n) * SE(2)", "g", "point", 2, ", aggregate = attention"),
    "O(1, 3) and S(n)": ("symmetry g: O(1, 3)\n symmetry relabel: S(n)", "relabel, g", "vector", 4, ""),
    "SO(3) and T(3)": ("symmetry turn: SO(3)\n symmetry g: T(3)", "turn, g", "point", 3, ", edges = ring"),
}


def report_of(text: str, backend: str = "torch", layers: bool = True) -> Report:
    compilation = prepare(text, Session(backend=backend))
    return verify(compilation, options=VerifyOptions(samples=2, elements=3, words=2, layers=layers))


@pytest.mark.parametrize("group", ["T(2)", "E(2)"])
def test_a_hamiltonian_graph_network_keeps_energy_labels_and_motions(group: str) -> None:
    report = report_of(SPRINGS.format(group=group, options=", steps = 2, aggregate = mean"))
    assert report.passed
    assert {entry.quantity for entry in report.measurements} >= {"energy", "symplecticity", "equivariance", "parity"}


@pytest.mark.parametrize("case", MOLECULES)
def test_points_vectors_and_tensors_are_exact(case: str) -> None:
    symmetry, names, kind, d, options = MOLECULES[case]
    report = report_of(MOLECULE.format(symmetry=symmetry, names=names, kind=kind, d=d, options=options))
    assert report.passed
    assert report.variation > 1e-3


def test_jax_gives_what_torch_gives() -> None:
    text = SPRINGS.format(group="E(2)", options=", aggregate = attention")
    assert report_of(text, "jax", layers=False).passed


def test_the_energy_has_the_gradient_that_is_returned() -> None:
    """Central differences of the energy against Hamilton's equations."""
    compilation = prepare(SPRINGS.format(group="T(2)", options=""))
    weights = random_weights(compilation.program.root, 2)
    generator = np.random.default_rng(0)
    z, m, k = (generator.standard_normal(shape) for shape in ((1, 4, 2, 2), (1, 4), (1, 4, 4)))

    def run(method: str, state: Any) -> Any:
        return interpret(compilation.program.root, method, [state, m, k], weights, weights)[0][0][0]

    found, step = run("forward", z), 1e-5
    for place in [(0, 0, 0), (2, 1, 1), (3, 0, 1)]:
        shift = np.zeros_like(z)
        shift[(0, *place)] = step
        slope = (run("energy", z + shift) - run("energy", z - shift)) / (2 * step)
        body, half, axis = place
        conjugate = found[body, 1 - half, axis]
        assert abs(slope - (-conjugate if half == 0 else conjugate)) <= 1e-7 * max(1.0, abs(slope))


def test_total_momentum_is_conserved() -> None:
    """Forces of an energy of differences add up to zero."""
    compilation = prepare(SPRINGS.format(group="T(2)", options=""))
    weights = random_weights(compilation.program.root, 2)
    generator = np.random.default_rng(0)
    inputs = [generator.standard_normal(shape) for shape in ((3, 4, 2, 2), (3, 4), (3, 4, 4))]
    (found,), _ = interpret(compilation.program.root, "forward", inputs, weights, weights)
    forces = found[:, :, 1]
    assert np.abs(forces).max() > 1e-3
    assert np.abs(forces.sum(axis=1)).max() <= 1e-13 * np.abs(forces).max() * 100


def test_without_an_update_of_the_whole_an_energy_is_extensive() -> None:
    """With self-edges alone nodes do not see each other: four nodes have the energies of two and two."""
    text = SPRINGS.format(group="T(2)", options=", variant = interaction, edge_update = []")
    four, two = prepare(text), prepare(text.replace("bodies = 4", "bodies = 2"))
    weights = random_weights(four.program.root, 2)
    generator = np.random.default_rng(0)
    z, m, k = (generator.standard_normal(shape) for shape in ((1, 4, 2, 2), (1, 4), (1, 4, 4)))

    def energy(compilation: Compilation, part: slice) -> float:
        inputs = [z[:, part], m[:, part], k[:, part, part]]
        return float(interpret(compilation.program.root, "energy", inputs, weights, weights)[0][0][0])

    whole, parts = energy(four, slice(4)), energy(two, slice(2)) + energy(two, slice(2, 4))
    assert abs(whole - parts) <= 1e-13
    assert abs(whole) > 1e-4


def test_a_mask_that_labels_nodes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One edge less in the tables, and the verification names the layer."""

    def holed(self: Any, graph: Connections, rank: int) -> Any:
        mask = graph.mask()
        mask[0, 1] = 0.0
        return self.table("edges", mask.reshape(graph.nodes, graph.nodes, *(1,) * (rank - 2)))

    monkeypatch.setattr(graph_edges.TableMethod, "mask", holed)
    report = report_of(SPRINGS.format(group="T(2)", options=", aggregate = attention"))
    assert not report.passed
    assert any("relabel" in fault.subject for fault in report.measurements if not fault.passed)


def test_positions_in_place_of_differences_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariants of the sum of two positions under E(2) do not know the origin only because they are centred; raw ones
    are refused by their type."""

    def untouched(builder: Any, symmetries: Any, inputs: Any) -> Any:
        from symdsl.strategies.centring import Frame

        return dict(inputs), Frame({})

    monkeypatch.setattr("symdsl.strategies.assemble.centred", untouched)
    with pytest.raises(SymdslError):
        _ = prepare(SPRINGS.format(group="T(2)", options="")).graph
    assert reading.InputReader


def test_a_ring_keeps_its_turns_and_mirrors_only() -> None:
    ring = [(i, (i + 1) % 5) for i in range(5)]
    both = adjacency(5, tuple(ring + [(b, a) for a, b in ring]), loops=False)
    one_way = adjacency(5, tuple(ring), loops=False)
    assert not keeps_edges(Permutation(symmetric(5)), both)
    assert keeps_edges(Regular(cyclic(5)), both)
    assert keeps_edges(Regular(cyclic(5)), one_way)
    assert not keeps_edges(Regular(dihedral(5)), both)


def test_types_lose_what_a_list_of_edges_does_not_keep() -> None:
    graph = prepare(SPRINGS.format(group="T(2)", options="")).graph.forward
    value = graph.node(0).type
    every, few = Connections(nodes=4), Connections(nodes=4, edges=((0, 1), (1, 2)), pairs=False)
    assert "relabel" in GatherNodes(graph=every, end="sender").infer_type((value,)).actions
    gathered = GatherNodes(graph=few, end="sender").infer_type((value,))
    assert "relabel" not in gathered.actions
    assert "relabel" not in AggregateEdges(graph=few, function="sum").infer_type((gathered,)).actions


def test_facts_of_a_compilation_say_what_a_variant_stands_for() -> None:
    compilation: Compilation = prepare(SPRINGS.format(group="T(2)", options=", variant = message_passing"))
    assert any("global_update = [nodes]" in fact for fact in compilation.spec.facts)
