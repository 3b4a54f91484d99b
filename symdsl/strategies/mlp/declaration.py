"""The multilayer perceptron as the checker sees it: it takes every field and knows no symmetry."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from symdsl.check.declaration import NetworkForm, Offer, StrategyDeclaration, Verdict
from symdsl.check.spec import Exactness
from symdsl.diagnostics.diagnostic import Diagnostic, Label

Width = Annotated[int, Field(ge=1, le=65_536)]
Activation = Literal["tanh", "relu", "silu", "softplus", "gelu", "elu", "sigmoid", "sin", "identity"]

Initial = Literal["uniform", "orthogonal", "lagrangian"]


def as_list(value: Any) -> Any:
    """A single width is a list of one."""
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


class MlpOptions(BaseModel):
    """Widths of the hidden layers, and the function between them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    hidden: Annotated[list[Width], BeforeValidator(as_list)] = Field(
        default=[128, 128],
        max_length=64,
        description="widths of the hidden layers, each from 1 to 65536, such as [200, 200]",
    )
    activation: Activation = Field(
        default="tanh", description="the function after each hidden layer; softplus by default for a Lagrangian"
    )
    initial: Initial | None = Field(
        default=None,
        description="the first weights: uniform; orthogonal, the default in a structure; or lagrangian, normal with "
        "the deviations that Cranmer et al. (2020) found for softplus, the default for a Lagrangian",
    )


def judge(offer: Offer) -> Verdict:
    """Any fields; no symmetry but the numbering of rows, each of which it sees by itself.

    Under a structure the scalar is differentiated, which relu does not survive.
    """
    options = offer.options
    assert isinstance(options, MlpOptions)
    diagnostics = [
        Diagnostic(
            code="SYM0505",
            message=f"a plain network does not keep `{symmetry.name}`",
            span=offer.span,
            label="knows no symmetry",
            notes=("an mlp mixes all components, so that no group acts on its layers",),
            hint=f"write {_fitting(symmetry.kind)}, or leave the line out: `verify` then measures how far it is off",
        )
        for symmetry in offer.symmetries
        if symmetry.kind != "relabel"
    ]
    rows = {field.rows for field in (*offer.inputs, *offer.targets)}
    if len(rows) > 1:
        diagnostics.append(_mixed_rows(offer))
    if offer.structure is not None and options.activation in ("relu", "identity"):
        diagnostics.append(_flat(offer, offer.structure, options.activation))
    relabelled = [symmetry for symmetry in offer.symmetries if symmetry.kind == "relabel"]
    claims = [Exactness(symmetry.name, "exact", "each row by itself") for symmetry in relabelled]
    return Verdict(tuple(diagnostics), tuple(claims))


def _mixed_rows(offer: Offer) -> Diagnostic:
    first = offer.inputs[0]
    other = next(field for field in (*offer.inputs, *offer.targets) if field.rows != first.rows)
    return Diagnostic(
        code="SYM0516",
        message=f"a plain network cannot lead from {first.rows or 'one a sample'} to {other.rows or 'one a sample'}",
        span=offer.span,
        label="sees each row by itself",
        related=tuple(Label(field.span, f"per {field.rows or 'sample'}") for field in (first, other)),
        hint="write `by graph_network`",
    )


def _flat(offer: Offer, structure: StrategyDeclaration, activation: str) -> Diagnostic:
    """What an activation in pieces does to a scalar that is differentiated: once it is rough, twice nothing is left."""
    label = "not smooth" if activation == "relu" else "not curved"
    if structure.derivatives > 1:
        return Diagnostic(
            code="SYM0513",
            message=f"with `{activation}` the second derivatives of {structure.scalar} are 0",
            span=offer.span_of("activation"),
            label=label,
            notes=("the mass matrix is made of second derivatives of this network",),
            hint="write activation = softplus, or tanh or silu",
        )
    why = "is made of flat pieces" if activation == "relu" else "is the same everywhere"
    return Diagnostic(
        code="SYM0513",
        message=f"with `{activation}` the gradient of {structure.scalar} {why}",
        span=offer.span_of("activation"),
        severity="warning",
        label=label,
        notes=("what is predicted is a gradient of this network",),
        hint="write activation = tanh, or silu or softplus",
    )


def _fitting(kind: str) -> str:
    """The strategies that keep a symmetry of this kind."""
    return "`by hamiltonian` or `by lagrangian`" if kind == "time" else "`by equivariant_mlp` or `by group_convolution`"


def plain(options: BaseModel) -> NetworkForm:
    """Itself: an mlp knows no symmetry."""
    return NetworkForm("mlp", {name: getattr(options, name) for name in sorted(options.model_fields_set)})


def scaled(options: BaseModel, factor: float) -> dict[str, Any]:
    """Every hidden width times `factor`, at least 1."""
    assert isinstance(options, MlpOptions)
    written = {name: getattr(options, name) for name in sorted(options.model_fields_set)}
    return {**written, "hidden": scaled_widths(options.hidden, factor)}


def scaled_widths(widths: list[int], factor: float) -> list[int]:
    """Every width times `factor`, rounded, at least 1."""
    return [max(1, int(width * factor + 0.5)) for width in widths]


DECLARATION = StrategyDeclaration(
    name="mlp",
    kind="network",
    options=MlpOptions,
    summary="A multilayer perceptron over all components of its inputs; the plain baseline.",
    citation=(
        "D. E. Rumelhart, G. E. Hinton, R. J. Williams: Learning representations by back-propagating errors. "
        "Nature 323, 533-536 (1986), doi:10.1038/323533a0."
    ),
    implementation="symdsl.strategies.mlp.build:STRATEGY",
    judge=judge,
    plain=plain,
    scaled=scaled,
    rows="each",
)
