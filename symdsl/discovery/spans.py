"""Spans of matrices, and what an estimator of linear motions can be asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.check.declaration import EstimatorDeclaration
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.problem import Problem

Array = NDArray[np.float64]
EXACT = 1 - 1e-9


def orthonormal(matrices: Array) -> Array:
    """An orthonormal basis (s, d, d) of the span of matrices (r, d, d), s <= r."""
    rows = matrices.reshape(len(matrices), -1)
    _, values, directions = np.linalg.svd(rows, full_matrices=False)
    kept = values > 1e-9 * values.max(initial=0.0)
    return directions[kept].reshape(-1, *matrices.shape[1:])


def common_span(first: Array, second: Array, least: float = EXACT) -> Array:
    """An orthonormal basis of what of the span of `first` lies in that of `second`, within a principal cosine."""
    one, two = (orthonormal(each).reshape(-1, first[0].size) for each in (first, second))
    inside, cosines, _ = np.linalg.svd(one @ two.T, full_matrices=False)
    return (inside[:, cosines >= least].T @ one).reshape(-1, *first.shape[1:])


def verify_linear(problem: Problem, declaration: EstimatorDeclaration) -> None:
    """Raises SymdslError (SYM1350) for a law that the estimator does not solve, and for motions that are not linear."""
    fault = None
    if problem.law not in declaration.laws:
        known = ", ".join(sorted(declaration.laws))
        fault = f"`{declaration.name}` does not look for {problem.law}: it solves {known}"
    elif problem.motions != "linear":
        fault = f"`{declaration.name}` looks for linear motions, and {problem.motions} ones are asked for"
    if fault:
        raise SymdslError(Diagnostic("SYM1350", fault, hint="write by null_space"), exit_code=2)
