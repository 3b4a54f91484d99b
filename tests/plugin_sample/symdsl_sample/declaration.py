"""The network as the checker sees it: it takes vectors of one size under orthogonal matrices, and gives scalars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.check.spec import Exactness
from symdsl.diagnostics.diagnostic import Diagnostic


class InnerProductsOptions(BaseModel):
    """The width of the hidden layer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    width: Annotated[int, Field(ge=1, le=4096)] = Field(default=32, description="width of the hidden layer")


def judge(offer: Offer) -> Verdict:
    """Vectors of one dimension in, scalars out, every symmetry a group of orthogonal matrices."""
    faults = tuple(_faults(offer))
    detail = "inner products do not change"
    return Verdict(faults, tuple(Exactness(symmetry.name, "exact", detail) for symmetry in offer.symmetries))


def _faults(offer: Offer) -> Iterator[Diagnostic]:
    for field in offer.inputs:
        if field.kind != "vector" or field.dimension != offer.inputs[0].dimension:
            yield Diagnostic("SYM0506", f"`{field.name}` has no inner products with the others", span=offer.span)
    for field in offer.targets:
        if field.kind != "scalar" or field.shape:
            yield Diagnostic("SYM0506", f"inner products give scalars, and `{field.name}` is none", span=offer.span)
    for symmetry in offer.symmetries:
        if symmetry.group is None or not symmetry.group.orthogonal:
            yield Diagnostic("SYM0505", f"inner products change under `{symmetry.name}`", span=offer.span)


DECLARATION = StrategyDeclaration(
    name="inner_products",
    kind="network",
    options=InnerProductsOptions,
    summary="A multilayer perceptron of all inner products of its input vectors.",
    citation=(
        "S. Villar, D. W. Hogg, K. Storey-Fisher, W. Yao, B. Blum-Smith: Scalars are universal: Equivariant machine "
        "learning, structured like classical physics. NeurIPS 2021, arXiv:2106.06610."
    ),
    implementation="symdsl_sample.build:STRATEGY",
    judge=judge,
)
