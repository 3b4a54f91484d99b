"""The symmetries of a density as those of a function: the odds of the data against a normal law.

In white coordinates every g with g#P = P keeps the second moments, which are the unit matrix, so that the group lies in
O(d). The unit normal law is invariant under all of that, and so the odds have the symmetries of P, and no others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.problem import Problem
from symdsl.discovery.spans import common_span

Array = NDArray[np.float64]


def against_normal(white: Problem, seed: int) -> Problem:
    """Samples of a density in white coordinates, class 1, and as many of the unit normal law, class 0.

    Motions are looked for in so(d), and in what of the problem's own basis lies in it.
    """
    generator = np.random.default_rng([seed, 5])
    x = np.asarray(white.x, np.float64)
    labels = np.repeat([1, 0], len(x))
    mixed = np.concatenate([x, generator.standard_normal(x.shape)])
    return replace(white, x=mixed, y=labels, law="invariance", classes=2, basis=_rotations(white))


def _rotations(white: Problem) -> Array:
    """A basis (R, D, D) of so(d), acting on (x, 1) where motions are affine, within the problem's own."""
    size = white.dimension
    full = size if white.motions == "linear" else size + 1
    found = []
    for first in range(size):
        for second in range(first + 1, size):
            plane = np.zeros((full, full))
            plane[first, second], plane[second, first] = 1.0, -1.0
            found.append(plane)
    rotations = np.array(found).reshape(-1, full, full)
    if white.basis is None or not len(rotations):
        return rotations
    return common_span(rotations, np.asarray(white.basis, np.float64))
