"""Points of rows: a network sees their differences from the centroid of their sample, and is placed there again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symdsl.check.spec import Model
from symdsl.groups.actions.points import Motion, points_in, without_offset
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.centroid import Centre, Centroid, Displace
from symdsl.ir.operations.graph_rows import MeanOfPoints, TakeRows
from symdsl.ir.types import EquivarianceError
from symdsl.strategies.strategy import Target


@dataclass(frozen=True)
class RowFrame:
    """The centroids (d,) of each sample, as nodes, for each symmetry that shifts points; `indices` are by name."""

    model: Model
    indices: Mapping[str, int]
    centroids: Mapping[tuple[str, Motion], int]

    def target(self, target: Target) -> Target:
        """What the network is asked for: differences from a centroid where points are wanted."""
        actions = {name: without_offset(action) for name, action in target.type.actions.items()}
        return Target(target.name, target.type.model_copy(update={"actions": actions}))

    def placed(self, builder: GraphBuilder, target: Target, value: int) -> int:
        """The value of a target, points displaced by the centroid. Raises EquivarianceError where there is none."""
        for name, action in target.type.actions.items():
            points = points_in(action)
            if points is None:
                continue
            if (name, points.motion) not in self.centroids:
                raise EquivarianceError(
                    f"{target.name} moves with the origin under {name}, and no input does",
                    hint=f"give a point that moves as {target.name} does",
                )
            origin = self.at(builder, target.type.rows, self.centroids[name, points.motion])
            value = builder.add(Displace(symmetry=name, target=target.type), value, origin)
        return value

    def at(self, builder: GraphBuilder, rows: str, value: int) -> int:
        """What a sample has, at each of its rows of a kind."""
        for each in self.model.ragged.values() if rows else ():
            if rows in (each.rows, each.edge_rows):
                value = builder.add(TakeRows(), value, self.indices[f"sample_of_{each.rows}"])
                if rows == each.edge_rows:
                    value = builder.add(TakeRows(), value, self.indices[f"{each.name}_senders"])
        return value


def centred_rows(
    builder: GraphBuilder, model: Model, inputs: Mapping[str, int], indices: Mapping[str, int]
) -> tuple[dict[str, int], RowFrame]:
    """The inputs with the centroid of their sample taken off, that of the first field of nodes with such points."""
    seen, centroids = dict(inputs), dict[tuple[str, Motion], int]()
    frame = RowFrame(model, indices, centroids)
    nodes = {each.rows for each in model.ragged.values()}
    for symmetry in model.network.symmetries:
        actions = {name: builder.type_of(node).actions.get(symmetry) for name, node in seen.items()}
        found = {
            name: points
            for name, action in actions.items()
            if action is not None and (points := points_in(action)) is not None
        }
        for name, points in found.items():
            rows = builder.type_of(seen[name]).rows
            if rows in nodes and (symmetry, points.motion) not in centroids:
                own = builder.add(Centroid(symmetry=symmetry), seen[name])
                owners, counts = indices[f"sample_of_{rows}"], indices[f"n_{rows}"]
                centroids[symmetry, points.motion] = builder.add(MeanOfPoints(), own, owners, counts)
        for name, points in found.items():
            if (symmetry, points.motion) in centroids:
                origin = frame.at(builder, builder.type_of(seen[name]).rows, centroids[symmetry, points.motion])
                seen[name] = builder.add(Centre(symmetry=symmetry), seen[name], origin)
    return seen, frame
