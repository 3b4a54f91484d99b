"""Points of rows: a network sees their differences from the centroid of their sample, and is placed there again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symdsl.check.spec import Model
from symdsl.groups.actions.points import Motion, points_in
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.centroid import Centre, Centroid
from symdsl.ir.operations.graph_rows import MeanOfPoints, TakeRows
from symdsl.strategies.centring import Frame
from symdsl.strategies.strategy import Target


@dataclass(frozen=True)
class RowFrame(Frame):
    """The centroids (d,) of each sample; `indices` are by name."""

    model: Model
    indices: Mapping[str, int]

    def origin(self, builder: GraphBuilder, target: Target, centroid: int) -> int:
        """The centroid of its sample at each row of the target."""
        return self.at(builder, target.type.rows, centroid)

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
    frame = RowFrame(centroids, model, indices)
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
