"""The network as IR: Gram matrix of each input, one hidden layer, one dense layer a target."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Enforcement, Model
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.pointwise import Pointwise
from symdsl.ir.operations.shape import Dense, Pack, Unpack
from symdsl.strategies.strategy import Target
from symdsl_sample.declaration import InnerProductsOptions
from symdsl_sample.gram_matrix import GramMatrix


class InnerProducts:
    """Scalars of vectors through their inner products (Villar et al. 2021, 2106.06610, section 3)."""

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
        assert isinstance(options, InnerProductsOptions)
        products = [builder.add(GramMatrix(), value) for value in inputs.values()]
        packed = builder.add(Pack(), *products)
        hidden = builder.add(Pointwise(function="tanh"), builder.add(Dense(width=options.width), packed, name="hidden"))
        return {
            target.name: builder.add(
                Unpack(target=target.type), builder.add(Dense(width=1), hidden, name=f"to_{target.name}")
            )
            for target in targets
        }


STRATEGY = InnerProducts()
