"""Channelwise products of blocks, mapped back by bases of equivariant maps, in the cheapest order of contraction.

Copies are dealt round robin, so that every channel meets one of each block whatever their numbers: of m_a and m_b
copies there are lcm(m_a, m_b) different pairs, and channel i has pair i mod pairs. Of a block with itself a copy meets
the next one: with itself alone it would have no antisymmetric product, such as a cross product.

Only plain matrix products are used, one for all paths that share a block and the result: batched ones, a small matrix
for each pair, are slower on a CPU than one large matrix with blocks of zeros, and so are numbers that are multiplied
one by one.
"""

from __future__ import annotations

import math

import numpy as np

from symdsl.groups.arrays.matrices import Array
from symdsl.groups.combinations import Product
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.representation import Representation
from symdsl.ir.graph import Node
from symdsl.ir.operations.equivariant import EquivariantBilinear, copies_of
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Initial, Module, Parameter, Table
from symdsl.plan.value import Value

Blocks = tuple[tuple[int, Representation], ...]
Path = tuple[int, int, int]


class _BilinearLowering:
    """Builds the module of one EquivariantBilinear node, path by path."""

    def __init__(self, blocks: Blocks, paths: tuple[Path, ...]) -> None:
        self.blocks, self.paths = blocks, paths
        self.builder = MethodBuilder("forward")
        self.parameters: list[Parameter] = []
        self.tables: dict[str, Constant] = {}
        self.copies: dict[tuple[int, int, int], Value] = {}
        self.factors: dict[tuple[int, int, int], list[tuple[Value, Value]]] = {}

    def module(self) -> Module:
        size = sum(copies * kind.dimension for copies, kind in self.blocks)
        x = self.builder.argument("x", ArrayType((size,), batched=True))
        self.sums, self.parts = self._split(x)
        into = [sum(1 for path in self.paths if path[2] == index) for index in range(len(self.blocks))]
        for path in self.paths:
            self._path(path, into[path[2]])
        for (second, shift, result), factors in self.factors.items():
            self._add(result, self._contracted(factors, second, shift, self.blocks[result][0]))
        joined = self.sums[0] if len(self.sums) == 1 else self.builder.add("concatenate", *self.sums, axis=0)
        self.builder.output("y", joined)
        return Module(
            "EquivariantBilinear",
            "y = x + products of two blocks, mapped to a third by equivariant bilinear maps, channel by channel.",
            (self.builder.build(),),
            parameters=tuple(self.parameters),
            constants=tuple(self.tables.values()),
        )

    def _split(self, x: Value) -> tuple[list[Value], list[Value]]:
        """Each block flat, and as copies of its kind."""
        flat, parts, start = [], [], 0
        for index, (copies, kind) in enumerate(self.blocks):
            stop = start + copies * kind.dimension
            flat.append(self.builder.add("slice", x, axis=0, start=start, stop=stop, step=1))
            sizes = (copies, kind.dimension)
            parts.append(self.builder.add("split", flat[-1], axis=0, sizes=sizes, name=f"block_{index}"))
            start = stop
        return flat, parts

    def _add(self, result: int, value: Value) -> None:
        """One more summand of a block, flat (m c)."""
        self.sums[result] = self.builder.add("add", self.sums[result], value)

    def _path(self, path: Path, into: int) -> None:
        """Adds a path to its result, which `into` of them have, or to the factors that are contracted together."""
        left, right, result = path
        copies, kind = self.blocks[result]
        sizes = self.blocks[left][1].dimension, self.blocks[right][1].dimension
        table = hom_basis(Product((self.blocks[left][1], self.blocks[right][1])), kind)
        maps = len(table)
        suffix = f"{left}_{right}_{result}"
        spread = float(kind.dimension / max(into * maps, 1)) ** 0.5
        self.parameters.append(Parameter(f"weight_{suffix}", (copies, maps), Initial("normal", 0.1 * spread)))
        weight = self.builder.parameter(f"weight_{suffix}", (copies, maps))
        scale = multiple_of_identity(table) if sizes[0] == 1 else None
        if scale is not None:
            weight = self.builder.add("multiply", weight, self.builder.full((), scale))
            scalars = self.builder.add("multiply", self._cycled(left, copies), weight)
            return self._add(result, self._flat(self.builder.add("multiply", scalars, self._cycled(right, copies))))
        available = self.blocks[left][0], self.blocks[right][0]
        order = cheapest_order(copies, available, (maps, kind.dimension, *sizes))
        if order == "pairs":
            swapped = sizes[0] < sizes[1]
            tables = table.reshape(maps, *sizes)
            basis = self._constant(f"basis_{suffix}", tables if swapped else tables.swapaxes(1, 2))
            blocks = (right, left) if swapped else (left, right)
            return self._add(result, self._by_pairs(weight, basis, blocks, int(left == right)))
        tables = table.reshape(maps, kind.dimension, *sizes)
        tables = tables if order == "right" else tables.swapaxes(2, 3)
        first, second = (right, left) if order == "right" else (left, right)
        basis = self._constant(f"basis_{suffix}", tables.reshape(maps, -1, tables.shape[-1]))
        shifts = (0, int(left == right)) if order == "left" else (int(left == right), 0)
        factor = self._factor(weight, basis, first, shifts[0])
        self.factors.setdefault((second, shifts[1], result), []).append(factor)

    def _factor(self, weight: Value, basis: Value, first: int, shift: int) -> tuple[Value, Value]:
        """A matrix of each channel, and the copies from number `shift` on of the block that it is applied to."""
        copies, available = weight.type.shape[0], self.blocks[first][0]
        used = available if shift else min(copies, available)
        matrix = self.builder.add("einsum", weight, basis, subscripts="mk,kxb->mxb")
        if used > 1:
            own = self.builder.add("expand", matrix, axis=2)
            places = self.builder.add("expand", self._copy_of(copies, used, shift), axis=1)
            places = self.builder.add("expand", places, axis=3)
            matrix = self.builder.add("merge", self.builder.add("multiply", own, places), axis=2, count=2)
        return self.builder.add("merge", matrix, axis=0, count=2), self._flat(self._cycled(first, used))

    def _contracted(self, factors: list[tuple[Value, Value]], second: int, shift: int, copies: int) -> Value:
        """The sum of matrices applied to blocks, (copies output size), with the copies of a second block (size)."""
        matrices, blocks = ([factor[place] for factor in factors] for place in (0, 1))
        matrix = matrices[0] if len(factors) == 1 else self.builder.add("concatenate", *matrices, axis=1)
        operand = blocks[0] if len(factors) == 1 else self.builder.add("concatenate", *blocks, axis=0)
        moved = self.builder.add("linear", operand, matrix)
        other = self._cycled(second, copies, shift)
        size = other.type.shape[1]
        if size == 1:
            moved = self.builder.add("split", moved, axis=0, sizes=(copies, moved.type.shape[0] // copies))
            return self._flat(self.builder.add("multiply", moved, other))
        output = moved.type.shape[0] // (copies * size)
        moved = self.builder.add("split", moved, axis=0, sizes=(copies, output * size))
        products = self.builder.add("multiply", moved, self._spread(other, output, 1))
        rows = self._constant(f"row_of_{output}_{size}", np.repeat(np.eye(output), size, axis=1))
        return self._flat(self.builder.add("linear", products, rows))

    def _spread(self, value: Value, before: int, after: int) -> Value:
        """The n numbers of the last axis repeated to (before, n, after), flat: by a matrix, and so its derivative."""
        size = value.type.shape[1]
        if before * after == 1:
            return value
        matrix = np.tile(np.repeat(np.eye(size), after, axis=0), (before, 1))
        return self.builder.add("linear", value, self._constant(f"spread_{before}_{size}_{after}", matrix))

    def _by_pairs(self, weight: Value, basis: Value, blocks: tuple[int, int], shift: int) -> Value:
        """Invariants of every pair by maps (k, second, first), and of these the sums that the copies want; `shift`
        of the copies of the second block."""
        copies = weight.type.shape[0]
        pairs = min(copies, math.lcm(*(self.blocks[block][0] for block in blocks)))
        first, second = self._cycled(blocks[0], pairs), self._cycled(blocks[1], pairs, shift)
        maps, size = basis.type.shape[0], second.type.shape[1]
        moved = self.builder.add("linear", first, self.builder.add("merge", basis, axis=0, count=2))
        rows = self._constant(f"row_of_{maps}_{size}", np.repeat(np.eye(maps), size, axis=1))
        invariants = self.builder.add(
            "linear", self.builder.add("multiply", moved, self._spread(second, maps, 1)), rows
        )
        places = self.builder.add("expand", self._copy_of(copies, pairs), axis=2)
        mixing = self.builder.add("multiply", places, self.builder.add("expand", weight, axis=1))
        mixing = self.builder.add("merge", mixing, axis=1, count=2)
        return self.builder.add("linear", self._flat(invariants), mixing)

    def _copy_of(self, copies: int, available: int, shift: int = 0) -> Value:
        """1 where a channel (m) has a copy (p)."""
        name = f"is_copy_{copies}_of_{available}" + (f"_from_{shift}" if shift else "")
        table = np.eye(available)[(np.arange(copies) + shift) % available]
        self.tables.setdefault(name, Constant(name, table=Table.from_array(table)))
        return self.builder.constant(name, (copies, available))

    def _cycled(self, index: int, wanted: int, shift: int = 0) -> Value:
        """`wanted` copies of a block, its own over and over, from number `shift` on."""
        available = self.blocks[index][0]
        shift %= available
        if wanted == available and not shift:
            return self.parts[index]
        if (index, wanted, shift) not in self.copies:
            self.copies[index, wanted, shift] = self._taken(index, wanted, shift)
        return self.copies[index, wanted, shift]

    def _taken(self, index: int, wanted: int, shift: int) -> Value:
        available = self.blocks[index][0]
        if wanted + shift <= available:
            return self.builder.add("slice", self.parts[index], axis=0, start=shift, stop=shift + wanted, step=1)
        name = f"copies_{wanted}_of_{available}" + (f"_from_{shift}" if shift else "")
        self.tables.setdefault(name, Constant(name, table=Table.from_array((np.arange(wanted) + shift) % available)))
        places = self.builder.constant(name, (wanted,), dtype="integer")
        return self.builder.add("take", self.parts[index], places, axis=0)

    def _flat(self, value: Value) -> Value:
        return self.builder.add("merge", value, axis=0, count=len(value.type.shape))

    def _constant(self, name: str, array: Array) -> Value:
        self.tables[name] = Constant(name, table=Table.from_array(array))
        return self.builder.constant(name, array.shape)


ALONE = 50
"""A multiplication outside of a matrix product takes the time of about so many inside one."""


def cheapest_order(copies: int, available: tuple[int, int], shape: tuple[int, int, int, int]) -> str:
    """How to contract w_mk B_kcab x_a y_b for `copies` channels m: "left", "right" or "pairs", by multiplications.

    "left" and "right": a matrix of each copy, weights times maps, is applied to that operand. "pairs", for scalars:
    the maps are applied to one of every pair, and the weights to what comes out. Both matrices are made once for the
    whole batch.
    """
    maps, output, left, right = shape
    used = min(copies, available[0]), min(copies, available[1])
    costs = {
        "right": copies * output * left * (used[1] * right + ALONE),
        "left": copies * output * right * (used[0] * left + ALONE),
    }
    if output == 1:
        pairs = min(copies, math.lcm(*available))
        costs["pairs"] = pairs * maps * (min(left, right) * (max(left, right) + ALONE) + copies)
    return min(costs, key=lambda order: costs[order])


def multiple_of_identity(table: Array) -> float | None:
    """The s of a single map s 1, such as that of a scalar times a vector; None for any other maps (k, c, a b)."""
    if len(table) != 1 or table.shape[1] != table.shape[2]:
        return None
    scale = float(table[0, 0, 0])
    return scale if np.array_equal(table[0], scale * np.eye(table.shape[1])) else None


def _equivariant_bilinear(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, EquivariantBilinear)
    return _BilinearLowering(copies_of(attributes.representation), attributes.paths).module()


EQUIVARIANT_BILINEAR = LayerRule(_equivariant_bilinear)
