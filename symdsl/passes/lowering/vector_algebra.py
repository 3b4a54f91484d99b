"""Algebra on vectors (.., k, d) of one classical group, in plan operations: tables are constants of the module."""

from __future__ import annotations

import math
from string import ascii_letters

import numpy as np

from symdsl.groups.actions.invariant_theory import Term, tensor_terms
from symdsl.groups.actions.placement import Slots
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group
from symdsl.groups.maps.invariant_forms import bilinear_forms, vector_subsets, volume_forms
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Constant, Module, Table
from symdsl.plan.value import Value

LEAD = "ABCDEFGH"


class VectorAlgebra:
    """Writes the method of one module, and keeps the tables that it uses."""

    def __init__(self, group: Group) -> None:
        forms = bilinear_forms(group)
        assert forms is not None
        self.group, self.forms, self.volume = group, forms, volume_forms(group)
        self.inverse = np.linalg.inv(forms[0])
        self.builder = MethodBuilder("forward")
        self._tables: dict[str, Constant] = {}

    def module(self, name: str, documentation: str, output: Value) -> Module:
        """The module that returns `output`."""
        self.builder.output("y", output)
        return Module(name, documentation, (self.builder.build(),), constants=tuple(self._tables.values()))

    def lead(self, axes: tuple[int, ...]) -> str:
        """Letters of the axes before vectors or coefficients."""
        return LEAD[: len(axes)]

    def number(self, value: float) -> Value:
        """A batch-free number."""
        return self.builder.full((), value)

    def table(self, name: str, array: Array) -> Value:
        """A constant of the module."""
        self._tables[name] = Constant(name, table=Table.from_array(array))
        return self.builder.constant(name, array.shape)

    def integers(self, name: str, indices: np.ndarray) -> Value:
        """A constant of indices."""
        self._tables[name] = Constant(name, table=Table.from_array(indices))
        return self.builder.constant(name, indices.shape, dtype="integer")

    def raised(self, covectors: Value) -> Value:
        """F^-1 p of every covector p (.., k, d)."""
        lead = self.lead(covectors.shape[:-2])
        table = self.table("metric_up", self.inverse)
        return self.builder.add("einsum", covectors, table, subscripts=f"{lead}kd,ed->{lead}ke")

    def basis(self, vectors: Value) -> Value:
        """All vectors that vectors make, (.., b, d): F^-1 F_m v for every bilinear form, then cross products."""
        lead = self.lead(vectors.shape[:-2])
        parts = [vectors]
        for number, form in enumerate(self.forms[1:], start=1):
            table = self.table(f"turn_{number}", self.inverse @ form)
            parts.append(self.builder.add("einsum", vectors, table, subscripts=f"{lead}kd,ed->{lead}ke"))
        if self.volume is not None and vectors.shape[-2] >= self.volume.ndim - 2:
            scaled = self.number(1.0 / math.sqrt(math.factorial(self.volume.ndim - 2)))
            parts.append(self.builder.add("multiply", self.filled_volume(vectors, 1), scaled))
        return parts[0] if len(parts) == 1 else self.builder.add("concatenate", *parts, axis=len(lead))

    def filled_volume(self, vectors: Value, rank: int) -> Value:
        """Every volume form with its last places taken by a subset of the vectors, the first `rank` open and raised.

        (.., subsets * forms, d..); (forms, d..) where no place is left for vectors.
        """
        assert self.volume is not None
        lead = self.lead(vectors.shape[:-2])
        places = self.volume.ndim - 1
        subsets = np.array(vector_subsets(vectors.shape[-2], places - rank), dtype=np.int64)
        volume = self.volume
        for axis in range(rank):
            volume = np.moveaxis(np.tensordot(self.inverse, volume, axes=(1, 1 + axis)), 0, 1 + axis)
        names = "abcdefghij"[:places]
        value = self.table(f"volume_{rank}", np.ascontiguousarray(volume))
        term = f"v{names}"
        for place in range(places - 1, rank - 1, -1):
            index = self.integers(f"subset_{rank}_{place}", subsets[:, place - rank])
            chosen = self.builder.add("take", vectors, index, axis=len(lead))
            result = f"{lead}sv{names[:place]}"
            value = self.builder.add("einsum", value, chosen, subscripts=f"{term},{lead}s{names[place]}->{result}")
            term = result
        if rank == places:
            return value
        # One axis for subsets and forms, subsets first
        return self.builder.add("merge", value, axis=len(lead), count=2)

    def block(
        self, coefficients: Value, vectors: Value | None, copies: int, slots: Slots, start: int
    ) -> tuple[Value, int]:
        """One block (.., copies * d^rank) and where the coefficients of the next one start."""
        axis = coefficients.rank - 1
        if not slots:
            stop = start + copies
            return self.builder.add("slice", coefficients, axis=axis, start=start, stop=stop, step=1), stop
        lead = self.lead(coefficients.shape[:-1])
        count = 0 if vectors is None else vectors.shape[-2]
        terms = tensor_terms(self.group, len(slots), count)
        total = None
        for term in terms:
            stop = start + copies * term.count
            part = self.builder.add("slice", coefficients, axis=axis, start=start, stop=stop, step=1)
            part = self.builder.add("split", part, axis=axis, sizes=(copies, *term.sizes))
            if term.volume:
                tensor = self._volume(part, vectors, len(slots), lead)
            else:
                tensor = self._product(part, vectors, term, lead)
            total = tensor if total is None else self.builder.add("add", total, tensor)
            start = stop
        assert total is not None
        scale = 1.0 / math.sqrt(sum(term.count for term in terms))
        total = self.builder.add("multiply", self._lowered(total, slots, lead), self.number(scale))
        return self.builder.add("merge", total, axis=axis, count=1 + len(slots)), start

    def _product(self, part: Value, vectors: Value | None, term: Term, lead: str) -> Value:
        """sum over coefficients c[.., q, m.., b..] of forms at the pairs and vectors of the basis elsewhere."""
        paired = [place for pair in term.pairs for place in pair]
        rank = len(paired) + len(term.sizes) - len(term.pairs)
        fillers = [*term.pairs, *((place,) for place in range(rank) if place not in paired)]
        summed, indices = ascii_letters[: len(fillers)], ascii_letters[len(fillers) : len(fillers) + rank]
        done = ""
        for number, filled in enumerate(fillers):
            new = "".join(indices[place] for place in filled)
            if len(filled) == 2:
                table = self.table("raised_forms", self.inverse @ self.forms @ self.inverse.T)
                operand, front = table, summed[number]
            else:
                assert vectors is not None
                operand, front = self.basis(vectors), lead + summed[number]
            before, after = f"{lead}q{summed[number:]}{done}", f"{lead}q{summed[number + 1 :]}{done}{new}"
            part = self.builder.add("einsum", part, operand, subscripts=f"{before},{front}{new}->{after}")
            done += new
        if done == indices:
            return part
        order = tuple(len(lead) + 1 + done.index(letter) for letter in indices)
        return self.builder.add("transpose", part, permutation=(*range(len(lead) + 1), *order))

    def _volume(self, part: Value, vectors: Value | None, rank: int, lead: str) -> Value:
        """sum over coefficients c[.., q, s] of volume forms with `rank` open indices."""
        assert self.volume is not None
        names = ascii_letters[:rank]
        if vectors is None or rank == self.volume.ndim - 1:
            table = self.filled_volume(part if vectors is None else vectors, rank)
            return self.builder.add("einsum", part, table, subscripts=f"{lead}qs,s{names}->{lead}q{names}")
        filled = self.filled_volume(vectors, rank)
        return self.builder.add("einsum", part, filled, subscripts=f"{lead}qs,{lead}s{names}->{lead}q{names}")

    def _lowered(self, tensor: Value, slots: Slots, lead: str) -> Value:
        """The tensor with F put at every lower index."""
        names = ascii_letters[: len(slots)]
        for place, lower in enumerate(slots):
            if lower:
                table = self.table("metric_down", self.forms[0])
                result = names.replace(names[place], "z")
                tensor = self.builder.add(
                    "einsum", tensor, table, subscripts=f"{lead}q{names},z{names[place]}->{lead}q{result}"
                )
        return tensor
