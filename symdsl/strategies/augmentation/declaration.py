"""Augmentation as the checker sees it: the data are moved at random, and the network may be any."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.strategies.measured import Bound, judge_draws


class AugmentationOptions(BaseModel):
    """How many moved copies of a sample a step sees, and how far they are moved."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    copies: int = Field(default=1, ge=1, le=16, description="moved copies of each sample in a step, 1 to 16")
    bound: Bound = 2.0


def judge(offer: Offer) -> Verdict:
    """Any fields under any group that elements can be drawn from, or over the ranges where it holds."""
    return judge_draws(offer, "augmentation", "every sample of every step is moved by a random element of {group}")


DECLARATION = StrategyDeclaration(
    name="augmentation",
    kind="objective",
    options=AugmentationOptions,
    summary="Training on samples moved by random elements of the group; approximate.",
    citation=(
        "P. Y. Simard, D. Steinkraus, J. C. Platt: Best practices for convolutional neural networks applied to visual "
        "document analysis. ICDAR 2003, doi:10.1109/ICDAR.2003.1227801; S. Chen, E. Dobriban, J. H. Lee: A "
        "group-theoretic framework for data augmentation. JMLR 21 (2020), arXiv:1907.10905."
    ),
    implementation="symdsl.strategies.augmentation.build:STRATEGY",
    judge=judge,
    draws_ranges=True,
)
