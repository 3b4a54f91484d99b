"""How outputs move under an element that moves x: y(g x) = B y(x)."""

from __future__ import annotations

import numpy as np

from symdsl.discovery.discrete.evidence import Sample
from symdsl.discovery.discrete.neighbours import Predictor
from symdsl.discovery.discrete.proposal import Array, Axis, Proposal, moved
from symdsl.discovery.problem import Law


def fitted_action(law: Law, predictor: Predictor, sample: Sample, matrix: Array, on: Axis) -> Array | None:
    """B (m, m) of a motion of x: None for invariance; the motion itself for dynamics; else by least squares."""
    if law == "invariance":
        return None
    size = sample.targets.shape[1]
    if law == "dynamics":
        shape = sample.x.shape[1:]
        return moved(np.eye(size).reshape(size, *shape), matrix, on).reshape(size, size).T
    images = predictor(moved(sample.x, matrix, on))
    return np.asarray(np.linalg.lstsq(sample.targets, images, rcond=None)[0].T, np.float64)


def output_action(law: Law, predictor: Predictor, sample: Sample, proposal: Proposal) -> Array | None:
    """B (m, m) of an element, with a fitted one rounded to its order: eigenvalues become the nearest roots of unity.

    A fitted B that is not near any such matrix stays as it is, and fails.
    """
    action = fitted_action(law, predictor, sample, proposal.matrix, proposal.on)
    return action if action is None or law == "dynamics" else rounded(action, proposal.order)


def rounded(matrix: Array, order: int) -> Array:
    """The matrix with its eigenvalues moved to the nearest `order`-th roots of unity; as it is if it has no basis."""
    values, vectors = np.linalg.eig(matrix)
    if np.linalg.cond(vectors) > 1e6:
        return matrix
    turns = np.round(np.angle(values) * order / (2.0 * np.pi))
    exact = (vectors * np.exp(2j * np.pi * turns / order)) @ np.linalg.inv(vectors)
    if np.max(np.abs(exact.imag)) > 1e-8:
        return matrix
    near = np.round(exact.real)
    return near if np.max(np.abs(exact.real - near)) < 0.05 and _has_order(near, order) else exact.real


def _has_order(matrix: Array, order: int) -> bool:
    return bool(np.array_equal(np.linalg.matrix_power(matrix, order), np.eye(len(matrix))))
