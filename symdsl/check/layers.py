"""A layer list as a value: what `layers = [conv(10, k = 3), pool(2), group_pool]` becomes once it is evaluated.

The evaluator of option values turns every call or bare name inside such a list into a `LayerCall`; strategies give
the names their meaning. A bare name (`group_pool`) is a call without arguments; a bare name as an argument
(`activation = relu`) is the string "relu".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symdsl.diagnostics.diagnostic import Span

LayerValue: TypeAlias = "int | float | bool | str | list[LayerValue] | LayerCall"


@dataclass(frozen=True)
class LayerArgument:
    """One argument of a layer: `name` is None where it is positional; numbers are evaluated, names are strings."""

    name: str | None
    value: LayerValue
    span: Span


@dataclass(frozen=True)
class LayerCall:
    """One layer as it was written, its arguments in order."""

    name: str
    arguments: tuple[LayerArgument, ...]
    span: Span
