"""The Euler-Lagrange equation as the checker sees it: coordinates and their velocity in, the acceleration out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from symdsl.check import spec
from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.strategies.time_faults import Equations, time_faults

COORDINATE_KINDS = ("angle", "scalar", "vector", "point", "tensor")
PARAMETER_KINDS = ("scalar", "angle", "vector", "point", "tensor", "image")
MOST_COORDINATES = 64
Positive = Annotated[float, Field(ge=0, le=1)]


DEFAULT_RIDGE = 1e-4
FLOOR = 0.01
"""Added to a positive mass matrix of about 1."""
EQUATIONS = Equations("the Euler-Lagrange equation", "keeps", "does not keep", "L", "lagrangian")


class LagrangianOptions(BaseModel):
    """What L is made of, and how its mass matrix is inverted; the options of the network are the network's."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kinetic: Literal["free", "unit", "quadratic"] = Field(
        default="free",
        description="free: L is the network; unit: L = |v|^2 / 2 + the network, so that the mass matrix starts near 1; "
        "quadratic: L = v M(q) v / 2 - V(q) with a positive mass matrix M",
    )
    stencil: Annotated[int, Field(ge=3, le=15)] | None = Field(
        default=None,
        description="L is the sum over the places of a ring of one network of so many neighbours, an odd number from 3 "
        "to 15; the mass matrix is then cyclic and banded",
    )
    solve: Literal["regularised", "pseudo_inverse"] = Field(
        default="regularised",
        description="regularised: least squares with a ridge, smooth everywhere; pseudo_inverse: eigenvalues of the "
        "mass matrix below the cutoff are left out",
    )
    ridge: Positive | None = Field(
        default=None,
        description="of a regularised solve, relative to the root mean square eigenvalue of the mass matrix, from 0 "
        "(none) to 1; 1e-4 by default, none where M is positive (kinetic = quadratic)",
    )
    cutoff: Positive = Field(
        default=1e-6, description="of a pseudo-inverse, relative to the largest eigenvalue, from 0 to 1"
    )

    @model_validator(mode="before")
    @classmethod
    def _fitting(cls, data: Any) -> Any:
        """A ridge belongs to a regularised solve, a cutoff to a pseudo-inverse."""
        if isinstance(data, dict):
            if "ridge" in data and data.get("solve") == "pseudo_inverse":
                raise ValueError("a `ridge` belongs to solve = regularised; write `cutoff`")
            if isinstance(data.get("stencil"), int):
                if data["stencil"] % 2 == 0:
                    raise ValueError("a `stencil` has as many places on either side: write an odd number")
                if data.get("solve") == "pseudo_inverse" or data.get("kinetic") == "quadratic":
                    raise ValueError("a `stencil` has a regularised solve, and kinetic = free or unit")
            if "cutoff" in data and data.get("solve", "regularised") != "pseudo_inverse":
                raise ValueError("a `cutoff` belongs to solve = pseudo_inverse; write `ridge`")
        return data

    @property
    def used_ridge(self) -> float:
        """The ridge of a regularised solve."""
        return self.ridge if self.ridge is not None else 0.0 if self.kinetic == "quadratic" else DEFAULT_RIDGE


def judge(offer: Offer) -> Verdict:
    """Coordinates and their velocity, under translation in time; other inputs are constants of motion."""
    options = offer.options
    assert isinstance(options, LagrangianOptions)
    diagnostics = (*time_faults(offer, EQUATIONS), *_field_faults(offer))
    claims = tuple(
        _claim(symmetry.name, options) for symmetry in offer.symmetries if symmetry.kind == "time"
    )
    return Verdict(diagnostics, claims, ("the entry points are `lagrangian` and `energy`, v . dL/dv - L",))


def _claim(symmetry: str, options: LagrangianOptions) -> spec.Exactness:
    """Exact where the mass matrix itself is inverted."""
    equation = "the Euler-Lagrange equation of a learned Lagrangian"
    if options.solve == "pseudo_inverse":
        bound = f"eigenvalues of the mass matrix below {options.cutoff:g} of the largest left out"
    elif options.used_ridge:
        bound = f"the mass matrix bounded from below by a ridge of {options.used_ridge:g}"
    else:
        return spec.Exactness(symmetry, "exact", equation)
    return spec.Exactness(symmetry, "approximate", f"{equation}, {bound}")


def _field_faults(offer: Offer) -> Iterator[Diagnostic]:
    """What is wrong with the fields, the first thing first: a later one would follow from it."""
    inputs = {field.name: field for field in offer.inputs}
    pairs = []
    for target in offer.targets:
        if target.kind != "derivative":
            yield _fault(
                offer, f"the Euler-Lagrange equation gives an acceleration, not `{target.name}`",
                "gives an acceleration", "declare `v: derivative(q)` and `a: derivative(v)`, and predict `a from q, v`",
                Label(target.span, with_article(target.kind)),
            )  # fmt: skip
            return
        velocity = inputs.get(target.of or "")
        if velocity is None or velocity.kind != "derivative":
            yield _not_a_velocity(offer, target, velocity)
            return
        coordinate = inputs.get(velocity.of or "")
        if coordinate is None:
            yield _fault(
                offer, f"the velocity `{velocity.name}` is given without its coordinate",
                f"`{velocity.of}` is missing", f"write `predict {target.name} from {velocity.of}, {velocity.name}`",
                Label(velocity.span, f"the derivative of `{velocity.of}`"),
            )  # fmt: skip
            return
        pairs.append((coordinate, velocity))
    yield from _input_faults(offer, [pair[0] for pair in pairs], [pair[1] for pair in pairs])


