"""Learned Lagrangians: first weights, equations, symmetries inside, angles, and what the checker says of exactness."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import prepare
from symdsl.plan.initial import draw_parameters
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.samples import random_weights
from symdsl.verification.verify import VerifyOptions, verify

PENDULUM = """
model pendulum {{
  data {{
    q: {coordinate}
    v: derivative(q)
    a: derivative(v)
  }}
  symmetry time: translation(t)
  {symmetry}
  predict a from q, v
  enforce time by lagrangian {{ {options} }}
  {network}
}}
"""


def spec(
    coordinate: str = "angle(2)", options: str = "hidden = [8]", symmetry: str = "", network: str = ""
) -> str:
    return PENDULUM.format(coordinate=coordinate, options=options, symmetry=symmetry, network=network)


def test_first_weights_of_width_600_are_those_of_the_paper() -> None:
    program = prepare(spec(options="hidden = [600, 600, 600]"), Session(backend="torch")).program
    drawn = {name.removeprefix("euler_lagrange."): array for name, array in draw_parameters(program.root, 0).items()}
    expected = {"layer_1": 2.2, "layer_2": 0.58, "layer_3": 2 * 0.58, "last": 600.0}
    for layer, gain in expected.items():
        assert np.std(drawn[f"{layer}.weight"]) == pytest.approx(gain / np.sqrt(600), rel=0.06)
        assert not np.any(drawn.get(f"{layer}.bias", np.zeros(1)))
    assert set(drawn) == {f"{layer}.weight" for layer in expected} | {f"layer_{k}.bias" for k in (1, 2, 3)}


@pytest.mark.parametrize("options", ["kinetic = free, ridge = 0", "kinetic = unit, ridge = 0", "kinetic = quadratic"])
@pytest.mark.parametrize("normalised", [False, True])
def test_the_equation_holds_and_the_energy_is_conserved(options: str, normalised: bool) -> None:
    text = spec(options=f"hidden = [8, 8], {options}")
    if normalised:
        text = text.rstrip().removesuffix("}") + "  normalise v, a\n}\n"
    report = verify(prepare(text, Session(backend="torch")), options=VerifyOptions(samples=6))
    measured = {each.quantity: each for each in report.measurements}
    assert measured["motion"].tolerance == 1e-10
    assert measured["energy"].tolerance == 1e-10
    assert report.passed


def test_a_wrong_acceleration_breaks_both_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    from symdsl.passes.lowering import euler_lagrange

    right = euler_lagrange.solve_mass
    monkeypatch.setattr(euler_lagrange, "solve_mass", lambda *given: right(*given) * 1.01)
    report = verify(prepare(spec(options="hidden = [8], ridge = 0"), Session(backend="torch")))
    broken = {each.quantity for each in report.measurements if not each.passed}
    assert broken == {"motion", "energy"}


def test_a_ridge_is_no_exact_promise() -> None:
    compilation = prepare(spec(), Session(backend="torch"))
    assert compilation.spec.structure is not None
    (claim,) = compilation.spec.structure.exactness
    assert claim.kind == "approximate"
    assert "0.0001" in claim.detail


def test_rotations_of_a_lagrangian_of_bodies() -> None:
    text = spec(
        "vector(3) per bodies = 2", "", "symmetry turn: O(3) * S(bodies)",
        "enforce turn by equivariant_mlp { hidden = [6], network = scalars }",
    ).replace("lagrangian {  }", "lagrangian").replace("  data {", "  data {\n    axis bodies = 2").replace(
        "per bodies = 2", "per bodies"
    )  # fmt: skip
    report = verify(prepare(text, Session(backend="torch")), options=VerifyOptions(samples=2, elements=4))
    assert report.passed
    (measured,) = [each for each in report.measurements if each.quantity == "equivariance"]
    assert measured.tolerance == 1e-10


def test_boosts_need_the_inverse_of_the_mass_matrix_itself() -> None:
    boosts = "symmetry boost: Lorentz(2)"
    network = "enforce boost by equivariant_mlp { hidden = [6], network = scalars }"
    report = verify(prepare(spec("vector(2)", "ridge = 0", boosts, network), Session(backend="torch")))
    assert report.passed
    with pytest.raises(SymdslError) as refused:
        _ = prepare(spec("vector(2)", "ridge = 0.1", boosts, network), Session(backend="torch")).graph
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "SYM0413"
    assert "ridge = 0" in (diagnostic.hint or "")


def test_a_quadratic_kinetic_energy_has_a_positive_mass_matrix() -> None:
    root = prepare(spec(options="hidden = [8], kinetic = quadratic"), Session(backend="torch")).program.root
    weights = {name: 5 * array for name, array in random_weights(root, 3).items()}
    q = np.random.default_rng(1).uniform(-3, 3, (40, 2))

    def kinetic(v: np.ndarray) -> np.ndarray:
        speeds = np.broadcast_to(v, q.shape)
        energies = [interpret(root, "energy", [q, each], weights, weights)[0][0] for each in (speeds, 0 * speeds)]
        return np.asarray(energies[0] - energies[1])

    first, second, both = kinetic(np.array([1.0, 0.0])), kinetic(np.array([0.0, 1.0])), kinetic(np.array([1.0, 1.0]))
    mixed = both - first - second
    assert np.all(first > 0)
    assert np.all(4 * first * second > mixed**2)
    np.testing.assert_allclose(kinetic(np.array([-3.0, 0.0])), 9 * first, rtol=1e-9)


def test_kinetic_energies_that_a_group_changes_are_refused() -> None:
    network = "enforce turn by equivariant_mlp { hidden = [6], network = scalars }"
    for kinetic, group in (("quadratic", "O(2)"), ("unit", "Lorentz(2)")):
        text = spec("vector(2)", f"kinetic = {kinetic}, ridge = 0", f"symmetry turn: {group}", network)
        with pytest.raises(SymdslError) as refused:
            _ = prepare(text, Session(backend="torch")).graph
        assert "kinetic = free" in (refused.value.diagnostics[0].hint or "")


@pytest.mark.parametrize(("features", "smooth"), [("periodic", True), ("wrapped", False)])
def test_a_whole_turn_changes_nothing_and_pi_is_a_cut_only_where_it_is_asked_for(features: str, smooth: bool) -> None:
    compilation = prepare(spec(f"angle(2, features = {features})", "hidden = [8], ridge = 0"), Session(backend="torch"))
    root = compilation.program.root
    weights = random_weights(root, 0)

    def acceleration(q: np.ndarray, v: np.ndarray) -> np.ndarray:
        return np.asarray(interpret(root, "forward", [q, v], weights, weights)[0][0])

    q, v = np.random.default_rng(0).uniform(-3, 3, (2, 5, 2))
    np.testing.assert_allclose(acceleration(q + 2 * np.pi, v), acceleration(q, v), rtol=1e-9)
    q[:, 0] = np.pi
    jump = acceleration(q - 1e-9, v) - acceleration(q + 1e-9, v)
    assert bool(np.max(np.abs(jump)) < 1e-6) is smooth


SEVERAL = """
model robot {{
  data {{
    {fields}
  }}
  symmetry time: translation(t)
  predict {predict}
  enforce time by lagrangian {{ hidden = [8, 8], {options} }}
}}
"""


@pytest.mark.parametrize("kinetic", ["free", "unit", "quadratic"])
def test_coordinates_in_several_fields_are_those_of_one(kinetic: str) -> None:
    """The same weights give the same motion, whether coordinates stand in one field or in two."""
    one = "q: scalar(3); v: derivative(q); a: derivative(v)"
    two = "x: scalar; r: scalar(2); vx: derivative(x); vr: derivative(r); ax: derivative(vx); ar: derivative(vr)"
    options = f"kinetic = {kinetic}, ridge = 0"
    joined = prepare(SEVERAL.format(fields=one, predict="a from q, v", options=options), Session())
    parted = prepare(SEVERAL.format(fields=two, predict="ax, ar from x, r, vx, vr", options=options), Session())
    weights = random_weights(joined.program.root, 3)
    assert {name: array.shape for name, array in random_weights(parted.program.root, 3).items()} == {
        name: array.shape for name, array in weights.items()
    }
    q, v = np.random.default_rng(0).standard_normal((2, 5, 3))
    (whole,), _ = interpret(joined.program.root, "forward", [q, v], weights, weights)
    given = [q[:, 0], q[:, 1:], v[:, 0], v[:, 1:]]
    (first, rest), _ = interpret(parted.program.root, "forward", given, weights, weights)
    np.testing.assert_allclose(np.concatenate([first[:, None], rest], axis=1), whole, rtol=1e-10)
    (energy,), _ = interpret(joined.program.root, "energy", [q, v], weights, weights)
    (other,), _ = interpret(parted.program.root, "energy", given, weights, weights)
    np.testing.assert_allclose(other, energy, rtol=1e-12)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_length_and_an_angle_move_together(backend: str) -> None:
    fields = "x: scalar; q: angle; vx: derivative(x); w: derivative(q); ax: derivative(vx); aq: derivative(w)"
    text = SEVERAL.format(fields=fields, predict="ax, aq from x, q, vx, w", options="kinetic = quadratic")
    report = verify(prepare(text, Session(backend=backend)), options=VerifyOptions(samples=4))
    assert report.passed
    assert {"motion", "energy"} <= {each.quantity for each in report.measurements if each.tolerance == 1e-10}
