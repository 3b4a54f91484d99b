"""A symmetry of the energy that is no canonical transformation is refused with the reason."""

from __future__ import annotations

import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import prepare

PLANE = """
model plane {{
  data {{
    z: phase_space(dim = 1)
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  symmetry turn: {group} {{
    z: defining
  }}
  predict dz from z
  enforce time by hamiltonian
  enforce turn by equivariant_mlp {{ hidden = [8] }}
}}
"""


def test_reflections_of_the_phase_plane_are_refused() -> None:
    with pytest.raises(SymdslError) as refusal:
        _ = prepare(PLANE.format(group="O(2)")).graph
    (diagnostic,) = refusal.value.diagnostics
    assert diagnostic.code == "SYM0413"
    assert "do not keep `turn`" in diagnostic.message


def test_rotations_of_the_phase_plane_are_kept() -> None:
    graph = prepare(PLANE.format(group="SO(2)")).graph
    ((_, output),) = graph.forward.outputs
    assert "turn" in graph.forward.node(output).type.actions
