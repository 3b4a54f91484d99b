"""Rows of several kinds: how types keep them apart, calls with any rows, and the two backends on a batch of graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.backends.jax.backend import BACKEND as JAX
from symdsl.backends.torch.backend import BACKEND as TORCH
from symdsl.passes.differentiate import gradient
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.errors import PlanError, SampleMixingError
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Initial, Module, Parameter, Program
from symdsl.plan.print import print_method
from symdsl.plan.share_classes import share_classes
from symdsl.plan.verify import verify_program

NODES, EDGES, GRAPHS = (ArrayType((3,), batched=True, rows=rows) for rows in ("nodes", "edges", ""))
ENDS, OWNERS, COUNTS = (ArrayType((), "integer", True, rows) for rows in ("edges", "nodes", ""))
COUNT, SENDERS, RECEIVERS, OWNER = (
    np.array([3, 0, 2]), np.array([0, 1, 2, 3, 4, 4]), np.array([1, 0, 0, 4, 3, 3]), np.array([0, 0, 0, 2, 2]),
)  # fmt: skip


def _layer() -> Module:
    builder = MethodBuilder("forward")
    x = builder.argument("x", GRAPHS)
    builder.output("y", x.apply("linear", builder.parameter("weight", (3, 3))).apply("tanh"))
    return Module("Layer", "", (builder.build(),), parameters=(Parameter("weight", (3, 3), Initial("normal")),))


def _program() -> Program:
    """An energy of a graph: a layer on edges, their sum and largest at nodes, the same layer there, a sum over nodes;
    the middle graph is empty and some node has no edge."""
    layer = _layer()
    builder = MethodBuilder("energy")
    x, senders = builder.argument("x", NODES), builder.argument("senders", ENDS)
    receivers, owner = builder.argument("receivers", ENDS), builder.argument("owner", OWNERS)
    count = builder.argument("count", COUNTS)
    difference = x.apply("take_rows", senders) - x.apply("take_rows", receivers)
    (message,) = builder.call(layer, "edge", "forward", difference)
    gathered = message.apply("sum_rows", receivers, x) + message.apply("max_rows", receivers, x)
    (update,) = builder.call(layer, "node", "forward", gathered)
    energy = (update * update).apply("sum", axes=0).apply("sum_rows", owner, count)
    builder.output("energy", energy)
    energy_method = builder.build()
    children = (("edge", layer), ("node", layer))
    root = Module("Energies", "", (energy_method,), children=children)
    force = gradient(root, "energy", ["x"], name="forward")
    root = Module("Energies", "", (energy_method, force), children=children)
    inputs = ("x", "senders", "receivers", "owner", "count")
    return Program("energies", root, inputs, ("force",), (), ("energy", "forward"))


def _weights() -> dict[str, NDArray[np.float64]]:
    generator = np.random.default_rng(3)
    return {f"{name}.weight": generator.standard_normal((3, 3)) for name in ("edge", "node")}


def test_operands_of_different_rows_do_not_meet() -> None:
    builder = MethodBuilder("forward")
    nodes, edges, ends = builder.argument("n", NODES), builder.argument("e", EDGES), builder.argument("s", ENDS)
    with pytest.raises(PlanError, match="operands of different rows meet: \\['edges', 'nodes'\\]"):
        _ = nodes + edges
    with pytest.raises(PlanError, match="an index of edges meets rows of nodes"):
        nodes.apply("sum_rows", ends, nodes)
    assert (nodes * 2.0).type == NODES
    assert nodes.apply("take_rows", ends).type == EDGES
    assert edges.apply("sum_rows", ends, nodes).type == NODES


def test_a_program_of_rows_prints_them_and_shares_the_layer() -> None:
    program = _program()
    verify_program(program)
    text = print_method(program.root.method("energy"))
    assert "method energy(x: nodes (3), senders: edges integer ()" in text
    assert [each.name for each in share_classes(program).classes] == ["Layer", "Energies"]


def test_two_graphs_at_once_are_two_graphs_apart_and_forces_are_differences_of_energies() -> None:
    program, weights = _program(), _weights()
    x = np.random.default_rng(0).standard_normal((5, 3))
    arrays = [x, SENDERS, RECEIVERS, OWNER, COUNT]
    (energy,), _ = interpret(program.root, "energy", arrays, weights, {})
    (force,), _ = interpret(program.root, "forward", arrays, weights, {})
    assert energy.shape == (3,)
    assert energy[1] == 0
    assert energy[0] != 0
    first = [x[:3], SENDERS[:3], RECEIVERS[:3], OWNER[:3], COUNT[:1]]
    last = [x[3:], SENDERS[3:] - 3, RECEIVERS[3:] - 3, OWNER[3:] - 2, COUNT[2:]]
    for place, apart in ((0, first), (2, last)):
        np.testing.assert_allclose(interpret(program.root, "energy", apart, weights, {})[0][0][0], energy[place])
    step = 1e-6 * np.eye(15).reshape(15, 5, 3)
    for place, direction in enumerate(step):
        ends = [interpret(program.root, "energy", [x + s * direction, *arrays[1:]], weights, {})[0][0] for s in (1, -1)]
        slope = (ends[0] - ends[1]) / 2e-6
        owner = OWNER[place // 3]
        np.testing.assert_allclose(slope[owner], force.flat[place], rtol=1e-6, atol=1e-8)
        assert slope[2 - owner] == 0


def test_backends_agree_on_rows(tmp_path: Path) -> None:
    program, weights = _program(), _weights()
    x = np.random.default_rng(0).standard_normal((5, 3))
    arrays = [x, SENDERS, RECEIVERS, OWNER, COUNT]
    for backend, name in ((TORCH, "a_torch.py"), (JAX, "a_jax.py")):
        path = tmp_path / name
        path.write_text(backend.emit(program))
        model = backend.instantiate(program, path, weights, dtype="float64")
        for entry in ("energy", "forward"):
            (expected,), _ = interpret(program.root, entry, arrays, weights, {})
            np.testing.assert_allclose(model.call(entry, *arrays)[0], expected, rtol=1e-12, atol=1e-12)


def test_a_number_for_each_node_has_no_derivative_through_edges() -> None:
    builder = MethodBuilder("forward")
    x, senders = builder.argument("x", NODES), builder.argument("senders", ENDS)
    taken = x.apply("take_rows", senders).apply("sum", axes=0)
    builder.output("y", taken.apply("sum_rows", senders, x))
    root = Module("Nodes", "", (builder.build(),))
    with pytest.raises(SampleMixingError, match="mixes rows of a sample"):
        gradient(root, "forward", ["x"])
