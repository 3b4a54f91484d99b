"""Masses and rods: the field against the projection written out with whole matrices, what it keeps, and symmetries."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.data.rods import TiedBodies
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.passes.differentiate import gradient, jacobian_vector
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.simulation.methods import METHODS
from symdsl.simulation.motion import Motion, learned_scalars
from symdsl.simulation.rollout import roll_out
from symdsl.verification.samples import random_weights
from symdsl.verification.verify import VerifyOptions, verify

TEXT = """
model bodies {{
  data {{
    axis bodies = 3
    z: phase_space(dim = 2) per bodies{over}
    k: scalar
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  symmetry g: {group}
  {constraint}
  predict dz from k, z
  enforce time by hamiltonian {{ {options} }}
  {enforce}
}}
"""
RODS = "constraint rods: distance(z, pairs = [[0, 1], [1, 2]], anchors = [0])"


def compiled(
    options: str, constraint: str = "", group: str = "SO(2)", enforce: str = "", over: str = "", backend: str = "torch"
) -> Compilation:
    text = TEXT.format(options=options, constraint=constraint, group=group, enforce=enforce, over=over)
    return prepare(text, Session(backend=backend, dtype="float64"))


def test_the_field_is_the_projected_one() -> None:
    compilation = compiled("kinetic = mass, hidden = [8]", RODS)
    root, generator = compilation.program.root, np.random.default_rng(0)
    weights = random_weights(root, 1)
    k, z = generator.standard_normal(5), generator.standard_normal((5, 3, 2, 2))
    (field,), _ = interpret(root, "forward", [k, z], weights, weights)
    (slope,), _ = interpret(root, gradient(root, "energy", wrt=("z",)), [k, z], weights, weights)
    masses = np.exp(-weights["mechanics.log_inverse_mass"])
    np.testing.assert_allclose(slope[:, :, 1], z[:, :, 1] / masses[:, None], rtol=1e-13)
    tied = TiedBodies(masses, ((0, 1), (1, 2), (0, 0)), lambda q: -slope[:, :, 0])
    np.testing.assert_allclose(field, tied.field(z), rtol=1e-9, atol=1e-10)
    free, _ = interpret(root.child("mechanics"), "forward", [slope[:, :, 0], z], {
        "log_inverse_mass": weights["mechanics.log_inverse_mass"]
    }, {})  # fmt: skip
    np.testing.assert_array_equal(free[0], field)
    assert np.abs(field[:, :, 1] + slope[:, :, 0]).max() > 0.1


@pytest.mark.parametrize(("kinetic", "backend"), [("mass", "jax"), ("mass_matrix", "torch")])
def test_rods_and_energy_are_kept_everywhere(kinetic: str, backend: str) -> None:
    compilation = compiled(f"kinetic = {kinetic}, hidden = [8]", RODS, backend=backend)
    report = verify(compilation, options=VerifyOptions(samples=3, layers=False))
    kept = {each.quantity: each for each in report.measurements if each.quantity in ("energy", "constraint")}
    assert set(kept) == {"energy", "constraint"}
    assert all(each.tolerance == 1e-10 and each.error < 1e-13 for each in kept.values())
    assert report.passed


def test_without_rods_the_field_is_symplectic_and_the_lengths_change() -> None:
    report = verify(compiled("kinetic = mass, hidden = [8]"), options=VerifyOptions(samples=2, layers=False))
    assert {"energy", "symplecticity"} <= {each.quantity for each in report.measurements if each.error < 1e-13}


def test_a_rollout_keeps_the_rods() -> None:
    compilation = compiled("kinetic = mass, hidden = [8]", RODS)
    names = learned_scalars(compilation.program)
    assert names == ("energy", "constraints")
    call = compilation.instantiate().call
    z = np.random.default_rng(0).standard_normal((2, 3, 2, 2))
    z[:, :, 1] = 0.0  # at rest no rod changes
    motion = Motion(compilation.spec, call, {"k": np.ones(2)})
    found = roll_out(motion, {"z": z}, 0.1 * np.arange(31), METHODS["rk45"], scalars=names)
    places = found.states["z"][:, :, :, 0]
    lengths = np.linalg.norm(np.diff(places, axis=2, prepend=0), axis=3)
    assert np.abs(lengths - lengths[:, :1]).max() < 1e-6
    assert np.ptp(places, axis=1).max() > 0.1
    energy, constraints, _ = found.quantities
    assert constraints.values.shape == (2, 31, 6)
    # half the squares of the lengths, then their rates
    np.testing.assert_allclose(2 * constraints.values[:, :, [2, 0, 1]], lengths**2, rtol=1e-12)
    assert max(energy.change.max(), constraints.change.max()) < 1e-6


def test_a_symmetric_potential_and_rods_conserve_angular_momentum() -> None:
    enforce = "enforce g by equivariant_mlp { hidden = [8] }"
    report = verify(
        compiled("kinetic = mass", RODS, enforce=enforce), options=VerifyOptions(samples=3, elements=4)
    )
    assert report.passed
    (kept,) = [each for each in report.measurements if each.quantity == "conservation"]
    assert (kept.tolerance, kept.error < 1e-12) == (1e-10, True)


def test_an_anchor_has_a_place_and_masses_have_labels() -> None:
    enforce = "enforce g by equivariant_mlp { hidden = [8] }"
    assert compiled("kinetic = mass", "constraint rod: distance(z, pairs = [[0, 1]])", "T(2)", enforce).graph
    for constraint, group in ((RODS, "T(2)"), ("", "S(bodies)")):
        with pytest.raises(SymdslError) as caught:
            compiled("kinetic = mass", constraint, group, enforce).graph  # noqa: B018
        assert caught.value.diagnostics[0].code == "SYM0413"


def test_leapfrog_steps_are_symplectic() -> None:
    text = TEXT.format(options="kinetic = mass, hidden = [8]", constraint="", group="SO(2)", enforce="", over=" over t")
    training = "train { fit = trajectories, integrator = leapfrog, horizon = 1 }\n}"
    root = prepare(text.rstrip().removesuffix("}") + training, Session(dtype="float64")).program.root
    weights, generator = random_weights(root, 1), np.random.default_rng(3)
    given = [np.ones(1), generator.standard_normal((1, 3, 2, 2)), np.full(1, 0.7)]
    method = jacobian_vector(root, "advance", wrt=("z",))
    columns = []
    for unit in np.eye(12):
        (column,), _ = interpret(root, method, [*given, unit.reshape(1, 3, 2, 2)], weights, weights)
        columns.append(column.reshape(12))
    map_ = np.stack(columns, axis=1)
    form = np.kron(np.eye(3), np.kron(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(2)))
    np.testing.assert_allclose(map_ @ form @ map_.T, form, atol=1e-12)
    assert np.abs(map_ - np.eye(12)).max() > 0.3
