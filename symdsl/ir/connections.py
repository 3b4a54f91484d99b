"""Which node sends to which: the edges of a graph of fixed size, and how an array with one entry an edge lies."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from symdsl.groups.actions.edges import adjacency, keeps_edges
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.representation import Indices, Representation


class Connections(BaseModel):
    """A directed graph on `nodes` nodes.

    `edges` are pairs (sender, receiver), each once, or None for all pairs; `loops` says whether all pairs has the pairs
    of a node and itself. Edge arrays lie as (receiver, sender, ..) with `pairs`, where entries that are no
    edges hold anything finite, and as (edge, ..) without.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: int
    edges: tuple[tuple[int, int], ...] | None = None
    loops: bool = False
    pairs: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        """The axes of edges."""
        return (self.nodes, self.nodes) if self.pairs else (len(self.edges or ()),)

    @property
    def complete(self) -> bool:
        """Whether every entry of (receiver, sender) is an edge."""
        return self.pairs and self.edges is None and self.loops

    @property
    def count(self) -> int:
        """How many edges there are."""
        return int(self.mask().sum())

    def mask(self) -> Array:
        """(receiver, sender): 1 where there is an edge, else 0."""
        return adjacency(self.nodes, self.edges, self.loops)

    def in_degrees(self) -> Array:
        """(receiver,): how many edges arrive at each node."""
        return self.mask().sum(axis=1)

    def ends(self) -> tuple[Indices, Indices]:
        """Receivers and senders (edge,), in the order of the edges."""
        pairs = np.array(self.edges or (), dtype=np.int64).reshape(-1, 2)
        return pairs[:, 1], pairs[:, 0]

    def kept_by(self, moved: Representation) -> bool:
        """Whether a representation permutes the nodes and brings every edge to an edge."""
        return self.pairs and keeps_edges(moved, self.mask())
