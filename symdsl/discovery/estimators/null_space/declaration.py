"""The null-space estimator as the checker and the command line see it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import EstimatorDeclaration


class NullSpaceOptions(BaseModel):
    """The ensemble of smooth networks whose derivatives are looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    members: Annotated[int, Field(ge=2, le=32)] = Field(
        default=5, description="networks of the ensemble; each learns from all but one part of the data"
    )
    steps: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        default=4000, description="steps of training, of 500 samples each"
    )
    degree: Annotated[int, Field(ge=1, le=4)] = Field(
        default=2, description="the highest power of a coordinate in motions = polynomial"
    )


DECLARATION = EstimatorDeclaration(
    name="null_space",
    options=NullSpaceOptions,
    laws=frozenset({"invariance", "equivariance", "dynamics", "density"}),
    summary="The motions along which an ensemble of smooth networks does not change: one eigenvalue problem.",
    citation="Moskalev et al. 2022, arXiv:2210.04345; Otto et al. 2023, arXiv:2311.00212; Hu, Li, Lin 2025.",
    implementation="symdsl.discovery.estimators.null_space.estimator:estimate",
)
