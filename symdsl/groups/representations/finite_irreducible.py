"""The irreducible real representations of finite groups, by their number in the group's table."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group
from symdsl.groups.representation import FiniteGroupRepresentation
from symdsl.groups.representations.irreducible_table import Kind, RealIrreducible, irreducible_table
from symdsl.groups.words import cayley_graph, conjugacy_classes


@dataclass(frozen=True)
class FiniteIrreducible(FiniteGroupRepresentation):
    """Number `index` of `irreducible_table(group)`: 0 is trivial, then by dimension.

    Raises SymdslError SYM0424 for a number that is none, and those of the table.
    """

    group: Group
    index: int
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = irreducible_table(self.group)
        if not 0 <= self.index < len(table):
            message = f"{self.group.name} has no irreducible representation number {self.index}"
            raise SymdslError(
                Diagnostic("SYM0424", message, notes=(table_text(self.group),), hint=f"write 0 to {len(table) - 1}")
            )
        object.__setattr__(self, "dimension", table[self.index].dimension)

    @property
    def _entry(self) -> RealIrreducible:
        return irreducible_table(self.group)[self.index]

    @property
    def kind(self) -> Kind:
        """Whether its maps to itself are the real or complex numbers, or the quaternions."""
        return self._entry.kind

    def matrix(self, elements: Array) -> Array:
        lead = elements.shape[:-2]
        check_entries(math.prod(lead) * self.dimension**2, f"matrices of {self.text}")
        indices = self.group.index_of(elements).ravel()
        matrices = cayley_graph(self.group).spread(self._entry.images, indices)
        return matrices.reshape(*lead, self.dimension, self.dimension)

    def character(self, elements: Array) -> Array:
        return self._entry.characters[conjugacy_classes(self.group).labels[self.group.index_of(elements)]]

    @property
    def text(self) -> str:
        return f"irrep({self.index})"

    @property
    def is_orthogonal(self) -> bool:
        return True

    def describe(self) -> dict[str, Any]:
        return {"kind": "finite_irreducible", "group": self.group.describe(), "index": self.index}


def table_text(group: Group, most: int = 24) -> str:
    """ "irrep(0) to irrep(4) have the dimensions 1, 1, 2, 3, 3", with the types that are not real."""
    table = irreducible_table(group)
    words = [f"{entry.dimension}" + ("" if entry.kind == "real" else f" ({entry.kind})") for entry in table[:most]]
    more = ", ..." if len(table) > most else ""
    if len(table) == 1:
        return "irrep(0) is the only one"
    return f"irrep(0) to irrep({len(table) - 1}) have the dimensions {', '.join(words)}{more}"
