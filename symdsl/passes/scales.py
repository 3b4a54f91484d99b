"""Where the statistics of normalised fields lie in a model: by layer, and by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from symdsl.check.normalisation import field_scale
from symdsl.check.spec import Model
from symdsl.groups.actions.blocks import Blocks
from symdsl.groups.actions.points import Points
from symdsl.ir.graph import Graph, ModelGraph, Node
from symdsl.ir.operations.centroid import Centre, Displace, points_of_value
from symdsl.ir.operations.derivative import Gradient
from symdsl.ir.operations.euler_lagrange import EulerLagrange
from symdsl.ir.operations.graph_rows import MeanOfPoints, TakeRows
from symdsl.ir.operations.leaves import Input
from symdsl.ir.operations.scaling import Normalise, Restore, ScaleEnergy
from symdsl.passes.lowering.lower import layer_name
from symdsl.passes.lowering.scaling import MEAN, SCALE
from symdsl.passes.lowering.units import restoring_node, units_name

Array = NDArray[Any]


@dataclass(frozen=True)
class Origin:
    """The centroid of the points of some fields, which is taken off the `points` of another before these are scaled.

    Of points of rows it is that of a sample, to which `owner` says that each row belongs; with `spread` it is taken off
    rows.
    """

    points: Points
    sources: tuple[tuple[str, Points], ...]
    owner: str | None = None
    spread: bool = False


@dataclass(frozen=True)
class ScalingLayer:
    """A layer that holds the scale of `field`, and its mean where `shifted`; `path` is the layer's in the plan.

    With an `origin` it is differences of points that are scaled.
    """

    path: str
    field: str
    blocks: Blocks
    shifted: bool
    origin: Origin | None = None

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
    outputs = {restoring_node(graph, identifier).id: (name, identifier) for name, identifier in graph.outputs}
    for node in graph.nodes:
        path = prefix + layer_name(node)
        match node.attributes:
            case Normalise(blocks=blocks, shifted=shifted):
                source = graph.node(node.inputs[0])
                origin = _origin(graph, source)
                field = _field(source if origin is None else graph.node(source.inputs[0]))
                yield ScalingLayer(path, field, blocks, shifted, origin)
            case Restore(blocks=blocks, shifted=shifted):
                name, identifier = outputs[node.id]
                yield ScalingLayer(path, name, blocks, shifted, _origin(graph, graph.node(identifier)))
            case ScaleEnergy(axis=axis):
                yield EnergyLayer(path, axis)
            case Gradient(region=region) | EulerLagrange(region=region):
                yield from _layers(region, f"{path}.")
            case _:
                pass


def _origin(graph: Graph, node: Node) -> Origin | None:
    """What a node takes off its operand, or puts it at; None for any other node."""
    match node.attributes:
        case Centre(symmetry=symmetry):
            whole = graph.node(node.inputs[0]).type
        case Displace(symmetry=symmetry, target=whole):
            pass
        case _:
            return None
    origin, owner, spread = graph.node(node.inputs[1]), None, False
    while isinstance(origin.attributes, (TakeRows, MeanOfPoints)):
        spread |= isinstance(origin.attributes, TakeRows)
        if isinstance(origin.attributes, MeanOfPoints):
            owner = _field(graph.node(origin.inputs[1]))
        origin = graph.node(origin.inputs[0])
    given = [graph.node(index) for index in origin.inputs]
    sources = tuple((_field(each), points_of_value(symmetry, each.type)) for each in given)
    return Origin(points_of_value(symmetry, whole), sources, owner, spread)


def _field(node: Node) -> str:
    """The name of an input."""
    assert isinstance(node.attributes, Input)
    return node.attributes.field
