"""What data say of a proposed element: the error of predictions at g x of what was observed at x."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from symdsl.discovery.discrete.neighbours import Predictor
from symdsl.discovery.discrete.proposal import Array, Axis, Proposal, moved
from symdsl.discovery.problem import Problem
from symdsl.groups.arrays.matrices import exponential

USEFUL: Final = 0.5
"""The largest error, as a part of that of a constant, of a predictor whose word counts."""
WORSE: Final = 2.0
"""How many times the error of the best predictor that of another may be."""
_SIZE: Final = 0.4
"""How far decoys move what the element moves, relative to its size."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Samples x (N, *slots, d) and targets (N, m), scaled so that the best constant has the mean squared error 1."""

    x: Array
    targets: Array

    def part(self, chosen: np.ndarray) -> Sample:
        """Some of them."""
        return Sample(self.x[chosen], self.targets[chosen])

    def first(self, count: int | None) -> Sample:
        """The first of them, or all."""
        return Sample(self.x[:count], self.targets[:count])


@dataclass(frozen=True, eq=False)
class Scaling:
    """How outputs become targets: class numbers one-hot, each output over its spread, or all over their common one."""

    offset: Array
    scale: Array
    classes: int | None

    @staticmethod
    def of(problem: Problem) -> Scaling:
        """The scaling of the outputs of a problem."""
        assert problem.y is not None
        if problem.classes is not None:
            values = np.eye(problem.classes)[problem.y.astype(int).reshape(-1)]
        else:
            values = np.asarray(problem.y, np.float64).reshape(problem.samples, -1)
        if problem.law == "invariance" and problem.classes is None:
            spread = np.maximum(values.std(axis=0), 1e-12) * np.sqrt(values.shape[1])
            return Scaling(values.mean(axis=0), spread, None)
        # Outputs that move must keep their origin and their common scale.
        offset = np.zeros(values.shape[1])
        whole = np.sqrt(max(float(np.sum(values.var(axis=0))), 1e-24))
        return Scaling(offset, np.full(values.shape[1], whole), problem.classes)

    def targets(self, outputs: Any) -> Array:
        """Observed outputs (N, ...) as targets (N, m)."""
        if self.classes is not None:
            values = np.eye(self.classes)[np.asarray(outputs).astype(int).reshape(-1)]
        else:
            values = np.asarray(outputs, np.float64).reshape(len(outputs), -1)
        return (values - self.offset) / self.scale

    def predictor(self, predict: Any) -> Predictor:
        """A surrogate x -> outputs, or logits (N, classes), as a predictor of targets."""

        def scaled(x: Array) -> Array:
            values = np.asarray(predict(x), np.float64).reshape(len(x), -1)
            if self.classes is not None and (np.min(values) < 0.0 or np.max(np.abs(values.sum(axis=1) - 1.0)) > 1e-3):
                values = np.exp(values - values.max(axis=1, keepdims=True))
                values = values / values.sum(axis=1, keepdims=True)
            return (values - self.offset) / self.scale

        return scaled


def losses(predictor: Predictor, sample: Sample, matrix: Array, output: Array | None, on: Axis) -> Array:
    """|predictor(g x) - B y|^2 of each sample (N,); B is the identity where `output` is None."""
    expected = sample.targets if output is None else sample.targets @ output.T
    return np.sum((predictor(moved(sample.x, matrix, on)) - expected) ** 2, axis=1)


def useful(predictors: Sequence[Predictor], sample: Sample) -> list[Predictor]:
    """Those whose error at samples that they have not seen counts, the best first."""
    identity = np.eye(sample.x.shape[-1])
    errors = [float(np.mean(losses(each, sample, identity, None, "vectors"))) for each in predictors]
    best = min(errors, default=np.inf)
    chosen = [index for index, error in enumerate(errors) if error <= min(USEFUL, WORSE * best + 1e-12)]
    return [predictors[index] for index in sorted(chosen, key=lambda index: errors[index])]


def decoys(proposal: Proposal, algebra: Array, count: int, generator: np.random.Generator) -> Array:
    """exp(A) for random A that change only what the element moves, by 0.4 of its size (count, n, n).

    The part of A in the algebra (D, n, n) is left out. A law that is indifferent to them is so to the element also
    where it is no symmetry, for want of a sharp eye or because it does not depend on what is moved.
    """
    size = len(proposal.matrix)
    left, values, _ = np.linalg.svd(proposal.matrix - np.eye(size))
    rank = int(np.sum(values > 1e-8))
    projection = left[:, :rank] @ left[:, :rank].T
    directions = projection @ generator.standard_normal((count, size, size))
    if len(algebra) and proposal.on == "vectors":
        basis = np.linalg.qr(algebra.reshape(len(algebra), -1).T).Q
        flat = directions.reshape(count, -1)
        directions = (flat - flat @ basis @ basis.T).reshape(directions.shape)
    norms = np.linalg.norm(directions, axis=(1, 2), keepdims=True)
    return exponential(_SIZE * np.sqrt(rank) * directions / np.maximum(norms, 1e-300))
