"""Adversarial generators: they learn a rotation of dynamics, of a density and of classes, and say what they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.adversarial_generators.declaration import AdversarialGeneratorsOptions
from symdsl.discovery.estimators.adversarial_generators.estimator import estimate, sizes_of
from symdsl.discovery.problem import Options, Problem

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])


def found(x, y=None, law="dynamics", seed=0, basis=None, classes=None, dimensions=(1, 64), **settings):
    quick = {"width": 64, "epochs": 6, "generator_rate": 5e-3, "discriminator_rate": 2e-3, **settings}
    problem = Problem(x, y, law, basis=basis, classes=classes)
    return estimate(problem, Options(dimensions, seed=seed), AdversarialGeneratorsOptions(**quick), Silent())


def cosine(generator, truth):
    return abs(np.sum(generator * truth)) / np.linalg.norm(generator) / np.linalg.norm(truth)


def spiral(count=4000):
    """Points, and where a flow that commutes with turns takes them; no other linear field does."""
    x = np.random.default_rng(0).normal(size=(count, 2))
    angle = 0.5 + 0.3 * np.sum(x**2, axis=1)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return x, cos * x + sin * (x @ TURN.T)


def test_a_rotation_of_dynamics_is_learned() -> None:
    x, y = spiral()
    run = found(x, y)
    assert run.arrays["generators"].shape == (6, 1, 2, 2)
    assert cosine(run.candidates[0].generators[0], TURN) > 0.98
    assert np.isclose(np.linalg.norm(run.candidates[0].generators), 1)


def test_equal_seeds_learn_the_same() -> None:
    x, y = spiral(200)
    runs = [found(x, y, seed=seed, epochs=2).arrays["generators"] for seed in (0, 0, 1)]
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_slots_are_tied_and_data_on_a_subspace_leave_no_freedom() -> None:
    x, y = spiral(2000)
    embed = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0][:, :2]
    two, after = (np.stack([each, -each], axis=1) @ embed.T for each in (x, y))
    run = found(two, after, epochs=12)
    generator = run.candidates[0].generators[0]
    assert generator.shape == (4, 4)
    assert cosine(generator, embed @ TURN @ embed.T) > 0.97
    assert np.allclose(generator @ (np.eye(4) - embed @ embed.T), 0)


def test_blocks_are_free_and_alone() -> None:
    x, y = spiral(1500)
    run = found(np.concatenate([x, -x], axis=1), np.concatenate([y, -y], axis=1), blocks=2, epochs=10)
    generator = run.candidates[0].generators[0]
    assert np.all(generator[:2, 2:] == 0)
    assert np.all(generator[2:, :2] == 0)
    assert cosine(generator, np.kron(np.eye(2), TURN)) > 0.9


def test_classes_and_grids_are_learned_from_and_an_algebra_is_kept_to() -> None:
    x = np.random.default_rng(0).normal(size=(1000, 2))
    labels = (np.sum(x**2, axis=1) > 1.4).astype(np.int64)
    basis = np.array([TURN, np.eye(2)])
    for law in ("uniform", "grid"):
        run = found(x, labels, "invariance", classes=2, basis=basis, coefficients=law, epochs=8)
        generator = run.candidates[0].generators[0]
        assert np.isclose(generator[0, 1], -generator[1, 0])
        assert np.isclose(generator[0, 0], generator[1, 1])
        assert cosine(generator, TURN) > 0.95


def test_candidates_are_of_the_dimensions_asked_for() -> None:
    values = np.array([2.0, 1.9, 1.8, 0.1])
    assert sizes_of(values, 1, 64)[0] == 3
    assert sorted(sizes_of(values, 1, 2)) == [1, 2]
    assert sizes_of(values[:3], 1, 64)[0] == 3
    assert sizes_of(values[:1], 3, 64) == [1]


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (Problem(np.zeros((9, 2)), np.zeros((9, 2)), "equivariance"), "SYM1350"),
        (Problem(np.zeros((9, 2)), np.zeros(9), motions="affine"), "SYM1350"),
        (Problem(np.ones((9, 3)), None, "density"), "SYM0502"),
    ],
)
def test_what_it_does_not_solve_is_refused(problem: Problem, code: str) -> None:
    with pytest.raises(SymdslError, match=code) as caught:
        estimate(problem, Options(), AdversarialGeneratorsOptions(blocks=2), Silent())
    assert caught.value.exit_code == 2


def test_a_game_that_diverges_is_said() -> None:
    with pytest.raises(SymdslError, match="SYM1201") as caught:
        found(np.random.default_rng(0).normal(size=(200, 2)), law="density", scale=1000.0)
    assert caught.value.exit_code == 5


def test_torch_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symdsl.backends.backend.find_spec", lambda name: None)
    with pytest.raises(SymdslError, match="SYM1001") as caught:
        found(*spiral(10))
    assert caught.value.exit_code == 4
