"""Motions of second order: q moves with v and v with a, in any order of the inputs, beside the simulator's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.data import linked_pendulums
from symdsl.data.source import parse_reference
from symdsl.data.system import find_system
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.simulation.methods import METHODS
from symdsl.simulation.motion import Motion, learned_scalars, moving_fields
from symdsl.simulation.rollout import roll_out
from tests.unit.simulation.models import compiled, spec_of

PENDULUMS = """
model pendulums {{
  data {{
    q: angle(2)
    v: derivative(q)
    a: derivative(v)
  }}
  symmetry time: translation(t)
  predict a from {inputs}
  enforce time by lagrangian {{ hidden = [4] }}
}}
"""
START = {"q": np.array([[1.0, 2.0], [0.3, -7.0]]), "v": np.array([[0.5, -0.3], [0.0, 0.1]])}
TIMES = 0.05 * np.arange(41)


def true_motion(inputs: str) -> Motion:
    """The exact double pendulum in the place of a compiled model."""
    names = inputs.split(", ")

    def call(entry_point: str, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        given = dict(zip(names, arrays, strict=True))
        return (linked_pendulums.acceleration(given["q"], given["v"]),)

    return Motion(spec_of(PENDULUMS.format(inputs=inputs)), call, {})


@pytest.mark.parametrize("inputs", ["q, v", "v, q"])
def test_the_exact_motion_is_the_simulators(inputs: str) -> None:
    system = find_system(parse_reference("double_pendulum"))
    found = roll_out(true_motion(inputs), START, TIMES, METHODS["rk45"], system=system)
    assert set(found.states) == set(found.truth) == {"q", "v"}
    assert found.distance is not None
    assert np.max(found.distance) < 1e-6
    assert np.ptp(found.states["q"]) > 1
    (energy,) = found.quantities
    assert (energy.of, energy.name) == ("true", "energy")
    assert np.max(energy.change) < 1e-6
    np.testing.assert_allclose(energy.values[:, 0, 0], linked_pendulums.energy(START["q"], START["v"]))


def test_a_system_of_another_shape_is_refused() -> None:
    with pytest.raises(SymdslError) as refused:
        roll_out(
            true_motion("q, v"), START, TIMES, METHODS["rk4"], system=find_system(parse_reference("triple_pendulum"))
        )
    assert refused.value.diagnostics[0].code == "SYM1237"


def test_a_lagrangian_is_no_conserved_scalar_and_its_energy_is() -> None:
    compilation = compiled(PENDULUMS.format(inputs="q, v"), "torch")
    assert "lagrangian" in compilation.program.entry_points
    assert learned_scalars(compilation.program) == ("energy",)
    assert moving_fields(compilation.spec) == {"q": "v", "v": "a"}
    found = roll_out(
        Motion(compilation.spec, compilation.instantiate().call, {}), START, TIMES[:3], METHODS["rk4"],
        scalars=("energy",),
    )  # fmt: skip
    assert found.quantities[0].values.shape == (2, 3, 1)
