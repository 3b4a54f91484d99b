"""Symmetries and fields that a graph network does not serve, each with what would work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symdsl.check import spec
from symdsl.check.declaration import Offer
from symdsl.check.field_text import with_article
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.groups.actions.action import Offset
from symdsl.groups.actions.placement import find_setting, placement_of
from symdsl.groups.actions.points import points_in, without_offset
from symdsl.strategies.graph_network.layout import Layout, axes_of, level_of, node_axis, turning_symmetries

HIGHEST_RANK = 4
SERVED = "O, SO, Lorentz, Sp, U, SU and their motions such as E, SE and T, and permutations of nodes"


def symmetry_faults(offer: Offer) -> Iterator[Diagnostic]:
    """Symmetries that are no groups of permutations, rotations or shifts of points."""
    for symmetry in offer.symmetries:
        if symmetry.kind not in ("group", "relabel"):
            hint = f"write `enforce {symmetry.name} by hamiltonian`" if symmetry.kind == "time" else None
            yield Diagnostic(
                code="SYM0505",
                message=f"a graph network does not keep `{symmetry.name}`",
                span=offer.span,
                label=f"keeps {SERVED}",
                related=(Label(symmetry.span, f"this is {symmetry.text}"),),
                hint=hint,
            )


def axis_faults(offer: Offer) -> Iterator[Diagnostic]:
    """No axis of nodes, several of them, or one in the wrong place."""
    fields = (*offer.inputs, *offer.targets)
    varying = {field.varying: field for field in fields if field.rows}
    if varying:
        yield from _row_faults(offer, varying)
        return
    axes = axes_of(fields)
    if not axes:
        yield Diagnostic(
            code="SYM0506",
            message="a graph network needs nodes, and no field lies along an axis",
            span=offer.span,
            label="nothing is counted",
            related=tuple(Label(field.span, "one value a sample") for field in offer.inputs[:1]),
            hint="declare `axis bodies = 6` and write `per bodies` behind the type of what each node has",
        )
        return
    axis = node_axis(fields, offer.symmetries)
    if axis is None:
        names = " or ".join(f"`{each.name or each.size}`" for each in axes.values())
        first = next(iter(axes.values()))
        yield Diagnostic(
            code="SYM0506",
            message=f"nodes could lie along {names}",
            span=offer.span,
            label="which axis counts the nodes is not said",
            related=tuple(Label(each.span, "an axis") for each in axes.values()),
            hint=f"enforce the permutations of one: `symmetry relabel: S({first.name or 'bodies'})`",
        )
        return
    for field in fields:
        if level_of(field, axis) is None:
            name = axis.name or axis.size
            yield Diagnostic(
                code="SYM0506",
                message=f"`{field.name}` does not begin with the axis of nodes, `{name}`",
                span=offer.span,
                label="what belongs to nodes begins with one axis of them, what belongs to edges with two",
                related=(Label(field.span, with_article(field.kind)),),
                hint=f"write `per {name}` before the other axes of `{field.name}`",
            )


def _row_faults(offer: Offer, varying: Mapping[str, spec.Field]) -> Iterator[Diagnostic]:
    """Rows of several varying axes or graphs."""
    if len(varying) > 1:
        yield Diagnostic(
            code="SYM0506",
            message=f"nodes could be those of {' or '.join(f'`{name}`' for name in varying)}",
            span=offer.span,
            label="takes one graph",
            related=tuple(Label(field.span, f"of {name}") for name, field in varying.items()),
            hint="put what belongs together into one graph, or along one axis",
        )


def field_faults(offer: Offer, layout: Layout) -> Iterator[Diagnostic]:
    """Fields that move otherwise than nodes, vectors and points do."""
    fields = (*offer.inputs, *offer.targets)
    for field in offer.inputs:
        if field.kind == "label":
            yield _not_served(offer, field, None, "takes numbers, vectors and points", "give it as scalars")
    turning = turning_symmetries(fields, offer.symmetries, layout.levels)
    if len(turning) > 1:
        names = ", ".join(f"`{symmetry.name}`" for symmetry in turning)
        yield Diagnostic(
            code="SYM0510",
            message=f"a graph network keeps one group that turns vectors, and {names} turn them",
            span=offer.span,
            label="more than one",
            related=tuple(Label(symmetry.span, f"this is {symmetry.text}") for symmetry in turning),
            hint="write one symmetry, the group of both: E(3) for T(3) and O(3)",
        )
        return
    for symmetry in turning:
        setting = None if symmetry.group is None else find_setting(symmetry.group)
        if setting is None or setting.classical is None:
            yield Diagnostic(
                code="SYM0505",
                message=f"the invariants of vectors under {symmetry.text} are not known",
                span=offer.span,
                label=f"known for {SERVED}",
                related=(Label(symmetry.span, f"this is {symmetry.text}"),),
                hint=f"write `enforce {symmetry.name} by equivariant_mlp`, which serves any group of matrices",
            )
            return
    for symmetry in offer.symmetries:
        for field in fields if symmetry.kind == "group" else ():
            fault = _action_fault(offer, layout, symmetry, field)
            if fault is not None:
                yield fault


def _action_fault(offer: Offer, layout: Layout, symmetry: spec.Symmetry, field: spec.Field) -> Diagnostic | None:
    action, level = symmetry.actions[field.name], layout.lead(layout.levels[field.name])
    if action.geometry is not None and not isinstance(action.geometry, Offset):
        return _not_served(offer, field, symmetry, "takes no pixels", "leave the symmetry out: `verify` measures it")
    if action.geometry is not None and points_in(action) is None:
        why = f"{symmetry.text} mixes what it shifts with what it does not"
        return _not_served(offer, field, symmetry, why, "give points and vectors as fields of their own")
    ends = [each for axes, each in action.factors if axes[0] < level]
    if level and symmetry.name in layout.permuting and (len(ends) != level or any(end != ends[0] for end in ends)):
        why = f"does not move with the nodes under {symmetry.text}"
        return _not_served(offer, field, symmetry, why, "leave the line with its action out")
    if any(len(axes) > 1 or not each.is_permutation for axes, each in action.factors if axes[0] < level):
        return _not_served(offer, field, symmetry, "each node has an element of its own", "use equivariant_mlp")
    if symmetry.name != layout.turning or layout.setting is None:
        return None
    placement = placement_of(without_offset(action), layout.setting, level)
    highest = 1 if field in offer.inputs else HIGHEST_RANK
    if placement is None or any(len(slots) > highest for _, slots in placement.blocks):
        what = "takes scalars, vectors and points" if highest == 1 else f"gives tensors up to rank {HIGHEST_RANK}"
        return _not_served(offer, field, symmetry, what, "use equivariant_mlp, which serves any representation")
    return None


def _not_served(offer: Offer, field: spec.Field, symmetry: spec.Symmetry | None, label: str, hint: str) -> Diagnostic:
    related = [Label(field.span, with_article(field.kind))]
    if symmetry is not None:
        related.append(Label(symmetry.span, f"this is {symmetry.text}"))
    return Diagnostic(
        code="SYM0506",
        message=f"a graph network does not serve `{field.name}`",
        span=offer.span,
        label=label,
        related=tuple(related),
        hint=hint,
    )
