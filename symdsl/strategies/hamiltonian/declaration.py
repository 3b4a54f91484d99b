"""Hamilton's equations as the checker sees them: one phase space in, its derivative out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from symdsl.check import spec
from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label

Body = Annotated[int, Field(ge=0)]
Rod = Annotated[list[Body], Field(min_length=2, max_length=2)]
PARAMETER_KINDS = ("scalar", "angle", "vector", "point", "tensor", "image")


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
    rods: Annotated[list[Rod], Field(max_length=10_000)] = Field(
        default=[], description="pairs of bodies whose distance stays, such as [[0, 1], [1, 2]], counted from 0"
    )
    anchors: Annotated[list[Body], Field(max_length=10_000)] = Field(
        default=[], description="bodies that stay as far from the origin as they are, such as [0]"
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
        """Whether H(q, p) = T(p) + V(q), and no rod, friction or control is there besides."""
        return self.kinetic != "learned" and not self.rods and not self.anchors and not self.forced

    @property
    def forced(self) -> bool:
        """Whether friction or control change the energy."""
        return self.dissipation != "none" or self.control is not None


def judge(offer: Offer) -> Verdict:
    """Exactly one phase space and its derivative, under translation in time; other inputs are constants of motion."""
    diagnostics = (*_symmetry_faults(offer), *_field_faults(offer))
    if not diagnostics:
        diagnostics = (*rod_faults(offer), *forcing_faults(offer))
    options = offer.options
    assert isinstance(options, HamiltonianOptions)
    tied = bool(options.rods or options.anchors)
    how = "the field is the symplectic gradient of a learned energy" + (", projected by rods" if tied else "")
    if options.forced:
        how = "dH/dt is what friction takes and the control gives"
    claims = tuple(
        spec.Exactness(symmetry.name, "approximate" if options.forced else "exact", how)
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


def forcing_faults(offer: Offer) -> Iterator[Diagnostic]:
    """A control that is no other input, an actuation of none, and forces on bodies that rods tie."""
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
    if options.forced and (options.rods or options.anchors):
        option = "control" if options.control is not None else "dissipation"
        yield Diagnostic(
            "SYM0513", f"`{option}` is not built for bodies on rods", offer.span_of(option), label="beside rods",
            hint="leave one of the two out",
        )  # fmt: skip


def rod_faults(offer: Offer) -> Iterator[Diagnostic]:
    """Rods without masses, between bodies that are not there, or more of them than bodies can obey."""
    options = offer.options
    assert isinstance(options, HamiltonianOptions)
    (state,) = (field for field in offer.inputs if field.kind == "phase_space")
    if not options.rods and not options.anchors:
        return
    option = "rods" if options.rods else "anchors"
    span = offer.span_of(option)
    if options.kinetic == "learned":
        yield Diagnostic(
            "SYM0513", f"`{option}` needs bodies with masses", span, label="of which energy?",
            notes=("how fast a rod turns is seen from p = M v; a learned H says nothing of M",),
            hint="write `kinetic = mass` beside it",
        )  # fmt: skip
        return
    count, dimension = math.prod(axis.size or 0 for axis in state.axes), state.dimension or 0
    named = [*(body for rod in options.rods for body in rod), *options.anchors]
    if max(named) >= count:
        yield Diagnostic(
            "SYM0502", f"there is no body {max(named)}", span, label=f"bodies are numbered 0 to {count - 1}",
            related=(Label(state.span, f"{count} bodies"),), hint=f"name bodies from 0 to {count - 1}",
        )  # fmt: skip
        return
    rank, rods = rod_rank(options, count, dimension), len(options.rods) + len(options.anchors)
    if rank < rods:
        yield Diagnostic(
            "SYM0513", f"{rods} rods, of which {rods - rank} follow from the others", span, label="not independent",
            notes=(f"{count} bodies in {dimension} dimensions have {count * dimension} coordinates",),
            hint="leave out a rod that the others already fix, and one from a body to itself",
        )  # fmt: skip


def rod_rank(options: HamiltonianOptions, bodies: int, dimension: int) -> int:
    """How many of the rods are independent, for bodies at random places."""
    places = np.random.default_rng(0).standard_normal((bodies, dimension))
    rows = np.zeros((len(options.rods) + len(options.anchors), bodies, dimension))
    for row, (first, second) in enumerate(options.rods):
        rows[row, first] += places[first] - places[second]
        rows[row, second] -= places[first] - places[second]
    for row, body in enumerate(options.anchors, start=len(options.rods)):
        rows[row, body] = places[body]
    return int(np.linalg.matrix_rank(rows.reshape(len(rows), -1)))


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
)
