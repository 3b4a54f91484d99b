"""Lie operators as a spec names them: `learned(by = lie_operator { .. })`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import EstimatorDeclaration


class LieOperatorOptions(BaseModel):
    """How many operators, and how long they are fitted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    operators: Annotated[int, Field(ge=1, le=8)] = Field(
        default=1, description="how many operators act on a view one after the other, from 1 to 8: a guess"
    )
    iterations: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=50, description="iterations of L-BFGS in each window of coefficients"
    )
    starts: Annotated[int, Field(ge=1, le=32)] = Field(
        default=2, description="guesses that are followed to all coefficients, the best first"
    )
    pairs: Annotated[int, Field(ge=10, le=100_000)] = Field(
        default=2000, description="the most pairs that are fitted, from 10 up"
    )


DECLARATION = EstimatorDeclaration(
    name="lie_operator",
    options=LieOperatorOptions,
    laws=frozenset({"views"}),
    summary="Operators whose exponentials carry one view to the other, the coefficient of each pair unknown.",
    citation=(
        "R. P. N. Rao, D. L. Ruderman: Learning Lie groups for invariant visual perception. Advances in Neural "
        "Information Processing Systems 11 (1999); J. Sohl-Dickstein, C. M. Wang, B. A. Olshausen: An unsupervised "
        "algorithm for learning Lie group transformations, arXiv:1001.1027."
    ),
    implementation="symdsl.discovery.estimators.lie_operator.estimator:estimate",
    notes=(
        "Pairs x, y are vectors with y = exp(s G) x, and s is another in each pair. Alternating least squares at first "
        "order, the small-coefficient limit of Rao & Ruderman, fails for large shifts: images of one pixel's shift "
        "agree in slow modes alone. So guesses are made in a few slow modes (the regression of y on x is the blurred "
        "operator, whose slow modes are the operator's), followed to all modes over pairs of small coefficients, and "
        "widened to all pairs with Gaussian coefficients, whose deviations shrink by themselves. One pass costs two "
        "products of matrices on the spectrum.",
        "Matrices act on the span of the views and are 0 off it. The scale of (G, s) is arbitrary: generators are "
        "orthonormal. Eigenvectors must be enough; a nilpotent operator is approached by ones that have them.",
    ),
)
