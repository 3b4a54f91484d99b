"""Layers over representations of any matrix group: linear, bilinear and gated (Finzi et al. 2021, 2104.09459)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import PlainSerializer

from symdsl.groups.combinations import Product, Sum
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.ir.actions import direct_sum, vector_action
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType

Described = Annotated[Representation, PlainSerializer(lambda representation: representation.describe())]
"""A representation as an attribute; in JSON it is what `describe` says."""


def copies_of(representation: Representation) -> tuple[tuple[int, Representation], ...]:
    """A direct sum as (copies, type) blocks in order; copies stand first: block = Product(Trivial(copies), type)."""
    parts = representation.parts if isinstance(representation, Sum) else (representation,)
    blocks: list[tuple[int, Representation]] = []
    for part in parts:
        if isinstance(part, Trivial):
            blocks.append((part.dimension, Trivial(part.group, 1)))
        elif isinstance(part, Product) and isinstance(part.parts[0], Trivial):
            rest = part.parts[1:]
            blocks.append((part.parts[0].dimension, rest[0] if len(rest) == 1 else Product(rest)))
        else:
            blocks.append((1, part))
    return tuple(blocks)


def block_sum(blocks: tuple[tuple[int, Representation], ...]) -> Representation:
    """The inverse of `copies_of`, in canonical form."""
    return direct_sum(
        tuple(
            Trivial(kind.group, copies) if isinstance(kind, Trivial) else Product((Trivial(kind.group, copies), kind))
            for copies, kind in blocks
        )
    )


def operand_representation(symmetry: str, value: ValueType) -> Representation:
    """The representation of a vector under `symmetry`. Raises EquivarianceError where it is not known."""
    if len(value.shape) != 1 or symmetry not in value.actions:
        raise EquivarianceError(f"the operand does not transform under {symmetry} as a vector")
    return value.actions[symmetry].representation()


class EquivariantLinear(Attributes):
    """y = W x + b with W in Hom_G(V, W) and b invariant. V is the operand's representation under `symmetry`."""

    op: ClassVar[str] = "equivariant_linear"
    lowering: ClassVar[str] = "symdsl.passes.lowering.equivariant_linear:EQUIVARIANT_LINEAR"

    symmetry: str
    output: Described
    bias: bool = True

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        operand = operand_representation(self.symmetry, value)
        reachable = any(
            hom_dimension(source, target) > 0
            for _, target in copies_of(self.output)
            for _, source in copies_of(operand)
        )
        if not reachable:
            raise EquivarianceError(
                f"no equivariant linear map from {operand.text} to {self.output.text} except zero",
                note="the space of equivariant maps between them has dimension 0; a constant is not made of the input",
                hint="make the hidden layers wider, so that they hold vectors and tensors and not scalars alone",
            )
        return ValueType(shape=(self.output.dimension,), actions={self.symmetry: vector_action(self.output)})


class EquivariantBilinear(Attributes):
    """y = x + sum over paths of w_c B(x_a, x_b), channel by channel, B in Hom_G(V_a tensor V_b, V_c).

    `paths` are (a, b, c): indices of the operand's blocks; copy i of block c takes copies i mod m_a and i mod m_b,
    and where a = b, i and i + 1.
    """

    op: ClassVar[str] = "equivariant_bilinear"
    lowering: ClassVar[str] = "symdsl.passes.lowering.equivariant_bilinear:EQUIVARIANT_BILINEAR"

    symmetry: str
    representation: Described
    paths: tuple[tuple[int, int, int], ...]

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        operand = operand_representation(self.symmetry, value)
        if operand != canonical(self.representation):
            raise EquivarianceError(f"the operand carries {operand.text}, the layer {self.representation.text}")
        return ValueType(shape=value.shape, actions={self.symmetry: vector_action(self.representation)})


class Gated(Attributes):
    """Scalars pass through silu; every other copy is multiplied by the sigmoid of a scalar of its own.

    The operand carries one scalar for each copy of a non-trivial type, followed by `output`; blocks whose
    representation permutes its points need no gate and pass through silu as well.
    """

    op: ClassVar[str] = "gated"
    lowering: ClassVar[str] = "symdsl.passes.lowering.gated:GATED"

    symmetry: str
    output: Described

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        operand = operand_representation(self.symmetry, value)
        gates = number_of_gates(self.output)
        expected = self.output if not gates else direct_sum((Trivial(self.output.group, gates), self.output))
        if operand != canonical(expected):
            text = f"a gate for {self.output.text} needs {gates} scalars before it, got {operand.text}"
            raise EquivarianceError(text)
        return ValueType(shape=(self.output.dimension,), actions={self.symmetry: vector_action(self.output)})


def number_of_gates(representation: Representation) -> int:
    """How many gate scalars a representation needs: one for each copy that is not permuted pointwise."""
    return sum(copies for copies, kind in copies_of(representation) if not kind.is_permutation)
