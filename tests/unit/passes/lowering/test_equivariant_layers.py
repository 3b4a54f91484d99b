"""Lowered equivariant layers against their formulas: gates, first weights of unit variance, no idle bias."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.groups.combinations import Product, tensor_power
from symdsl.groups.families.catalogue import orthogonal, symmetric
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.representation import Defining, Permutation, Representation, Trivial
from symdsl.ir.actions import direct_sum, vector_action
from symdsl.ir.graph import Graph, GraphBuilder
from symdsl.ir.operations.equivariant import EquivariantBilinear, EquivariantLinear, Gated, block_sum, number_of_gates
from symdsl.ir.types import ValueType
from symdsl.passes.lowering import equivariant_bilinear
from symdsl.passes.lowering.lower import lower_graph
from symdsl.pipeline import prepare
from symdsl.plan.initial import draw_parameters, parameter_table
from symdsl.plan.interpret import interpret
from symdsl.strategies.equivariant_mlp.build import bilinear_paths

GROUP = orthogonal(3)
VECTOR, TENSOR = Defining(GROUP), tensor_power(GROUP, 2, 0)


def layer(operand: Representation, attributes: EquivariantLinear | EquivariantBilinear | Gated) -> Graph:
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
    operand = direct_sum((Trivial(GROUP, 5), output))
    x = np.random.default_rng(1).standard_normal((4, operand.dimension))
    y = evaluate(layer(operand, Gated(symmetry="g", output=output)), x)
    scalars, vectors, tensors = x[:, 5:7], x[:, 7:16].reshape(4, 3, 3), x[:, 16:].reshape(4, 2, 9)
    opened = 1.0 / (1.0 + np.exp(-x[:, :5]))
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


BLOCKS = ((7, Trivial(GROUP, 1)), (3, VECTOR), (2, TENSOR))
PATHS = bilinear_paths(block_sum(BLOCKS))


@pytest.mark.parametrize("order", ["left", "right", "pairs", "by cost"])
def test_bilinear_layers_are_their_formula_in_every_order(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """y_m = x_m + sum over paths and maps of w_mk B_k(x_a, x_b), copies dealt round robin, of one block neighbours."""
    if order != "by cost":
        chosen = {1: order}
        fallback = "left" if order == "pairs" else order
        monkeypatch.setattr(
            equivariant_bilinear, "cheapest_order", lambda _, __, shape: chosen.get(shape[1], fallback)
        )
    representation = block_sum(BLOCKS)
    graph = layer(representation, EquivariantBilinear(symmetry="g", representation=representation, paths=PATHS))
    x = np.random.default_rng(4).standard_normal((5, representation.dimension))
    root = lower_graph(graph, "Layer", "A layer.", channels_last=False)
    weights = draw_parameters(root, 0)
    (y,), _ = interpret(root, "forward", [x], weights, {})
    starts = np.cumsum([0, *(copies * kind.dimension for copies, kind in BLOCKS)])
    parts = [x[:, i:j].reshape(5, copies, -1) for i, j, (copies, _) in zip(starts, starts[1:], BLOCKS, strict=False)]
    sums = [part.copy() for part in parts]
    for a, b, c in PATHS:
        (weight,) = (array for name, array in weights.items() if name.endswith(f"weight_{a}_{b}_{c}"))
        basis = hom_basis(Product((BLOCKS[a][1], BLOCKS[b][1])), BLOCKS[c][1])
        for m in range(BLOCKS[c][0]):
            pair = np.einsum("na,nb->nab", parts[a][:, m % BLOCKS[a][0]], parts[b][:, (m + (a == b)) % BLOCKS[b][0]])
            sums[c][:, m] += np.einsum("k,kcx,nx->nc", weight[m], basis, pair.reshape(5, -1))
    expected = np.concatenate([part.reshape(5, -1) for part in sums], axis=1)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-13)


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
