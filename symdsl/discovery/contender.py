"""A group on trial: exact generators, their name, and a network that keeps the group in every frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.estimate import Candidate
from symdsl.discovery.networks import kept_network, matrices_text, matrix_group_text
from symdsl.discovery.problem import Problem
from symdsl.groups.identification.closing import Closed, close
from symdsl.groups.identification.hypotheses import closed_as_fragile
from symdsl.groups.identification.identify import Identification, identify
from symdsl.groups.identification.stability import centre_of, settle
from symdsl.pipeline import Compilation

Array = NDArray[np.float64]
MOST_HIDDEN = 1
"""Algebras that noise hides, of those near to a candidate, that are tried beside the nearest one."""
SIGMAS = 3.0
"""How many standard errors a spiral may be from a circle."""


@dataclass(frozen=True)
class Contender:
    """A closed candidate in white coordinates.

    `generators` (r, D, D) are an exact Lie algebra and `outputs` (r, m, m) its action on y, where that is moved.
    """

    closed: Closed
    generators: Array
    outputs: Array | None
    identification: Identification

    @classmethod
    def of(cls, closed: Closed | None, size: int) -> Contender | None:
        """What exact generators are, of matrices of a size D with the action on y in a second block.

        None where there are none, or some motion of y belongs to no motion of x.
        """
        if closed is None:
            return None
        inner, outer = closed.generators[:, :size, :size], closed.generators[:, size:, size:]
        if np.linalg.matrix_rank(inner.reshape(len(inner), -1), tol=1e-6) < len(inner):
            return None
        return cls(closed, inner, outer if outer.size else None, identify(inner))

    @property
    def canonical(self) -> bool:
        """Whether the network keeps a named group, in a frame; otherwise it keeps the generators as they are."""
        return self.identification.canonical is not None and self.outputs is None

    @property
    def points(self) -> bool:
        """Whether the network takes points, that the named group moves, rather than vectors (x, 1)."""
        canonical = self.identification.canonical
        return self.canonical and canonical is not None and canonical.moves_points

    @property
    def frame(self) -> Array:
        """P (D, D), such that the group is P G P^-1 with G that of the network."""
        found = self.identification.frame
        return found if self.canonical and found is not None else np.eye(self.generators.shape[-1])

    @cached_property
    def base(self) -> Array:
        """The generators (r, D, D) of the network's group G."""
        inverse = np.linalg.inv(self.frame)
        return inverse @ self.generators @ self.frame

    def network(self, problem: Problem, width: int, backend: str | None, seed: int) -> Compilation:
        """The network of a white problem that keeps the group. Raises SymdslError where there is none."""
        size = self.generators.shape[-1] - self.points
        canonical = self.identification.canonical
        group = canonical.name if self.canonical and canonical else matrix_group_text(self.generators)
        if problem.classes is not None:
            output, action = f"label(classes = {problem.classes})", None
        elif problem.law == "dynamics":
            output, action = f"vector({size}) per {slots_of(problem)}", None
        elif self.outputs is not None:
            output, action = f"vector({width})", f"matrices(generators = {matrices_text(self.outputs)})"
        else:
            output, action = f"scalar({width})", None
        kind = "point" if self.points else "vector"
        return kept_network(slots_of(problem), group, size, output, action, backend, seed, kind)


def contenders_of(candidate: Candidate) -> tuple[Contender, ...]:
    """The exact algebras that a candidate may be: those that noise hides first, nearest first, then the nearest of all.

    A circle that noise made a spiral is closed again (`stability.settle`).
    """
    size = candidate.generators.shape[-1]
    if candidate.generators.shape[-2] != size:
        return ()
    joint = candidate.generators
    if candidate.outputs is not None:
        joint = block_pairs(candidate.generators, candidate.outputs)
    nearest = close(joint)
    hidden: list[Closed] = []
    if candidate.outputs is None:
        hidden = [closed for _, closed in closed_as_fragile(joint)][:MOST_HIDDEN]
        if nearest is not None and candidate.ensemble is not None and len(candidate.ensemble):
            settled = settle(nearest, SIGMAS * centre_of(candidate.ensemble)[1])
            nearest = settled or nearest
    found: dict[str, Contender] = {}
    for closed in (*hidden, nearest):
        contender = Contender.of(closed, size)
        if contender is not None:
            found.setdefault(contender.identification.name, contender)
    return tuple(found.values())


def slots_of(problem: Problem) -> int:
    """How many vectors a sample has."""
    return int(np.prod(problem.x.shape[1:-1], dtype=np.int64))


def block_pairs(first: Array, second: Array) -> Array:
    """Block-diagonal matrices (r, d + m, d + m) of pairs."""
    size, other = first.shape[-1], second.shape[-1]
    joint = np.zeros((len(first), size + other, size + other))
    joint[:, :size, :size], joint[:, size:, size:] = first, second
    return joint
