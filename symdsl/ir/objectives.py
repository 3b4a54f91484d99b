"""What training does about a symmetry beside the network: data moved at random, or a penalty on what moves wrongly.

An objective is no node of the forward graph: inference does not see it. It names symmetries of the model, whose
elements are drawn anew for every sample of every step, and act in the order of their names.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Objective(BaseModel):
    """`bound` is that of `Group.sample`: how far boosts, offsets and words of a group that is not compact go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symmetries: tuple[str, ...]
    bound: float


class MovedData(_Objective):
    """The loss is that of (g x, g y) in place of (x, y), the mean over `copies` elements g for each sample."""

    copies: int


class InvariancePenalty(_Objective):
    """The loss has `weight` times the distance of f(g x) from g f(x) added, with one element g for each sample."""

    weight: float


Objective = MovedData | InvariancePenalty
