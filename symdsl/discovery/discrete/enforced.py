"""A network that keeps a discrete group, against a free one on held-out data, and the card of the group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from symdsl.cards.card import Certificate, CertificateTest
from symdsl.discovery.bounds import upper_bound
from symdsl.discovery.contender import slots_of
from symdsl.discovery.discrete.neighbours import Predictor
from symdsl.discovery.discrete.proposal import Array, moved
from symdsl.discovery.discrete.search import DiscreteFinding
from symdsl.discovery.estimate import Watch
from symdsl.discovery.networks import KEPT_WIDTHS, kept_network, matrices_text, matrix_group_text
from symdsl.discovery.population import Copies, Schedule, fit_copies
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.surrogate import Scale, folds, targets_of
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Limits, Session

_MEMBERS: Final = 3
_STEPS: Final = 1500


def group_network(problem: Problem, finding: DiscreteFinding, algebra: Array, options: Options) -> Compilation:
    """The network that keeps the discrete group and the algebra (D, d, d). Raises SymdslError where there is none."""
    width = targets_of(problem).width
    slots, size = slots_of(problem), problem.dimension
    output = f"label(classes = {problem.classes})" if problem.classes is not None else f"scalar({width})"
    if finding.on == "vectors":
        group, action = matrix_group_text(algebra, finding.matrices), None
        if problem.law == "dynamics":
            output = f"vector({size}) per {slots}"
        elif finding.outputs is not None and not len(algebra):
            output, action = f"vector({width})", f"matrices(discrete = {matrices_text(finding.outputs)})"
        return kept_network(slots, group, size, output, action, options.backend, options.seed)
    text = f"""model kept {{
  data {{
    axis slots = {slots}
    x: vector({size}) per slots
    y: {output}
  }}
  symmetry g: {permutations_text(finding.matrices)}
  predict y from x
  enforce g by equivariant_mlp {{ hidden = {list(KEPT_WIDTHS)} }}
}}"""
    return prepare(text, Session(backend=options.backend, seed=options.seed, limits=Limits(text_bytes=10_000_000)))


def broken(network: Compilation, problem: Problem, finding: DiscreteFinding, weights: Mapping[str, Array]) -> float:
    """max |f(g x) - f(x)| / max |f(x)| of a network with an invariant output, in float64, over all generators g."""
    names = network.program.root
    x = _flat(problem)

    def predicted(samples: Array) -> Array:
        outputs, _ = interpret(names, "forward", [samples], weights, weights)
        return np.asarray(outputs[0], np.float64)

    still = predicted(x)
    moves = (predicted(moved(x, matrix, finding.on)) - still for matrix in finding.matrices)
    return max(float(np.max(np.abs(move))) for move in moves) / float(np.max(np.abs(still)))


def permutations_text(matrices: Array) -> str:
    """Permutation matrices (M, S, S) of an axis `slots`, as a spec writes their group."""
    images = (1 + np.argmax(matrices, axis=1)).tolist()
    return f"permutation_group(slots, {images})"


def certified(
    learned: Problem, held: Problem, free: Predictor, finding: DiscreteFinding, algebra: Array, options: Options,
    watch: Watch,
) -> Certificate:  # fmt: skip
    """The certificate of a group that the search found: it passed there, and a network that keeps it costs nothing.

    `free` maps x to outputs and was fitted to `learned`; `held` was seen by neither. The last test is paired, at level
    alpha: the upper end of what the enforced network loses more, in parts of what the best constant loses.
    """
    scale = float(np.sqrt(np.mean(np.asarray(learned.x, np.float64) ** 2)))
    units = Scale.of(learned) if learned.classes is None else None
    targets, held_targets = targets_of(learned, units), targets_of(held, units)
    learn, judge = folds(learned.samples, _MEMBERS, options.seed)
    network = group_network(learned, finding, algebra, options)
    schedule = Schedule(steps=_STEPS, seed=options.seed + 300)
    watch.stage(f"a network that keeps {finding.name}", schedule.steps)
    fitted = fit_copies(network, _flat(learned) / scale, targets, Copies(learn, judge), schedule, watch.step)
    kept = held_targets.losses(fitted.predict(_flat(held) / scale).mean(axis=0))
    outputs = free(np.asarray(held.x, np.float64)).reshape(held.samples, -1)
    loose = held_targets.losses(outputs if units is None else (outputs - units.centre) / units.unit)
    reference = targets.constant_loss
    end = upper_bound(kept - loose, options.alpha) / reference
    paired = CertificateTest(
        "costs nothing against a free network", end, options.delta, end <= options.delta,
        f"free {np.mean(loose) / reference:.3g}, kept {np.mean(kept) / reference:.3g} of a constant prediction's loss",
    )  # fmt: skip
    tests = (*_found(finding), paired)
    verdict = "certified" if all(test.passed for test in tests) else "undecided"
    domain = f"data like the {learned.samples + held.samples:,} samples it was learned and judged from"
    return Certificate(verdict, options.delta, options.alpha, domain, held.samples, tests)


def _flat(problem: Problem) -> Array:
    return np.asarray(problem.x, np.float64).reshape(problem.samples, slots_of(problem), -1)


def _found(finding: DiscreteFinding) -> tuple[CertificateTest, ...]:
    """The tests that the generators passed in the search."""
    passed = {score.text: score for score in finding.scores if score.passed and score.text in finding.text}
    return tuple(
        CertificateTest(
            f"predictions at g x fit labels at x: {text}", score.upper, score.bound, True,
            f"adds {score.difference:.2g} to the error, in parts of a constant's; decoys add {score.decoys:.2g}",
        )
        for text, score in passed.items()
    )  # fmt: skip
