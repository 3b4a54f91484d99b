"""The transforming autoencoder as a spec names it: `learned(by = transforming_vae { codes = 8 })`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import EstimatorDeclaration


class TransformingVaeOptions(BaseModel):
    """The codes, the matrices that move them, the networks, and how all are trained."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    codes: Annotated[int, Field(ge=2, le=64)] = Field(default=8, description="numbers in a code, from 2 to 64")
    generators: Annotated[int, Field(ge=1, le=6)] = Field(
        default=1, description="matrices that move codes, from 1 to 6: a guess of the dimension of the group"
    )
    width: Annotated[int, Field(ge=1, le=4096)] = Field(default=128, description="width of every hidden layer")
    algebra: Annotated[float, Field(ge=0, le=1e6)] = Field(
        default=0.2, description="weight, for each number of a view, of the penalties that elements compose and invert"
    )
    spread: Annotated[float, Field(gt=0, le=100)] = Field(
        default=1.0, description="standard deviation of coefficients under their prior: the unit of the matrices"
    )
    batch: Annotated[int, Field(ge=2, le=65_536)] = Field(default=128, description="pairs in a step")
    epochs: Annotated[int, Field(ge=1, le=100_000)] = Field(default=40, description="passes over the pairs")
    rate: Annotated[float, Field(gt=0, le=1)] = Field(default=5e-3, description="the largest learning rate")
    starts: Annotated[int, Field(ge=1, le=32)] = Field(
        default=4, description="short trainings from other random weights, of which the best goes on"
    )


DECLARATION = EstimatorDeclaration(
    name="transforming_vae",
    options=TransformingVaeOptions,
    laws=frozenset({"views"}),
    summary="An autoencoder of pairs of views, one code carried to the other by a learned group; needs torch.",
    citation=(
        "G. Giannone, S. Saremi, J. Masci, C. Osendorfer: No Representation without Transformation. arXiv:1912.03845 "
        "(2019)."
    ),
    implementation="symdsl.discovery.estimators.transforming_vae.estimator:estimate",
    notes=(
        "A model of this class, not a copy of the paper's networks. Codes z1, z2 of the two views share encoder and "
        "decoder; z2 is normal about exp(sum_i a_i L_i) z1 with shared L_i, and a is inferred from both views. With "
        "equal views and a = 0 it is a plain variational autoencoder. Penalties ask of inferred elements that those of "
        "(x, y) and (y, x) are inverse, that equal views give the identity, and that elements compose. Where data are "
        "pairs, a third view is decoded: z2 moved by the element of another pair. Short trainings have half of the "
        "second view's term at z2 = A(a) z1 exactly; the best of them goes on with the bound alone.",
        "What is found moves codes, and holds relative to the encoder alone: any law of codes may be transported to a "
        "normal one, so a symmetry of codes says nothing by itself of the data. Such candidates are named and stay "
        "undecided: they are never certified, and no card of them is written. Coefficients live on a line, so pairs "
        "should be less than half a turn apart.",
    ),
)
