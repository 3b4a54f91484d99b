"""Inputs as features of edges, nodes and the whole: numbers, and vectors by their invariants.

Positions that translations move are read as differences along edges; under rotations an edge sees the invariants of the
difference and of the vectors of both ends (Satorras, Hoogeboom, Welling 2021, 2102.09844, equation 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symdsl.check.spec import Model
from symdsl.groups.actions.invariant_theory import invariant_count
from symdsl.groups.actions.placement import placement_of
from symdsl.groups.actions.points import Points, points_in
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.graph_features import FlattenFeatures, TakeSlice
from symdsl.ir.operations.invariants import InvariantPairings, TakeScalars, TakeVectors
from symdsl.ir.operations.points import Join
from symdsl.ir.operations.pointwise import Subtract
from symdsl.ir.types import EquivarianceError
from symdsl.strategies.graph_network.block import State
from symdsl.strategies.graph_network.layers import Parts
from symdsl.strategies.graph_network.layout import Layout
from symdsl.strategies.graph_network.wiring import Wiring


@dataclass(frozen=True)
class Vectors:
    """Vectors (.., k, d) that edges, nodes and the whole know, or None."""

    edges: int | None = None
    nodes: int | None = None
    whole: int | None = None


@dataclass(frozen=True)
class Reading:
    """What a graph network starts from. `places` are the first positions of nodes."""

    state: State
    vectors: Vectors
    places: int | None


class InputReader:
    """Takes the inputs of a model apart. `centred` reads positions as any other vectors, from the centroid."""

    def __init__(self, builder: GraphBuilder, layout: Layout, wiring: Wiring, model: Model, centred: bool) -> None:
        self.builder, self.layout, self.wiring = builder, layout, wiring
        self.model, self.centred = model, centred
        _, self.node_lead, self.edge_lead = wiring.leads

    def read(self, inputs: Mapping[str, int]) -> Reading:
        """The features of all inputs."""
        levels: list[dict[str, int]] = [{}, {}, {}]
        for name, node in inputs.items():
            levels[self.layout.levels[name]][name] = node
        levels[2] = {name: self.wiring.taken(node) for name, node in levels[2].items()}
        return self._turned(levels) if self.layout.turning is not None else self._plain(levels)

    # Without rotations

    def _plain(self, levels: list[dict[str, int]]) -> Reading:
        """Numbers as they are; positions apart, with those of further fields relative to the first ones."""
        own, positions = [], []
        for name, node in levels[1].items():
            points = self._points(name)
            if points is None:
                own.append(self._flat(node, self.node_lead))
                continue
            inside, outside = self._cut(node, points)
            positions += [self._flat(part, self.node_lead) for part in inside]
            own += [self._flat(part, self.node_lead) for part in outside]
        own += self._relative(positions)
        whole = tuple(self._flat(node, 0) for node in levels[0].values())
        edges = tuple(self._flat(node, self.edge_lead) for node in levels[2].values())
        state = State(self._one(edges), self._one(tuple(own)), self._one(whole), self._one(tuple(positions)))
        return Reading(state, Vectors(), positions[0] if positions else None)

    def _cut(self, node: int, points: Points) -> tuple[list[int], list[int]]:
        """(The part of an array that holds positions, the parts that do not)."""
        if points.at is None:
            return [node], []
        axis, index = points.at
        size = self.builder.type_of(node).shape[axis]
        bounds = [(start, stop) for start, stop in ((0, index), (index + 1, size)) if start < stop]
        return [self._slice(node, axis, index, index + 1)], [self._slice(node, axis, *each) for each in bounds]

    def _flat(self, node: int, lead: int) -> int:
        return self.builder.add(FlattenFeatures(lead=lead), node)

    # With vectors

    def _turned(self, levels: list[dict[str, int]]) -> Reading:
        """Numbers and invariants; the vectors that the outputs are made of."""
        whole, whole_vectors = self._taken(list(levels[0].values()), 0)
        edges, edge_vectors = self._taken(list(levels[2].values()), self.edge_lead)
        own, vectors, positions = [], [], []
        for name, node in levels[1].items():
            scalars, found = self._taken([node], self.node_lead)
            own += [] if scalars is None else [scalars]
            points = None if found is None else self._points(name)
            if found is None or points is None:
                vectors += [] if found is None else [found]
                continue
            inside, outside = self._cut_vectors(found, points)
            positions += inside
            vectors += outside
        vectors += self._relative(
            [self._slice(each, self.node_lead, k, k + 1) for each in positions for k in range(self._count(each))]
        )
        at_nodes = self._joined(vectors)
        spread = None if whole_vectors is None else self.wiring.spread(whole_vectors)
        known = self._joined([each for each in (at_nodes, spread) if each is not None])
        between = self._between(positions, at_nodes, edge_vectors, spread)
        state = State(
            self._features(edges, between),
            self._features(self._joined_scalars(own), known),
            self._features(whole, whole_vectors),
        )
        return Reading(state, Vectors(between, known, whole_vectors), positions[0] if positions else None)

    def _taken(self, nodes: list[int], lead: int) -> tuple[int | None, int | None]:
        """(Scalars (.., m), vectors (.., k, d)) of some inputs of one level."""
        symmetry, setting = self.layout.turning, self.layout.setting
        assert symmetry is not None
        assert setting is not None
        blocks = []
        for node in nodes:
            value = self.builder.type_of(node)
            if symmetry not in value.actions:
                raise EquivarianceError(f"an input does not transform under {symmetry}")
            placement = placement_of(value.actions[symmetry], setting, lead)
            blocks += [] if placement is None else list(placement.blocks)
        take = {"symmetry": symmetry, "lead": lead}
        return (
            self.builder.add(TakeScalars(**take), *nodes) if any(not slots for _, slots in blocks) else None,
            self.builder.add(TakeVectors(**take), *nodes) if any(slots for _, slots in blocks) else None,
        )

    def _cut_vectors(self, vectors: int, points: Points) -> tuple[list[int], list[int]]:
        """(Positions, the vectors of one node that are none) of vectors (n, k, d), which lie as the array does."""
        if points.at is None:
            return [vectors], []
        axis, index = points.at
        if axis != self.node_lead or self._count(vectors) != points.shape[axis]:
            raise EquivarianceError("positions inside an array lie along the axis behind the nodes")
        bounds = [(0, index), (index + 1, points.shape[axis])]
        return [self._slice(vectors, axis, index, index + 1)], [
            self._slice(vectors, axis, *each) for each in bounds if each[0] < each[1]
        ]

    def _between(
        self, positions: list[int], at_nodes: int | None, edge_vectors: int | None, spread: int | None
    ) -> int | None:
        """All vectors of an edge: differences of positions, vectors of both ends, its own, those of the whole."""
        found = [
            self.builder.add(
                Subtract(), self.wiring.gathered(each, "receiver"), self.wiring.gathered(each, "sender")
            )
            for each in positions
        ]
        if at_nodes is not None:
            found += [self.wiring.gathered(at_nodes, "receiver"), self.wiring.gathered(at_nodes, "sender")]
        found += [] if edge_vectors is None else [edge_vectors]
        # what the whole knows tells nothing about an edge that has no vectors
        if spread is not None and found:
            found.append(self.wiring.gathered(spread, "receiver"))
        return self._joined(found)

    def _features(self, scalars: int | None, vectors: int | None) -> Parts:
        """Scalars, and the invariants of vectors, one after another."""
        found = [] if scalars is None else [scalars]
        group = self.layout.setting.classical if self.layout.setting is not None else None
        if vectors is not None and group is not None and invariant_count(group, self._count(vectors)):
            assert self.layout.turning is not None
            found.append(self.builder.add(InvariantPairings(symmetry=self.layout.turning), vectors))
        return self._one(tuple(found))

    # Parts

    def _points(self, name: str) -> Points | None:
        """The positions in a field of nodes that a symmetry of the network shifts."""
        if self.centred:
            return None
        for symmetry in self.model.network.symmetries:
            action = self.model.symmetries[symmetry].actions.get(name)
            points = None if action is None else points_in(action)
            if points is not None:
                return points
        return None

    def _relative(self, positions: list[int]) -> list[int]:
        """Further positions relative to the first, where they are alike."""
        first = positions[0] if positions else 0
        alike = [each for each in positions[1:] if self._shape(each) == self._shape(first)]
        return [self.builder.add(Subtract(), each, first) for each in alike]

    def _one(self, parts: Parts) -> Parts:
        """The features as one array."""
        return parts if len(parts) < 2 else (self.builder.add(Join(axis=-1), *parts),)

    def _joined_scalars(self, nodes: list[int]) -> int | None:
        parts = self._one(tuple(nodes))
        return parts[0] if parts else None

    def _joined(self, nodes: list[int]) -> int | None:
        if not nodes:
            return None
        return nodes[0] if len(nodes) == 1 else self.builder.add(Join(axis=-2), *nodes)

    def _slice(self, node: int, axis: int, start: int, stop: int) -> int:
        return self.builder.add(TakeSlice(axis=axis, start=start, stop=stop), node)

    def _count(self, vectors: int) -> int:
        return self._shape(vectors)[-2]

    def _shape(self, node: int) -> tuple[int, ...]:
        return self.builder.type_of(node).shape
