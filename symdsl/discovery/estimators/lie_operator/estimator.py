"""Lie operators: pairs of views, the operators that carry one to the other, and how well they do on other pairs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.estimate import Candidate, Estimate, Watch
from symdsl.discovery.estimators.lie_operator.chain import Operator
from symdsl.discovery.estimators.lie_operator.declaration import DECLARATION, LieOperatorOptions
from symdsl.discovery.estimators.lie_operator.infer import errors, infer
from symdsl.discovery.estimators.lie_operator.learn import learn, learn_known
from symdsl.discovery.estimators.lie_operator.smoothed import Pairs
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.spans import common_span, orthonormal, verify_linear

Array = NDArray[np.float64]
SPAN: Final = 1e-6
WITHIN: Final = 0.95
SLOWEST: Final = 0.02
"""Eigenvalues below this part of the largest are noise and take no part in a period."""


def estimate(
    problem: Problem, options: Options, settings: LieOperatorOptions, watch: Watch, coefficients: Array | None = None
) -> Estimate:
    """The operators of pairs of views, coefficients unknown or given, (N,) or (r, N).

    Rao & Ruderman 1999; Sohl-Dickstein, Wang & Olshausen, arXiv 1001.1027. Raises SymdslError: SYM1351 for too few
    pairs, SYM1352 for views that are no vectors or are the same, SYM1350 for other laws and motions.
    """
    verify_linear(problem, DECLARATION)
    x, y = views_of(problem)
    random = np.random.default_rng(options.seed)
    chosen = np.sort(random.permutation(len(x))[: settings.pairs])
    basis = span_of(x[chosen])
    rank = settings.operators if coefficients is None else len(np.atleast_2d(coefficients))
    needed = max(10, 2 * rank * basis.shape[1])
    if len(chosen) < needed:
        message = f"{len(chosen):,} pairs of views are too few for {rank} operator{'s'[: rank > 1]}"
        note = f"the views span {basis.shape[1]} dimensions, and 2 pairs are needed for each: {needed:,}"
        hint = "give more pairs, or coarser views"
        raise SymdslError(Diagnostic("SYM1351", message, notes=(note,), hint=hint), exit_code=2)
    pairs = Pairs(x[chosen] @ basis, y[chosen] @ basis)
    watch.stage("Lie operators", 1)
    if coefficients is None:
        fit = learn(pairs, rank, random, settings.iterations, settings.starts)
    else:
        fit = learn_known(pairs, np.atleast_2d(coefficients)[:, chosen], settings.iterations)
    watch.step()
    generators = orthonormal(basis @ fit.matrices @ basis.T)
    if problem.basis is not None:
        generators = common_span(generators, np.asarray(problem.basis, np.float64), WITHIN)
    figures = {
        "left of the change": fit.loss,
        "dimensions of the views": float(basis.shape[1]),
        "median deviation of a coefficient": float(np.median(np.abs(fit.sigma)) / (np.std(fit.mu) + 1e-300)),
    }
    arrays = {"coefficients": fit.mu, "frequencies": np.sort(np.linalg.eigvals(fit.matrices[0]).imag)}
    candidates = (Candidate(generators),) if len(generators) else ()
    return Estimate(candidates, None, figures, arrays)


def views_of(problem: Problem) -> tuple[Array, Array]:
    """Both views (N, d). Raises SymdslError (SYM1352) where they are no vectors, or everywhere the same."""
    if problem.y is None or problem.x.ndim != 2:
        message = f"views of shape {problem.x.shape[1:]} are no vectors"
        hint = "reshape each to one axis: every number of a view is a coordinate that an operator mixes"
        raise SymdslError(Diagnostic("SYM1352", message, hint=hint), exit_code=2)
    x, y = np.asarray(problem.x, np.float64), np.asarray(problem.y, np.float64)
    if np.allclose(x, y, rtol=1e-9, atol=1e-12):
        message = f"`{problem.names[0]}` and `{problem.names[1]}` are the same views"
        hint = "give pairs of different views of the same thing"
        raise SymdslError(Diagnostic("SYM1352", message, hint=hint), exit_code=2)
    return x, y


def span_of(x: Array) -> Array:
    """An orthonormal basis (d, k) of what the views (N, d) vary in, about the origin."""
    _, sizes, rows = np.linalg.svd(x, full_matrices=False)
    return np.ascontiguousarray(rows[sizes > SPAN * sizes[0]].T)


def held_out(problem: Problem, generators: Array) -> Array:
    """How far the second view of each pair (N,) is from the nearest image of the first, squared.

    `generators` (r, d, d): images are exp(s_r G_r) .. exp(s_1 G_1) x over a period of the slowest eigenvalue.
    """
    x, y = views_of(problem)
    reach = np.array([period(Operator.of(matrix)) / 2 for matrix in generators])
    found = infer(generators, x, y, reach)
    return errors([Operator.of(matrix) for matrix in generators], found, x, y)


def period(operator: Operator) -> float:
    """The time in which the slowest eigenvector of an operator turns, or grows e^(2 pi) times."""
    sizes = np.abs(operator.values)
    return float(2 * np.pi / np.min(sizes[sizes > SLOWEST * sizes.max(initial=1e-300)], initial=np.inf))
