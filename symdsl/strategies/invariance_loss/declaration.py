"""The invariance loss as the checker sees it: a penalty beside the loss, and the network may be any."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.strategies.measured import Bound, judge_draws


class InvarianceLossOptions(BaseModel):
    """How much the penalty weighs, and how far samples are moved for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    weight: float = Field(default=1.0, gt=0.0, le=1e6, description="what the penalty is multiplied by")
    bound: Bound = 2.0


def judge(offer: Offer) -> Verdict:
    """Any fields under any group that elements can be drawn from."""
    fact = "the loss has a penalty on f(g x) away from g f(x), for random g of {group}"
    return judge_draws(offer, "invariance_loss", fact)


DECLARATION = StrategyDeclaration(
    name="invariance_loss",
    kind="objective",
    options=InvarianceLossOptions,
    summary="A penalty on f(g x) away from g f(x) for random elements g of the group; approximate.",
    citation=(
        "P. Y. Simard, B. Victorri, Y. LeCun, J. S. Denker: Tangent prop: a formalism for specifying selected "
        "invariances in an adaptive network. NIPS 4 (1991), whose finite form this is; S. Zheng, Y. Song, T. Leung, "
        "I. Goodfellow: Improving the robustness of deep neural networks via stability training. CVPR 2016, "
        "arXiv:1604.04326."
    ),
    implementation="symdsl.strategies.invariance_loss.build:STRATEGY",
    judge=judge,
)
