"""Vectors and points: which axes a group permutes, and which scalars, vectors and tensors lie along the others."""

from __future__ import annotations

from dataclasses import dataclass

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.action import Action
from symdsl.groups.combinations import Product, Pulled, Sum, vectors_of
from symdsl.groups.group import Group
from symdsl.groups.maps.invariant_forms import bilinear_forms
from symdsl.groups.representation import Dual, Permutation, Representation, Trivial
from symdsl.groups.representations.canonical import canonical

Slots = tuple[bool, ...]
"""One entry for each index of a tensor: True where it is a lower one, which moves by the dual."""
Blocks = tuple[tuple[int, Slots], ...]
"""(copies, slots) in the order in which they lie; a scalar has no slots."""


@dataclass(frozen=True)
class Setting:
    """A classical group or its affine motions, a group S(n) of all permutations of n points, or the product of the two.

    `classical` is the first, or the linear part of the motions, or None; `vector` says how vectors move under it and
    `covector` is the dual, and `permutation` is that of S(n), all as canonical representations of `group`; `points` is
    n, or 0.
    """

    group: Group
    classical: Group | None
    vector: Representation | None
    covector: Representation | None
    permutation: Representation | None
    points: int

    def representation(self, blocks: Blocks) -> Representation:
        """The direct sum of blocks, canonical."""
        return canonical(Sum(tuple(self._block(copies, slots) for copies, slots in blocks)))

    def _block(self, copies: int, slots: Slots) -> Representation:
        kinds = tuple(self.covector if lower else self.vector for lower in slots)
        return Product((Trivial(self.group, copies), *(kind for kind in kinds if kind is not None)))


@dataclass(frozen=True)
class Placement:
    """What an array is made of: `points` are the axes that are permuted, `rest` the others in order; flattened
    row-major, these hold `blocks`."""

    points: tuple[int, ...]
    rest: tuple[int, ...]
    blocks: Blocks


def find_setting(group: Group) -> Setting | None:
    """The setting of a group; None for a group that is not of this kind.

    Factors of one element do not count, and translations do not beside others: they turn nothing.
    """
    classical, points = [], []
    shifts = False
    for position, part in enumerate(group.parts):
        linear = part.linear or part
        if part.order == 1:
            continue
        if part.family == "translations":
            shifts = True
        elif bilinear_forms(linear) is not None:
            vector = vectors_of(part)
            whole = Pulled(group, position, vector) if group.factors else vector
            classical.append((linear, canonical(whole)))
        elif part.family == "symmetric":
            permuted = Pulled(group, position, Permutation(part)) if group.factors else Permutation(part)
            points.append((part, canonical(permuted)))
        else:
            return None
    if len(classical) > 1 or len(points) > 1 or not (classical or points or shifts):
        return None
    part, vector = classical[0] if classical else (None, None)
    return Setting(
        group=group,
        classical=part,
        vector=vector,
        covector=None if vector is None else canonical(Dual(vector)),
        permutation=points[0][1] if points else None,
        points=points[0][0].dimension if points else 0,
    )


def placement_of(action: Action, setting: Setting, lead: int = 0) -> Placement | None:
    """What an array that moves by `action` is made of; None where it holds more than scalars, vectors and tensors.

    With `lead` the first axes are points, whether they are permuted or not; else those that are permuted.
    """
    if action.geometry is not None:
        return None
    permuted = [axes[0] for axes, each in action.factors if len(axes) == 1 and canonical(each) == setting.permutation]
    points = tuple(range(lead)) if lead else tuple(sorted(permuted))
    if any(set(axes) & set(points) and not (len(axes) == 1 and each.is_permutation) for axes, each in action.factors):
        return None
    rest = tuple(axis for axis in range(len(action.shape)) if axis not in points)
    factors = tuple(
        (tuple(rest.index(axis) for axis in axes), each) for axes, each in action.factors if not set(axes) & set(points)
    )
    try:
        one = Action(action.group, tuple(action.shape[axis] for axis in rest), factors).representation()
    except SymdslError:
        return None
    blocks = _blocks(one, setting)
    return None if blocks is None else Placement(points, rest, blocks)


def _blocks(representation: Representation, setting: Setting) -> Blocks | None:
    match representation:
        case Trivial(dimension=dimension):
            return ((dimension, ()),)
        case Sum(parts=parts):
            found = [_blocks(part, setting) for part in parts]
            known = [blocks for blocks in found if blocks is not None]
            return tuple(block for blocks in known for block in blocks) if len(known) == len(found) else None
        case Product(parts=(Trivial(dimension=copies), *others)):
            inner = _blocks(others[0] if len(others) == 1 else Product(tuple(others)), setting)
            if inner is None:
                return None
            return ((copies * inner[0][0], inner[0][1]),) if len(inner) == 1 else inner * copies
        case Product(parts=parts):
            kinds = parts
        case _:
            kinds = (representation,)
    if any(kind not in (setting.vector, setting.covector) for kind in kinds):
        return None
    return ((1, tuple(kind != setting.vector for kind in kinds)),)
