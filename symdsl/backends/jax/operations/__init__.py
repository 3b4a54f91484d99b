"""The emitter of each operation of the plan, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.jax.code import Emitter
from symdsl.backends.jax.operations.contraction import CONTRACTION
from symdsl.backends.jax.operations.layers import LAYERS
from symdsl.backends.jax.operations.pointwise import POINTWISE
from symdsl.backends.jax.operations.shape import SHAPE

EMITTERS: Mapping[str, Emitter] = MappingProxyType({**POINTWISE, **SHAPE, **CONTRACTION, **LAYERS})
TAKES_NUMBERS = frozenset(
    {"add", "subtract", "multiply", "divide", "maximum", "minimum", "where", "less", "less_equal", "equal"}
)
"""Operations whose operands may be Python numbers, which then take the dtype of the other operand."""
