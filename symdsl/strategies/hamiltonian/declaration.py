"""Hamilton's equations as the checker sees them: one phase space in, its derivative out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check import spec
from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.strategies.time_faults import Equations, time_faults

PARAMETER_KINDS = ("scalar", "angle", "vector", "point", "tensor", "image")
EQUATIONS = Equations("Hamilton's equations", "keep", "do not keep", "the energy", "hamiltonian")


class HamiltonianOptions(BaseModel):
    """Which field a learned function generates; the options of its network are the network's."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    field: Literal["solenoidal"] = Field(
        default="solenoidal", description="solenoidal: dq/dt = dH/dp, dp/dt = -dH/dq, which conserves H"
    )
    kinetic: Literal["learned", "mass", "mass_matrix"] = Field(
        default="learned",
        description="learned: H is any function; mass: H = p^T M^-1 p / 2 + V(q), with a positive mass for each body; "
        "mass_matrix: with a positive matrix over the bodies",
    )
    dissipation: Literal["none", "constant", "learned"] = Field(
        default="none", description="friction -R dq/dt on the momenta, R positive: the same everywhere, or of the state"
    )
    control: str | None = Field(default=None, description="an input u that drives the momenta by G u")
    actuation: Literal["constant", "learned"] = Field(
        default="constant", description="the matrix G of a control: the same everywhere, or of the state"
    )

    @property
    def separable(self) -> bool:
        """Whether H(q, p) = T(p) + V(q), and no friction or control is there besides."""
        return self.kinetic != "learned" and not self.forced

    @property
    def forced(self) -> bool:
        """Whether friction or control change the energy."""
        return self.dissipation != "none" or self.control is not None


def judge(offer: Offer) -> Verdict:
    """Exactly one phase space and its derivative, under translation in time; other inputs are constants of motion."""
    diagnostics = (*time_faults(offer, EQUATIONS), *_field_faults(offer), *_row_faults(offer))
    if not diagnostics:
        diagnostics = (*constraint_faults(offer), *forcing_faults(offer))
    options = offer.options
    assert isinstance(options, HamiltonianOptions)
    how = "the field is the symplectic gradient of a learned energy"
    if offer.constraints:
        how += ", projected onto what the constraints leave free"
    if options.forced:
        how = "dH/dt is what friction takes and the control gives"
    claims = tuple(
        spec.Exactness(symmetry.name, "approximate" if options.forced else "exact", how)
        for symmetry in offer.symmetries
        if symmetry.kind == "time"
    )
    return Verdict(diagnostics, claims, ("the energy is the entry point `energy`",))


def _row_faults(offer: Offer) -> Iterator[Diagnostic]:
    """What has matrices over all bodies, where these are of any number."""
    options, rowed = offer.options, [field for field in offer.inputs if field.rows]
    assert isinstance(options, HamiltonianOptions)
    asked = {
        "kinetic": options.kinetic != "learned",
        "dissipation": options.dissipation == "learned",
        "control": options.control is not None,
    }  # fmt: skip
    for name in [name for name, wanted in asked.items() if wanted] if rowed else ():
        yield Diagnostic(
            code="SYM0516",
            message=f"`{name}` is for a fixed number of bodies",
            span=offer.span_of(name),
            label=f"`{rowed[0].name}` has any number of {rowed[0].rows}",
            related=(Label(rowed[0].span, "this field"),),
            hint=f"leave `{name}` out, or give the axis one size: `axis {rowed[0].varying} = 6`",
        )
    if rowed and offer.constraints:
        yield Diagnostic(
            code="SYM0516",
            message="constraints are for a fixed number of bodies",
            span=offer.span,
            label=f"`{rowed[0].name}` has any number of {rowed[0].rows}",
            related=(Label(rowed[0].span, "this field"),),
            hint=f"give the axis one size: `axis {rowed[0].varying} = 6`",
        )


