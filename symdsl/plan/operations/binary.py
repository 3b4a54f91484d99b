"""Elementwise functions of two arrays, and comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.operations.elementwise import make_binary
from symdsl.plan.operations.operation import Operation

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _divide(g: Value, x: Value, y: Value, z: Value, position: int) -> Value:
    return g / y if position == 0 else -((g * z) / y)


def _share(g: Value, greater: Value, lesser: Value) -> Value:
    # 1 where this operand wins, one half at a tie.
    wins = lesser.apply("less", greater).apply("cast", dtype="real")
    ties = lesser.apply("equal", greater).apply("cast", dtype="real")
    return g * (wins + 0.5 * ties)


def _maximum(g: Value, x: Value, y: Value, z: Value, position: int) -> Value:
    return _share(g, x, y) if position == 0 else _share(g, y, x)


def _minimum(g: Value, x: Value, y: Value, z: Value, position: int) -> Value:
    return _share(g, y, x) if position == 0 else _share(g, x, y)


def _atan2(g: Value, y: Value, x: Value, z: Value, position: int) -> Value:
    # d atan2(y, x) = (x dy - y dx) / (x^2 + y^2); at the origin the numerator is 0 and the denominator made 1.
    squared = x.apply("square") + y.apply("square")
    origin = squared.apply("equal", x.builder.full((), 0.0))
    safe = origin.apply("where", x.builder.full((), 1.0), squared)
    return g * (x / safe) if position == 0 else -(g * (y / safe))


def _angle(y: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    # Adding 0.0 turns -0.0 into 0.0, so that the origin has the angle 0 whatever its signs.
    return np.arctan2(y + 0.0, x + 0.0)


def _tanh_slope(g: Value, x: Value, y: Value, z: Value, position: int) -> Value:
    return g.apply("tanh_slope", y) if position == 0 else g * (x * y * -2.0)


BINARY: tuple[Operation, ...] = (
    make_binary("add", "x + y", np.add, lambda g, x, y, z, k: g, ("real", "integer")),
    make_binary("subtract", "x - y", np.subtract, lambda g, x, y, z, k: g if k == 0 else -g, ("real", "integer")),
    make_binary("multiply", "x y", np.multiply, lambda g, x, y, z, k: g * (y if k == 0 else x), ("real", "integer")),
    make_binary("divide", "x / y", np.divide, _divide),
    make_binary("maximum", "the larger; a tie shares the derivative equally", np.maximum, _maximum),
    make_binary("minimum", "the smaller; a tie shares the derivative equally", np.minimum, _minimum),
    make_binary("atan2", "the angle of (x, y) from atan2(y, x); 0 with derivative 0 at the origin", _angle, _atan2),
    make_binary("tanh_slope", "x (1 - y^2), x times the slope of y = tanh", lambda x, y: x * (1 - y * y), _tanh_slope),
    make_binary("less", "x < y", np.less, None, ("real", "integer"), "boolean"),
    make_binary("less_equal", "x <= y", np.less_equal, None, ("real", "integer"), "boolean"),
    make_binary("equal", "x == y", np.equal, None, ("real", "integer", "boolean"), "boolean"),
    make_binary("logical_and", "x and y", np.logical_and, None, ("boolean",), "boolean"),
)
