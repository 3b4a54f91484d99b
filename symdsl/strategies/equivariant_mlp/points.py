"""Points as the checker sees them: inputs are differences from their centroid, and targets are placed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symdsl.check import spec
from symdsl.check.declaration import Offer
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.actions.points import Points, about_centroid, of_linear_group, points_in, without_offset
from symdsl.groups.representation import Trivial


def point_faults(offer: Offer, symmetry: spec.Symmetry) -> Iterator[Diagnostic]:
    """Positions that are mixed with other numbers; points of which nothing is left; targets that nothing places."""
    moved = [field for field in (*offer.inputs, *offer.targets) if _shifts(symmetry, field)]
    mixed = [field for field in moved if points_in(symmetry.actions[field.name]) is None]
    for field in mixed:
        yield Diagnostic(
            code="SYM0506",
            message=f"an equivariant mlp cannot take differences of the positions in `{field.name}`",
            span=offer.span,
            label=f"{symmetry.text} mixes what it shifts with what it does not",
            related=(Label(field.span, with_article(field.kind)),),
            hint=f"leave T({field.dimension}) out of the product, or give points and vectors as fields of their own",
        )
    if mixed:
        return
    given = {field.name: symmetry.actions[field.name] for field in offer.inputs}
    if given and not about_centroid(given):
        (alone,) = offer.inputs
        yield Diagnostic(
            code="SYM0413",
            message=f"under {symmetry.text} one point has no invariants, and `{alone.name}` is alone",
            span=offer.span,
            label="nothing is left to learn from",
            related=(Label(alone.span, "one point"), Label(symmetry.span, "the symmetry")),
            notes=("translations bring a point everywhere; only differences of points tell something",),
            hint=f"give two points or more, such as `{alone.name}: point({alone.dimension}) per 2`, or a vector or a "
            "scalar beside it",
        )
    yield from _placeless(offer, symmetry, given)


def _placeless(offer: Offer, symmetry: spec.Symmetry, given: dict[str, Action]) -> Iterator[Diagnostic]:
    motions = {points.motion for action in given.values() if (points := points_in(action)) is not None}
    for field in offer.targets:
        points = points_in(symmetry.actions[field.name])
        if points is not None and points.motion not in motions:
            yield Diagnostic(
                code="SYM0413",
                message=f"under {symmetry.text} `{field.name}` moves with the origin, and no input does",
                span=offer.span,
                label=f"nothing says where `{field.name}` is",
                related=(Label(field.span, with_article(field.kind)), Label(symmetry.span, "the symmetry")),
                hint=f"give a point({field.dimension}), or predict a vector({field.dimension}), a difference of points",
            )


def point_facts(offer: Offer, symmetry: spec.Symmetry) -> tuple[str, ...]:
    """What is done about translations, for `symdsl info`."""
    given = {field.name: symmetry.actions[field.name] for field in offer.inputs}
    names = [name for name, action in given.items() if points_in(action) is not None]
    if not names:
        return ()
    alone = [name for name in names if name not in about_centroid(given)]
    if alone:
        return tuple(
            f"{name} is one point: targets that are points are placed there, and others ignore it" for name in alone
        )
    placed = [field.name for field in offer.targets if _shifts(symmetry, field)]
    seen = f"{', '.join(names)}: seen as differences from the centroid"
    return (seen + (f"; {', '.join(placed)} placed there" if placed else ""),)


def as_differences(
    inputs: Sequence[spec.Field], symmetry: spec.Symmetry
) -> tuple[tuple[spec.Field, ...], spec.Symmetry]:
    """The inputs as independent differences of points, under the linear part of the group.

    An equivariant function of n points is one of n - 1 differences from one of them, under the group that moves these;
    a target that is a point is then a vector from there.
    """
    actions = {name: without_offset(action) for name, action in symmetry.actions.items()}
    found, origins = [], set()
    for field in inputs:
        points = points_in(symmetry.actions[field.name])
        if points is not None and points.at is None and points.motion not in origins:
            origins.add(points.motion)
            if points.count == 1:
                continue
            if all(points.axis in axes for axes, _ in symmetry.actions[field.name].factors):
                field, actions[field.name] = _without_one(field, points, actions[field.name])
        found.append(field)
    group = symmetry.group
    if group is None or group.linear is None:
        return tuple(found), replace(symmetry, actions=actions)
    below = {name: of_linear_group(action) for name, action in actions.items()}
    known = {name: action for name, action in below.items() if action is not None}
    if len(known) < len(below):
        return tuple(found), replace(symmetry, actions=actions)
    return tuple(found), replace(symmetry, group=group.linear, actions=known)


def _without_one(field: spec.Field, points: Points, action: Action) -> tuple[spec.Field, Action]:
    """A field of n points as n - 1 vectors."""
    shape = (points.count - 1, points.shape[points.axis])
    turn = points.motion[1]
    factors = () if isinstance(turn, Trivial) else (((1,), turn),)
    return replace(field, axes=(), own_shape=shape), Action(action.group, shape, factors)


def _shifts(symmetry: spec.Symmetry, field: spec.Field) -> bool:
    return isinstance(symmetry.actions[field.name].geometry, Offset)
