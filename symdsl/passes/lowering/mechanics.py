"""Hamilton's equations of bodies with masses in plan operations, projected onto what rods leave free."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.ir.graph import Graph, Node
from symdsl.ir.operations.mechanics import MechanicalField, Positions
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.lower import argument_name, array_type, layer_name
from symdsl.passes.lowering.rule import InlineRule, LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Initial, Method, Module, Parameter
from symdsl.plan.value import Value

KINETIC, CONSTRAINTS = "kinetic", "constraints"
INCIDENCE = "rods"
SPREAD = 0.1
"""Standard deviation of the first logarithms of inverse masses, as published."""


def take_positions(state: Value, axis: int) -> Value:
    """q of z, where (q, p) lie along `axis`."""
    return state.apply("slice", axis=axis, start=0, stop=1, step=1).apply("squeeze", axis=axis)


def _positions(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, Positions)
    return take_positions(operands[0], attributes.axis)


def incidence(rods: tuple[tuple[int, int], ...], anchored: tuple[int, ...], bodies: int) -> NDArray[np.float64]:
    """(rods, bodies): the row of a rod takes the difference of its ends, that of an anchored body its position."""
    table = np.zeros((len(rods) + len(anchored), bodies))
    for row, (first, second) in enumerate(rods):
        table[row, first], table[row, second] = 1.0, -1.0
    for row, body in enumerate(anchored):
        table[len(rods) + row, body] = 1.0
    return table


@dataclass(frozen=True)
class _Mechanics:
    attributes: MechanicalField
    shape: tuple[int, ...]

    @property
    def bodies(self) -> int:
        return math.prod(self.shape[: self.attributes.axis])

    @property
    def rods(self) -> int:
        return len(self.attributes.rods) + len(self.attributes.anchored)

    def module(self) -> Module:
        matrix = self.attributes.mass == "matrix"
        shape = (self.bodies, self.bodies) if matrix else (self.bodies,)
        name = "mass_factor" if matrix else "log_inverse_mass"
        given = (self.attributes.rods, self.attributes.anchored, self.bodies)
        return Module(
            "Mechanics",
            "Hamilton's equations of p^T M^-1 p / 2 + V(q)" + (", with rods of fixed lengths." if self.rods else "."),
            (self.forward(), self.kinetic(), *((self.constraints(),) if self.rods else ())),
            parameters=(Parameter(name, shape, Initial("normal", SPREAD, 1)),),
            constants=(Constant(INCIDENCE, f"{__name__}:incidence", given),) if self.rods else (),
        )

    def state(self, builder: MethodBuilder) -> Value:
        return builder.argument("z", ArrayType(self.shape, batched=True))

    def by_body(self, builder: MethodBuilder, array: Value) -> Value:
        """(*axes, d) -> (bodies, d)."""
        count = array.rank - 1
        return array.apply("expand", axis=0) if count == 0 else array.apply("merge", axis=0, count=count)

    def halves(self, builder: MethodBuilder, z: Value) -> tuple[Value, Value]:
        axis = self.attributes.axis
        parts = [z.apply("slice", axis=axis, start=side, stop=side + 1, step=1) for side in (0, 1)]
        q, p = (self.by_body(builder, part.apply("squeeze", axis=axis)) for part in parts)
        return q, p

    def inverse_mass(self, builder: MethodBuilder) -> Value:
        """M^-1 (bodies, bodies): exp of its logarithms, or L L^T with L lower triangular and exp on its diagonal."""
        count = self.bodies
        unit = builder.unit_matrix(count)
        if self.attributes.mass == "bodies":
            return unit * builder.parameter("log_inverse_mass", (count,)).apply("exp").apply("expand", axis=0)
        factor = builder.parameter("mass_factor", (count, count))
        lower = factor.apply("triangle", lower=True, diagonal=-1) + unit * factor.apply("exp")
        return builder.add("einsum", lower, lower, subscripts="ij,kj->ik")

    def kinetic(self) -> Method:
        builder = MethodBuilder(KINETIC, "p^T M^-1 p / 2.")
        _, p = self.halves(builder, self.state(builder))
        velocity = builder.add("einsum", self.inverse_mass(builder), p, subscripts="bc,cd->bd")
        builder.output("energy", (p * velocity).apply("sum", axes=(0, 1)) * 0.5)
        return builder.build()

    def ends(self, builder: MethodBuilder, q: Value, velocity: Value) -> tuple[Value, Value]:
        """What the rods span, and how fast: (rods, d) each."""
        rods = builder.constant(INCIDENCE, (self.rods, self.bodies))
        return (
            builder.add("einsum", rods, q, subscripts="kb,bd->kd"),
            builder.add("einsum", rods, velocity, subscripts="kb,bd->kd"),
        )

    def constraints(self) -> Method:
        builder = MethodBuilder(CONSTRAINTS, "Phi = |r|^2 / 2 of each rod r, and then dPhi/dt.")
        q, p = self.halves(builder, self.state(builder))
        across, change = self.ends(
            builder, q, builder.add("einsum", self.inverse_mass(builder), p, subscripts="bc,cd->bd")
        )
        squares = (across * across).apply("sum", axes=(1,)) * 0.5
        builder.output("values", builder.add("concatenate", squares, _dot(across, change), axis=0))
        return builder.build()

    def forward(self) -> Method:
        """With r = E q, u = E v, K = E M^-1 E^T: D^T J D has the blocks S = K (r r^T) and W = K (u r^T - r u^T)."""
        builder = MethodBuilder("forward")
        axis = self.attributes.axis
        slope = builder.argument("slope", ArrayType((*self.shape[:axis], *self.shape[axis + 1 :]), batched=True))
        q, p = self.halves(builder, self.state(builder))
        inverse = self.inverse_mass(builder)
        velocity = builder.add("einsum", inverse, p, subscripts="bc,cd->bd", name="velocity")
        force = -self.by_body(builder, slope)
        if self.rods:
            velocity, force = self.projected(builder, inverse, q, velocity, force)
        field = builder.add("stack", velocity, force, axis=1)
        sizes = (*self.shape[:axis], 2, self.shape[-1])
        field = field.apply("merge", axis=0, count=3).apply("split", axis=0, sizes=sizes)
        builder.output("field", field)
        return builder.build()

    def projected(
        self, builder: MethodBuilder, inverse: Value, q: Value, velocity: Value, force: Value
    ) -> tuple[Value, Value]:
        rods = builder.constant(INCIDENCE, (self.rods, self.bodies))
        light = builder.add("einsum", rods, inverse, subscripts="kb,bc->kc")
        coupling = builder.add("einsum", light, rods, subscripts="kc,lc->kl")
        across, change = self.ends(builder, q, velocity)
        inner = builder.add("einsum", coupling, across, across, subscripts="kl,kd,ld->kl")
        mixed = builder.add("einsum", coupling, change, across, subscripts="kl,kd,ld->kl")
        drift = _solve(inner, _dot(across, change))
        pulled = builder.add("einsum", light, force, subscripts="kb,bd->kd")
        turned = mixed.apply("transpose", permutation=(1, 0))
        wanted = builder.add("einsum", mixed - turned, drift, subscripts="kl,l->k")
        tension = _solve(inner, wanted - _dot(change, change) - _dot(across, pulled))
        along, beside = (number.apply("expand", axis=1) for number in (drift, tension))
        velocity = velocity - builder.add("einsum", light, across * along, subscripts="kb,kd->bd")
        force = force + builder.add("einsum", rods, across * beside + change * along, subscripts="kb,kd->bd")
        return velocity, force


def _dot(left: Value, right: Value) -> Value:
    return (left * right).apply("sum", axes=(1,))


def _solve(matrix: Value, right: Value) -> Value:
    return matrix.apply("solve", right.apply("expand", axis=1)).apply("squeeze", axis=1)


def _mechanical_field(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, MechanicalField)
    return _Mechanics(attributes, types[1].shape).module()


def mechanical_entry_points(graph: Graph, node: Node, root: Module) -> list[Method]:
    """`energy`, kinetic and potential together, and `constraints` (rods and their changes), of the model's inputs."""
    attributes = node.attributes
    assert isinstance(attributes, MechanicalField)
    slope, state = (graph.node(index) for index in node.inputs)
    name = next(name for name, identifier in graph.inputs if identifier == state.id)
    methods = []
    for entry in ("energy", CONSTRAINTS) if attributes.rods or attributes.anchored else ("energy",):
        builder = MethodBuilder(entry, "The learned energy, one number a sample.")
        given = {name: builder.argument(argument_name(name), array_type(graph.node(identifier).type))
                 for name, identifier in graph.inputs}  # fmt: skip
        child = layer_name(node)
        if entry == CONSTRAINTS:
            builder.documentation = "Half the squared length of each rod, and then its rate."
            (values,) = builder.call(root.child(child), child, CONSTRAINTS, given[name])
            builder.output(CONSTRAINTS, values)
        else:
            known = {identifier: given[each] for each, identifier in graph.inputs}
            places = take_positions(given[name], attributes.axis)
            operands = [known.get(index, places) for index in slope.inputs]
            (potential,) = builder.call(root.child(layer_name(slope)), layer_name(slope), "forward", *operands)
            (kinetic,) = builder.call(root.child(child), child, KINETIC, given[name])
            builder.output("energy", potential + kinetic)
        methods.append(builder.build())
    return methods


POSITIONS = InlineRule(_positions)
MECHANICAL_FIELD = LayerRule(_mechanical_field)
