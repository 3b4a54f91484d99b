"""Update functions of a graph network: layers on sums over several values, each mapped where it is known.

The first layer of an update is linear, so that W (e, v_r, v_s, u) = W_e e + W_r v_r + W_s v_s + W_u u: what belongs to
nodes is multiplied once for each node and gathered by edges after that, and what belongs to the whole once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.graph_edges import End
from symdsl.ir.operations.pointwise import Add, Pointwise, PointwiseFunction, Subtract
from symdsl.ir.operations.shape import Dense, PartialDense
from symdsl.strategies.graph_network.wiring import Wiring

Parts = tuple[int, ...]
"""Nodes of the IR whose features, one after another, are those of a node, an edge or the whole."""


@dataclass(frozen=True)
class EdgeTerms:
    """What an edge update reads; of `positions` (n, d) it sees the differences of receiver and sender."""

    edges: Parts = ()
    receivers: Parts = ()
    senders: Parts = ()
    whole: Parts = ()
    positions: Parts = ()

    @property
    def at_one_end(self) -> End | None:
        """The end on which alone an edge depends, so that its update is one of nodes; None where there is no such."""
        if self.edges or self.positions or bool(self.receivers) == bool(self.senders):
            return None
        return "receiver" if self.receivers else "sender"


@dataclass
class UpdateLayers:
    """Adds the layers of updates; those of one name share their weights."""

    builder: GraphBuilder
    wiring: Wiring
    hidden: tuple[int, ...]
    activation: PointwiseFunction
    _layers: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[str, int], int] = field(default_factory=dict)

    def of_edges(self, name: str, terms: EdgeTerms) -> int | None:
        """phi_e at every edge; None where there is nothing to read."""
        if not any((terms.edges, terms.receivers, terms.senders, terms.positions)):
            return None
        end = terms.at_one_end
        if end is not None:
            own = terms.receivers or terms.senders
            value = self.of_nodes(name, own, terms.whole)
            return None if value is None else self.wiring.gathered(value, end)
        return self._behind(name, self._first_of_edges(name, terms))

    def of_nodes(self, name: str, own: Parts, whole: Parts = (), edges: Parts = ()) -> int | None:
        """phi_v at every node, of its own features, of its aggregated edges and of the whole."""
        if not own and not edges:
            return None
        terms = [(f"{name}_edges", part) for part in edges] + [(f"{name}_nodes", part) for part in own]
        total = self._inputs((*edges, *own, *whole))
        mapped = self._mapped(terms, total, biased=True)
        spread = self._mapped([(f"{name}_globals", part) for part in whole], total)
        return self._behind(name, self._sum([*mapped, *map(self.wiring.spread, spread)]))

    def of_whole(self, name: str, edges: Parts, nodes: Parts, own: Parts) -> int | None:
        """phi_u, of what edges and nodes are aggregated to and of the whole."""
        if not (edges or nodes or own):
            return None
        terms = [(f"{name}_edges", part) for part in edges] + [(f"{name}_nodes", part) for part in nodes]
        terms += [(f"{name}_globals", part) for part in own]
        return self._behind(name, self._sum(self._mapped(terms, self._inputs((*edges, *nodes, *own)), biased=True)))

    def linear(self, name: str, operand: int, width: int, bias: bool = True) -> int:
        """A layer without a function behind it."""
        return self._layer(name, Dense(width=width, bias=bias), operand)

    def linear_sum(self, name: str, parts: Parts, width: int) -> int:
        """A layer on several values, without a function behind it and without a bias."""
        total = self._inputs(parts)
        named = [f"{name}_{place}" if place else name for place in range(len(parts))]
        layer = PartialDense(width=width, inputs=total)
        return self._sum([self._layer(each, layer, part) for each, part in zip(named, parts, strict=True)])

    # Parts

    def _first_of_edges(self, name: str, terms: EdgeTerms) -> int:
        """The first layer before its function: parts of nodes are added at nodes, and gathered once for each end."""
        total = self._inputs((*terms.edges, *terms.receivers, *terms.senders, *terms.whole, *terms.positions))
        at_edges = self._mapped([(f"{name}_edges", part) for part in terms.edges], total, biased=True)
        ends = bool(terms.receivers or terms.senders)
        if terms.positions and not ends and not terms.edges:
            at_edges += self._mapped_differences(name, terms.positions, total)
            positions: list[int] = []
        else:
            positions = self._mapped([(f"{name}_positions", part) for part in terms.positions], total)
        biased = not at_edges
        receivers = self._mapped([(f"{name}_receivers", part) for part in terms.receivers], total, biased)
        senders = self._mapped([(f"{name}_senders", part) for part in terms.senders], total, biased and not receivers)
        whole = self._mapped([(f"{name}_globals", part) for part in terms.whole], total)
        spread = [self.wiring.spread(part) for part in whole]
        at_receivers = [*receivers, *spread, *positions]
        found = list(at_edges)
        if at_receivers:
            found.insert(0, self.wiring.gathered(self._sum(at_receivers), "receiver"))
        if senders:
            at_senders = self._sum(senders)
            for part in positions:
                at_senders = self.builder.add(Subtract(), at_senders, part)
            found.insert(1 if at_receivers else 0, self.wiring.gathered(at_senders, "sender"))
        elif positions:
            found[0] = self.builder.add(Subtract(), found[0], self.wiring.gathered(self._sum(positions), "sender"))
        return self._sum(found)

    def _mapped_differences(self, name: str, positions: Parts, total: int) -> list[int]:
        """Differences of positions taken at edges, where nothing else has a bias."""
        found = []
        for part in positions:
            ends = [self.wiring.gathered(part, "receiver"), self.wiring.gathered(part, "sender")]
            found.append((f"{name}_positions", self.builder.add(Subtract(), *ends)))
        return self._mapped(found, total, biased=True)

    def _mapped(self, terms: Sequence[tuple[str, int]], total: int, biased: bool = False) -> list[int]:
        """Each part by its columns of the first layer; the first with the bias of all."""
        found: list[int] = []
        for name, operand in terms:
            before = sum(other == name for other, _ in terms[: len(found)])
            part = PartialDense(width=self.hidden[0], inputs=total, bias=biased and not found)
            found.append(self._layer(f"{name}_{before + 1}" if before else name, part, operand))
        return found

    def _behind(self, name: str, value: int) -> int:
        """The function of the first layer, and the layers behind it."""
        value = self.builder.add(Pointwise(function=self.activation), value)
        for count, width in enumerate(self.hidden[1:], start=2):
            layer = self._layer(f"{name}_{count}", Dense(width=width), value)
            value = self.builder.add(Pointwise(function=self.activation), layer)
        return value

    def _layer(self, name: str, attributes: Attributes, operand: int) -> int:
        """A layer, with the weights of the one that was first called so; the same value on the same operand."""
        known = self._known.get((name, operand))
        if known is None:
            first = self._layers.get(name)
            known = self.builder.add(attributes, operand, name=name, shares=first)
            self._layers.setdefault(name, known)
            self._known[name, operand] = known
        return known

    def _sum(self, values: Sequence[int]) -> int:
        total = values[0]
        for value in values[1:]:
            total = self.builder.add(Add(), total, value)
        return total

    def _inputs(self, parts: Parts) -> int:
        return sum(self.builder.type_of(part).shape[-1] for part in parts)
