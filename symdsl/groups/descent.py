"""What sees only the linear part of affine motions is a matter of the linear group, whose maps are quicker to find."""

from __future__ import annotations

from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, LinearPart, Representation
from symdsl.groups.summands import Leaves


def descended(group: Group, leaves: Leaves) -> tuple[Group, Leaves] | None:
    """The linear group G of T(n) x| G, and the leaves as representations of it; None where one of them sees more.

    T(n) x| G -> G is onto, so that what the one leaves alone the other does.
    """
    linear = group.linear
    if linear is None or linear.order == 1:
        return None
    found = [below for leaf in leaves if (below := _of_linear(linear, leaf)) is not None]
    return (linear, tuple(found)) if len(found) == len(leaves) else None


def _of_linear(linear: Group, leaf: Representation) -> Representation | None:
    match leaf:
        case LinearPart():
            return Defining(linear)
        case Dual(of=LinearPart()):
            return Dual(Defining(linear))
        case _:
            return None
