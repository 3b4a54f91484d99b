"""What the network of invariants cannot serve, said field by field."""

from __future__ import annotations

from collections.abc import Iterator

from symdsl.check import spec
from symdsl.check.declaration import Offer
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.groups.actions.action import Action
from symdsl.groups.actions.placement import Placement, find_setting, placement_of
from symdsl.groups.actions.points import about_centroid, without_offset
from symdsl.strategies.equivariant_mlp.choice import (
    HIGHEST_RANK,
    MOST_COEFFICIENTS,
    MOST_INVARIANTS,
    Content,
    can_give,
    coefficients,
    content_of,
)

SERVED = "O, SO, Lorentz, Sp, U, SU, their motions such as E and SE, S(n), or one of the others times S(n)"
INSTEAD = "leave `network = scalars` out: tensors serve any group and any representation"


def actions_of(offer: Offer, symmetry: spec.Symmetry) -> tuple[dict[str, Action], tuple[Action, ...]]:
    """How what the network sees, by name, and gives moves, points as differences from their centroid.

    What a model returns for a label moves as the label; the scalar of a structure does not move.
    """
    group = symmetry.group
    assert group is not None
    seen = about_centroid({field.name: _seen_action(field, symmetry.actions[field.name]) for field in offer.inputs})
    targets = tuple(
        Action(group, (*field.shape, field.classes or 0), symmetry.actions[field.name].factors)
        if field.kind == "label"
        else without_offset(symmetry.actions[field.name])
        for field in offer.targets
    )
    return seen, targets or (Action(group, ()),)


def _seen_action(field: spec.Field, action: Action) -> Action:
    """How what the network sees of a field moves: of an angle its cosine and sine, along a last axis."""
    if field.features != "periodic":
        return action
    return Action(action.group, (*action.shape, 2), action.factors)


def scalars_faults(offer: Offer, symmetry: spec.Symmetry) -> Iterator[Diagnostic]:
    """Why the network of invariants cannot serve, each fault with what would."""
    assert symmetry.group is not None
    setting = find_setting(symmetry.group)
    if setting is None:
        yield Diagnostic(
            code="SYM0505",
            message=f"the invariants of vectors under {symmetry.text} are not known",
            span=offer.span_of("network"),
            label=f"known for {SERVED}",
            related=(Label(symmetry.span, f"this is {symmetry.text}"),),
            hint=INSTEAD,
        )
        return
    inputs, targets = actions_of(offer, symmetry)
    given = {name: placement_of(action, setting) for name, action in inputs.items()}
    wanted = [placement_of(action, setting) for action in targets]
    sound = True
    for field in offer.inputs:
        if field.name in given and not can_give(given[field.name], 1):
            sound = False
            yield _not_served(offer, symmetry, field, "takes scalars and vectors")
    for field, placement in zip(offer.targets, wanted, strict=bool(offer.targets)):
        if not can_give(placement, HIGHEST_RANK):
            sound = False
            yield _not_served(offer, symmetry, field, f"gives scalars, vectors and tensors up to rank {HIGHEST_RANK}")
    if sound:
        content = content_of(setting, [placement for placement in given.values() if placement is not None])
        known = [placement for placement in wanted if placement is not None]
        yield from _size_faults(offer, symmetry, content, known)


def _not_served(offer: Offer, symmetry: spec.Symmetry, field: spec.Field, label: str) -> Diagnostic:
    return Diagnostic(
        code="SYM0506",
        message=f"a network of invariants does not serve `{field.name}`",
        span=offer.span_of("network"),
        label=label,
        related=(Label(field.span, f"{with_article(field.kind)}: {symmetry.actions[field.name].text}"),),
        hint=INSTEAD,
    )


def _size_faults(
    offer: Offer, symmetry: spec.Symmetry, content: Content, targets: list[Placement]
) -> Iterator[Diagnostic]:
    inputs = ", ".join(f"`{field.name}`" for field in offer.inputs)
    if not content.features:
        message = f"there are no invariants of {inputs} under {symmetry.text}"
        yield _refused(offer, message, "nothing to learn from", "give another vector or a scalar, or " + INSTEAD)
    elif content.invariants > MOST_INVARIANTS:
        message = (
            f"{content.local_vectors} vectors have {content.invariants} invariants, the bound is {MOST_INVARIANTS}"
        )
        yield _refused(offer, message, "too many vectors", INSTEAD)
    for field, target in zip(offer.targets, targets, strict=bool(offer.targets)):
        count = coefficients(content, target)
        if count > MOST_COEFFICIENTS:
            message = f"`{field.name}` is made of {count} products of the vectors, the bound is {MOST_COEFFICIENTS}"
            yield _refused(offer, message, "too many products", INSTEAD)


def _refused(offer: Offer, message: str, label: str, hint: str) -> Diagnostic:
    return Diagnostic("SYM0506", message, span=offer.span_of("network"), label=label, hint=hint)
