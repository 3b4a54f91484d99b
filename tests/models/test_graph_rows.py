"""Graph networks on graphs of any size: against those of one size, graph by graph, and under their symmetries."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.data.neighbours import all_pairs, nearest, within_radius
from symdsl.data.rows import RowArray, SampleOfRow, offsets_of
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.training.statistics import fit_statistics
from symdsl.verification.samples import random_inputs, random_weights
from symdsl.verification.verify import VerifyOptions, verify

BODIES = """
model bodies {{
  data {{
    axis bodies = {size}
    x: point(2) per bodies
    m: scalar per bodies
    u: scalar(2)
    f: vector(2) per bodies
    e: scalar
  }}
  symmetry relabel: S(bodies)
  symmetry motion: {motion}
  predict f, e from x, m, u
  enforce relabel, motion by graph_network {{ hidden = [7]; steps = 2; aggregate = {aggregate} }}
}}
"""
GRAPHS = """
model graphs {
  data {
    graph g { node h: scalar(2); edge w: scalar; node y: scalar; edge c: label(classes = 3) }
    u: scalar
    e: scalar
  }
  symmetry relabel: S(g)
  predict y, c, e from h, w, u
  enforce relabel by graph_network { hidden = [6, 5]; AGGREGATE }
}
"""
SPRINGS = """
model springs {
  data {
    axis bodies = 2..5
    z: phase_space(dim = 2) per bodies
    m: scalar per bodies
    dz: derivative(z)
  }
  symmetry time: translation(t)
  symmetry relabel: S(bodies)
  symmetry motion: E(2)
  predict dz from z, m
  enforce time by hamiltonian
  enforce relabel, motion by graph_network { hidden = [6] }
}
"""


def run(compilation: Compilation, inputs: dict[str, NDArray], weights: dict[str, NDArray]) -> list[NDArray]:
    program = compilation.program
    arrays = [inputs[name] for name in compilation.spec.inputs]
    return list(interpret(program.root, "forward", arrays, weights, weights)[0])


@pytest.mark.parametrize("motion", ["T(2)", "E(2)"])
@pytest.mark.parametrize("aggregate", ["sum", "mean", "max", "attention"])
def test_all_pairs_of_rows_are_all_pairs_of_an_axis(motion: str, aggregate: str) -> None:
    """With the same weights, on samples of one size."""
    if (motion, aggregate) == ("E(2)", "max"):
        aggregate = "mean"
    fixed, any_size = (
        prepare(BODIES.format(size=size, motion=motion, aggregate=aggregate)) for size in ("3", "any")
    )
    weights = random_weights(fixed.program.root, 0)
    inputs = random_inputs(fixed.spec, np.random.default_rng(0), 4)
    senders, receivers = all_pairs(3)
    offsets = 3 * np.arange(4)[:, None]
    rows = {
        "x": inputs["x"].reshape(12, 2), "m": inputs["m"].reshape(12), "u": inputs["u"],
        "bodies_senders": (senders + offsets).ravel(), "bodies_receivers": (receivers + offsets).ravel(),
        "sample_of_bodies": np.repeat(np.arange(4), 3), "n_bodies": np.full(4, 3),
    }  # fmt: skip
    expected, found = run(fixed, inputs, weights), run(any_size, rows, weights)
    np.testing.assert_allclose(found[0].reshape(4, 3, 2), expected[0], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-10, atol=1e-12)
    assert np.abs(found[0]).max() > 1e-3


def test_graphs_together_are_graphs_apart_and_a_lonely_node_receives_nothing() -> None:
    compilation = prepare(GRAPHS.replace("AGGREGATE", "aggregate = max"))
    weights = random_weights(compilation.program.root, 1)
    generator = np.random.default_rng(2)
    ends = [(np.array([0, 1, 1]), np.array([1, 0, 0])), (np.empty(0, dtype=int),) * 2, (np.array([2]), np.array([2]))]
    graphs = [
        {
            "h": generator.standard_normal((count, 2)), "w": generator.standard_normal(len(senders)),
            "u": generator.standard_normal(1), "g_senders": senders, "g_receivers": receivers,
            "sample_of_g_nodes": np.zeros(count, dtype=int), "n_g_nodes": np.array([count]),
        }
        for count, (senders, receivers) in zip((3, 1, 4), ends, strict=True)
    ]  # fmt: skip
    whole = {name: np.concatenate([graph[name] for graph in graphs]) for name in ("h", "w", "u", "n_g_nodes")}
    for end in ("g_senders", "g_receivers"):
        whole[end] = np.concatenate([graph[end] + first for graph, first in zip(graphs, (0, 3, 4), strict=True)])
    whole["sample_of_g_nodes"] = np.repeat([0, 1, 2], [3, 1, 4])
    parts = [run(compilation, graph, weights) for graph in graphs]
    for place, together in enumerate(run(compilation, whole, weights)):
        np.testing.assert_allclose(together, np.concatenate([part[place] for part in parts]), rtol=1e-12, atol=1e-14)
    lonely = {**graphs[0], "g_senders": np.array([0]), "g_receivers": np.array([1]), "w": np.ones(1)}
    other = {**lonely, "w": -np.ones(1)}
    first, second = run(compilation, lonely, weights)[0], run(compilation, other, weights)[0]
    assert first[0] == second[0]
    assert first[2] == second[2]
    assert first[1] != second[1]


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_energies_of_any_number_of_bodies(backend: str) -> None:
    """Hamilton's equations of a graph network: energy, symplectic form, numbering, motions of the plane."""
    report = verify(prepare(SPRINGS, Session(backend=backend)), options=VerifyOptions(samples=2, elements=4))
    assert report.passed
    assert {each.quantity for each in report.measurements} >= {"energy", "symplecticity", "equivariance", "parity"}
    assert len(report.layers) > 10


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_graphs_with_edges_of_the_data(backend: str) -> None:
    text = GRAPHS.replace("AGGREGATE", "aggregate = attention; steps = 2")
    assert verify(prepare(text, Session(backend=backend)), options=VerifyOptions(elements=3)).passed


