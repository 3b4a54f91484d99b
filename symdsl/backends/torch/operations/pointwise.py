"""Elementwise operations and choices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.torch.code import COMPARISON, CONJUNCTION, POWER, PRODUCT, SIGN, SUM, Code, Emitter, Site


def _function(name: str) -> Emitter:
    return lambda site: site.call(name, site.operand())


def _emit_relu(site: Site) -> Code:
    return site.call("F.relu", site.operand(), *(["inplace=True"] if site.fresh else []))


def _emit_tanh_slope(site: Site) -> Code:
    return site.call("tanh_slope", site.operand(0), site.operand(1))


def _method(name: str) -> Emitter:
    return lambda site: site.method(name)


def _prefix(symbol: str) -> Emitter:
    return lambda site: Code(f"{symbol}{site.atom()}", SIGN)


def _infix(symbol: str, precedence: int, both_same: bool) -> Emitter:
    """left symbol right; `both_same` where the operator is associative, so that the right side needs no brackets."""

    def emit(site: Site) -> Code:
        left, right = site.operands
        if left.literal and right.literal:
            left = Code(site.tensor(left))
        if precedence == COMPARISON:
            return Code(f"{left.within(CONJUNCTION + 1)} {symbol} {right.within(CONJUNCTION + 1)}", COMPARISON)
        # Brackets on the right of - and /, and of + and *, too: rounding follows the order of the plan.
        inner = precedence if both_same and right.literal else precedence + 1
        return Code(f"{left.within(precedence)} {symbol} {right.within(inner)}", precedence)

    return emit


def _two_tensors(name: str) -> Emitter:
    return lambda site: site.call(name, site.operand(0), site.operand(1))


def _emit_power(site: Site) -> Code:
    return Code(f"{site.atom()} ** {_signed(site.attribute('exponent'))}", POWER)


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _emit_cast(site: Site) -> Code:
    kinds = {"real": f"{site.anchor}.dtype", "integer": "torch.int64", "boolean": "torch.bool"}
    return site.method("to", kinds[site.value("dtype")])


def _emit_step(site: Site) -> Code:
    return Code(f"({site.operands[0].within(CONJUNCTION + 1)} > 0).to({site.anchor}.dtype)")


def _emit_where(site: Site) -> Code:
    condition, left, right = site.operands
    first = site.tensor(left) if left.literal and right.literal else left.text
    return site.call("torch.where", condition.text, first, right.text)


def _emit_gelu(site: Site) -> Code:
    return site.call("F.gelu", site.operand())


def _emit_elu(site: Site) -> Code:
    alpha = site.value("alpha")
    return site.call("F.elu", site.operand(), *(() if alpha == 1.0 else (f"alpha={site.attribute('alpha')}",)))


def _emit_softplus(site: Site) -> Code:
    # F.softplus turns linear above 20.
    return site.call("torch.logaddexp", site.operand(), f"{site.anchor}.new_zeros(())")


POINTWISE: Mapping[str, Emitter] = MappingProxyType(
    {
        "negate": _prefix("-"),
        "logical_not": _prefix("~"),
        "exp": _function("torch.exp"),
        "log": _function("torch.log"),
        "sqrt": _function("torch.sqrt"),
        "reciprocal": _function("torch.reciprocal"),
        "square": _function("torch.square"),
        "sin": _function("torch.sin"),
        "cos": _function("torch.cos"),
        "tanh": _function("torch.tanh"),
        "sigmoid": _function("torch.sigmoid"),
        "relu": _emit_relu,
        "silu": _function("F.silu"),
        "erf": _function("torch.erf"),
        "absolute": _function("torch.abs"),
        "sign": _function("torch.sign"),
        "floor": _function("torch.floor"),
        "acos": _function("safe_acos"),
        "stop_gradient": _method("detach"),
        "softplus": _emit_softplus,
        "gelu": _emit_gelu,
        "elu": _emit_elu,
        "step": _emit_step,
        "power": _emit_power,
        "cast": _emit_cast,
        "add": _infix("+", SUM, True),
        "subtract": _infix("-", SUM, False),
        "multiply": _infix("*", PRODUCT, True),
        "divide": _infix("/", PRODUCT, False),
        "maximum": _two_tensors("torch.maximum"),
        "minimum": _two_tensors("torch.minimum"),
        "atan2": _two_tensors("safe_atan2"),
        "tanh_slope": _emit_tanh_slope,
        "less": _infix("<", COMPARISON, False),
        "less_equal": _infix("<=", COMPARISON, False),
        "equal": _infix("==", COMPARISON, False),
        "logical_and": _infix("&", CONJUNCTION, True),
        "where": _emit_where,
    }
)
