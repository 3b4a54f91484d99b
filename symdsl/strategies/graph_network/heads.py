"""Targets read off the features of edges, nodes and the whole; vectors are combined from vectors.

A vector of a node is sum_j phi(edge) (x_i - x_j) and what else the edge knows, and phi(node) times the vectors of the
node itself (Satorras, Hoogeboom, Welling 2021, 2102.09844, equation 4).
"""

from __future__ import annotations

from symdsl.groups.actions.invariant_theory import coefficients_of
from symdsl.groups.actions.placement import Blocks, placement_of
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.graph_aggregation import Aggregation
from symdsl.ir.operations.graph_features import FlattenFeatures, ShapeFeatures
from symdsl.ir.operations.invariants import CombineVectors
from symdsl.ir.operations.pointwise import Add
from symdsl.ir.types import EquivarianceError
from symdsl.strategies.graph_network.block import State
from symdsl.strategies.graph_network.layers import Parts, UpdateLayers
from symdsl.strategies.graph_network.layout import Layout
from symdsl.strategies.graph_network.options import GraphNetworkOptions
from symdsl.strategies.graph_network.reading import Reading
from symdsl.strategies.strategy import Target


class Heads:
    """Adds one output layer for each target. `bias` says whether outputs have one."""

    def __init__(
        self, layers: UpdateLayers, layout: Layout, reading: Reading, options: GraphNetworkOptions, bias: bool
    ) -> None:
        self.layers, self.layout, self.reading, self.bias = layers, layout, reading, bias
        self.function: Aggregation = "sum" if options.aggregate in ("sum", "attention") else "mean"
        self.wiring = layers.wiring

    @property
    def builder(self) -> GraphBuilder:
        """Where nodes are added."""
        return self.layers.builder

    def output(self, target: Target, state: State, placed: bool) -> int:
        """The value of a target; with `placed` it is what its node's position is displaced by."""
        level = self.layout.levels.get(target.name, 0)
        blocks = self._vector_blocks(target, level)
        value = self._numbers(target, level, state) if blocks is None else self._vectors(target, level, state, blocks)
        if placed and level == 1 and self.reading.places is not None:
            value = self._displaced(value)
        if level == 2:
            value = self.wiring.placed(value)
        return self.builder.add(ShapeFeatures(lead=self.layout.lead(level), target=target.type), value)

    def _vector_blocks(self, target: Target, level: int) -> Blocks | None:
        """What a target with vectors or tensors is made of; None for numbers alone."""
        symmetry, setting = self.layout.turning, self.layout.setting
        if symmetry is None or setting is None:
            return None
        placement = placement_of(target.type.actions[symmetry], setting, self.layout.lead(level))
        if placement is None:
            raise EquivarianceError(f"{target.name} is not made of scalars, vectors and tensors under {symmetry}")
        return placement.blocks if any(slots for _, slots in placement.blocks) else None

    def _numbers(self, target: Target, level: int, state: State) -> int:
        """One linear layer on the features of its level."""
        features = self._features(target, level, state)
        size = 1
        for length in target.type.shape[self.layout.lead(level) :]:
            size *= length
        return self.layers.linear(f"to_{target.name}", features, size, self.bias)

    def _vectors(self, target: Target, level: int, state: State, blocks: Blocks) -> int:
        """Vectors and tensors (.., m) from vectors with learned invariant coefficients."""
        vectors, name = self.reading.vectors, target.name
        if level == 2:
            found = [self._combined(f"to_{name}", state.edges, vectors.edges, blocks)]
        else:
            found = [self._at_nodes(name, state, blocks)]
            if level == 0:
                found = [None if each is None else self.wiring.pooled_nodes(each, self.function) for each in found]
                found.append(self._combined(f"to_{name}_of_whole", state.whole, vectors.whole, blocks))
        return self._sum(target, found)

    def _at_nodes(self, name: str, state: State, blocks: Blocks) -> int | None:
        """For each node what its edges and its own vectors give."""
        vectors = self.reading.vectors
        between = self._combined(f"to_{name}_of_edges", state.edges, vectors.edges, blocks)
        if between is not None:
            between = self.wiring.aggregated(between, self.function)
        own = self._combined(f"to_{name}_of_nodes", state.nodes, vectors.nodes, blocks)
        known = [each for each in (between, own) if each is not None]
        return self.builder.add(Add(), *known) if len(known) == 2 else known[0] if known else None

    def _combined(self, name: str, features: Parts, vectors: int | None, blocks: Blocks) -> int | None:
        """Vectors combined; None where there are no features, no vectors, or none that make such a tensor."""
        setting, symmetry = self.layout.setting, self.layout.turning
        assert setting is not None
        assert symmetry is not None
        if not features or vectors is None:
            return None
        wanted = coefficients_of(setting.classical, blocks, self.builder.type_of(vectors).shape[-2])
        if 0 in wanted:
            return None
        coefficients = self.layers.linear(name, features[0], sum(wanted), self.bias)
        return self.builder.add(CombineVectors(symmetry=symmetry, blocks=blocks), coefficients, vectors)

    def _sum(self, target: Target, values: list[int | None]) -> int:
        known = [value for value in values if value is not None]
        if not known:
            raise EquivarianceError(
                f"no input gives `{target.name}` a direction", hint="give an input that moves as the target does"
            )
        total = known[0]
        for value in known[1:]:
            total = self.builder.add(Add(), total, value)
        return total

    def _features(self, target: Target, level: int, state: State) -> int:
        parts = (state.whole, state.nodes, state.edges)[level]
        if level == 0 and not parts:
            # a sum of what each node gives: twice as many nodes that do not see each other give twice as much
            parts = tuple(self.wiring.pooled_nodes(part, self.function) for part in state.nodes)
        if not parts:
            raise EquivarianceError(f"this variant has no features for `{target.name}`")
        return parts[0]

    def _displaced(self, value: int) -> int:
        """The value added to the positions of the nodes, which are differences from the centroid."""
        assert self.reading.places is not None
        places = self.builder.add(FlattenFeatures(lead=self.layout.lead(1)), self.reading.places)
        if self.builder.type_of(places).shape != self.builder.type_of(value).shape:
            return value
        return self.builder.add(Add(), value, places)
