"""Channelwise products of blocks, mapped back by bases of equivariant maps."""

from __future__ import annotations

import numpy as np

from symdsl.groups.combinations import Product
from symdsl.groups.constraints import hom_basis
from symdsl.groups.representation import Representation
from symdsl.ir.graph import Node
from symdsl.ir.operations.equivariant import EquivariantBilinear, copies_of
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Initial, Module, Parameter, Table
from symdsl.plan.value import Value

Blocks = tuple[tuple[int, Representation], ...]


class _BilinearLowering:
    """Builds the module of one EquivariantBilinear node, path by path."""

    def __init__(self, blocks: Blocks, paths: tuple[tuple[int, int, int], ...]) -> None:
        self.blocks, self.paths = blocks, paths
        self.builder = MethodBuilder("forward")
        self.parameters: list[Parameter] = []
        self.tables: dict[str, Constant] = {}

    def module(self) -> Module:
        size = sum(copies * kind.dimension for copies, kind in self.blocks)
        x = self.builder.argument("x", ArrayType((size,), batched=True))
        parts = self._split(x)
        sums = list(parts)
        into = [sum(1 for path in self.paths if path[2] == index) for index in range(len(self.blocks))]
        for path in self.paths:
            sums[path[2]] = self.builder.add("add", sums[path[2]], self._product(parts, path, into[path[2]]))
        flat = [self.builder.add("merge", part, axis=0, count=2) for part in sums]
        joined = flat[0] if len(flat) == 1 else self.builder.add("concatenate", *flat, axis=0)
        self.builder.output("y", joined)
        return Module(
            "EquivariantBilinear",
            "y = x + products of two blocks, mapped to a third by equivariant bilinear maps, channel by channel.",
            (self.builder.build(),),
            parameters=tuple(self.parameters),
            constants=tuple(self.tables.values()),
        )

    def _split(self, x: Value) -> list[Value]:
        parts, start = [], 0
        for index, (copies, kind) in enumerate(self.blocks):
            stop = start + copies * kind.dimension
            part = self.builder.add("slice", x, axis=0, start=start, stop=stop, step=1)
            parts.append(self.builder.add("split", part, axis=0, sizes=(copies, kind.dimension), name=f"block_{index}"))
            start = stop
        return parts

    def _product(self, parts: list[Value], path: tuple[int, int, int], into: int) -> Value:
        left, right, result = path
        copies, kind = self.blocks[result]
        basis = hom_basis(Product((self.blocks[left][1], self.blocks[right][1])), kind)
        sizes = (len(basis), kind.dimension, self.blocks[left][1].dimension, self.blocks[right][1].dimension)
        # Copies are dealt round robin, so that every channel meets one of each block whatever their numbers.
        operands = [self._cycled(parts[index], self.blocks[index][0], copies) for index in (left, right)]
        table = self._constant(f"basis_{left}_{right}_{result}", basis.reshape(sizes))
        name = f"weight_{left}_{right}_{result}"
        spread = float(kind.dimension / max(into * len(basis), 1)) ** 0.5
        self.parameters.append(Parameter(name, (copies, len(basis)), Initial("normal", 0.1 * spread)))
        weight = self.builder.parameter(name, (copies, len(basis)))
        outer = self.builder.add("einsum", *operands, subscripts="ma,mb->mab")
        mapped = self.builder.add("einsum", outer, table, subscripts="mab,kcab->mkc")
        return self.builder.add("einsum", mapped, weight, subscripts="mkc,mk->mc")

    def _cycled(self, part: Value, available: int, wanted: int) -> Value:
        if available == wanted:
            return part
        name = f"copies_{wanted}_of_{available}"
        self.tables.setdefault(name, Constant(name, table=Table.from_array(np.arange(wanted) % available)))
        index = self.builder.constant(name, (wanted,), dtype="integer")
        return self.builder.add("take", part, index, axis=0)

    def _constant(self, name: str, array: np.ndarray) -> Value:
        self.tables[name] = Constant(name, table=Table.from_array(array))
        return self.builder.constant(name, array.shape)


def _equivariant_bilinear(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, EquivariantBilinear)
    return _BilinearLowering(copies_of(attributes.representation), attributes.paths).module()


EQUIVARIANT_BILINEAR = LayerRule(_equivariant_bilinear)