def _field_faults(offer: Offer) -> Iterator[Diagnostic]:
    states = [field for field in offer.inputs if field.kind == "phase_space"]
    if len(states) != 1:
        yield Diagnostic(
            code="SYM0506",
            message=f"Hamilton's equations need one phase space, and {_number(len(states))} given",
            span=offer.span,
            label="one phase space after `from` is needed",
            related=tuple(Label(field.span, "a phase space") for field in states),
            notes=("the energy is a function of positions and momenta (q, p)",),
            hint="declare `z: phase_space(dim = 1)` and predict `dz from z`; several bodies go into one field by `per`",
        )
        return
    (state,) = states
    for target in offer.targets:
        if target.kind != "derivative" or target.of != state.name:
            yield Diagnostic(
                code="SYM0506",
                message=f"Hamilton's equations give the derivative of `{state.name}`, not `{target.name}`",
                span=offer.span,
                label=f"gives d{state.name}/dt",
                related=(Label(target.span, f"predicted, and no derivative of `{state.name}`"),),
                hint=f"declare `d{state.name}: derivative({state.name})` and predict it alone",
            )
    for field in offer.inputs:
        if field is not state and field.kind not in PARAMETER_KINDS:
            yield Diagnostic(
                code="SYM0506",
                message=f"`{field.name}` cannot be given beside the phase space",
                span=offer.span,
                label=f"takes no {field.kind}",
                related=(Label(field.span, with_article(field.kind)),),
                hint="give constants of the motion, such as masses, as scalars",
            )


def forcing_faults(offer: Offer) -> Iterator[Diagnostic]:
    """A control that is no other input, an actuation of none, and forces beside constraints."""
    options = offer.options
    assert isinstance(options, HamiltonianOptions)
    inputs = {field.name: field for field in offer.inputs}
    if options.control is not None:
        field, span = inputs.get(options.control), offer.span_of("control")
        if field is None:
            yield Diagnostic(
                "SYM0201", f"the control `{options.control}` is not given", span, label="no input is called so",
                hint=f"declare `{options.control}: vector(1)`, and predict from it too",
            )  # fmt: skip
        elif field.kind in ("phase_space", "image"):
            yield Diagnostic(
                "SYM0506", f"`{field.name}` is {with_article(field.kind)}, and no control", span,
                label="drives the momenta", related=(Label(field.span, with_article(field.kind)),),
                hint="give the control as a scalar or a vector",
            )  # fmt: skip
    elif "actuation" in offer.option_spans:
        yield Diagnostic(
            "SYM0513", "`actuation` belongs to a control", offer.span_of("actuation"), label="of which input?",
            hint="write `control = u` beside it, or leave it out",
        )  # fmt: skip
    if options.forced and offer.constraints:
        option = "control" if options.control is not None else "dissipation"
        related = tuple(Label(each.span, "kept by the motion") for each in offer.constraints)
        yield Diagnostic(
            "SYM0513", f"`{option}` is not built beside constraints", offer.span_of(option),
            label="beside a constraint", related=related, hint="leave one of the two out",
        )  # fmt: skip


def constraint_faults(offer: Offer) -> Iterator[Diagnostic]:
    """Constraints of another phase space than the one that moves, or of bodies without masses."""
    options = offer.options
    assert isinstance(options, HamiltonianOptions)
    (state,) = (field for field in offer.inputs if field.kind == "phase_space")
    for constraint in offer.constraints:
        if constraint.field != state.name:
            yield Diagnostic(
                "SYM0517", f"`{constraint.name}` is of `{constraint.field}`, which does not move", constraint.span,
                label=f"the motion is that of `{state.name}`", related=(Label(offer.span, "gives the motion"),),
                hint=f"write distance({state.name}, ...)",
            )  # fmt: skip
        elif options.kinetic == "learned":
            yield Diagnostic(
                "SYM0517", f"`{constraint.name}` needs bodies with masses", constraint.span, label="of which energy?",
                related=(Label(offer.span, "a learned energy of any form"),),
                notes=("how fast a distance changes is seen from p = M v; a learned H says nothing of M",),
                hint="write `enforce time by hamiltonian { kinetic = mass }`",
            )  # fmt: skip


def _number(count: int) -> str:
    return "none is" if count == 0 else f"{count} are"


DECLARATION = StrategyDeclaration(
    name="hamiltonian",
    kind="structure",
    options=HamiltonianOptions,
    summary="dz/dt is the symplectic gradient of a learned energy, which is conserved exactly.",
    citation=(
        "S. Greydanus, M. Dzamba, J. Yosinski: Hamiltonian Neural Networks. Advances in Neural Information Processing "
        "Systems 32 (NeurIPS 2019), arXiv:1906.01563, equations 2 and 3."
    ),
    implementation="symdsl.strategies.hamiltonian.build:STRATEGY",
    judge=judge,
    rows="each",
    keeps_constraints=True,
)
