"""Latent orbits: generators of known clouds, an embedding in figures, and refusals of what planes cannot read."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.latent_orbits.declaration import LatentOrbitsOptions
from symdsl.discovery.estimators.latent_orbits.estimator import estimate
from symdsl.discovery.estimators.latent_orbits.orbits import connected_parts, level_sets
from symdsl.discovery.problem import Options, Problem
from symdsl.groups.families.catalogue import lorentz, special_orthogonal
from symdsl.groups.families.classical import special_unitary

QUICK = {"hidden": [32, 32], "epochs": 20, "learning_rate": 5e-3, "representatives": 300}


def found(x, y=None, seed=0, classes=None, **settings):
    problem = Problem(x, y, "density" if y is None else "invariance", classes=classes)
    return estimate(problem, Options(seed=seed), LatentOrbitsOptions(**settings), Silent())


def cosine(generators, truth):
    """The smallest principal cosine of two spans of one dimension."""
    assert len(generators) == len(truth)
    bases = [np.linalg.qr(each.reshape(len(each), -1).T)[0] for each in (generators, truth)]
    return np.linalg.svd(bases[0].T @ bases[1], compute_uv=False).min()


def sphere(size, count, noise=0.02):
    x = np.random.default_rng(size).normal(size=(count, size))
    return x / np.linalg.norm(x, axis=1, keepdims=True) + noise * np.random.default_rng(9).normal(size=x.shape)


def hyperboloids(count):
    random = np.random.default_rng(0)
    x = random.normal(size=(3 * count, 2))
    mass = np.repeat([0.7, 1.0, 1.3], count)
    return np.concatenate([np.sqrt(mass**2 + np.sum(x**2, axis=1))[:, None], x], axis=1), np.repeat(np.arange(3), count)


@pytest.mark.parametrize(("size", "count"), [(2, 400), (3, 800), (4, 1500), (6, 4000)])
def test_planes_find_all_rotations_of_a_sphere(size: int, count: int) -> None:
    run = found(sphere(size, count), planes=80, representatives=count)
    generators = run.candidates[0].generators
    assert cosine(generators, special_orthogonal(size).lie_algebra) > 0.995
    assert run.figures["explained by the generators"] > 0.99
    flat = generators.reshape(len(generators), -1)
    assert np.allclose(flat @ flat.T, np.eye(len(flat)))


def test_planes_find_rotations_about_any_inner_product() -> None:
    oblique = np.array([[2.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.3, 0.4]])
    generators = found(sphere(3, 1500) @ oblique.T, planes=80, representatives=1500).candidates[0].generators
    truth = oblique @ special_orthogonal(3).lie_algebra @ np.linalg.inv(oblique)
    assert cosine(generators, truth) > 0.99


def test_planes_refuse_a_torus_which_is_less_than_a_sphere() -> None:
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, (1000, 2))
    torus = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    with pytest.raises(SymdslError, match="SYM1347: the orbits keep two quadratic forms"):
        found(torus)
    run = found(torus, regression="tangents")
    turns = np.zeros((2, 4, 4))
    turns[0, 0, 2], turns[0, 2, 0], turns[1, 1, 3], turns[1, 3, 1] = -1, 1, -1, 1
    assert cosine(run.candidates[0].generators, turns) > 0.99


def test_planes_refuse_what_is_no_rotation_and_tangents_read_it() -> None:
    x, y = hyperboloids(400)
    with pytest.raises(SymdslError, match="SYM1347: the orbits are not round"):
        found(x, y, classes=3, **QUICK)
    run = found(x, y, classes=3, regression="tangents", neighbours=12, **QUICK)
    assert cosine(run.candidates[0].generators, lorentz(3).lie_algebra) > 0.99
    assert run.spectrum is not None
    assert np.all(run.spectrum.low <= run.spectrum.values)
    assert np.all(run.spectrum.values <= run.spectrum.high)


def doublets(orbits, count):
    random = np.random.default_rng(3)
    first = random.normal(size=(orbits, 2, 4))
    elements = special_unitary(2).sample(random, orbits * count).reshape(orbits, count, 4, 4)
    return np.einsum("opij,osj->opsi", elements, first).reshape(-1, 2, 4), np.repeat(np.arange(orbits), count)


def test_two_doublets_have_su2_and_one_orbit_of_them_one_rotation_more() -> None:
    x, y = doublets(3, 300)
    run = found(x, y, classes=3, regression="tangents", **QUICK)
    assert cosine(run.candidates[0].generators, special_unitary(2).lie_algebra) > 0.999
    assert len(found(x[:300], regression="tangents").candidates[0].generators) == 4
    with pytest.raises(SymdslError, match="SYM1347"):
        found(x[:300])


def test_the_last_layer_holds_an_orbit_together() -> None:
    random = np.random.default_rng(0)
    x = random.uniform(0, 1.6, (200_000, 2))
    squares = np.sum(x**2, axis=1)
    potential = squares**2 - 2.3 * squares
    parts = [np.flatnonzero(np.abs(potential - level) < 0.01)[:300] for level in (-0.8, -0.2, 0.8)]
    chosen, longer = np.concatenate(parts), {**QUICK, "hidden": [64, 64, 64], "epochs": 60}
    run = found(x[chosen], np.repeat(np.arange(3), 300), classes=3, **longer, planes=20)
    assert run.figures["classifier accuracy"] > 0.9
    assert run.figures["spread of a class in the last layer"] < 0.5 * run.figures["spread of a class in the input"]
    # two circles for each of the lower levels, one for the highest
    assert run.figures["clouds"] == 5
    assert cosine(run.candidates[0].generators, special_orthogonal(2).lie_algebra) > 0.998
    again = found(x[chosen], np.repeat(np.arange(3), 300), classes=3, **longer, planes=20)
    assert np.array_equal(run.candidates[0].generators, again.candidates[0].generators)
    assert run.figures == again.figures


def test_a_field_is_cut_into_equal_classes_with_gaps() -> None:
    values = np.random.default_rng(0).normal(size=5000) ** 3
    parts = level_sets(values, 5, 0.2)
    assert {len(part) for part in parts} == {200}
    assert np.all(np.diff([np.median(values[part]) for part in parts]) > 0)
    assert len(np.unique(np.concatenate(parts))) == 1000


def test_parts_are_counted_apart() -> None:
    random = np.random.default_rng(0)
    three = np.concatenate([random.normal(size=(100, 2)) + shift for shift in ((0, 0), (30, 0), (0, 30))])
    assert sorted(len(part) for part in connected_parts(three, 8)) == [100, 100, 100]


@pytest.mark.parametrize(
    ("y", "code"),
    [
        (np.random.default_rng(0).normal(size=300), "SYM1348"),
        (np.ones(300), "SYM1349"),
        (np.random.default_rng(0).normal(size=(300, 3)), "SYM1349"),
    ],
)
def test_data_without_orbits_are_refused(y, code: str) -> None:
    with pytest.raises(SymdslError, match=code) as caught:
        found(sphere(3, 300), y)
    assert caught.value.exit_code == 2
    assert caught.value.diagnostics[0].hint
