"""Hamilton's equations as the checker sees them: one phase space in, its derivative out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check import spec
from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label

PARAMETER_KINDS = ("scalar", "angle", "vector", "point", "tensor", "image")


class HamiltonianOptions(BaseModel):
    """Which field a learned function generates; the options of its network are the network's."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    field: Literal["solenoidal"] = Field(
        default="solenoidal", description="solenoidal: dq/dt = dH/dp, dp/dt = -dH/dq, which conserves H"
    )


def judge(offer: Offer) -> Verdict:
    """Exactly one phase space and its derivative, under translation in time; other inputs are constants of motion."""
    diagnostics = (*_symmetry_faults(offer), *_field_faults(offer))
    claims = tuple(
        spec.Exactness(symmetry.name, "exact", "the field is the symplectic gradient of a learned energy")
        for symmetry in offer.symmetries
        if symmetry.kind == "time"
    )
    return Verdict(diagnostics, claims, ("the energy is the entry point `energy`",))


def _symmetry_faults(offer: Offer) -> Iterator[Diagnostic]:
    wrong = [symmetry for symmetry in offer.symmetries if symmetry.kind != "time"]
    for symmetry in wrong:
        yield Diagnostic(
            code="SYM0505",
            message=f"Hamilton's equations do not keep `{symmetry.name}`",
            span=offer.span,
            label="keeps translation(t) only",
            related=(Label(symmetry.span, f"this is {symmetry.text}"),),
            notes=("inside Hamilton's equations, another symmetry is kept by the network that gives the energy",),
            hint=f"add a line for it: `enforce {symmetry.name} by equivariant_mlp`",
        )
    if not wrong and len(offer.symmetries) != 1:
        found = "no symmetry" if not offer.symmetries else "two of them"
        yield Diagnostic(
            code="SYM0505",
            message="Hamilton's equations keep one translation in time",
            span=offer.span,
            label=f"{found} named here",
            hint="declare `symmetry time: translation(t)` and write `enforce time by hamiltonian`",
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
)
