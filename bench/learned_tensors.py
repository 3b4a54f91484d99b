"""Invariant tensors of learned groups against those of the groups that they are: as many, and the same ones.

python -m bench.learned_tensors    two minutes on one core: 16 groups, five seeds each, ranks up to 4

Each learned group is a random conjugate (condition number 2) with a random basis, 5% of noise in every generator, and
closed; those that noise hides are closed with their algebra as hypothesis. Its tensors are solved by the general road.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.record import Row, record
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.combinations import tensor_power
from symdsl.groups.families.affine import heisenberg, poincare, special_euclidean
from symdsl.groups.families.catalogue import matrix_group, product, special_orthogonal
from symdsl.groups.families.classical import general_linear, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.group import Group
from symdsl.groups.identification.closing import close
from symdsl.groups.identification.hypotheses import close_as
from symdsl.groups.identification.identify import identify
from symdsl.groups.identification.stability import settle
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Trivial

NOISE, SEEDS, CONDITION = 0.05, 5, 2.0
RIGID: dict[str, Group] = {
    "so(3)": special_orthogonal(3),
    "so(4)": special_orthogonal(4),
    "so(5)": special_orthogonal(5),
    "so(1,2)": special_orthogonal(1, 2),
    "so(1,3)": special_orthogonal(1, 3),
    "so(2,2)": special_orthogonal(2, 2),
    "su(2)": special_unitary(2),
    "su(3)": special_unitary(3),
    "u(2)": unitary(2),
    "sp(4,R)": symplectic(4),
    "sl(3,R)": special_linear(3),
    "gl(2,R)": general_linear(2),
    "so(3) + so(2)": product(special_orthogonal(3), special_orthogonal(2)),
}
FRAGILE: dict[str, Group] = {"se(2)": special_euclidean(2), "heisenberg(3)": heisenberg(), "iso(1,2)": poincare(3)}
RANKS = [(upper, lower) for rank in range(1, 5) for lower in range(rank + 1) for upper in (rank - lower,)]


@dataclass
class Tally:
    """What was compared of one group: spaces of tensors, how many agree, and the worst angle between them."""

    spaces: int = 0
    equal: int = 0
    angle: float = 0.0
    named: int = 0


def learned_generators(name: str, group: Group, seed: int) -> Array | None:
    """Noisy generators of a random conjugate, closed."""
    generator = np.random.default_rng([seed, group.dimension, len(group.lie_algebra)])
    turns = [np.linalg.qr(generator.standard_normal((group.dimension,) * 2))[0] for _ in range(2)]
    change = turns[0] * np.geomspace(1.0, CONDITION, group.dimension) @ turns[1]
    algebra = change @ group.lie_algebra @ np.linalg.inv(change)
    mixed = np.tensordot(generator.standard_normal((len(algebra),) * 2), algebra, axes=1).reshape(len(algebra), -1)
    basis = np.linalg.qr(mixed.T)[0].T.reshape(algebra.shape)
    errors = generator.standard_normal(basis.shape)
    noisy = basis + NOISE * errors / np.linalg.norm(errors, axis=(1, 2), keepdims=True)
    closed = close_as(noisy, group.lie_algebra) if name in FRAGILE else close(noisy)
    if closed is None:
        return None
    return (settle(closed, 3.0 * NOISE) or closed).generators


def compare(name: str, group: Group, generators: Array, tally: Tally) -> None:
    """The tensors of one learned group, by dimension, and where the name gave coordinates by the tensors themselves."""
    found = identify(generators)
    tally.named += found.name == name
    learned = matrix_group(generators)
    connected = matrix_group(group.lie_algebra)
    exact = found.canonical if found.frame is not None else None
    for upper, lower in RANKS:
        space, other = (tensor_power(each, upper, lower) for each in (learned, connected))
        basis = hom_basis(Trivial(learned), space)[:, :, 0]
        count = hom_dimension(Trivial(connected), other)
        tally.spaces += 1
        tally.equal += len(basis) == count == hom_dimension(Trivial(learned), space)
        if exact is None or found.frame is None or not len(basis) or len(basis) != count:
            continue
        own = matrix_group(exact.lie_algebra)
        theirs = hom_basis(Trivial(own), tensor_power(own, upper, lower))[:, :, 0]
        moved = moved_tensors(theirs, found.frame, upper, lower)
        rows = np.linalg.qr(moved.T)[0].T
        tally.angle = max(tally.angle, float(np.linalg.norm(rows - rows @ basis.T @ basis, 2)))


def moved_tensors(tensors: Array, frame: Array, upper: int, lower: int) -> Array:
    """Tensors (k, d^(p + q)) in the coordinates P x: P on every upper index, P^-T on every lower one."""
    size = len(frame)
    moved = tensors.reshape(len(tensors), *(size,) * (upper + lower))
    for place in range(upper + lower):
        change = frame if place < upper else np.linalg.inv(frame).T
        moved = np.tensordot(moved, change, axes=(1, 1))
    return moved.reshape(len(tensors), -1)


def rows() -> Iterator[Row]:
    """A row for each group."""
    for name, group in (RIGID | FRAGILE).items():
        tally, start, closed = Tally(), time.perf_counter(), 0
        for seed in range(SEEDS):
            generators = learned_generators(name, group, seed)
            if generators is not None:
                closed += 1
                compare(name, group, generators, tally)
        seconds = time.perf_counter() - start
        how = "closed by hypothesis" if name in FRAGILE else "closed"
        yield Row(
            f"{name}: {closed} of {SEEDS} {how}, {tally.named} named; spaces of tensors of the same dimension "
            f"({seconds:.0f} s)",
            f"{tally.equal} of {tally.spaces}", "all", closed == SEEDS and tally.equal == tally.spaces > 0,
        )  # fmt: skip
        yield Row(f"{name}: largest sine between them and those of the exact group, moved", f"{tally.angle:.1e}",
                  "< 1e-8", tally.angle < 1e-8)  # fmt: skip


def main() -> None:
    """Measure, print and record."""
    notes = (
        f"Random conjugates of condition number {CONDITION:g}, {NOISE:.0%} of noise in each orthonormal generator, "
        f"{SEEDS} seeds. Tensors of p upper and q lower indices, p + q from 1 to 4, solved from the generators alone.",
    )
    record(
        "learned_tensors", "Invariant tensors of learned groups", "python -m bench.learned_tensors", list(rows()), notes
    )


if __name__ == "__main__":
    main()
