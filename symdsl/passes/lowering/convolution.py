"""A group convolution is one gather (or one product) that expands the filters, and one ordinary convolution.

Weights are (fields out, fields in, copies in, k, k) whatever the layout. Channels are group-major, and the filter bank
is made in the order in which its memory is read: for channels_first (copies out, fields out, k, k, copies in,
fields in), whose last step is then only a view; for channels_last (k, k, copies in, fields in, copies out, fields out).
"""

from __future__ import annotations

from dataclasses import dataclass

from symdsl.check.grid import planar_order
from symdsl.ir.feature_map import Fibre, fibre_of
from symdsl.ir.graph import Node
from symdsl.ir.operations.convolution import Convolution
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.image_layout import layout_name, map_type
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Constant, Initial, Module, Parameter
from symdsl.plan.value import Value

_TABLES = "symdsl.passes.lowering.filter_tables"
_LATTICE_TURNS = (1, 2, 4)


@dataclass(frozen=True)
class FilterBank:
    """The filters of one layer under C(turns), or D(turns) if `mirrored`."""

    attributes: Convolution
    turns: int
    mirrored: bool
    source: Fibre

    @property
    def order(self) -> int:
        """The number of elements of the group."""
        return self.turns * (2 if self.mirrored else 1)

    @property
    def interpolated(self) -> bool:
        """Whether pixels do not land on pixels."""
        return self.turns not in _LATTICE_TURNS

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the weight; a plain convolution has no axis for the group."""
        attributes = self.attributes
        copies = () if self.order == 1 else (self.source.copies,)
        return (attributes.fields, self.source.fields, *copies, attributes.kernel, attributes.kernel)

    def constants(self) -> tuple[Constant, ...]:
        """The tables that expand the weight."""
        group = (self.turns, self.mirrored)
        if self.order == 1:
            return ()
        if not self.interpolated:
            arguments = (*group, self.attributes.kernel, self.source.copies)
            return (Constant("taps", f"{_TABLES}:filter_taps", arguments),)
        rotations = Constant("rotations", f"{_TABLES}:filter_rotations", (*group, self.attributes.kernel))
        if self.source.copies == 1:
            return (rotations,)
        return rotations, Constant("copies", f"{_TABLES}:filter_copies", group)

    def expand(self, builder: MethodBuilder, weight: Value, channels_last: bool) -> Value:
        """The dense filters: (out, in, k, k), or (k, k, in, out) for channels_last."""
        if self.order == 1:
            return weight.apply("transpose", permutation=(2, 3, 1, 0)) if channels_last else weight
        first = weight.apply("transpose", permutation=(2, 3, 4, 0, 1))
        bank = (
            self._rotate(builder, first, channels_last)
            if self.interpolated
            else self._gather(builder, first, channels_last)
        )
        if channels_last:
            return bank.apply("merge", axis=2, count=2).apply("merge", axis=3, count=2, name="filters")
        bank = bank.apply("merge", axis=0, count=2).apply("merge", axis=3, count=2)
        return bank.apply("transpose", permutation=(0, 3, 1, 2), name="filters")

    def _gather(self, builder: MethodBuilder, weight: Value, channels_last: bool) -> Value:
        """Each tap read where the element took it from; the weight is (copies in, k, k, out, in)."""
        kernel, copies = self.attributes.kernel, self.source.copies
        taps = builder.constant("taps", (self.order, kernel, kernel, copies), "integer")
        bank = weight.apply("merge", axis=0, count=3).apply("take", taps, axis=0)
        return bank.apply("transpose", permutation=(1, 2, 3, 5, 0, 4) if channels_last else (0, 4, 1, 2, 3, 5))

    def _rotate(self, builder: MethodBuilder, weight: Value, channels_last: bool) -> Value:
        """The group axis shifted exactly, the taps moved bilinearly."""
        kernel, order = self.attributes.kernel, self.order
        rotations = builder.constant("rotations", (order, kernel**2, kernel**2))
        taps = weight.apply("merge", axis=1, count=2)
        result = "usiho" if channels_last else "housi"
        if self.source.copies == 1:
            bank = rotations.apply("einsum", taps, subscripts=f"huv,svoi->{result}")
        else:
            shifted = taps.apply("take", builder.constant("copies", (order, order), "integer"), axis=0)
            bank = rotations.apply("einsum", shifted, subscripts=f"huv,hsvoi->{result}")
        return bank.apply("split", axis=0 if channels_last else 2, sizes=(kernel, kernel))


def _class_name(bank: FilterBank) -> str:
    name = "Convolution" if bank.order == 1 else "LiftingConvolution" if bank.source.copies == 1 else "GroupConvolution"
    return name if bank.attributes.bias else f"{name}WithoutBias"


def _documentation(bank: FilterBank) -> str:
    if bank.order == 1:
        return "A plain convolution."
    group = f"{'D' if bank.mirrored else 'C'}({bank.turns})"
    if bank.source.copies == 1:
        first = f"Lifts an image to {group}: one turned copy of each filter for every element."
    else:
        first = f"Convolves over {group}: each filter turned, and its group axis shifted, for every element."
    moved = "\nThe copies are made by bilinear interpolation within a disk." if bank.interpolated else ""
    return f"{first}{moved}\nCohen & Welling 2016, arXiv 1602.07576, equations 10 and 11."


def _convolution(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, Convolution)
    source = fibre_of(attributes.symmetry, types[0], "a convolution")
    turns, mirrored = 1, False
    if attributes.symmetry is not None:
        turns, mirrored = planar_order(types[0].actions[attributes.symmetry].group) or (1, False)
    bank = FilterBank(attributes, turns, mirrored, source)
    builder = MethodBuilder("forward")
    x = builder.argument("x", map_type(types[0], context))
    filters = bank.expand(builder, builder.parameter("weight", bank.shape), context.channels_last)
    fan = source.channels * attributes.kernel**2
    parameters = [Parameter("weight", bank.shape, Initial("normal", attributes.gain, fan))]
    operands = [x, filters]
    if attributes.bias:
        parameters.append(Parameter("bias", (attributes.fields,), Initial("constant", 0.0)))
        operands.append(_bias(builder, bank))
    result = builder.add(
        "convolution", *operands, stride=attributes.stride, padding=attributes.padding, layout=layout_name(context)
    )
    builder.output("y", result)
    return Module(
        _class_name(bank),
        _documentation(bank),
        (builder.build(),),
        dimensions=(("inputs", source.fields), ("outputs", attributes.fields), ("kernel", attributes.kernel)),
        parameters=tuple(parameters),
        constants=bank.constants(),
    )


def _bias(builder: MethodBuilder, bank: FilterBank) -> Value:
    """One bias for each field, shared by its copies."""
    bias = builder.parameter("bias", (bank.attributes.fields,))
    if bank.order == 1:
        return bias
    tiled = bias.apply("expand", axis=0).apply("broadcast", shape=(bank.order, bank.attributes.fields))
    return tiled.apply("merge", axis=0, count=2)


CONVOLUTION = LayerRule(_convolution)
