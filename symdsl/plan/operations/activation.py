"""Activation functions: smooth or rectified elementwise functions."""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.operations.elementwise import make_unary
from symdsl.plan.operations.operation import Operation

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _logistic(x: NDArray[Any]) -> NDArray[Any]:
    from scipy.special import expit

    return expit(x)


def _normal_cdf(x: NDArray[Any]) -> NDArray[Any]:
    from scipy.special import ndtr

    return ndtr(x)


def _sigmoid(g: Value, y: Value) -> Value:
    return g * (y * (1.0 - y))


def _silu(g: Value, x: Value, y: Value) -> Value:
    logistic = x.apply("sigmoid")
    return g * (logistic + y * (1.0 - logistic))


def _elu(g: Value, x: Value, y: Value, alpha: float) -> Value:
    positive = x.builder.full((), 0.0).apply("less", x)
    return positive.apply("where", g, g * (y + alpha))


def _gelu(g: Value, x: Value) -> Value:
    cdf = 0.5 * (1.0 + (x * (1.0 / sqrt(2.0))).apply("erf"))
    density = (1.0 / sqrt(2.0 * pi)) * (-0.5 * x.apply("square")).apply("exp")
    return g * (cdf + x * density)


ACTIVATION: tuple[Operation, ...] = (
    make_unary(
        "tanh",
        "hyperbolic tangent",
        lambda x, a: np.tanh(x),
        lambda g, x, y, a: g.apply("tanh_slope", y),
    ),
    make_unary("sigmoid", "1 / (1 + exp(-x))", lambda x, a: _logistic(x), lambda g, x, y, a: _sigmoid(g, y)),
    make_unary(
        "relu",
        "max(x, 0), derivative 0 at 0",
        lambda x, a: np.where(x > 0, x, 0.0),
        lambda g, x, y, a: g * x.apply("step"),
    ),
    make_unary(
        "softplus",
        "log(exp(x) + 1)",
        lambda x, a: np.logaddexp(x, 0.0),
        lambda g, x, y, a: g * x.apply("sigmoid"),
    ),
    make_unary("silu", "x sigmoid(x)", lambda x, a: x * _logistic(x), lambda g, x, y, a: _silu(g, x, y)),
    make_unary(
        "elu",
        "x where x > 0, else alpha (exp(x) - 1)",
        lambda x, a: np.where(x > 0, x, a["alpha"] * np.expm1(np.minimum(x, 0.0))),
        lambda g, x, y, a: _elu(g, x, y, a["alpha"]),
        attributes={"alpha": "number"},
        defaults={"alpha": 1.0},
    ),
    make_unary(
        "gelu",
        "x times the normal distribution function at x (the erf form)",
        lambda x, a: x * _normal_cdf(x),
        lambda g, x, y, a: _gelu(g, x),
    ),
)