def _not_a_velocity(offer: Offer, target: spec.Field, found: spec.Field | None) -> Diagnostic:
    """The diagnostic of a predicted derivative whose base is not given, or is a coordinate."""
    if found is None:
        return _fault(
            offer, f"the acceleration `{target.name}` is predicted without its velocity", f"`{target.of}` is missing",
            f"give what it is the derivative of: add `{target.of}` after `from`",
            Label(target.span, f"the derivative of `{target.of}`"),
        )  # fmt: skip
    if found.kind == "phase_space":
        hint = "write `by hamiltonian`, or give coordinates and velocities instead of a phase space"
    else:
        hint = f"declare `a: derivative({target.name})`, and predict `a from {found.name}, {target.name}`"
    return _fault(
        offer, f"`{target.name}` is a first derivative, and the Euler-Lagrange equation gives a second one",
        "gives an acceleration", hint, Label(found.span, with_article(found.kind)),
    )  # fmt: skip


def _input_faults(
    offer: Offer, coordinates: Sequence[spec.Field], velocities: Sequence[spec.Field]
) -> Iterator[Diagnostic]:
    for coordinate in coordinates:
        if coordinate.kind not in COORDINATE_KINDS:
            yield _fault(
                offer, f"`{coordinate.name}` is {with_article(coordinate.kind)} and cannot be a coordinate",
                "takes angles, scalars, vectors and points", "declare for example `q: angle(2)` or `q: vector(3)`",
                Label(coordinate.span, with_article(coordinate.kind)),
            )  # fmt: skip
    count = sum(math.prod(coordinate.shape) for coordinate in coordinates)
    assert isinstance(offer.options, LagrangianOptions)
    stencil = offer.options.stencil
    if stencil is not None and len(coordinates) > 1:
        yield _fault(
            offer, "a stencil sees one field along a ring", f"{len(coordinates)} accelerations are predicted",
            "leave `stencil` out", *(Label(field.span, "a coordinate") for field in coordinates),
        )  # fmt: skip
    elif stencil is not None:
        yield from _ring_faults(offer, coordinates[0], stencil)
    elif count > MOST_COORDINATES:
        yield _fault(
            offer, f"a mass matrix of {count} coordinates", f"at most {MOST_COORDINATES} are served",
            "write the motion with fewer coordinates, or as neighbours along an axis with a `stencil`",
            *(Label(field.span, f"{math.prod(field.shape)} numbers") for field in coordinates),
        )  # fmt: skip
    for field in offer.inputs:
        if field.kind == "derivative" and field not in velocities:
            yield _fault(
                offer, f"the velocity `{field.name}` is given without its acceleration", "which should follow from L",
                f"declare a: derivative({field.name}), and predict it too", Label(field.span, "a velocity"),
            )  # fmt: skip
        elif field not in (*coordinates, *velocities) and field.kind not in PARAMETER_KINDS:
            yield _fault(
                offer, f"`{field.name}` cannot be given beside the coordinates", f"takes no {field.kind}",
                "give constants of the motion, such as masses, as scalars", Label(field.span, with_article(field.kind)),
            )  # fmt: skip


def _ring_faults(offer: Offer, coordinate: spec.Field, stencil: int) -> Iterator[Diagnostic]:
    """What does not lie along one ring of places."""
    for field in offer.inputs:
        if len(field.axes) != 1 or field.own_shape or field.axes != coordinate.axes:
            yield _fault(
                offer, f"a stencil sees numbers along one axis, and `{field.name}` is no such field", "sees a ring",
                "declare `axis grid = 64` and `phi: scalar per grid`", Label(field.span, with_article(field.kind)),
            )  # fmt: skip
            return
    (size,) = coordinate.shape
    if size < stencil:
        yield _fault(
            offer, f"a stencil of {stencil} does not fit a ring of {size} places", f"needs {stencil} places",
            "write a smaller stencil", Label(coordinate.span, f"{size} places"),
        )  # fmt: skip


def _fault(offer: Offer, message: str, label: str, hint: str, *related: Label) -> Diagnostic:
    return Diagnostic("SYM0506", message, offer.span, label=label, related=related, hint=hint)


def network_defaults(written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Activation and first weights of the paper, where L is the network alone."""
    free = written.get("kinetic", "free") == "free"
    return {"activation": "softplus", "initial": "lagrangian"} if free else {}


DECLARATION = StrategyDeclaration(
    name="lagrangian",
    kind="structure",
    options=LagrangianOptions,
    summary="The acceleration follows from a learned Lagrangian by the Euler-Lagrange equation, which has an energy.",
    citation=(
        "M. Cranmer, S. Greydanus, S. Hoyer, P. Battaglia, D. Spergel, S. Ho: Lagrangian Neural Networks. ICLR 2020 "
        "workshop on Integration of Deep Neural Models and Differential Equations, arXiv:2003.04630, equation 6."
    ),
    implementation="symdsl.strategies.lagrangian.build:STRATEGY",
    judge=judge,
    scalar="the Lagrangian",
    derivatives=2,
    network_defaults=network_defaults,
)
