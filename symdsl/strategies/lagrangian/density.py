"""L as a sum over places of one network of neighbours: the Lagrangian graph network of a field (2003.04630)."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Model
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.shape import Dense
from symdsl.ir.operations.stencil import Total, Windows
from symdsl.ir.types import EquivarianceError
from symdsl.strategies.angles import seen_angle
from symdsl.strategies.mlp.build import dense_layer, hidden_layers, initial_of
from symdsl.strategies.mlp.declaration import MlpOptions
from symdsl.strategies.normalised import normalised


def density(region: GraphBuilder, arguments: Mapping[str, int], stencil: int, model: Model) -> int:
    """The node of sum_i l(x_{i-k}, .., x_{i+k}), l one multilayer perceptron of all fields x along the ring.

    Raises EquivarianceError where another network than `mlp` is named, or a symmetry for it.
    """
    options = model.network.options
    if not isinstance(options, MlpOptions):
        raise EquivarianceError(
            f"a stencil is seen by a plain network, not by {model.network.strategy.name}",
            hint="leave the line of the network out, and write its hidden widths on the line of the Lagrangian",
        )
    seen = [
        seen_angle(model, region, name, normalised(model, region, name, node, alike=True))
        for name, node in arguments.items()
    ]
    windows = region.add(Windows(reach=stencil // 2), *seen)
    initial = initial_of(options, inner=True)
    hidden = hidden_layers(region, windows, options, initial)
    last: Dense = dense_layer(region, hidden, 1, initial, float(region.type_of(hidden).shape[-1]), bias=False)
    return region.add(Total(), region.add(last, hidden, name="last"))
