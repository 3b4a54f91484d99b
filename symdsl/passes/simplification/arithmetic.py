"""Rules of elementwise arithmetic: neutral elements, signs, constant factors, powers."""

from __future__ import annotations

from symdsl.passes.simplification.uniform import make_uniform, number_of
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.operation import Attributes
from symdsl.plan.operations.registry import operation_of
from symdsl.plan.value import Value

_EXPONENTS = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal"}


def _operands_of(value: Value, operation: str) -> tuple[Value, ...] | None:
    node = value.builder.node_at(value.index)
    return tuple(value.builder.value(index) for index in node.operands) if node.op == operation else None


def _negated(value: Value) -> Value | None:
    """x where the value is -x."""
    found = _operands_of(value, "negate")
    return found[0] if found else None


def _scaled(value: Value) -> tuple[float, Value] | None:
    """(c, x) where the value is c x, x of the same type."""
    found = _operands_of(value, "multiply")
    for one, other in ((0, 1), (1, 0)) if found else ():
        assert found is not None
        number = number_of(found[one])
        if number is not None and found[other].type == value.type:
            return number, found[other]
    return None


def simplify_arithmetic(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """One step of simplification of an arithmetic operation on reals; None where nothing applies."""
    if any(value.type.dtype != "real" for value in operands):
        return None
    if operation == "power":
        return _power(operands[0], attributes["exponent"], builder)
    if operation == "negate":
        return _negate(operands[0])
    if operation == "square":
        inner = _negated(operands[0])
        return None if inner is None else inner.apply("square")
    if operation == "tanh_slope":
        return _tanh_slope(operands[0], operands[1])
    if operation not in ("add", "subtract", "multiply", "divide"):
        return None
    result = operation_of(operation).result_types(tuple(value.type for value in operands), attributes)[0]
    rule = {"add": _add, "subtract": _subtract, "multiply": _multiply, "divide": _divide}[operation]
    return rule(operands[0], operands[1], result)


def _tanh_slope(x: Value, y: Value) -> Value | None:
    # One kernel serves operands of one type; a number, or an operand that stretches, is cheaper as a product.
    if x.type == y.type and number_of(x) is None:
        return None
    return x * (1.0 - y.apply("square"))


def _power(x: Value, exponent: float, builder: MethodBuilder) -> Value | None:
    if exponent == 1.0:
        return x
    if exponent == 0.0:
        return make_uniform(builder, x.type, 1.0)
    return x.apply(_EXPONENTS[exponent]) if exponent in _EXPONENTS else None


def _negate(x: Value) -> Value | None:
    inner = _negated(x)
    if inner is not None:
        return inner
    difference = _operands_of(x, "subtract")
    if difference is not None:
        return difference[1] - difference[0]
    scaled = _scaled(x)
    return None if scaled is None else scaled[1] * -scaled[0]


def _add(x: Value, y: Value, result: ArrayType) -> Value | None:
    for one, other in ((x, y), (y, x)):
        if number_of(other) == 0.0 and one.type == result:
            return one
        inner = _negated(other)
        if inner is not None:
            return one - inner
    return None


def _subtract(x: Value, y: Value, result: ArrayType) -> Value | None:
    if number_of(y) == 0.0 and x.type == result:
        return x
    if number_of(x) == 0.0 and y.type == result:
        return -y
    inner = _negated(y)
    return None if inner is None else x + inner


def _multiply(x: Value, y: Value, result: ArrayType) -> Value | None:
    for one, other in ((x, y), (y, x)):
        number = number_of(other)
        if number == 0.0:
            return make_uniform(x.builder, result, 0.0)
        if number is not None and one.type == result:
            if number == 1.0:
                return one
            if number == -1.0:
                return -one
            scaled = _scaled(one)
            inner = _negated(one)
            if scaled is not None:
                return scaled[1] * (number * scaled[0])
            if inner is not None:
                return inner * -number
        inner = _negated(other)
        if inner is not None:
            return -(one * inner)
    both = _scaled(x), _scaled(y)
    if both[0] is not None and both[1] is not None:
        return (both[0][1] * both[1][1]) * (both[0][0] * both[1][0])
    return x.apply("square") if x.index == y.index else None


def _divide(x: Value, y: Value, result: ArrayType) -> Value | None:
    if number_of(y) == 1.0 and x.type == result:
        return x
    if number_of(x) == 0.0:
        return make_uniform(x.builder, result, 0.0)
    if number_of(x) == 1.0 and y.type == result:
        return y.apply("reciprocal")
    for place, value in enumerate((x, y)):
        inner = _negated(value)
        if inner is not None:
            return -(inner / y) if place == 0 else -(x / inner)
    return None
