"""The search for discrete symmetries: propose, look, judge on data that were not looked at, and close the group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from symdsl.discovery.discrete import cosets
from symdsl.discovery.discrete.cyclic import LARGEST, cyclic, dips, planes, scan
from symdsl.discovery.discrete.evidence import Sample, Scaling, useful
from symdsl.discovery.discrete.generate import generated
from symdsl.discovery.discrete.gradients import equal_frame, products
from symdsl.discovery.discrete.judge import Asked, Bench, Score, judge, looks_true
from symdsl.discovery.discrete.naming import name_of
from symdsl.discovery.discrete.neighbours import neighbour_predictor
from symdsl.discovery.discrete.outputs import fitted_action, output_action
from symdsl.discovery.discrete.permutations import permutations
from symdsl.discovery.discrete.proposal import Array, Axis, Proposal
from symdsl.discovery.discrete.reflections import reflections
from symdsl.discovery.estimate import Watch
from symdsl.discovery.problem import Law, Options, Problem

KINDS: Final = ("parity", "permutations", "cyclic")
_LAWS: Final = ("invariance", "equivariance", "dynamics")
_LEAST_SAMPLES: Final = 200
_MOST_LOOKED: Final = 2_000
_MOST_JUDGED: Final = 2_000
_MOST_OF_A_KIND: Final = 24
_SCANNED: Final = 300


@dataclass(frozen=True, eq=False)
class DiscreteFinding:
    """A finite group of components: generators on the last axis of x (M, d, d), or on its slots (M, S, S).

    `name` is that of the group modulo the connected part, `order` its order; `outputs` (M, m, m) say how flattened
    outputs move, None: they do not. `scores` are those of all elements that were judged.
    """

    on: Axis
    name: str
    text: str
    order: int
    matrices: Array
    outputs: Array | None
    scores: tuple[Score, ...]


def search(
    problem: Problem, predict: Any, algebra: Array, options: Options, watch: Watch, known: Problem | None = None
) -> tuple[DiscreteFinding, ...]:
    """The discrete symmetries of held-out samples, at most one group on vectors and one on slots; () where none passes.

    `predict` maps x (N, *slots, d) to outputs, or to logits or probabilities of classes, and was not fitted to the
    samples of `problem`; `known` are samples that it may have been fitted to, for a second predictor by near samples.
    `algebra` (D, d, d) is the continuous part, closed; it may be empty.
    """
    if problem.law not in _LAWS or problem.y is None or problem.motions == "affine" or not options.discrete:
        return ()
    scaling = Scaling.of(problem)
    sample = Sample(np.asarray(problem.x, np.float64), scaling.targets(problem.y))
    order = np.random.default_rng(options.seed).permutation(problem.samples)
    reference, looked, judged = _parts(order, known is not None)
    if len(judged) < _LEAST_SAMPLES:
        return ()
    near = sample.part(reference)
    if known is not None and known.y is not None:
        near = Sample(np.asarray(known.x, np.float64), scaling.targets(known.y))
    candidates = [scaling.predictor(predict), neighbour_predictor(near.x, near.targets)]
    look, held = sample.part(looked), sample.part(judged)
    predictors = useful([each for each in candidates if each is not None], look)
    if not predictors:
        return ()
    first, bench = Bench.of(predictors, look), Bench.of(predictors, held)
    found = []
    for on in ("vectors", "slots"):
        own = algebra if on == "vectors" else np.zeros((0, 1, 1))
        asked = _looked_at(first, _proposals(first, problem.law, own, options, watch, on), problem, options)
        finding = _finding(*_certified(bench, asked, own, options, watch), own)
        if finding is not None:
            found.append(finding)
    return tuple(found)


def _certified(
    bench: Bench, asked: Sequence[Asked], algebra: Array, options: Options, watch: Watch
) -> tuple[list[Asked], tuple[Score, ...]]:
    """Generators that pass on held-out data, and the scores of what was judged.

    First the group of all that look true, as one hypothesis: each of its generators must pass at half of alpha, which
    needs no correction for their number (Berger 1982, intersection-union). Failing that each element by itself, at the
    other half over their number.
    """
    whole = generated(asked, algebra, options.alpha)
    watch.stage("discrete symmetries on held-out data", len(whole) + len(asked))
    scores: list[Score] = []
    for each in whole:
        judged = judge(bench, each, algebra, options.delta, options.alpha / 2.0, options.decoys)
        scores.append(judged.score)
        watch.step()
    if all(score.passed for score in scores):
        return whole, tuple(scores)
    passed = []
    for each in asked:
        level = options.alpha / 2.0 / len(asked)
        judged = judge(bench, each, algebra, options.delta, level, options.decoys)
        scores.append(judged.score)
        passed += [judged.asked] if judged.score.passed else []
        watch.step()
    return generated(passed, algebra, options.alpha), tuple(scores)


def _parts(order: np.ndarray, known: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Samples as neighbours, to look at, and to judge by; without known ones half are neighbours."""
    count = len(order)
    start = 0 if known else count // 2
    stop = start + min(_MOST_LOOKED, (count - start) // 2)
    return order[:start], order[start:stop], order[stop : stop + _MOST_JUDGED]


def _proposals(first: Bench, law: Law, algebra: Array, options: Options, watch: Watch, on: Axis) -> list[Proposal]:
    """Distinct elements that may be asked about: they keep the algebra and are not in its connected group."""
    x = first.sample.x
    of_coordinates, of_slots = products(first.predictors[0], x)
    empty = np.zeros((0, 1, 1))
    if on == "slots":
        if x.ndim != 3 or x.shape[1] < 2 or "permutations" not in options.discrete:
            return []
        return list(_distinct(permutations(x.shape[1], of_slots, "slots"), empty))
    dimension = x.shape[-1]
    proposed: list[Proposal] = []
    if "parity" in options.discrete:
        proposed += reflections(dimension, algebra, _forms(algebra))
    if "permutations" in options.discrete:
        proposed += permutations(dimension, of_coordinates, "vectors")
    if "cyclic" in options.discrete and dimension > 1:
        frame = equal_frame(of_coordinates, x)
        proposed += _cyclic(first, law, algebra, frame, watch)
    return list(_distinct(proposed, algebra))


def _forms(algebra: Array) -> Array:
    """Symmetric forms M with A^T M + M A = 0 (F, d, d); the plain metric where there is no algebra."""
    size = algebra.shape[-1]
    if not len(algebra):
        return np.zeros((0, size, size))
    identity = np.eye(size)
    equations = np.concatenate([np.kron(a.T, identity) + np.kron(identity, a.T) for a in algebra])
    _, values, rows = np.linalg.svd(equations)
    forms = rows[int(np.sum(values > 1e-9 * values[0])) :].reshape(-1, size, size)
    symmetric = (forms + forms.swapaxes(1, 2)) / 2.0
    return symmetric[np.linalg.norm(symmetric, axis=(1, 2)) > 1e-6]


def _distinct(proposed: Iterable[Proposal], algebra: Array) -> Iterator[Proposal]:
    kept: list[Array] = []
    for proposal in proposed:
        matrix = proposal.matrix
        if not cosets.normalises(matrix, algebra) or cosets.is_connected(matrix, algebra):
            continue
        if any(cosets.same_component(known, matrix, algebra) for known in kept):
            continue
        kept.append(matrix)
        yield proposal


def _cyclic(first: Bench, law: Law, algebra: Array, frame: Array, watch: Watch) -> Iterator[Proposal]:
    """Turns of the planes whose scan has dips as deep as the error at t = 0, the divisors of a period among them."""
    dimension = first.sample.x.shape[-1]
    sample, base = first.sample.first(_SCANNED), float(np.mean(first.base[0, :_SCANNED]))

    def distance(matrix: Array) -> float:
        output = fitted_action(law, first.predictors[0], sample, matrix, "vectors")
        return float(np.mean(first.errors(0, matrix, "vectors", output, _SCANNED))) - base

    axes = [(None, plane) for plane in planes(dimension)] + [(frame, plane) for plane in planes(dimension)]
    watch.stage("turns of planes", len(axes))
    for basis, plane in axes:
        watch.step()
        if cosets.is_connected(cyclic(dimension, plane, 7, basis).matrix, algebra):
            continue
        distances = scan(distance, dimension, plane, basis)
        highest = float(np.max(distances))
        if highest <= base * 0.1:
            continue
        for count in dips(distances)[: LARGEST // 3]:
            yield cyclic(dimension, plane, count, basis)


def _looked_at(first: Bench, proposed: Sequence[Proposal], problem: Problem, options: Options) -> list[Asked]:
    """The best of each kind that the first part of the data does not refute, with the output action found there."""
    by_kind: dict[str, list[tuple[float, int, Asked]]] = {}
    for number, proposal in enumerate(proposed):
        output = output_action(problem.law, first.predictors[0], first.sample, proposal)
        asked = looks_true(first, proposal, output, options.delta)
        if asked is not None:
            by_kind.setdefault(proposal.kind, []).append((float(np.mean(asked.errors)), number, asked))
    ordered = (sorted(of_kind, key=lambda entry: entry[:2]) for of_kind in by_kind.values())
    return [asked for of_kind in ordered for _, _, asked in of_kind[:_MOST_OF_A_KIND]]


def _finding(chosen: Sequence[Asked], scores: tuple[Score, ...], algebra: Array) -> DiscreteFinding | None:
    """The group that the chosen elements generate; None where there are none."""
    if not chosen:
        return None
    matrices = np.stack([each.proposal.matrix for each in chosen])
    elements = cosets.closed(matrices, algebra)
    assert elements is not None  # what `generated` gives closes
    name = name_of(cosets.orders(elements, algebra), cosets.commute(matrices, algebra))
    actions = [each.output for each in chosen if each.output is not None]
    text = f"{name}: " + "; ".join(each.proposal.text for each in chosen)
    outputs = np.stack(actions) if actions else None
    return DiscreteFinding(chosen[0].proposal.on, name, text, len(elements), matrices, outputs, scores)