def test_neighbours_are_those_of_all_distances() -> None:
    points = np.random.default_rng(0).standard_normal((40, 3))
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    senders, receivers = within_radius(points, 0.9)
    expected = np.argwhere((distances <= 0.9) & ~np.eye(40, dtype=bool))
    np.testing.assert_array_equal(np.stack([receivers, senders], axis=1), expected)
    senders, receivers = nearest(points, 5)
    np.testing.assert_array_equal(receivers, np.repeat(np.arange(40), 5))
    wanted = np.sort(np.argsort(distances + 1e9 * np.eye(40), axis=1)[:, :5], axis=1)
    np.testing.assert_array_equal(senders.reshape(40, 5), wanted)
    assert len(nearest(np.zeros((4, 2)), 2)[0]) == 8
    assert all(len(ends) == 0 for ends in nearest(np.zeros((1, 2)), 3))


def test_the_scale_of_points_is_that_of_differences_from_the_centroid_of_their_sample() -> None:
    text = SPRINGS.replace("z: phase_space(dim = 2)", "x: point(2)")
    text = text.replace("    dz: derivative(z)\n", "    y: scalar\n")
    text = text.replace("  symmetry time: translation(t)\n", "").replace("  enforce time by hamiltonian\n", "")
    compilation = prepare(text.replace("predict dz from z, m", "predict y from x, m\n  normalise x"))
    counts = np.array([2, 5, 3])
    owner = np.repeat(np.arange(3), counts)
    x = np.random.default_rng(0).standard_normal((10, 2)) + 100.0 * owner[:, None]
    arrays = {"x": RowArray(x, offsets_of(counts)), "sample_of_bodies": SampleOfRow(offsets_of(counts))}
    samples = np.arange(3)
    found = fit_statistics(compilation.graph, compilation.spec, lambda name, part: arrays[name][part], samples)
    centroids = np.stack([x[owner == sample].mean(axis=0) for sample in range(3)])
    (scale,) = found.arrays.values()
    np.testing.assert_allclose(scale, np.sqrt(np.mean((x - centroids[owner]) ** 2)))
