"""A multilayer perceptron over the packed inputs: the network that knows no symmetry."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Enforcement, Model
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.pointwise import Pointwise
from symdsl.ir.operations.shape import Dense, Pack, Unpack
from symdsl.strategies.mlp.declaration import Initial, MlpOptions
from symdsl.strategies.strategy import Target

LAGRANGIAN_FIRST, LAGRANGIAN_HIDDEN = 2.2, 0.58


class Mlp:
    """Hidden dense layers with an activation, then one dense layer for each target.

    As the scalar of a structure its weights start orthogonal and the last layer has no bias (Greydanus et al. 2019,
    1906.01563, section 3), since a constant in an energy is never seen. As those of a Lagrangian they start normal with
    deviations 2.2 / sqrt(n), 0.58 i / sqrt(n) and n / sqrt(n) in the first layer, hidden layer i and the last, n the
    larger side of a matrix, with biases 0 (Cranmer et al. 2020, 2003.04630, and its code).
    """

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the layers; returns the node of every target."""
        options = enforcement.options
        assert isinstance(options, MlpOptions)
        inner = model.structure is not None
        initial = initial_of(options, inner)
        numbers = [value for value in inputs.values() if builder.type_of(value).dtype == "real"]
        hidden = hidden_layers(builder, builder.add(Pack(), *numbers), options, initial)
        return {target.name: self._head(builder, hidden, target, initial, inner) for target in targets}

    def _head(self, builder: GraphBuilder, hidden: int, target: Target, initial: Initial, inner: bool) -> int:
        name = "last" if inner else f"to_{target.name}"
        width = target.type.size
        gain = float(max(width, builder.type_of(hidden).size))
        dense = builder.add(dense_layer(builder, hidden, width, initial, gain, not inner), hidden, name=name)
        return builder.add(Unpack(target=target.type), dense)


def initial_of(options: MlpOptions, inner: bool) -> Initial:
    """How weights start, `inner`: as the scalar of a structure."""
    return options.initial or ("orthogonal" if inner else "uniform")


def hidden_layers(builder: GraphBuilder, hidden: int, options: MlpOptions, initial: Initial) -> int:
    """The hidden layers, along the last axis of the operand."""
    for count, width in enumerate(options.hidden, start=1):
        gain = LAGRANGIAN_FIRST if count == 1 else LAGRANGIAN_HIDDEN * (count - 1)
        dense = dense_layer(builder, hidden, width, initial, gain)
        layer = builder.add(dense, hidden, name=f"layer_{count}")
        hidden = builder.add(Pointwise(function=options.activation), layer)
    return hidden


def dense_layer(
    builder: GraphBuilder, operand: int, width: int, initial: Initial, gain: float, bias: bool = True
) -> Dense:
    """A layer on the operand whose weights start as said, with the gain of a Lagrangian's."""
    if initial == "lagrangian":
        return Dense(width=width, bias=bias, initial="normal", gain=gain)
    return Dense(width=width, bias=bias, initial="default" if initial == "uniform" else initial)


STRATEGY = Mlp()
