"""A representation as a direct sum of tensor products of leaves, each summand by the indices it occupies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_VECTOR
from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.representation import Representation, Trivial
from symdsl.groups.representations.canonical import canonical

Leaves = tuple[Representation, ...]
Table = dict[Leaves, np.ndarray]


@dataclass(frozen=True, eq=False)
class Isotypes:
    """`copies` equal summands, each the tensor product of `leaves` (none: a number that does not move).

    `indices` (copies, n): the entries indices[c], in this order, transform by the Kronecker product of the leaves.
    """

    leaves: Leaves
    indices: np.ndarray


def summands(representation: Representation) -> tuple[Isotypes, ...]:
    """All summands, equal ones together, in the order of their first entries; leaves sorted within each.

    Raises SymdslError SYM0702 for a dimension over the limit.
    """
    if representation.dimension > MAXIMUM_VECTOR:
        text = f"a representation of dimension {representation.dimension:,} is over the limit of {MAXIMUM_VECTOR:,}"
        raise SymdslError(Diagnostic("SYM0702", text))
    table = _split(canonical(representation))
    found = [_with_sorted_leaves(leaves, indices) for leaves, indices in table.items()]
    merged: dict[Leaves, list[np.ndarray]] = {}
    for leaves, indices in found:
        merged.setdefault(leaves, []).append(indices)
    rows = [(leaves, np.concatenate(parts)) for leaves, parts in merged.items()]
    ordered = [Isotypes(leaves, indices[np.argsort(indices[:, 0], kind="stable")]) for leaves, indices in rows]
    return tuple(sorted(ordered, key=lambda isotypes: int(isotypes.indices[0, 0])))


def _split(representation: Representation) -> Table:
    match representation:
        case Trivial(dimension=dimension):
            return {(): np.arange(dimension)[:, None]}
        case Sum(parts=parts):
            table: Table = {}
            start = 0
            for part in parts:
                for leaves, indices in _split(part).items():
                    earlier = [table[leaves]] if leaves in table else []
                    table[leaves] = np.concatenate([*earlier, indices + start])
                start += part.dimension
            return table
        case Product(parts=parts):
            result = _split(parts[0])
            for part in parts[1:]:
                result = _multiplied(result, _split(part), part.dimension)
            return result
        case _:
            return {(representation,): np.arange(representation.dimension)[None, :]}


def _multiplied(left: Table, right: Table, width: int) -> Table:
    table: Table = {}
    for left_leaves, i in left.items():
        for right_leaves, j in right.items():
            indices = (i[:, None, :, None] * width + j[None, :, None, :]).reshape(len(i) * len(j), -1)
            leaves = left_leaves + right_leaves
            earlier = [table[leaves]] if leaves in table else []
            table[leaves] = np.concatenate([*earlier, indices])
    return table


def leaf_order(leaves: Leaves) -> list[int]:
    """The positions of `leaves` in sorted order: by factor of a product group, then by kind; stable."""
    return sorted(range(len(leaves)), key=lambda position: _leaf_key(leaves[position]))


def _leaf_key(leaf: Representation) -> tuple[int, str]:
    return (leaf.position, leaf.text) if isinstance(leaf, Pulled) else (0, leaf.text)


def _with_sorted_leaves(leaves: Leaves, indices: np.ndarray) -> tuple[Leaves, np.ndarray]:
    order = leaf_order(leaves)
    sizes = [leaf.dimension for leaf in leaves]
    moved = indices.reshape(len(indices), *sizes).transpose(0, *(position + 1 for position in order))
    return tuple(leaves[position] for position in order), moved.reshape(len(indices), -1)
