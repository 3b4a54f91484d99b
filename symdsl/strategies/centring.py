"""A network between points: it sees their differences from their centroid, and what it gives is put there again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symdsl.groups.actions.points import Motion, Points, about_centroid, points_in, without_offset
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.centroid import Centre, Centroid, Displace
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.strategies.strategy import Target


@dataclass(frozen=True)
class Frame:
    """The centroids (d,) of the points that move alike, as nodes, for each symmetry that shifts points."""

    centroids: Mapping[tuple[str, Motion], int]

    def target(self, target: Target) -> Target:
        """What the network is asked for: differences from a centroid where points are wanted."""
        actions = {name: without_offset(action) for name, action in target.type.actions.items()}
        return Target(target.name, target.type.model_copy(update={"actions": actions}))

    def placed(self, builder: GraphBuilder, target: Target, value: int) -> int:
        """The value of a target, points displaced by the centroid. Raises EquivarianceError where there is none."""
        for name, points in _points_of(target.type):
            if (name, points.motion) not in self.centroids:
                raise EquivarianceError(
                    f"{target.name} moves with the origin under {name}, and no input does",
                    hint=f"give a point that moves as {target.name} does",
                )
            origin = self.origin(builder, target, self.centroids[name, points.motion])
            value = builder.add(Displace(symmetry=name, target=target.type), value, origin)
        return value

    def origin(self, builder: GraphBuilder, target: Target, centroid: int) -> int:
        """A centroid at every place of the target."""
        return centroid


def centred(
    builder: GraphBuilder, symmetries: Iterable[str], inputs: Mapping[str, int]
) -> tuple[dict[str, int], Frame]:
    """The inputs with their centroid taken off, without those of which nothing is left, and where it is."""
    centroids: dict[tuple[str, Motion], int] = {}
    seen = dict(inputs)
    for symmetry in symmetries:
        actions = {name: builder.type_of(node).actions.get(symmetry) for name, node in seen.items()}
        known = {name: action for name, action in actions.items() if action is not None}
        kept = about_centroid(known)
        found = {name: points for name in known if (points := points_in(known[name])) is not None}
        for motion in dict.fromkeys(points.motion for points in found.values()):
            alike = [seen[name] for name, points in found.items() if points.motion == motion]
            centroids[symmetry, motion] = builder.add(Centroid(symmetry=symmetry), *alike)
        for name, points in found.items():
            if name in kept:
                seen[name] = builder.add(Centre(symmetry=symmetry), seen[name], centroids[symmetry, points.motion])
            else:
                del seen[name]
    return seen, Frame(centroids)


def _points_of(value: ValueType) -> list[tuple[str, Points]]:
    return [(name, points) for name, action in value.actions.items() if (points := points_in(action)) is not None]
