"""Which entries of an array share one scale, so that scaling commutes with every group that moves the array.

A diagonal matrix D commutes with rho(g) for all g exactly where D_i = D_j whenever rho(g)_ij != 0 for a generator g, so
the finest scales are the connected components of the generators. Components are closed to products of blocks along the
axes, which are coarser and therefore safe, and keep a statistic a small array.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.groups.actions.action import Action, Factor, Offset
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.representation import Representation, Trivial

Labels = tuple[int, ...]
Indices = NDArray[np.int64]

SUPPORT = 1e-12
"""Relative size below which an entry of a generator is rounding."""


@dataclass(frozen=True)
class Blocks:
    """Per-axis labels of an array's entries: those with equal labels along every axis share one statistic.

    Labels are numbered from 0 in order of appearance.
    """

    axes: tuple[Labels, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a statistic: the number of blocks along each axis."""
        return tuple(max(labels, default=-1) + 1 for labels in self.axes)

    @property
    def count(self) -> int:
        """How many blocks there are."""
        return math.prod(self.shape)

    def joined(self, axes: Iterable[int]) -> Blocks:
        """All entries along each of these axes in one block."""
        chosen = frozenset(axes)
        return Blocks(
            tuple((0,) * len(labels) if axis in chosen else labels for axis, labels in enumerate(self.axes))
        )

    def expand(self, statistic: Array) -> Array:
        """A statistic (*shape) as an array of the shape of one sample."""
        for axis, labels in enumerate(self.axes):
            statistic = np.take(statistic, np.asarray(labels, dtype=np.int64), axis=axis)
        return statistic

    def reduce(self, array: Array) -> Array:
        """Sums of an array (samples, *sample shape) over samples and the entries of each block: (*shape)."""
        total = array.sum(axis=0)
        for axis, labels in enumerate(self.axes):
            order = np.argsort(labels, kind="stable")
            _, starts = np.unique(np.asarray(labels)[order], return_index=True)
            total = np.add.reduceat(total.take(order, axis=axis), starts, axis=axis)
        return total

    def sizes(self) -> Array:
        """How many entries of a sample each block has: (*shape)."""
        return self.reduce(np.ones((1, *(len(labels) for labels in self.axes))))

    def contains(self, finer: Blocks) -> bool:
        """Whether every block of `finer` lies inside a block of this one."""
        return all(
            len(set(zip(fine, coarse, strict=True))) == len(set(fine))
            for fine, coarse in zip(finer.axes, self.axes, strict=True)
        )


def separate_blocks(shape: tuple[int, ...]) -> Blocks:
    """Every entry its own block."""
    return Blocks(tuple(tuple(range(size)) for size in shape))


def common_blocks(shape: tuple[int, ...], actions: Iterable[Action]) -> Blocks:
    """The finest blocks, of the kind that `Blocks` can say, whose scales commute with every action.

    An offset moves x -> x + b; a scaled array moves by the scaled offset, so that its coordinates share one scale.
    """
    blocks = separate_blocks(shape)
    for action in actions:
        for factor in action.factors:
            blocks = _linked(blocks, factor)
        if action.geometry is not None:
            # An offset claims no axis, but moves the coordinates along one by numbers of one unit.
            moved = action.geometry
            blocks = blocks.joined((moved.axis,) if isinstance(moved, Offset) else moved.axes(shape))
    return blocks


def keeps_constants(action: Action) -> bool:
    """Whether the action leaves alone every array that is constant on its blocks: it only moves entries about.

    Then a number that entries share can be subtracted from them. Pixels turn about the centre exactly where the grid is
    mapped to itself; the zeros that come in elsewhere are no part of a promise.
    """
    if isinstance(action.geometry, Offset):
        return False
    for _, representation in action.factors:
        if not representation.is_permutation:
            ones, group = np.ones(representation.dimension), representation.group
            moved = (
                representation.algebra_matrix(group.lie_algebra) @ ones,
                representation.matrix(group.discrete) @ ones - ones,
            )
            if any(np.max(np.abs(each), initial=0.0) > SUPPORT for each in moved):
                return False
    return True


def _linked(blocks: Blocks, factor: Factor) -> Blocks:
    """Entries that the factor mixes come into one block along each of its axes."""
    axes, representation = factor
    sizes = tuple(len(blocks.axes[axis]) for axis in axes)
    first, second = (np.unravel_index(indices, sizes) for indices in _mixed_pairs(representation))
    labels = list(blocks.axes)
    for place, axis in enumerate(axes):
        pairs = np.unique(np.stack([first[place], second[place]], axis=1), axis=0)
        labels[axis] = _merge(labels[axis], pairs.tolist())
    return Blocks(tuple(labels))


def _mixed_pairs(representation: Representation) -> tuple[Indices, Indices]:
    """(i, j) with rho(g)_ij != 0 for a generator g."""
    group, size = representation.group, representation.dimension
    if isinstance(representation, Trivial):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if representation.is_permutation and not len(group.lie_algebra):
        targets = [representation.permutation_of(element) for element in group.discrete]
        return np.concatenate(targets or [np.arange(size)]), np.tile(np.arange(size), max(1, len(targets)))
    matrices = np.concatenate([
        representation.algebra_matrix(group.lie_algebra),
        representation.matrix(group.discrete),
    ])  # fmt: skip
    largest = np.max(np.abs(matrices), initial=1.0)
    rows, columns = np.nonzero(np.any(np.abs(matrices) > SUPPORT * largest, axis=0))
    return rows, columns


def _merge(labels: Labels, pairs: list[list[int]]) -> Labels:
    """The labels after those of both indices of each pair are made one."""
    parents = list(range(max(labels, default=-1) + 1))

    def root(label: int) -> int:
        while parents[label] != label:
            parents[label] = parents[parents[label]]
            label = parents[label]
        return label

    for one, other in pairs:
        parents[root(labels[one])] = root(labels[other])
    number: dict[int, int] = {}
    return tuple(number.setdefault(root(label), len(number)) for label in labels)
