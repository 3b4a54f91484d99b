"""Whether matrices really are a representation: the homomorphism law, measured."""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.matrices import Array, exponential
from symdsl.groups.representation import Representation


def homomorphism_error(representation: Representation, samples: Array) -> float:
    """max |rho(gh) - rho(g) rho(h)| / max(1, |rho(g)| |rho(h)|) over successive samples (count, d, d)."""
    left, right = samples, np.roll(samples, 1, axis=0)
    product = representation.matrix(left @ right)
    factors = representation.matrix(left), representation.matrix(right)
    scale = np.prod([np.max(np.abs(factor), axis=(-2, -1)) for factor in factors], axis=0)
    error = np.max(np.abs(product - factors[0] @ factors[1]), axis=(-2, -1))
    return float(np.max(error / np.maximum(1.0, scale), initial=0.0))


def derivative_error(representation: Representation) -> float:
    """max |rho(exp A) - exp drho(A)| / max(1, |rho(exp A)|) over the Lie-algebra generators."""
    generators = representation.group.lie_algebra
    if not len(generators):
        return 0.0
    image = representation.matrix(exponential(generators))
    error = np.max(np.abs(image - exponential(representation.algebra_matrix(generators))), axis=(-2, -1))
    return float(np.max(error / np.maximum(1.0, np.max(np.abs(image), axis=(-2, -1)))))


def is_homomorphism(representation: Representation, samples: Array, tolerance: float = 1e-10) -> bool:
    """Whether rho(gh) = rho(g) rho(h) on samples (count, d, d), and drho is its derivative, within `tolerance`."""
    error = max(homomorphism_error(representation, samples), derivative_error(representation))
    return error <= tolerance
