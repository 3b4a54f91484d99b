"""Equivariant multilayer perceptrons as the checker sees them: any group that acts by matrices, or moves points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from symdsl.check import spec
from symdsl.check.declaration import NetworkForm, Offer, StrategyDeclaration, Verdict
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.groups.actions.action import Offset, Pixels
from symdsl.groups.actions.points import points_in
from symdsl.strategies.equivariant_mlp.choice import NetworkChoice, chosen_network
from symdsl.strategies.equivariant_mlp.points import as_differences, point_facts, point_faults
from symdsl.strategies.equivariant_mlp.reachable import has_no_invariant, is_reachable
from symdsl.strategies.equivariant_mlp.service import actions_of, scalars_faults
from symdsl.strategies.mlp.declaration import as_list, scaled_widths

Width = Annotated[int, Field(ge=1, le=16_384)]


class EquivariantMlpOptions(BaseModel):
    """Widths of the hidden layers, in dimensions that are spread over tensors of all ranks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    hidden: Annotated[list[Width], BeforeValidator(as_list)] = Field(
        default=[128, 128],
        max_length=32,
        description="widths of the hidden layers, each from 1 to 16384, such as [384, 384]",
    )
    layers: Annotated[int, Field(ge=0, le=32)] | None = Field(
        default=None, description="short for `hidden`: how many layers of `channels` each, from 0 to 32"
    )
    channels: Width | None = Field(
        default=None, description="short for `hidden`: the width of each layer, from 1 to 16384"
    )
    network: NetworkChoice = Field(
        default="tensors",
        description="tensors: hidden layers carry tensors; scalars: free layers between the invariants of the vectors, "
        "for O, SO, Lorentz, Sp, U, SU, S, E, SE, Poincare, T; auto: scalars where they need fewer multiplications",
    )

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any) -> Any:
        """`layers = 3, channels = 384` is short for `hidden = [384, 384, 384]`."""
        if not isinstance(data, dict) or not ({"layers", "channels"} & data.keys()):
            return data
        if "hidden" in data:
            raise ValueError("write `hidden`, or `layers` and `channels`")
        layers, channels = data.get("layers", 2), data.get("channels", 128)
        if isinstance(layers, int) and isinstance(channels, int) and 0 <= layers <= 32 and channels >= 1:
            return {**data, "hidden": [channels] * layers}
        return data


def judge(offer: Offer) -> Verdict:
    """One group, acting by matrices on inputs and targets, or on differences of points; targets that a map reaches."""
    faults = [*_symmetry_faults(offer)]
    if not faults:
        (symmetry,) = offer.symmetries
        faults += [*_action_faults(offer, symmetry), *_label_faults(offer)]
        if not faults:
            faults += point_faults(offer, symmetry)
        if not faults:
            faults += _unreachable(offer, symmetry)
            faults += _constant(offer, symmetry)
        if not faults and _options(offer).network == "scalars":
            faults += scalars_faults(offer, symmetry)
        if not faults:
            return _accepted(offer, symmetry)
    return Verdict(tuple(faults))


def _accepted(offer: Offer, symmetry: spec.Symmetry) -> Verdict:
    """How the symmetry is kept, and what `auto` stands for."""
    options = _options(offer)
    inputs, targets = actions_of(offer, symmetry)
    chosen = chosen_network(options.network, tuple(inputs.values()), targets, options.hidden)
    how = "free layers between invariants" if chosen == "scalars" else "every layer is an equivariant map"
    facts = (f"network = auto stands for {chosen}",) if options.network == "auto" else ()
    return Verdict((), (spec.Exactness(symmetry.name, "exact", how),), (*facts, *point_facts(offer, symmetry)))


def _options(offer: Offer) -> EquivariantMlpOptions:
    assert isinstance(offer.options, EquivariantMlpOptions)
    return offer.options


def _symmetry_faults(offer: Offer) -> Iterator[Diagnostic]:
    for symmetry in offer.symmetries:
        if symmetry.kind != "group":
            yield Diagnostic(
                code="SYM0505",
                message=f"this network does not keep `{symmetry.name}`",
                span=offer.span,
                label="keeps groups of matrices",
                related=(Label(symmetry.span, f"this is {symmetry.text}"),),
                hint=f"write `enforce {symmetry.name} by hamiltonian`",
            )
    if len(offer.symmetries) != 1:
        names = ", ".join(symmetry.name for symmetry in offer.symmetries) or "none"
        product = " * ".join(_as_factor(symmetry) for symmetry in offer.symmetries)
        learned = sum(symmetry.learned is not None for symmetry in offer.symmetries)
        yield Diagnostic(
            code="SYM0510",
            message="an equivariant mlp keeps one symmetry",
            span=offer.span,
            label=f"given: {names}",
            hint="enforce one of them here: of a product, one factor can be learned"
            if learned > 1
            else f"write one symmetry with the product group: symmetry both: {product}"
            if offer.symmetries
            else "write `enforce SYMMETRY by equivariant_mlp`, or use `mlp`",
        )


