"""Lowered equivariant layers against their formulas: gates, first weights of unit variance, no idle bias."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.groups.catalogue import orthogonal, symmetric
from symdsl.groups.combinations import Product, tensor_power
from symdsl.groups.representation import Defining, Permutation, Representation, Trivial
from symdsl.ir.actions import direct_sum, vector_action
from symdsl.ir.graph import Graph, GraphBuilder
from symdsl.ir.operations.equivariant import EquivariantLinear, Gated, block_sum, number_of_gates
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.lower import lower_graph
from symdsl.pipeline import prepare
from symdsl.plan.initial import draw_parameters, parameter_table
from symdsl.plan.interpret import interpret

GROUP = orthogonal(3)
VECTOR, TENSOR = Defining(GROUP), tensor_power(GROUP, 2, 0)


def layer(operand: Representation, attributes: EquivariantLinear | Gated) -> Graph:
    builder = GraphBuilder()
    value = ValueType(shape=(operand.dimension,), actions={"g": vector_action(operand)})
    return builder.build({"y": builder.add(attributes, builder.input("x", value))})


def evaluate(graph: Graph, x: NDArray[np.float64], seed: int = 0) -> NDArray[np.float64]:
    root = lower_graph(graph, "Layer", "A layer.", channels_last=False)
    (y,), _ = interpret(root, "forward", [x], draw_parameters(root, seed), {})
    return y


def test_each_copy_has_a_gate_of_its_own() -> None:
    """Two scalars through silu; three vectors and two tensors times the sigmoids of five scalars, in that order."""
    output = block_sum(((2, Trivial(GROUP, 1)), (3, VECTOR), (2, TENSOR)))
    assert number_of_gates(output) == 5
    operand = direct_sum((output, Trivial(GROUP, 5)))
    x = np.random.default_rng(1).standard_normal((4, operand.dimension))
    y = evaluate(layer(operand, Gated(symmetry="g", output=output)), x)
    scalars, vectors, tensors = x[:, :2], x[:, 2:11].reshape(4, 3, 3), x[:, 11:29].reshape(4, 2, 9)
    opened = 1.0 / (1.0 + np.exp(-x[:, 29:]))
    expected = [
        scalars / (1.0 + np.exp(-scalars)),
        (vectors * opened[:, :3, None]).reshape(4, 9),
        (tensors * opened[:, 3:, None]).reshape(4, 18),
    ]
    np.testing.assert_allclose(y, np.concatenate(expected, axis=1), rtol=1e-14, atol=1e-15)


def test_permuted_entries_need_no_gate() -> None:
    group = symmetric(3)
    output = Product((Trivial(group, 2), Permutation(group)))
    x = np.random.default_rng(2).standard_normal((4, 6))
    y = evaluate(layer(output, Gated(symmetry="g", output=output)), x)
    np.testing.assert_allclose(y, x / (1.0 + np.exp(-x)), rtol=1e-14)


@pytest.mark.parametrize("case", ["vectors", "points", "tensors"])
def test_first_weights_keep_the_variance(case: str) -> None:
    """Entries of variance 1 stay entries of variance 1, however many maps the basis has."""
    group = symmetric(3) if case == "points" else GROUP
    kind: Representation = {"vectors": VECTOR, "tensors": TENSOR}.get(case) or Permutation(group)
    representation = Product((Trivial(group, 40), kind))
    graph = layer(representation, EquivariantLinear(symmetry="g", output=representation, bias=False))
    x = np.random.default_rng(3).standard_normal((400, representation.dimension))
    variances = [float(np.var(evaluate(graph, x, seed))) for seed in range(3)]
    assert 0.85 < np.mean(variances) < 1.15


def test_a_scalar_that_is_differentiated_has_no_constant() -> None:
    text = """
    model m {
      data { z: phase_space(dim = 2); dz: derivative(z) }
      symmetry time: translation(t)
      symmetry turn: SO(2)
      predict dz from z
      enforce time by hamiltonian
      enforce turn by equivariant_mlp { hidden = 12 }
    }
    """
    names = [*parameter_table(prepare(text).program.root)]
    last = [name for name in names if "to_energy" in name]
    assert last
    assert not any("bias" in name for name in last)
    assert any("bias" in name for name in names)
