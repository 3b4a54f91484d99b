"""Equivariant multilayer perceptrons for any matrix group (Finzi, Welling, Wilson 2021, 2104.09459)."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Enforcement, Model
from symdsl.groups.actions.action import Action
from symdsl.groups.combinations import Product
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Representation, Trivial
from symdsl.ir.actions import direct_sum
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.equivariant import (
    EquivariantBilinear,
    EquivariantLinear,
    Gated,
    copies_of,
    number_of_gates,
    operand_representation,
)
from symdsl.ir.operations.shape import Pack, Unpack
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.strategies.equivariant_mlp.choice import chosen_network
from symdsl.strategies.equivariant_mlp.declaration import EquivariantMlpOptions
from symdsl.strategies.equivariant_mlp.hidden import hidden_representation
from symdsl.strategies.equivariant_mlp.scalars import build_scalars
from symdsl.strategies.strategy import Target

LARGEST_PATH = 5_000
"""A bilinear path is left out when one of its maps has more entries than this."""
LARGEST_TABLES = 1 << 23
"""Entries of all maps of a layer's bilinear paths."""


class EquivariantMlp:
    """Blocks of an equivariant linear map, a bilinear map and gates; then one linear map for each target."""

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the layers; returns the node of every target. Raises EquivarianceError where no map but zero exists."""
        options = enforcement.options
        assert isinstance(options, EquivariantMlpOptions)
        (symmetry,) = enforcement.symmetries
        # A constant in the scalar of a structure is never seen.
        bias = model.structure is None
        moved = [action_under(symmetry, builder.type_of(node)) for node in inputs.values()]
        wanted = [target.type.actions[symmetry] for target in targets]
        if chosen_network(options.network, moved, wanted, options.hidden) == "scalars":
            return build_scalars(builder, inputs, targets, symmetry, options.hidden, bias)
        group = model.symmetries[symmetry].group
        assert group is not None
        hidden = builder.add(Pack(), *inputs.values())
        rank = max((highest_rank(target.type.actions[symmetry]) for target in targets), default=0)
        given = operand_representation(symmetry, builder.type_of(hidden))
        wanted_kinds = (action.representation() for action in wanted)
        kinds = tuple(kind for each in (given, *wanted_kinds) for _, kind in copies_of(each))
        for count, channels in enumerate(options.hidden, start=1):
            representation = hidden_representation(group, channels, rank, kinds)
            hidden = self._block(builder, hidden, symmetry, representation, count)
        return {target.name: self._head(builder, hidden, symmetry, target, bias) for target in targets}

    def _block(
        self, builder: GraphBuilder, operand: int, symmetry: str, representation: Representation, count: int
    ) -> int:
        gates = number_of_gates(representation)
        scalars = (Trivial(representation.group, gates),) if gates else ()
        # beside the scalars of the representation, so that they are one block
        gated = direct_sum((*scalars, representation))
        linear = builder.add(EquivariantLinear(symmetry=symmetry, output=gated), operand, name=f"linear_{count}")
        paths = bilinear_paths(gated)
        if paths:
            bilinear = EquivariantBilinear(symmetry=symmetry, representation=gated, paths=paths)
            linear = builder.add(bilinear, linear, name=f"bilinear_{count}")
        return builder.add(Gated(symmetry=symmetry, output=representation), linear, name=f"gate_{count}")

    def _head(self, builder: GraphBuilder, hidden: int, symmetry: str, target: Target, bias: bool) -> int:
        output = target.type.actions[symmetry].representation()
        linear = builder.add(
            EquivariantLinear(symmetry=symmetry, output=output, bias=bias), hidden, name=f"to_{target.name}"
        )
        return builder.add(Unpack(target=target.type), linear)


def action_under(symmetry: str, value: ValueType) -> Action:
    """How a value moves. Raises EquivarianceError where it is not known, such as after a scale of each component."""
    if symmetry not in value.actions:
        raise EquivarianceError(f"an input does not transform under {symmetry}")
    return value.actions[symmetry]


def highest_rank(action: Action) -> int:
    """The highest tensor rank among the parts of a linear action."""
    return max((kind.degree or 0 for _, kind in copies_of(action.representation())), default=0)


def bilinear_paths(representation: Representation) -> tuple[tuple[int, int, int], ...]:
    """The products of two blocks that have an equivariant map to a third; scalar times scalar is left to the gates.

    Small products come first, as many as `LARGEST_TABLES` has room for.
    """
    kinds = [kind for _, kind in copies_of(representation)]
    sized = [
        (left.dimension * right.dimension * output.dimension, (first, second, result))
        for first, left in enumerate(kinds)
        for second, right in enumerate(kinds)
        if first <= second
        and not (isinstance(left, Trivial) and isinstance(right, Trivial))
        and not (left.is_permutation and right.is_permutation)
        for result, output in enumerate(kinds)
    ]
    chosen: list[tuple[int, int, int]] = []
    entries = 0
    for size, path in sorted(sized):
        if size > LARGEST_PATH:
            break
        left, right, output = (kinds[index] for index in path)
        maps = hom_dimension(Product((left, right)), output)
        entries += maps * size
        if entries > LARGEST_TABLES:
            break
        if maps:
            chosen.append(path)
    return tuple(sorted(chosen))


STRATEGY = EquivariantMlp()
