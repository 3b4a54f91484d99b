"""What a lowering rule is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symdsl.ir.graph import Graph, Node
from symdsl.ir.types import ValueType
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Module
from symdsl.plan.value import Value


@dataclass(frozen=True)
class LoweringContext:
    """Choices of the compile that a rule may depend on.

    `channels_last`: feature maps are (H, W, C) in the plan, else (C, H, W). `lower_region` lowers a nested graph
    into a module with a method `forward`, under a class name.
    """

    channels_last: bool
    lower_region: Callable[[Graph, str], Module]


@dataclass(frozen=True)
class LayerRule:
    """Lowers a node to a child module; `method` is what its parent calls (`<method>_train` in training, if any)."""

    layer: Callable[[Node, tuple[ValueType, ...], LoweringContext], Module]
    method: str = "forward"


@dataclass(frozen=True)
class InlineRule:
    """Lowers a node without parameters to plan operations in the parent's method."""

    inline: Callable[[Node, MethodBuilder, tuple[Value, ...], tuple[ValueType, ...], LoweringContext], Value]


LoweringRule = LayerRule | InlineRule
