"""The Euler-Lagrange equation as methods of the Lagrangian's own module: its acceleration and its energy."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from symdsl.ir.graph import Node
from symdsl.ir.operations.euler_lagrange import EulerLagrange, MassSolve
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.cyclic_band import Ring, block_places, block_size, probes
from symdsl.passes.lowering.lower import argument_name
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.passes.second_derivatives import by_columns, flat, second_derivatives
from symdsl.passes.simplify import simplify
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import copy_method, declare_arguments
from symdsl.plan.derivatives import pull_back
from symdsl.plan.nodes import Constant, Method, Module, Table
from symdsl.plan.value import Value

SMALLEST = 1e-30
"""Added to the mean square of a mass matrix, so that the root of 0 has a derivative."""


def _euler_lagrange(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, EulerLagrange)
    module = context.lower_region(attributes.region, "Lagrangian")
    constants: tuple[Constant, ...] = ()
    if attributes.half_band is None:
        acceleration = _acceleration(module, attributes)
    else:
        acceleration, constants = banded_acceleration(module, attributes, attributes.half_band)
    methods = (*module.methods, acceleration, _energy(module, attributes))
    return replace(module, methods=methods, constants=(*module.constants, *constants))


def _open(module: Module, builder: MethodBuilder, attributes: EulerLagrange) -> tuple[Value, Value, Value]:
    """The Lagrangian, q and v in a method of all arguments of the region; several are packed into one vector."""
    forward = module.method("forward")
    arguments = declare_arguments(builder, forward)
    names = [forward.nodes[index].attributes["name"] for index in forward.arguments]
    known = dict(zip(names, arguments, strict=True))
    packed = []
    for fields in (attributes.coordinates, attributes.velocities):
        parts = [argument_name(field) for field in fields]
        packed.append(known[parts[0]] if len(parts) == 1 else _pack(known, parts))
    (lagrangian,) = copy_method(builder, module, forward, [known[name] for name in names])
    return lagrangian, packed[0], packed[1]


def _pack(known: dict[str, Value], names: list[str]) -> Value:
    """One vector of several arguments, each of which is then read off it, so that derivatives by it move them all."""
    vectors = [flat(known[name]) for name in names]
    joined = vectors[0].builder.add("concatenate", *vectors, axis=0)
    start = 0
    for name, vector in zip(names, vectors, strict=True):
        part = joined.apply("slice", axis=0, start=start, stop=start + vector.shape[0])
        known[name] = reshape(part, known[name].shape)
        start += vector.shape[0]
    return joined


def _acceleration(module: Module, attributes: EulerLagrange) -> Method:
    builder = MethodBuilder("acceleration", "M^-1 (dL/dq - (d/dq dL/dv) v), M = d^2L/dv^2, sample by sample.")
    lagrangian, q, v = _open(module, builder, attributes)
    size = prod(v.shape)
    directions = [(None, each) for each in unit_tangents(builder, v)]
    found = second_derivatives(lagrangian, (q, v), [*directions, (v, None)], rows=size, wrt=1)
    mass = found.second.apply("slice", axis=1, start=0, stop=size)
    along = found.second.apply("slice", axis=1, start=size, stop=size + 1).apply("squeeze", axis=1)
    force = flat(builder.zeros_like(q) if found.first[0] is None else found.first[0]) - along
    solution = solve_mass(mass, force, attributes.solve)
    builder.output("acceleration", reshape(solution, v.shape))
    return simplify(builder.build())


def banded_acceleration(
    module: Module, attributes: EulerLagrange, half: int
) -> tuple[Method, tuple[Constant, ...]]:
    """The acceleration of places of a ring of which M couples none further apart than `half`, and its tables.

    M is found by a product for each colour, and solved by cyclic reduction where its blocks come out even.
    """
    builder = MethodBuilder("acceleration", "M^-1 (dL/dq - (d/dq dL/dv) v), M cyclic and banded, sample by sample.")
    lagrangian, q, v = _open(module, builder, attributes)
    (size,) = v.shape
    block = block_size(size, half) or size
    probe, (places, near) = probes(size, half), block_places(size, half, block)
    tables = {"probes": probe, "band_places": places, "band": near}
    constants = tuple(Constant(name, table=Table.from_array(array)) for name, array in tables.items())
    table = builder.constant("probes", probe.shape)
    rows = [table.apply("slice", axis=0, start=k, stop=k + 1).apply("squeeze", axis=0) for k in range(len(probe))]
    directions = [(None, row) for row in rows]
    found = by_columns(lagrangian, (q, v), [*directions, (v, None)], wrt=1)
    products = found.second.apply("slice", axis=1, start=0, stop=len(probe))
    along = found.second.apply("slice", axis=1, start=len(probe), stop=len(probe) + 1).apply("squeeze", axis=1)
    force = (builder.zeros_like(q) if found.first[0] is None else found.first[0]) - along
    where = builder.constant("band_places", places.shape, "integer")
    blocks = flat(products).apply("take", where, axis=0) * builder.constant("band", near.shape)
    builder.output("acceleration", _solve_ring(blocks, force, attributes.solve))
    return simplify(builder.build()), constants


def _solve_ring(blocks: Value, force: Value, solve: MassSolve) -> Value:
    """a (n,) with M a = force, for the blocks (3, N, b, b) of M on, after and before the diagonal."""
    parts = [blocks.apply("slice", axis=0, start=k, stop=k + 1).apply("squeeze", axis=0) for k in range(3)]
    count, size = parts[0].shape[:2]
    right = force.apply("split", axis=0, sizes=(count, size))
    if count == 1:
        return solve_mass(parts[0].apply("squeeze", axis=0), force, solve)
    if solve.is_exact:
        return Ring(*parts).solve(right).apply("merge", axis=0, count=2)
    builder = blocks.builder
    square = blocks.apply("square").apply("sum", axes=(0, 1, 2, 3)) * (solve.ridge**2 / (count * size)) + SMALLEST
    bound = square.apply("sqrt")
    for _ in range(3):
        bound = bound.apply("expand", axis=0)
    bound = (bound * builder.unit_matrix(size).apply("expand", axis=0)).apply("broadcast", shape=(count, size, size))
    zero = builder.zeros_like(parts[0])
    doubled = [
        _square_of_blocks(corner, part, -corner) for corner, part in zip((bound, zero, zero), parts, strict=True)
    ]
    given = builder.add("concatenate", right, builder.zeros_like(right), axis=1)
    found = Ring(*doubled).solve(given).apply("slice", axis=1, start=size, stop=2 * size)
    return found.apply("merge", axis=0, count=2)


def _square_of_blocks(first: Value, off: Value, last: Value) -> Value:
    """[[first, off], [off, last]] of each of N blocks."""
    builder = first.builder
    rows = [builder.add("concatenate", *row, axis=2) for row in ((first, off), (off, last))]
    return builder.add("concatenate", *rows, axis=1)


def _energy(module: Module, attributes: EulerLagrange) -> Method:
    builder = MethodBuilder("energy", "v . dL/dv - L, which the motion leaves alone, one number a sample.")
    lagrangian, _, v = _open(module, builder, attributes)
    (momentum,) = pull_back([lagrangian], [lagrangian.apply("full_like", value=1.0)], [v])
    action = builder.zeros_like(v) if momentum is None else momentum * v
    total = action.apply("sum", axes=tuple(range(v.rank))) if v.rank else action
    builder.output("energy", total - lagrangian)
    return simplify(builder.build())


def unit_tangents(builder: MethodBuilder, value: Value) -> list[Value]:
    """The unit vectors of an array, in row-major order."""
    size = prod(value.shape)
    unit = builder.unit_matrix(size)
    rows = [unit.apply("slice", axis=0, start=place, stop=place + 1).apply("squeeze", axis=0) for place in range(size)]
    return [reshape(row, value.shape) for row in rows]


def reshape(vector: Value, shape: tuple[int, ...]) -> Value:
    """A vector as an array."""
    if not shape:
        return vector.apply("squeeze", axis=0)
    return vector if len(shape) == 1 else vector.apply("split", axis=0, sizes=shape)


def solve_mass(mass: Value, force: Value, solve: MassSolve) -> Value:
    """a (n,) with M a = b for the symmetric M (n, n) and b (n,), as `MassSolve` says."""
    column = force.apply("expand", axis=1)
    if solve.method == "pseudo_inverse":
        inverse = mass.apply("pinv", cutoff=solve.cutoff)
        return inverse.apply("einsum", column, subscripts="ab,bc->ac").apply("squeeze", axis=1)
    if solve.is_exact:
        return mass.apply("solve", column).apply("squeeze", axis=1)
    return _regularised(mass, column, solve.ridge).apply("squeeze", axis=1)


def _regularised(mass: Value, column: Value, ridge: float) -> Value:
    """a of [[d, M], [M, -d]] (r, a) = (b, 0): (M^2 + d^2) a = M b without squaring M (Bjorck 1996, section 2.7)."""
    builder, size = mass.builder, mass.shape[0]
    square = mass.apply("square").apply("sum", axes=(0, 1)) * (ridge**2 / size) + SMALLEST
    bound = square.apply("sqrt").apply("expand", axis=0).apply("expand", axis=0) * builder.unit_matrix(size)
    upper = builder.add("concatenate", bound, mass, axis=1)
    lower = builder.add("concatenate", mass, -bound, axis=1)
    system = builder.add("concatenate", upper, lower, axis=0)
    right = builder.add("concatenate", column, builder.zeros_like(column), axis=0)
    return system.apply("solve", right).apply("slice", axis=0, start=size, stop=2 * size)


EULER_LAGRANGE = LayerRule(_euler_lagrange, method="acceleration")
