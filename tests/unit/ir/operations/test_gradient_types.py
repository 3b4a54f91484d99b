"""How the gradient of an invariant energy moves, and the field that Hamilton's equations make of it."""

from __future__ import annotations

import pytest

from symdsl.groups.actions.action import Action
from symdsl.groups.combinations import Sum
from symdsl.groups.families.catalogue import matrix_group, special_orthogonal
from symdsl.groups.representation import Defining, Dual
from symdsl.ir.actions import dual_action, equivalent
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.derivative import Gradient, SymplecticField
from symdsl.ir.operations.shape import Dense, Pack, Unpack
from symdsl.ir.types import ValueType
from symdsl.pipeline import prepare

SQUEEZE = matrix_group(generators=[[[1, 0], [0, -1]]])
COTANGENT = Action(SQUEEZE, (2, 2), (((0, 1), Sum((Defining(SQUEEZE), Dual(Defining(SQUEEZE))))),))

TEXT = """
model m {
  data { z: phase_space(dim = 2); dz: derivative(z) }
  symmetry time: translation(t)
  symmetry squeeze: matrix_group { generators = [[[1, 0], [0, -1]]] }
  predict dz from z
  enforce time by hamiltonian
  enforce squeeze by equivariant_mlp { hidden = 32 }
}
"""


def test_a_gradient_moves_by_the_dual_and_the_field_as_the_state() -> None:
    graph = prepare(TEXT).graph.forward
    (gradient,) = [node for node in graph.nodes if isinstance(node.attributes, Gradient)]
    state = graph.node(graph.inputs[0][1]).type.actions["squeeze"]
    assert not equivalent(dual_action(state), state)
    assert equivalent(gradient.type.actions["squeeze"], dual_action(state))
    assert equivalent(graph.node(graph.outputs[0][1]).type.actions["squeeze"], state)


@pytest.mark.parametrize("kept", [True, False])
def test_the_field_keeps_only_what_the_gradient_keeps(kept: bool) -> None:
    state = ValueType(shape=(2, 2), actions={"g": COTANGENT}, flows={"time": "state"})
    moved = dual_action(COTANGENT) if kept else COTANGENT
    gradient = ValueType(shape=(2, 2), actions={"g": moved})
    found = SymplecticField(state=state, axis=0).infer_type((gradient,))
    assert ("g" in found.actions) == kept
    assert found.flows == {"time": "velocity"}


def test_q_and_p_that_move_alike_need_rotations() -> None:
    """The same matrix on q and on p is no symmetry of Hamilton's equations unless it is its own dual."""
    for group, symplectic in ((SQUEEZE, False), (special_orthogonal(2), True)):
        action = Action(group, (2, 2), (((1,), Defining(group)),))
        state = ValueType(shape=(2, 2), actions={"g": action})
        gradient = ValueType(shape=(2, 2), actions={"g": dual_action(action)})
        found = SymplecticField(state=state, axis=0).infer_type((gradient,))
        assert ("g" in found.actions) == symplectic


def test_a_plain_layer_forgets_how_vectors_move() -> None:
    group = special_orthogonal(2)
    vector = ValueType(shape=(2,), actions={"g": Action(group, (2,), (((0,), Defining(group)),))})
    still = ValueType(shape=(2,), actions={"g": Action(group, (2,))})
    builder = GraphBuilder()
    turned, fixed = builder.input("v", vector), builder.input("s", still)
    assert builder.type_of(builder.add(Dense(width=2), turned)).actions == {}
    assert builder.type_of(builder.add(Dense(width=2), fixed)).actions == {"g": Action(group, (2,))}
    packed = builder.add(Pack(), fixed)
    assert builder.type_of(builder.add(Unpack(target=vector), packed)).actions == {}
    assert builder.type_of(builder.add(Unpack(target=still), packed)).actions == {"g": Action(group, (2,))}
