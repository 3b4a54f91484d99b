"""An equivariant linear map: coefficients times a solved basis give one dense matrix, then `linear`.

The matrix depends on parameters alone, so folding leaves a plain product.
"""

from __future__ import annotations

from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.representation import Representation, Trivial
from symdsl.ir.graph import Node
from symdsl.ir.operations.equivariant import EquivariantLinear, copies_of, operand_representation
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Initial, Module, Parameter, Table
from symdsl.plan.value import Value

Blocks = tuple[tuple[int, Representation], ...]


class _LinearLowering:
    """Builds the module of one EquivariantLinear node, block pair by block pair."""

    def __init__(self, source: Blocks, target: Blocks, bias: bool) -> None:
        self.source, self.target, self.bias = source, target, bias
        self.builder = MethodBuilder("forward")
        self.parameters: list[Parameter] = []
        self.constants: dict[tuple[Representation, Representation], str] = {}
        self.tables: list[Constant] = []

    def module(self) -> Module:
        inputs = sum(copies * kind.dimension for copies, kind in self.source)
        x = self.builder.argument("x", ArrayType((inputs,), batched=True))
        rows = [self._rows(index) for index in range(len(self.target))]
        weight = rows[0] if len(rows) == 1 else self.builder.add("concatenate", *rows, axis=0, name="weight")
        operands = [x, weight]
        if self.bias and any(self._basis_size(Trivial(kind.group, 1), kind) for _, kind in self.target):
            parts = [self._bias(index) for index in range(len(self.target))]
            operands.append(
                parts[0] if len(parts) == 1 else self.builder.add("concatenate", *parts, axis=0, name="bias")
            )
        self.builder.output("y", self.builder.add("linear", *operands))
        return Module(
            "EquivariantLinear",
            "y = W x + b, where W commutes with the group: coefficients times a basis of such matrices.",
            (self.builder.build(),),
            parameters=tuple(self.parameters),
            constants=tuple(self.tables),
        )

    def _rows(self, index: int) -> Value:
        copies, kind = self.target[index]
        sizes = [self._basis_size(source, kind) for _, source in self.source]
        fan = sum(size * count for size, (count, _) in zip(sizes, self.source, strict=True))
        blocks = []
        for position, (count, source) in enumerate(self.source):
            if not sizes[position]:
                shape = (copies * kind.dimension, count * source.dimension)
                blocks.append(self.builder.add("full", shape=shape, value=0.0))
                continue
            initial = Initial("normal", float(kind.dimension) ** 0.5, fan)
            coefficients = self._parameter(f"weight_{index}_{position}", (sizes[position], copies, count), initial)
            blocks.append(self._expand(coefficients, source, kind, sizes[position]))
        return blocks[0] if len(blocks) == 1 else self.builder.add("concatenate", *blocks, axis=1)

    def _expand(self, coefficients: Value, source: Representation, kind: Representation, size: int) -> Value:
        """sum_k c[k, o, i] B[k, a, b] as a matrix of rows (o, a) and columns (i, b)."""
        basis = self._constant(source, kind, size)
        block = self.builder.add("einsum", coefficients, basis, subscripts="koi,kab->oaib")
        return self.builder.add("merge", self.builder.add("merge", block, axis=2, count=2), axis=0, count=2)

    def _bias(self, index: int) -> Value:
        copies, kind = self.target[index]
        one = Trivial(kind.group, 1)
        size = self._basis_size(one, kind)
        if not size:
            return self.builder.add("full", shape=(copies * kind.dimension,), value=0.0)
        coefficients = self._parameter(f"bias_{index}", (size, copies), Initial("constant", 0.0))
        basis = self._constant(one, kind, size)
        block = self.builder.add("einsum", coefficients, basis, subscripts="ko,kab->oab")
        return self.builder.add("merge", block, axis=0, count=3)

    def _parameter(self, name: str, shape: tuple[int, ...], initial: Initial) -> Value:
        self.parameters.append(Parameter(name, shape, initial))
        return self.builder.parameter(name, shape)

    def _basis_size(self, source: Representation, target: Representation) -> int:
        return hom_basis(source, target).shape[0]

    def _constant(self, source: Representation, target: Representation, size: int) -> Value:
        shape = (size, target.dimension, source.dimension)
        if (source, target) not in self.constants:
            name = f"basis_{len(self.constants) + 1}"
            self.constants[source, target] = name
            self.tables.append(Constant(name, table=Table.from_array(hom_basis(source, target))))
        return self.builder.constant(self.constants[source, target], shape)


def _equivariant_linear(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, EquivariantLinear)
    (value,) = types
    source = operand_representation(attributes.symmetry, value)
    return _LinearLowering(copies_of(source), copies_of(attributes.output), attributes.bias).module()


EQUIVARIANT_LINEAR = LayerRule(_equivariant_linear)