def _as_factor(symmetry: spec.Symmetry) -> str:
    """The group of a symmetry as a factor of a product is written; a card is `card("file")` there."""
    _, found, file = symmetry.text.rpartition('from "')
    return f'card("{file})' if found else symmetry.text


def _action_faults(offer: Offer, symmetry: spec.Symmetry) -> Iterator[Diagnostic]:
    for field in (*offer.inputs, *offer.targets):
        geometry = symmetry.actions[field.name].geometry
        if geometry is None or isinstance(geometry, Offset):
            continue
        if isinstance(geometry, Pixels):
            group = "" if symmetry.group is None or symmetry.group.order else ", with C(n) or D(n) as the group"
            why, hint = "pixels turn", f"write `enforce {symmetry.name} by group_convolution`{group}"
        else:
            why, hint = "entries shift", "leave the symmetry out: `verify` then measures it"
        yield Diagnostic(
            code="SYM0506",
            message=f"an equivariant mlp needs matrices, and under {symmetry.text} `{field.name}` has none",
            span=offer.span,
            label=f"in `{field.name}`, {why}",
            related=(Label(field.span, with_article(field.kind)),),
            hint=hint,
        )


def _label_faults(offer: Offer) -> Iterator[Diagnostic]:
    for field in offer.inputs:
        if field.kind == "label":
            yield Diagnostic(
                code="SYM0506",
                message=f"`{field.name}` is a label and cannot be an input",
                span=offer.span,
                label="takes scalars, vectors and tensors",
                related=(Label(field.span, "a label"),),
            )


def _unreachable(offer: Offer, symmetry: spec.Symmetry) -> Iterator[Diagnostic]:
    given, linear = as_differences(offer.inputs, symmetry)
    for field in offer.targets:
        if field.kind != "label" and not is_reachable(given, field, linear):
            inputs = ", ".join(f"`{name}`" for name in dict.fromkeys(each.name for each in given))
            is_point = points_in(symmetry.actions[field.name]) is not None
            what = "the centroid of the points" if is_point else "zero"
            values = f"every difference of `{field.name}` from it" if is_point else f"every value of `{field.name}`"
            yield Diagnostic(
                code="SYM0413",
                message=f"under {symmetry.text} only {what} can be predicted for `{field.name}`",
                span=offer.span,
                label=f"`{field.name}` would have to be {what}",
                related=(Label(field.span, "the target"), Label(symmetry.span, "the symmetry")),
                notes=(f"some group element leaves {inputs} alone and turns {values} but zero",),
                hint="give an input that moves as the target does, or take a smaller group, such as SO(n) for O(n)",
            )


def _constant(offer: Offer, symmetry: spec.Symmetry) -> Iterator[Diagnostic]:
    still = [field for field in offer.targets if symmetry.actions[field.name].is_trivial]
    if still and has_no_invariant(*as_differences(offer.inputs, symmetry)):
        inputs = ", ".join(f"`{given.name}`" for given in offer.inputs)
        yield Diagnostic(
            code="SYM0413",
            message=f"under `{symmetry.name}` only a constant can be predicted for `{still[0].name}`",
            span=offer.span,
            label=f"`{still[0].name}` would not depend on its inputs",
            related=(Label(still[0].span, "the target"), Label(symmetry.span, "the symmetry")),
            notes=(f"every continuous function of {inputs} that the group leaves alone is constant",),
            hint="give more vectors, or an input that does not move, such as a ratio or a volume",
        )


def plain(options: BaseModel) -> NetworkForm:
    """An mlp of the same hidden widths."""
    assert isinstance(options, EquivariantMlpOptions)
    return NetworkForm("mlp", {"hidden": options.hidden})


def scaled(options: BaseModel, factor: float) -> dict[str, Any]:
    """Every hidden width times `factor`, at least 1."""
    assert isinstance(options, EquivariantMlpOptions)
    written = {"network": options.network} if options.network != "tensors" else {}
    return {"hidden": scaled_widths(options.hidden, factor), **written}


DECLARATION = StrategyDeclaration(
    name="equivariant_mlp",
    kind="network",
    options=EquivariantMlpOptions,
    summary="Equivariant linear and bilinear maps with gates, for any group of matrices or of motions of points.",
    citation=(
        "M. Finzi, M. Welling, A. G. Wilson: A Practical Method for Constructing Equivariant Multilayer Perceptrons "
        "for Arbitrary Matrix Groups. Proceedings of the 38th International Conference on Machine Learning "
        "(ICML 2021), PMLR 139, arXiv:2104.09459. With network = scalars: S. Villar, D. W. Hogg, K. Storey-Fisher, "
        "W. Yao, B. Blum-Smith: Scalars are universal: equivariant machine learning, structured like classical "
        "physics. NeurIPS 2021, arXiv:2106.06610."
    ),
    implementation="symdsl.strategies.equivariant_mlp.build:STRATEGY",
    judge=judge,
    plain=plain,
    scaled=scaled,
)
