"""What sees only the linear part of affine motions is a matter of the linear group, whose maps are quicker to find."""

from __future__ import annotations

from symdsl.groups.combinations import Product, Sum
from symdsl.groups.composed import OfLinearPart
from symdsl.groups.group import Group
from symdsl.groups.maps.summands import Leaves
from symdsl.groups.representation import Defining, Dual, LinearPart, Representation, Trivial
from symdsl.groups.representations.powers import AlternatingPower, SymmetricPower


def descended(group: Group, leaves: Leaves) -> tuple[Group, Leaves] | None:
    """The linear group G of T(n) x| G, and the leaves as representations of it; None where one of them sees more.

    T(n) x| G -> G is onto, so that what the one leaves alone the other does.
    """
    linear = group.linear
    if linear is None or linear.order == 1:
        return None
    found = [below for leaf in leaves if (below := representation_of_linear(linear, leaf)) is not None]
    return (linear, tuple(found)) if len(found) == len(leaves) else None


def representation_of_linear(linear: Group, representation: Representation) -> Representation | None:
    """The representation of T(n) x| G as one of G; None where translations are seen by it."""
    match representation:
        case Trivial(dimension=dimension):
            return Trivial(linear, dimension)
        case LinearPart():
            return Defining(linear)
        case OfLinearPart(of=below):
            return below
        case SymmetricPower(of=inner, power=power) | AlternatingPower(of=inner, power=power):
            below = representation_of_linear(linear, inner)
            return None if below is None else type(representation)(below, power)
        case Dual(of=inner):
            below = representation_of_linear(linear, inner)
            return None if below is None else Dual(below)
        case Sum(parts=parts) | Product(parts=parts):
            found = [below for part in parts if (below := representation_of_linear(linear, part)) is not None]
            return type(representation)(tuple(found)) if len(found) == len(parts) else None
        case _:
            return None
