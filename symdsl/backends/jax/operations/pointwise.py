"""Elementwise operations, choices and fills."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.jax.code import (
    ATOM,
    COMPARISON,
    PRODUCT,
    SIGN,
    SUM,
    Code,
    Emitter,
    Site,
    print_value,
)


def _call(function: str) -> Emitter:
    return lambda site: site.call(function)


def _infix(symbol: str, precedence: int) -> Emitter:
    def emit(site: Site) -> Code:
        first, second = site.operands
        text = f"{first.within(max(precedence, SUM))} {symbol} {second.within(precedence + 1)}"
        return Code(text, precedence, literal=first.literal and second.literal)

    return emit


def _negate(site: Site) -> Code:
    return Code(f"-{site.operands[0].within(SIGN)}", SIGN)


def _reciprocal(site: Site) -> Code:
    return Code(f"1.0 / {site.operands[0].within(SIGN)}", PRODUCT)


def _step(site: Site) -> Code:
    return Code(f"({site.operands[0].within(SUM)} > 0).astype({site.dtype})")


def _softplus(site: Site) -> Code:
    return site.call("jnp.logaddexp", "0.0")


def _gelu(site: Site) -> Code:
    return site.call("jax.nn.gelu", "approximate=False")


def _elu(site: Site) -> Code:
    return site.call("jax.nn.elu", site.attribute("alpha"))


def _power(site: Site) -> Code:
    exponent = site.node.attributes["exponent"]
    if isinstance(exponent, float) and exponent.is_integer():
        return site.call("jax.lax.integer_pow", print_value(int(exponent)))
    return site.call("jnp.power", print_value(exponent))


def _cast(site: Site) -> Code:
    kinds = {"real": site.dtype, "integer": "int", "boolean": "bool"}
    return Code(f"{site.operands[0].within()}.astype({kinds[site.node.attributes['dtype']]})")


def _full(site: Site) -> Code:
    if site.node.attributes["shape"] == ():
        text = site.attribute("value")
        return Code(text, ATOM if text[0].isdigit() else SUM, literal=True)
    return Code(f"jnp.full({site.attribute('shape')}, {site.attribute('value')}, {site.dtype})")


def _full_like(site: Site) -> Code:
    names = {0.0: "jnp.zeros_like", 1.0: "jnp.ones_like"}
    value = site.node.attributes["value"]
    if value in names:
        return site.call(names[value])
    return site.call("jnp.full_like", print_value(value))


def _one_hot(site: Site) -> Code:
    return site.call("jax.nn.one_hot", site.attribute("classes"), f"dtype={site.dtype}")


POINTWISE: Mapping[str, Emitter] = MappingProxyType(
    {
        "negate": _negate,
        "exp": _call("jnp.exp"),
        "log": _call("jnp.log"),
        "sqrt": _call("jnp.sqrt"),
        "reciprocal": _reciprocal,
        "square": _call("jnp.square"),
        "sin": _call("jnp.sin"),
        "cos": _call("jnp.cos"),
        "tanh": _call("jnp.tanh"),
        "sigmoid": _call("jax.nn.sigmoid"),
        "relu": _call("jax.nn.relu"),
        "softplus": _softplus,
        "silu": _call("jax.nn.silu"),
        "elu": _elu,
        "gelu": _gelu,
        "erf": _call("jax.scipy.special.erf"),
        "absolute": _call("jnp.abs"),
        "sign": _call("jnp.sign"),
        "step": _step,
        "floor": _call("jnp.floor"),
        "acos": _call("safe_acos"),
        "power": _power,
        "stop_gradient": _call("jax.lax.stop_gradient"),
        "cast": _cast,
        "logical_not": _call("jnp.logical_not"),
        "add": _infix("+", SUM),
        "subtract": _infix("-", SUM),
        "multiply": _infix("*", PRODUCT),
        "divide": _infix("/", PRODUCT),
        "maximum": _call("jnp.maximum"),
        "minimum": _call("jnp.minimum"),
        "atan2": _call("safe_atan2"),
        "tanh_slope": _call("tanh_slope"),
        "less": _infix("<", COMPARISON),
        "less_equal": _infix("<=", COMPARISON),
        "equal": _infix("==", COMPARISON),
        "logical_and": _call("jnp.logical_and"),
        "where": _call("jnp.where"),
        "full": _full,
        "full_like": _full_like,
        "one_hot": _one_hot,
    }
)
