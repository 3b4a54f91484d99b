"""Networks of candidates: which are constant before any training, points of motions, and training that is given up."""

import numpy as np
import pytest

from symdsl.discovery.certify import Trial, held_losses, is_unexplained, refused
from symdsl.discovery.contender import Contender
from symdsl.discovery.population import Copies, Fitted, GiveUp, Schedule, fit_copies
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.refine import copies_of, is_constant, refine, vectors_of
from symdsl.discovery.surrogate import fit_surrogate, folds, targets_of
from symdsl.groups.identification.closing import close

TURN, STRETCH = np.array([[0.0, -1.0], [1.0, 0.0]]), np.diag([1.0, -np.sqrt(0.4)])


def contender_of(*generators: np.ndarray) -> Contender:
    found = Contender.of(close(np.array(generators)), generators[0].shape[-1])
    assert found is not None
    return found


def pairs(count: int = 60) -> Problem:
    """Two vectors of the plane each, and their squared distance."""
    x = np.random.default_rng(0).standard_normal((count, 2, 2))
    return Problem(x, np.sum((x[:, 0] - x[:, 1]) ** 2, axis=1))


def affine(matrix: np.ndarray, step: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    moved = np.zeros((3, 3))
    moved[:2, :2], moved[:2, 2] = matrix, step
    return moved


@pytest.mark.parametrize(("generator", "constant"), [(TURN, False), (STRETCH, True)])
def test_a_group_without_polynomial_invariants_has_a_constant_network(generator: np.ndarray, constant: bool) -> None:
    problem, contender = pairs(), contender_of(generator)
    network = contender.network(problem, 1, "jax", 0)
    assert is_constant(network, problem, contender) is constant


@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize("law", ["invariance", "dynamics"])
def test_networks_of_points_keep_motions_in_every_frame(backend: str, law: str) -> None:
    """The copy with frame P is unchanged under P G P^-1, and moves velocities by its linear part."""
    problem = pairs()
    velocities = np.roll(problem.x, 1, axis=1) - problem.x
    problem = Problem(problem.x, velocities if law == "dynamics" else problem.y, law, "affine")  # type: ignore[arg-type]
    zero = np.zeros((2, 2))
    contender = contender_of(affine(TURN, (0.3, 0.1)), affine(zero, (1.0, 0.0)), affine(zero, (0.0, 1.0)))
    assert contender.points
    network = contender.network(problem, targets_of(problem).width, backend, 0)
    learn, judge = folds(problem.samples, 2, 0)
    frame = np.array([[1.2, 0.3, 0.5], [-0.2, 0.8, -0.4], [0.0, 0.0, 1.0]])
    copies = copies_of(contender, problem, learn, judge, np.stack([contender.frame @ frame] * 2))
    x = vectors_of(problem)
    fitted = fit_copies(network, x, targets_of(problem), copies, Schedule(steps=40), lambda _: None)
    turned = np.array([[0.6, -0.8], [0.8, 0.6]])
    canonical = affine(turned, (0.7, -1.1)) + np.diag([0.0, 0.0, 1.0])
    whole = contender.frame @ frame
    element = whole @ canonical @ np.linalg.inv(whole)
    still, moved = fitted.predict(x), fitted.predict(x @ element.T)
    if law == "dynamics":
        still = (still.reshape(2, -1, 2, 2) @ element[:2, :2].T).reshape(still.shape)
    assert np.ptp(still) > 0.1
    assert np.max(np.abs(moved - still)) < 2e-5 * np.max(np.abs(still))
    broken = fitted.predict(x @ (element + affine(STRETCH - np.eye(2))).T)
    assert np.max(np.abs(broken - still)) > 1e-2 * np.max(np.abs(still))


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_training_is_given_up_where_it_is_said_so(backend: str) -> None:
    problem = pairs()
    contender = contender_of(TURN)
    network = contender.network(problem, 1, backend, 0)
    learn, judge = folds(problem.samples, 2, 0)
    seen: list[Fitted] = []

    def trained(answer: bool) -> tuple[int, Fitted]:
        def when(fitted: Fitted) -> bool:
            seen.append(fitted)
            return answer

        steps: list[int] = []
        fitted = fit_copies(
            network, vectors_of(problem), targets_of(problem), Copies(learn, judge), Schedule(steps=40, checks=8),
            steps.append, GiveUp(12, when),
        )  # fmt: skip
        return sum(steps), fitted

    count, fitted = trained(True)
    assert count == 15
    assert np.array_equal(fitted.losses, seen[0].losses)
    count, fitted = trained(False)
    assert (count, len(seen)) == (40, 2)
    assert np.all(fitted.losses <= seen[1].losses)


def test_what_no_network_keeps_is_refuted_only_where_no_function_does() -> None:
    problem = pairs(400)
    free = fit_surrogate(problem, 2, 300, "jax", 0, lambda _: None)
    trial = Trial(problem, targets_of(problem), pairs(100), targets_of(pairs(100)), free, 2, 300)
    verdicts = [refused(trial, "because", only, Options()).verdict for only in (True, False)]
    assert verdicts == ["refuted", "undecided"]


@pytest.mark.parametrize(("noise", "early"), [(0.0, True), (0.9, False)])
def test_what_explains_too_little_is_undecided_before_decoys_are_trained(noise: float, early: bool) -> None:
    """The squared distance beside noise that is twice as large: undecided, and no fault where it is declared."""

    def noisy(count: int, seed: int) -> Problem:
        problem = pairs(count)
        size = 1.4 * np.std(np.asarray(problem.y)) * np.random.default_rng(seed).standard_normal(count)
        return Problem(problem.x, np.asarray(problem.y) + size)

    problem, held, contender = noisy(400, 1), noisy(200, 2), contender_of(TURN)
    free = fit_surrogate(problem, 2, 100, "jax", 0, lambda _: None)
    trial = Trial(problem, targets_of(problem), held, targets_of(held), free, 2, 100)
    network = contender.network(problem, 1, "jax", 0)
    fitted = refine(contender, network, problem, trial.targets, 2, Schedule(steps=100), lambda _: None).fitted
    found = is_unexplained(trial, held_losses(trial, fitted), Options(noise=noise), 3)
    assert (found is not None) is early
    if found is not None:
        assert found.verdict == "undecided"
        assert (found.tests[0].name, found.tests[0].passed) == ("explains the data", False)
