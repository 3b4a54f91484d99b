"""What the implementation of a strategy provides: its part of the IR."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from symdsl.check.spec import Enforcement, Model
from symdsl.ir import objectives
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.types import ValueType


@dataclass(frozen=True)
class Target:
    """What a network must provide: a value of this type. A symmetry missing from `type.actions` is not required."""

    name: str
    type: ValueType


class Network(Protocol):
    """Maps inputs to targets."""

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the network's nodes; returns the node of every target. Raises EquivarianceError."""
        ...


InnerNetwork = Callable[[GraphBuilder, Mapping[str, int], tuple[Target, ...]], dict[str, int]]


class Structure(Protocol):
    """Wraps a scalar that an inner network provides."""

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        inner: InnerNetwork,
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the structure's nodes, asking `inner` for the scalar. Raises EquivarianceError."""
        ...


class Objective(Protocol):
    """Says what training does about symmetries that the network may not keep."""

    def build(self, enforcement: Enforcement) -> objectives.Objective:
        """What the enforcement asks for."""
        ...
