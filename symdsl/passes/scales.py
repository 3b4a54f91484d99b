"""Where the statistics of normalised fields lie in a model: by layer, and by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from symdsl.check.normalisation import field_scale
from symdsl.check.spec import Model
from symdsl.groups.blocks import Blocks
from symdsl.ir.graph import Graph, ModelGraph
from symdsl.ir.operations.derivative import Gradient
from symdsl.ir.operations.leaves import Input
from symdsl.ir.operations.scaling import Normalise, Restore, ScaleEnergy
from symdsl.passes.lowering.lower import layer_name
from symdsl.passes.lowering.scaling import MEAN, SCALE
from symdsl.passes.lowering.units import units_name

Array = NDArray[Any]


@dataclass(frozen=True)
class ScalingLayer:
    """A layer that holds the scale of `field`, and its mean where `shifted`; `path` is the layer's in the plan."""

    path: str
    field: str
    blocks: Blocks
    shifted: bool

    @property
    def mean(self) -> str:
        """The plan path of the mean."""
        return f"{self.path}.{MEAN}"

    @property
    def scale(self) -> str:
        """The plan path of the scale."""
        return f"{self.path}.{SCALE}"


@dataclass(frozen=True)
class EnergyLayer:
    """The layer that scales an energy whose gradient is predicted; `axis` is (q, p) in the state."""

    path: str
    axis: int

    @property
    def scale(self) -> str:
        """The plan path of the scale."""
        return f"{self.path}.{SCALE}"


def scaling_layers(graph: ModelGraph, model: Model) -> tuple[ScalingLayer, ...]:
    """Every layer with statistics of a field: what normalises inputs, restores outputs, or gives a loss its units."""
    found = [layer for layer in _layers(graph.forward, "") if isinstance(layer, ScalingLayer)]
    restored = {layer.field for layer in found}
    for name in model.outputs:
        if name in model.normalised and name not in restored:
            found.append(ScalingLayer(units_name(name), name, field_scale(model, name).blocks, shifted=False))
    return tuple(found)


def energy_layers(graph: ModelGraph) -> tuple[EnergyLayer, ...]:
    """The layers that scale an energy."""
    return tuple(layer for layer in _layers(graph.forward, "") if isinstance(layer, EnergyLayer))


def field_units(
    graph: ModelGraph, model: Model, weights: Mapping[str, Array]
) -> dict[str, tuple[Array | float, Array]]:
    """Mean and scale of each normalised field in some weights, as arrays of the shape of one sample; mean 0. where
    the field is not shifted."""
    return {
        layer.field: (
            layer.blocks.expand(weights[layer.mean]) if layer.shifted else 0.0,
            layer.blocks.expand(weights[layer.scale]),
        )
        for layer in scaling_layers(graph, model)
    }


def output_scales(graph: ModelGraph, model: Model, weights: Mapping[str, Array]) -> dict[str, Array]:
    """The scales of the normalised outputs in some weights, which their loss is measured in."""
    return {name: scale for name, (_, scale) in field_units(graph, model, weights).items() if name in model.outputs}


def _layers(graph: Graph, prefix: str) -> Iterator[ScalingLayer | EnergyLayer]:
    outputs = {identifier: name for name, identifier in graph.outputs}
    for node in graph.nodes:
        match node.attributes:
            case Normalise(blocks=blocks, shifted=shifted):
                source = graph.node(node.inputs[0]).attributes
                assert isinstance(source, Input)
                yield ScalingLayer(prefix + layer_name(node), source.field, blocks, shifted)
            case Restore(blocks=blocks, shifted=shifted):
                yield ScalingLayer(prefix + layer_name(node), outputs[node.id], blocks, shifted)
            case ScaleEnergy(axis=axis):
                yield EnergyLayer(prefix + layer_name(node), axis)
            case Gradient(region=region):
                yield from _layers(region, f"{prefix}{layer_name(node)}.")
            case _:
                pass
