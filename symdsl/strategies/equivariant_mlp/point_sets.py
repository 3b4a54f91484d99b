"""Sets of points with vectors, under S(n) and a classical group: free layers on pairs, on points and on the whole.

Sets as in Zaheer et al. 2017 (1703.06114): what is known of a set is a mean over its points of a learned function. With
vectors or pairs among the inputs, a point first takes the mean over its pairs (i, j) of a learned function of the
scalars of both and of the invariants of their vectors (Villar et al. 2021, 2106.06610, section 5).
"""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.groups.actions.placement import Blocks
from symdsl.ir.operations.points import SpreadOverPoints
from symdsl.ir.operations.pointwise import Add, Pointwise
from symdsl.ir.operations.shape import Dense
from symdsl.strategies.equivariant_mlp.scalar_parts import ACTIVATION, Features, ScalarsBuilder
from symdsl.strategies.strategy import Target


class PointSet:
    """Adds the nodes: `pair` (n, n, w) or None, `point` (n, w) and `whole` (w,) are the hidden features.

    `unlike` says whether points have vectors of their own, so that pairs of them have invariants.
    """

    def __init__(self, parts: ScalarsBuilder, inputs: Mapping[str, int]) -> None:
        self.parts = parts
        whole, point, edge = parts.levels(inputs)
        self.unlike = point.vectors is not None or edge.vectors is not None
        # What belongs to the whole is known to every point.
        known = whole.scalars if self.unlike else parts.joined(whole.scalars, parts.pairings(whole.vectors))
        spread = parts.spread(whole.vectors, 0)
        self.own = Features(
            parts.joined(parts.spread(known, 0), point.scalars), parts.joined(spread, point.vectors, axis=-2)
        )
        first, second = parts.spread(point.vectors, 1), parts.spread(point.vectors, 0)
        self.pair_vectors = parts.joined(parts.spread(spread, 0), first, second, edge.vectors, axis=-2)
        self.pair = self._pair_features(edge)
        self.point = self._point_features(edge)
        self.whole = parts.layers(parts.mean(self.point, 0), parts.hidden[-1:], "whole")

    def _pair_features(self, edge: Features) -> int | None:
        if not self.unlike and edge.scalars is None:
            return None
        own = self.own.scalars
        parts = self.parts
        paired = parts.pairings(self.pair_vectors) if self.unlike else None
        features = parts.joined(parts.spread(own, 1), parts.spread(own, 0), edge.scalars, paired)
        return None if features is None else parts.invariant_layers(features, "pair")

    def _point_features(self, edge: Features) -> int:
        parts = self.parts
        if self.pair is None:
            assert self.own.scalars is not None
            return parts.invariant_layers(self.own.scalars, "point")
        to_others = parts.mean(self.pair, 1)
        # Without data on pairs (i, j) and (j, i) have the same features in another order.
        from_others = None if edge == Features(None, None) else parts.mean(self.pair, 0)
        features = parts.joined(self.own.scalars, to_others, from_others)
        assert features is not None
        return parts.layers(features, parts.hidden[-1:], "point")

    def outputs(self, targets: tuple[Target, ...]) -> dict[str, int]:
        """The node of every target."""
        return {target.name: self.parts.arranged(self._output(target), target) for target in targets}

    def _output(self, target: Target) -> int:
        level, blocks = self.parts.target_blocks(target)
        rank = max(len(slots) for _, slots in blocks)
        if level == 0 and rank == 0:
            return self.parts.head(self.whole, None, blocks, target.name)
        if level + rank <= 1 or (level <= 1 and not self.unlike):
            value = self._of_points(blocks, target.name)
            return value if level == 1 else self.parts.mean(value, 0)
        value = self._of_pairs(blocks, target.name)
        for axis in range(1, level - 1, -1):
            value = self.parts.mean(value, axis)
        return value

    def _of_points(self, blocks: Blocks, name: str) -> int:
        """Tensors of each point from its own vectors (n, m)."""
        known = self._known((self.point, ()), (self.whole, (0,)), name=name)
        return self.parts.head(known, self.own.vectors, blocks, name)

    def _of_pairs(self, blocks: Blocks, name: str) -> int:
        """Tensors of each pair from the vectors of both points (n, n, m)."""
        known = self._known((self.pair, ()), (self.point, (1,)), (self.point, (0,)), (self.whole, (0, 0)), name=name)
        return self.parts.head(known, self.pair_vectors, blocks, name)

    def _known(self, *features: tuple[int | None, tuple[int, ...]], name: str) -> int:
        """A free layer on features of several kinds, each mapped and then spread along axes of points."""
        parts = self.parts
        present = [(node, axes) for node, axes in features if node is not None]
        if not parts.hidden:
            known = parts.joined(*(self._spread(node, axes) for node, axes in present))
            assert known is not None
            return known
        total = None
        for count, (node, axes) in enumerate(present, start=1):
            layer = Dense(width=parts.hidden[-1], bias=count == 1)
            term = self._spread(parts.builder.add(layer, node, name=f"for_{name}_{count}"), axes)
            total = term if total is None else parts.builder.add(Add(), total, term)
        assert total is not None
        return parts.builder.add(Pointwise(function=ACTIVATION), total)

    def _spread(self, node: int, axes: tuple[int, ...]) -> int:
        for axis in axes:
            node = self.parts.builder.add(SpreadOverPoints(symmetry=self.parts.symmetry, axis=axis), node)
        return node
