"""The parts of a network of invariant theory (Villar et al. 2021, 2106.06610), as nodes of the IR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symdsl.groups.actions.invariant_theory import coefficients_of, invariant_count
from symdsl.groups.actions.placement import Blocks, Setting, placement_of
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.invariants import (
    ArrangePoints,
    CombineVectors,
    InvariantPairings,
    TakeScalars,
    TakeVectors,
)
from symdsl.ir.operations.points import Join, MeanOverPoints, SpreadOverPoints
from symdsl.ir.operations.pointwise import Add, Multiply, Pointwise
from symdsl.ir.operations.shape import Dense
from symdsl.strategies.strategy import Target

ACTIVATION = "silu"


@dataclass(frozen=True)
class Features:
    """What is known of the whole, of each point or of each pair of points: nodes of scalars and of vectors, or None."""

    scalars: int | None
    vectors: int | None


class ScalarsBuilder:
    """Adds the nodes of one network. `bias` says whether the output layers have one."""

    def __init__(
        self, builder: GraphBuilder, symmetry: str, setting: Setting, hidden: Sequence[int], bias: bool
    ) -> None:
        self.builder, self.symmetry, self.setting = builder, symmetry, setting
        self.hidden, self.bias = tuple(hidden), bias

    # Parts

    def taken(self, nodes: Sequence[int]) -> Features:
        """The scalars and the vectors of some operands that have as many axes of points."""
        blocks = [block for node in nodes for block in self._blocks(node)]
        scalars = any(not slots for _, slots in blocks)
        vectors = any(slots for _, slots in blocks)
        return Features(
            self.builder.add(TakeScalars(symmetry=self.symmetry), *nodes) if scalars else None,
            self.builder.add(TakeVectors(symmetry=self.symmetry), *nodes) if vectors else None,
        )

    def joined(self, *nodes: int | None, axis: int = -1) -> int | None:
        """What there is of the nodes, one after another."""
        known = [node for node in nodes if node is not None]
        return known[0] if len(known) == 1 else self.builder.add(Join(axis=axis), *known) if known else None

    def spread(self, node: int | None, axis: int) -> int | None:
        """The same for every point."""
        return None if node is None else self.builder.add(SpreadOverPoints(symmetry=self.symmetry, axis=axis), node)

    def mean(self, node: int, axis: int) -> int:
        """The mean over points."""
        return self.builder.add(MeanOverPoints(symmetry=self.symmetry, axis=axis), node)

    def pairings(self, vectors: int | None) -> int | None:
        """The invariants of the vectors, if there are any."""
        if vectors is None or self.setting.classical is None:
            return None
        if not invariant_count(self.setting.classical, self.builder.type_of(vectors).shape[-2]):
            return None
        return self.builder.add(InvariantPairings(symmetry=self.symmetry), vectors)

    def invariant_layers(self, node: int, name: str) -> int:
        """All hidden layers, for what is given or paired; the first is silu(a) + a b / 2, of two free maps a and b.

        Invariants such as squared matrix elements are polynomials in the pairings; the first layer has their squares.
        """
        if not self.hidden:
            return node
        first = self.builder.add(Dense(width=self.hidden[0]), node, name=f"{name}_1")
        factor = self.builder.add(Dense(width=self.hidden[0]), node, name=f"{name}_1_factor")
        smooth = self.builder.add(Pointwise(function=ACTIVATION), first)
        node = self.builder.add(Add(), smooth, self.builder.add(Multiply(factor=0.5), first, factor))
        return self.layers(node, self.hidden[1:], name, start=2)

    def layers(self, node: int, widths: Sequence[int], name: str, start: int = 1) -> int:
        """Free layers along the last axis."""
        for count, width in enumerate(widths, start=start):
            node = self.builder.add(Dense(width=width), node, name=f"{name}_{count}")
            node = self.builder.add(Pointwise(function=ACTIVATION), node)
        return node

    def head(self, features: int | None, vectors: int | None, blocks: Blocks, name: str) -> int:
        """Scalars, vectors and tensors (.., m) from features (.., w) and vectors (.., k, d)."""
        assert features is not None
        count = 0 if vectors is None else self.builder.type_of(vectors).shape[-2]
        wanted = coefficients_of(self.setting.classical, blocks, count)
        coefficients = self.builder.add(Dense(width=max(sum(wanted), 1), bias=self.bias), features, name=f"to_{name}")
        if not any(slots for _, slots in blocks):
            return coefficients
        operands = (coefficients,) if vectors is None else (coefficients, vectors)
        return self.builder.add(
            CombineVectors(symmetry=self.symmetry, blocks=blocks), *operands, name=f"combine_{name}"
        )

    def arranged(self, value: int, target: Target) -> int:
        """The value in the shape of the target."""
        return self.builder.add(ArrangePoints(symmetry=self.symmetry, target=target.type), value)

    def target_blocks(self, target: Target) -> tuple[int, Blocks]:
        """How many axes of points a target has, and what lies along the others."""
        placement = placement_of(target.type.actions[self.symmetry], self.setting)
        assert placement is not None
        return len(placement.points), placement.blocks

    def levels(self, inputs: Mapping[str, int]) -> tuple[Features, ...]:
        """What belongs to the whole, to each point, to each pair of points."""
        nodes: list[list[int]] = [[], [], []]
        for node in inputs.values():
            placement = placement_of(self.builder.type_of(node).actions[self.symmetry], self.setting)
            assert placement is not None
            nodes[len(placement.points)].append(node)
        return tuple(self.taken(each) if each else Features(None, None) for each in nodes)

    def _blocks(self, node: int) -> Blocks:
        placement = placement_of(self.builder.type_of(node).actions[self.symmetry], self.setting)
        assert placement is not None
        return placement.blocks
