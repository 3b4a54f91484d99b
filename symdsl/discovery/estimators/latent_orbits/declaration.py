"""Latent orbits as a spec names them: `learned(by = latent_orbits { .. })`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import EstimatorDeclaration

Width = Annotated[int, Field(ge=1, le=4096)]


class LatentOrbitsOptions(BaseModel):
    """How a field is cut into classes, what the classifier is, and how generators are read off a cloud of points."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    levels: Annotated[int, Field(ge=2, le=256)] = Field(
        default=11, description="classes that a scalar field is cut into, evenly spaced, from 2 to 256"
    )
    width: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.1, description="how thick a class is, as a part of the distance between two; the rest is left out"
    )
    representatives: Annotated[int, Field(ge=50, le=100_000)] = Field(
        default=1000, description="the most points that are taken of one class, from 50 up"
    )
    regression: Literal["planes", "tangents"] = Field(
        default="planes",
        description="planes: slabs about random planes, for rotations of one slot; tangents: the linear fields along "
        "the clouds, for any matrix group and tied slots",
    )
    planes: Annotated[int, Field(ge=1, le=10_000)] = Field(default=200, description="how many random planes")
    slab: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.5, description="how far points of a slab are from its plane, in mean radii"
    )
    reach: Annotated[float, Field(gt=0, le=2)] | None = Field(
        default=None,
        description="how far two points of a pair are apart, in mean radii; 0.3, from d = 4 0.15 d",
    )
    neighbours: Annotated[int, Field(ge=4, le=256)] = Field(
        default=20, description="near points that say where a cloud extends and what hangs together, from 4 to 256"
    )
    hidden: Annotated[list[Width], Field(min_length=1, max_length=64)] = Field(
        default=[80, 80, 80, 80, 80, 80, 80], description="widths of the classifier; its last hidden layer is looked at"
    )
    epochs: Annotated[int, Field(ge=1, le=100_000)] = Field(default=40, description="passes of its training")
    learning_rate: Annotated[float, Field(gt=0, le=1)] = Field(default=1e-3, description="of Adam")


DECLARATION = EstimatorDeclaration(
    name="latent_orbits",
    options=LatentOrbitsOptions,
    laws=frozenset({"invariance", "density"}),
    summary="Orbits as classes that a network maps to one place, and generators from the points of each.",
    citation=(
        "S. Krippendorf, M. Syvaeri: Detecting symmetries with neural networks. "
        "Machine Learning: Science and Technology 2, 015010 (2021), arXiv:2003.13679."
    ),
    implementation="symdsl.discovery.estimators.latent_orbits.estimator:estimate",
    notes=(
        "A scalar field is cut into classes of nearly one value, a dense classifier learns them, and its last hidden "
        "layer is looked at on points that it never saw. The paper shows a picture of that; here it is figures: the "
        "spread of a class in the last layer against that in the input, and of how many connected parts it is. They "
        "say that a network takes each class for one thing, which it does for level sets of any field: the orbits are "
        "read off the points themselves.",
        "`regression = planes` is the paper's: slabs of both sides about random planes through the origin, near pairs, "
        "a regression in each plane, singular vectors without centring. Every generator is a rotation, whatever the "
        "orbit, so that the quadratic form that orbits keep is fitted first: planes are drawn in the coordinates in "
        "which they are round, and orbits that are not, or that are less than spheres, are refused (SYM1347). "
        "`regression = tangents` asks instead which "
        "linear fields run along the clouds: any matrix group, tied slots, orbits of any dimension. One orbit may be "
        "kept by more than the group that made it, so that several are better than one.",
    ),
)
