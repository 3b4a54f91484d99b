"""Augmentation ranges as a spec names them: `learned(by = augmentation_range { .. })`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import EstimatorDeclaration


class AugmentationRangeOptions(BaseModel):
    """What the group moves, the network that is trained under it, and how much wide ranges are worth."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    acts: Literal["vectors", "rotation", "affine"] = Field(
        default="vectors",
        description="vectors: the algebra of `within` moves the last axis of x; rotation, affine: planar motions of "
        "images x (N, height, width), turns alone or with shifts, scalings, stretches and shears",
    )
    reward: Annotated[float, Field(gt=0, le=10)] = Field(
        default=0.05, description="what the loss falls by for each unit of the ranges; in the paper 0.01 to 0.1"
    )
    widths: Annotated[list[Annotated[int, Field(ge=1, le=4096)]], Field(min_length=1, max_length=16)] = Field(
        default=[64, 64], description="widths of the network's hidden layers"
    )
    steps: Annotated[int, Field(ge=10, le=1_000_000)] = Field(
        default=1500, description="steps of training, of 128 samples each"
    )
    rate: Annotated[float, Field(gt=0, le=1)] = Field(default=3e-3, description="of Adam for the network")
    range_rate: Annotated[float, Field(gt=0, le=1)] = Field(default=1e-2, description="of Adam for the ranges")
    copies: Annotated[int, Field(ge=1, le=64)] = Field(
        default=4, description="moved copies whose predictions are averaged on held-out data"
    )


DECLARATION = EstimatorDeclaration(
    name="augmentation_range",
    options=AugmentationRangeOptions,
    laws=frozenset({"invariance"}),
    summary="How much of a group holds: ranges of augmentation learned together with a network.",
    citation=(
        "G. Benton, M. Finzi, P. Izmailov, A. G. Wilson: Learning invariances in neural networks from training data. "
        "NeurIPS 2020, arXiv:2010.11882."
    ),
    implementation="symdsl.discovery.estimators.augmentation_range.estimator:estimate",
    notes=(
        "A network is trained on samples moved by exp(sum_i e_i w_i A_i / 2), e_i uniform in [-1, 1], with one draw a "
        "sample, and the widths w_i with it; the loss falls with |w|, so that each range grows until it costs. The "
        "generators A_i are those of `within`, or planar motions of images; none are found. Once a width is a whole "
        "period, or 10 where there is none, nothing more is gained by it, as in the paper's safe variant.",
        "A range is where moving the data begins to cost more than it is worth, and depends on `reward`: it is no "
        "test. A whole period is reported as unbounded.",
    ),
    ranges=True,
)
