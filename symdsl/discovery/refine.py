"""The frame of a group, fitted with the network that keeps it: better generators than derivatives give.

Derivatives of a free network know the group only as well as that network knows the law. A network that keeps the group
knows the law better, and so does the frame that it fits best in: h(P^-1 x) is trained in h and P together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.contender import Contender, block_pairs, slots_of
from symdsl.discovery.coordinates import homogeneous
from symdsl.discovery.population import Copies, Fitted, GiveUp, Progress, Schedule, Targets, fit_copies
from symdsl.discovery.problem import Problem
from symdsl.discovery.surrogate import folds
from symdsl.groups.identification.closing import close
from symdsl.groups.identification.hypotheses import close_as
from symdsl.pipeline import Compilation
from symdsl.plan.initial import draw_parameters
from symdsl.plan.interpret import interpret

Array = NDArray[np.float64]
_LOOKED_AT, _DRAWS = 100, 3
_SAME = 1e-9
"""How little predictions change that are the same for all samples, over their size."""


@dataclass(frozen=True)
class Refined:
    """A contender in the frame that an ensemble agrees on, and the members, `fitted`, each in its own."""

    contender: Contender
    fitted: Fitted


def vectors_of(problem: Problem) -> Array:
    """The samples as vectors (N, slots, D) that matrices act on."""
    return homogeneous(problem).reshape(problem.samples, slots_of(problem), -1)


def copies_of(
    contender: Contender, problem: Problem, learn: Array, judge: Array, frames: Array | None = None, free: bool = False
) -> Copies:
    """Copies of a contender's network, each in its frame P (K, D, D), the contender's own by default."""
    count = len(learn)
    own = np.broadcast_to(contender.frame, (count, *contender.frame.shape)) if frames is None else frames
    outputs = None
    if contender.outputs is not None:
        outputs = np.broadcast_to(np.eye(contender.outputs.shape[-1]), (count, *contender.outputs.shape[1:]))
    return Copies(
        learn, judge, np.linalg.inv(own), outputs, learn_frames=free, tied=problem.law == "dynamics",
        affine=problem.motions == "affine", points=contender.points,
    )  # fmt: skip


def is_constant(network: Compilation, problem: Problem, contender: Contender) -> bool:
    """Whether a network with random weights says the same of all samples, as one of tensors does without invariants."""
    x = vectors_of(problem)[:_LOOKED_AT] @ np.linalg.inv(contender.frame).T
    x = x[..., :-1] if contender.points else x
    root = network.program.root
    outputs = []
    for seed in range(_DRAWS):
        weights = draw_parameters(root, seed)
        (predicted,), _ = interpret(root, "forward", [x], weights, weights)
        outputs.append(np.asarray(predicted, np.float64).reshape(len(x), -1))
    spread = max(float(np.max(np.ptp(each, axis=0))) for each in outputs)
    return spread <= _SAME * max(float(np.max(np.abs(each))) for each in outputs)


def refine(
    contender: Contender, network: Compilation, problem: Problem, targets: Targets, members: int, schedule: Schedule,
    progress: Progress, give_up: GiveUp | None = None,
) -> Refined:  # fmt: skip
    """Train the network and the frame of each member; the span that they agree on is closed and named again."""
    learn, judge = folds(problem.samples, members, schedule.seed)
    copies = copies_of(contender, problem, learn, judge, free=True)
    fitted = fit_copies(network, vectors_of(problem), targets, copies, schedule, progress, give_up)
    moved = _moved(contender, fitted)
    size = contender.generators.shape[-1]
    mean = _mean_span(moved)
    algebra = contender.identification.algebra
    # what is not semisimple closes to something else, however little it is off
    closed = close(mean) if algebra is not None and algebra.semisimple else close_as(mean, moved[0])
    better = Contender.of(closed, size)
    if better is None or better.identification.name != contender.identification.name:
        better = contender
    return Refined(better, fitted)


def _moved(contender: Contender, fitted: Fitted) -> Array:
    """The generators (K, r, D, D) of every member in its own frame, with the action on y in a second block."""
    assert fitted.frames is not None
    inverses, outputs = fitted.frames
    frames = np.linalg.inv(inverses)
    moved = frames[:, None] @ contender.base[None] @ inverses[:, None]
    if outputs is None or contender.outputs is None:
        return moved
    acted = outputs[:, None] @ contender.outputs[None] @ np.linalg.inv(outputs)[:, None]
    return np.stack([block_pairs(each, other) for each, other in zip(moved, acted, strict=True)])


def _mean_span(members: Array) -> Array:
    """The r matrices (r, D, D) nearest to the spans (K, r, D, D) of all members."""
    count, rank, size = len(members), members.shape[1], members.shape[-1]
    bases = [np.linalg.qr(each.reshape(rank, -1).T)[0] for each in members]
    stacked = np.concatenate(bases, axis=1) / np.sqrt(count)
    left, _, _ = np.linalg.svd(stacked, full_matrices=False)
    return np.ascontiguousarray(left[:, :rank].T).reshape(rank, size, size)
