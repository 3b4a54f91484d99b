"""What the strategies that act on the loss alone demand of a symmetry: elements that can be drawn and applied."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from symdsl.check.declaration import Offer, Verdict
from symdsl.check.spec import Symmetry
from symdsl.diagnostics.diagnostic import Diagnostic, Label, SymdslError
from symdsl.groups.actions.action import Action
from symdsl.groups.arrays.limits import MAXIMUM_ORDER
from symdsl.groups.arrays.stabiliser_chain import chain_of_matrices
from symdsl.groups.combinations import Pulled
from symdsl.groups.group import Group
from symdsl.groups.maps.summands import summands
from symdsl.groups.representation import Defining, Dual, LinearPart
from symdsl.ir.actions import output_action

MAXIMUM_TABLE = 2**24
"""Numbers in a table of all elements of a finite group, which a model has among its constants."""

Bound = Annotated[
    float,
    Field(
        default=2.0,
        gt=0.0,
        le=100.0,
        description="how far elements of a group that is not compact go: the largest rapidity, offset or norm",
    ),
]


def judge_draws(offer: Offer, strategy: str, fact: str) -> Verdict:
    """Any fields, and SYM0505 for each symmetry whose elements cannot be drawn, or that moves nothing of the model.

    `fact` says of each `{group}` what is done with its elements.
    """
    found = (_refusal(offer, strategy, symmetry) for symmetry in offer.symmetries)
    groups = [
        symmetry.group.name + (" within its ranges" if _is_partial(symmetry) else "")
        for symmetry in offer.symmetries
        if symmetry.group is not None
    ]
    facts = tuple(fact.format(group=name) for name in groups)
    return Verdict(tuple(each for each in found if each is not None), facts=facts)


def _refusal(offer: Offer, strategy: str, symmetry: Symmetry) -> Diagnostic | None:
    name = symmetry.name
    if symmetry.group is None:
        return Diagnostic(
            code="SYM0505",
            message=f"`{strategy}` does not serve `{name}`",
            span=offer.span,
            label="no group that moves the data",
            notes=("samples are moved by elements of a group, and time translation moves none of them",),
            hint=f"write: enforce {name} by hamiltonian",
        )
    for factor in symmetry.group.parts:
        if not can_be_drawn(factor):
            return Diagnostic(
                code="SYM0505",
                message=f"`{strategy}` does not serve {factor.name}",
                span=offer.span,
                label="too large a group to draw from",
                notes=(f"elements of a finite group come from a table, of at most {MAXIMUM_TABLE:,} numbers",),
                hint="take a smaller group, or SO(2) for C(n) of many turns",
            )
    for field in offer.targets:
        if field.kind == "label" and not symmetry.actions[field.name].is_trivial:
            return Diagnostic(
                code="SYM0505",
                message=f"`{strategy}` does not move the classes of `{field.name}`",
                span=offer.span,
                label=f"`{name}` moves them",
                related=(Label(field.span, f"moved by {symmetry.text}"),),
                notes=("numbers are moved by a random element, and classes, which are integers, are not",),
                hint=f"write: enforce {name} by graph_network",
            )
    moving = [symmetry.actions[field.name] for field in offer.inputs]
    moving += [output_action(field, symmetry.actions[field.name]) for field in offer.targets]
    if all(action.is_trivial for action in moving):
        return Diagnostic(
            code="SYM0505",
            message=f"`{name}` moves nothing that this model takes or gives",
            span=offer.span,
            label="would change no loss",
            notes=("the fields that it moves are not in the line `predict`",),
            hint="leave the line out",
        )
    if _is_partial(symmetry):
        return None  # exponentials of the images of the generators
    return _without_matrices(offer, strategy, moving)


def _is_partial(symmetry: Symmetry) -> bool:
    return symmetry.learned is not None and symmetry.learned.partial


def _without_matrices(offer: Offer, strategy: str, actions: list[Action]) -> Diagnostic | None:
    """The refusal of a representation whose matrix is neither an element nor in a table of a finite group."""
    factors = (representation for action in actions for _, representation in action.factors)
    leaves = (leaf for each in factors for isotypes in summands(each) for leaf in isotypes.leaves)
    for leaf in leaves:
        inner = leaf.of if isinstance(leaf, Pulled) else leaf
        inner = inner.of if isinstance(inner, Dual) else inner
        order = inner.group.order
        tabled = order is not None and order <= MAXIMUM_ORDER and order * inner.dimension**2 <= MAXIMUM_TABLE
        if not isinstance(inner, Defining | LinearPart) and not tabled:
            return Diagnostic(
                code="SYM0505",
                message=f"`{strategy}` does not move numbers by {inner.text} of {inner.group.name}",
                span=offer.span,
                label="its matrices are not known at run time",
                notes=("samples are moved by the matrices of the group, or by a table of a finite group's",),
                hint="write the field as a vector or tensor, or enforce the symmetry by equivariant_mlp",
            )
    return None


def can_be_drawn(group: Group) -> bool:
    """Whether an element of a group that is no product can be drawn: not of a finite one with too many elements."""
    if group.linear is not None:
        return can_be_drawn(group.linear)
    if group.order is None or group.family == "symmetric":
        return True
    if group.permutes and group.order > MAXIMUM_ORDER:
        return _has_chain(group)
    return group.order <= MAXIMUM_ORDER and group.order * group.dimension**2 <= MAXIMUM_TABLE


def _has_chain(group: Group) -> bool:
    """Whether a group of permutations has a chain of stabilisers to draw from, in tables of bounded size."""
    try:
        carriers = chain_of_matrices(group.discrete_data).inverse_carriers()
    except SymdslError:
        return False
    return sum(stack.size for stack in carriers) <= MAXIMUM_TABLE
