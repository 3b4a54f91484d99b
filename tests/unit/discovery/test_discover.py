"""Planted symmetries are found, named and certified; data without any are not."""

import numpy as np
import pytest

from symdsl.discovery.discover import discover
from symdsl.discovery.problem import Options, Problem

QUICK = {"members": 3, "steps": 300}


def planted(count: int, seed: int) -> Problem:
    """A function of the length of vectors, in coordinates that are not orthonormal."""
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((count, 1, 3))
    y = np.sin(np.sum(x**2, axis=(1, 2)))
    return Problem(x @ np.array([[2.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.3]]), y)


def test_a_sphere_in_oblique_coordinates() -> None:
    problem = planted(600, 0)
    options = Options(settings=QUICK, decoys=8, backend="jax", delta=0.2, dimensions=(2, 4))
    found = discover(problem, options)
    card = found.card
    assert card is not None
    assert card.name == "so(3)"
    assert card.certificate.verdict == "certified"
    inverse = np.linalg.inv(np.array([[2.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.3]]))
    truth, form = inverse @ inverse.T, card.forms[0]
    assert abs(np.sum(form * truth)) / np.linalg.norm(form) / np.linalg.norm(truth) > 0.998
    kept = np.swapaxes(card.generators, 1, 2) @ form + form @ card.generators
    assert np.max(np.abs(kept)) < 1e-10 * np.max(np.abs(form))


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_no_symmetry_is_not_certified(backend: str) -> None:
    generator = np.random.default_rng(3)
    x = generator.standard_normal((400, 1, 3))
    weights, signs = generator.standard_normal((3, 12)), generator.standard_normal(12)
    problem = Problem(x, np.tanh(x[:, 0] @ weights) @ signs)
    options = Options(settings=QUICK, decoys=4, backend=backend, dimensions=(3, 3))
    found = discover(problem, options)
    assert all(each.certificate is None or each.certificate.verdict != "certified" for each in found.findings)
    assert found.card is None or found.card.certificate.verdict != "certified"
