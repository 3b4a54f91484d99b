"""A multilayer perceptron over the packed inputs: the network that knows no symmetry."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Enforcement, Model
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.pointwise import Pointwise
from symdsl.ir.operations.shape import Dense, Pack, Unpack
from symdsl.strategies.mlp.declaration import MlpOptions
from symdsl.strategies.strategy import Target


class Mlp:
    """Hidden dense layers with an activation, then one dense layer for each target.

    As the scalar of a structure its weights start orthogonal and the last layer has no bias (Greydanus et al. 2019,
    1906.01563, section 3), since a constant in an energy is never seen.
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
        initial = "orthogonal" if inner else "default"
        numbers = [value for value in inputs.values() if builder.type_of(value).dtype == "real"]
        hidden = builder.add(Pack(), *numbers)
        for count, width in enumerate(options.hidden, start=1):
            layer = builder.add(Dense(width=width, initial=initial), hidden, name=f"layer_{count}")
            hidden = builder.add(Pointwise(function=options.activation), layer)
        return {target.name: self._head(builder, hidden, target, initial, inner) for target in targets}

    def _head(self, builder: GraphBuilder, hidden: int, target: Target, initial: str, inner: bool) -> int:
        name = "last" if inner else f"to_{target.name}"
        dense = builder.add(Dense(width=target.type.size, bias=not inner, initial=initial), hidden, name=name)
        return builder.add(Unpack(target=target.type), dense)


STRATEGY = Mlp()
