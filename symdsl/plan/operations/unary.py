"""Elementwise functions of one real array (and the two that change or guard its type)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.elementwise import make_elementwise_rule, make_unary
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    count_nothing,
    no_jvp,
    no_vjp,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value

# (1 - x)(1 + x) at x = 1 - 1e-12: where the derivative of acos is held, so that it is finite in float32 too.
ACOS_FLOOR = 1e-12 * (2.0 - 1e-12)

_NUMPY_DTYPES = {"real": np.float64, "integer": np.int64, "boolean": np.bool_}


def _erf(x: NDArray[Any]) -> NDArray[Any]:
    from scipy.special import erf

    return erf(x)


def _sine_of_acos(g: Value, x: Value) -> Value:
    size = x.apply("absolute")
    room = (1.0 - size) * (1.0 + size)
    return -(g / room.apply("maximum", x.builder.full((), ACOS_FLOOR)).apply("sqrt"))


def _power(g: Value, x: Value, exponent: float) -> Value:
    if exponent == 0.0:
        return g * 0.0
    if exponent == 1.0:
        return g
    return g * (exponent * x.apply("power", exponent=exponent - 1.0))


def _infer_cast(operands: Types, attributes: Attributes) -> Types:
    require(attributes["dtype"] in _NUMPY_DTYPES, f"cast to {attributes['dtype']}: no such dtype")
    return (ArrayType(operands[0].shape, attributes["dtype"], operands[0].batched),)


def _evaluate_cast(arrays: Arrays, attributes: Attributes, types: Types) -> Arrays:
    return (arrays[0].astype(_NUMPY_DTYPES[attributes["dtype"]]),)


def _cast_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    both_real = application.operands[0].type.dtype == application.result.type.dtype == "real"
    return cotangents[0] if both_real else None


def _cast_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    return (_cast_vjp(application, tangents, 0),)


UNARY: tuple[Operation, ...] = (
    make_unary("negate", "-x", lambda x, a: -x, lambda g, x, y, a: -g),
    make_unary("exp", "e to the x", lambda x, a: np.exp(x), lambda g, x, y, a: g * y),
    make_unary("log", "natural logarithm", lambda x, a: np.log(x), lambda g, x, y, a: g / x),
    make_unary("sqrt", "square root", lambda x, a: np.sqrt(x), lambda g, x, y, a: (0.5 * g) / y),
    make_unary("reciprocal", "1 / x", lambda x, a: 1.0 / x, lambda g, x, y, a: -(g * y.apply("square"))),
    make_unary("square", "x * x", lambda x, a: x * x, lambda g, x, y, a: g * (2.0 * x)),
    make_unary("sin", "sine", lambda x, a: np.sin(x), lambda g, x, y, a: g * x.apply("cos")),
    make_unary("cos", "cosine", lambda x, a: np.cos(x), lambda g, x, y, a: -(g * x.apply("sin"))),
    make_unary(
        "erf",
        "the error function",
        lambda x, a: _erf(x),
        lambda g, x, y, a: g * (2.0 / np.sqrt(np.pi) * (-x.apply("square")).apply("exp")),
    ),
    make_unary("absolute", "|x|, derivative 0 at 0", lambda x, a: np.abs(x), lambda g, x, y, a: g * x.apply("sign")),
    make_unary("sign", "-1, 0 or 1", lambda x, a: np.sign(x), None),
    make_unary("step", "1 where x > 0, else 0", lambda x, a: (x > 0).astype(np.float64), None),
    make_unary("floor", "the largest integer not above x", lambda x, a: np.floor(x), None),
    make_unary(
        "acos",
        "arc cosine of x clamped to [-1, 1]; its derivative is held finite at the ends",
        lambda x, a: np.arccos(np.clip(x, -1.0, 1.0)),
        lambda g, x, y, a: _sine_of_acos(g, x),
    ),
    make_unary(
        "power",
        "x to a fixed real exponent",
        lambda x, a: np.power(x, a["exponent"]),
        lambda g, x, y, a: _power(g, x, a["exponent"]),
        attributes={"exponent": "number"},
    ),
    Operation(
        "stop_gradient",
        "the identity, whose derivative is taken to be 0",
        (1, 1),
        make_elementwise_rule(("real", "integer", "boolean"), None),
        lambda arrays, attributes, types: (arrays[0],),
        no_vjp,
        no_jvp,
        count_nothing,
    ),
    Operation(
        "cast",
        "the same numbers in another dtype (real to integer truncates; nonzero is true)",
        (1, 1),
        _infer_cast,
        _evaluate_cast,
        _cast_vjp,
        _cast_jvp,
        count_nothing,
        attributes={"dtype": "text"},
    ),
    Operation(
        "logical_not",
        "not x, for booleans",
        (1, 1),
        make_elementwise_rule(("boolean",), "boolean"),
        lambda arrays, attributes, types: (np.logical_not(arrays[0]),),
    ),
)
