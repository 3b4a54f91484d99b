"""Adversarial generators as a spec names them: `learned(by = adversarial_generators { channels = 3 })`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import EstimatorDeclaration

Weight = Annotated[float, Field(ge=0, le=1e6)]
Rate = Annotated[float, Field(gt=0, le=1)]


class AdversarialGeneratorsOptions(BaseModel):
    """The generators, the law of their coefficients, the discriminator, and how both are trained.

    In the paper lambda is `away_from_identity`, and eta `orthogonality`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    channels: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="how many generators, from 1 to 64: a guess of the dimension of the algebra"
    )
    coefficients: Literal["normal", "uniform", "grid"] = Field(
        default="normal",
        description="the law of the coefficients: normal, uniform, or whole numbers on a grid, for discrete groups",
    )
    scale: Annotated[float, Field(gt=0, le=1000)] = Field(
        default=1.0, description="deviation of normal coefficients, or the largest of uniform ones and of a grid"
    )
    blocks: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="equal diagonal blocks of the matrices, each free; 1: full matrices. Slots are tied"
    )
    away_from_identity: Weight = Field(
        default=1.0, description="weight of |mean cosine of a sample and its image|, which keeps generators from 0"
    )
    orthogonality: Weight = Field(default=0.1, description="weight of the cosines of two generators with one another")
    width: Annotated[int, Field(ge=1, le=4096)] = Field(
        default=512, description="width of the two hidden layers of the discriminator"
    )
    batch: Annotated[int, Field(ge=2, le=65_536)] = Field(default=64, description="samples in a step")
    epochs: Annotated[int, Field(ge=1, le=100_000)] = Field(default=100, description="passes over the data")
    generator_rate: Rate = Field(default=1e-3, description="learning rate of the generators")
    discriminator_rate: Rate = Field(default=2e-4, description="learning rate of the discriminator")


DECLARATION = EstimatorDeclaration(
    name="adversarial_generators",
    options=AdversarialGeneratorsOptions,
    laws=frozenset({"invariance", "dynamics", "density"}),
    summary="Generators whose random elements a discriminator cannot tell from the data; needs torch.",
    citation=(
        "J. Yang, R. Walters, N. Dehmamy, R. Yu: Generative Adversarial Symmetry Discovery. Proceedings of the 40th "
        "International Conference on Machine Learning (ICML 2023), PMLR 202, arXiv:2302.00236."
    ),
    implementation="symdsl.discovery.estimators.adversarial_generators.estimator:estimate",
    notes=(
        "Random elements g = exp(sum_i w_i L_i) move samples (x, y) to (g x, y), or to (g x, g y) where y is moved as "
        "x is (dynamics: a derivative, or a next state); L_i are trained against a discriminator of moved and real "
        "samples. The number of generators is a guess, and nothing makes them close: candidates are the singular "
        "spaces of what was learned, where their values fall most.",
        "A law of finite second moments is kept exactly by compact groups only. Boosts, scalings and shears keep it at "
        "best nearly, over small coefficients, and what is learned of them is as good as that. `null_space` asks the "
        "function instead of the law, and needs no guess; `python -m bench.adversarial_generators` has both side by "
        "side. A grid of whole coefficients, the paper's way to a discrete group, settled "
        "between two elements of Z_7 on both seeds that were tried.",
    ),
)
