"""The symmetries of a model: what group, acting how on every field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symdsl.check.action_rules import space_dimension
from symdsl.check.actions import ActionFinder
from symdsl.check.card_sources import CardSources
from symdsl.check.fields import DataBlock
from symdsl.check.groups import GroupFactor, GroupMeaning, GroupReader, is_learned_call
from symdsl.check.spec import Field, Symmetry
from symdsl.diagnostics.diagnostic import Diagnostic, Label, Span, SymdslError
from symdsl.groups.actions.action import Action
from symdsl.groups.combinations import Pulled
from symdsl.groups.families.catalogue import product
from symdsl.groups.group import Group
from symdsl.syntax import ast
from symdsl.syntax.expression_text import expression_text

if TYPE_CHECKING:
    from symdsl.check.learned import LearnedReader


@dataclass(frozen=True)
class SymmetryChecker:
    """Checks the symmetry declarations of one model; `cards` are where those of learned ones come from."""

    reader: GroupReader
    data: DataBlock
    predict: ast.Predict | None
    cards: CardSources

    def check(self, declaration: ast.SymmetryDeclaration) -> Symmetry | None:
        """The typed symmetry; None where a fault was reported."""
        reader = replace(self.reader, learned=lambda call: self._learned().factor(declaration, call))
        meaning = self._learned().read(declaration) if is_learned(declaration) else reader.read(declaration)
        lines = self._lines(declaration)
        if meaning is None or lines is None:
            return None
        if meaning.kind == "time":
            return self._time(declaration, lines)
        if meaning.kind == "relabel":
            return self._relabel(declaration, meaning, lines)
        if meaning.kind == "shift":
            return self._shift(declaration, meaning)
        return self._group(declaration, meaning, lines)

    def _learned(self) -> LearnedReader:
        """What reads learned symmetries. Its rules are imported where one is written: most checks have none."""
        from symdsl.check.learned import LearnedReader

        return LearnedReader(self.reader, self.cards, self.data.fields, self.predict)

    def _lines(self, declaration: ast.SymmetryDeclaration) -> dict[str, ast.ActionLine] | None:
        """The action lines by field, each for a declared field and each once."""
        reporter, lines = self.reader.reporter, dict[str, ast.ActionLine]()
        sound = True
        for line in declaration.actions:
            name = line.field.text
            if name in lines:
                reporter.error(
                    "SYM0305", f"two actions on `{name}`", line.field.span, "here again",
                    related=(Label(lines[name].span, "the first one"),), hint="leave one out",
                )  # fmt: skip
                sound = False
            elif name in self.data.fields:
                lines[name] = line
            else:
                sound = False
                if name not in self.data.failed and not self.data.missing:
                    reporter.unknown("SYM0201", "field", name, line.field.span, self.data.fields)
        return lines if sound and not self.data.failed else None

    def _time(self, declaration: ast.SymmetryDeclaration, lines: Mapping[str, ast.ActionLine]) -> Symmetry | None:
        reporter, fields = self.reader.reporter, self.data.fields
        for line in lines.values():
            reporter.error(
                "SYM0403", "time translation has no action lines", line.span, "not chosen field by field",
                hint="leave this line out",
            )  # fmt: skip
            return None
        if not any(field.kind == "derivative" or field.over_time for field in fields.values()):
            state = next((name for name, field in fields.items() if field.kind == "phase_space"), None)
            reporter.error(
                "SYM0411", "nothing here changes with time", _group_span(declaration), "no field has a derivative",
                notes=("translation(t) says that the law of motion, and its energy, do not depend on the clock",),
                hint=f"declare `d{state}: derivative({state})`" if state else
                "declare a state and its derivative: `z: phase_space(dim = 1)` and `dz: derivative(z)`",
            )  # fmt: skip
            return None
        return Symmetry(declaration.name.text, "time", declaration.name.span, None, _text(declaration), {})

    def _relabel(
        self, declaration: ast.SymmetryDeclaration, meaning: GroupMeaning, lines: Mapping[str, ast.ActionLine]
    ) -> Symmetry | None:
        """Rows of a varying number are renumbered with all that belongs to them: nothing is chosen field by field."""
        for line in lines.values():
            self.reader.reporter.error(
                "SYM0403", f"{_text(declaration)} has no action lines", line.span, "not chosen field by field",
                hint="leave this line out",
            )  # fmt: skip
            return None
        name, span = declaration.name.text, declaration.name.span
        return Symmetry(name, "relabel", span, None, _text(declaration), {}, of=meaning.axis)

    def _shift(self, declaration: ast.SymmetryDeclaration, meaning: GroupMeaning) -> Symmetry | None:
        self.reader.reporter.error(
            "SYM0317", f"translations along `{meaning.axis}` are not built yet", _group_span(declaration),
            "not in this version",
            notes=("what works: translation(t), and T(n) on points and phase spaces",),
            hint="convolutions keep shifts of the grid without being asked: leave the symmetry out",
        )  # fmt: skip
        return None

    def _group(
        self, declaration: ast.SymmetryDeclaration, meaning: GroupMeaning, lines: Mapping[str, ast.ActionLine]
    ) -> Symmetry | None:
        factors = meaning.factors
        if len(factors) > 1 and not self._lines_fit_product(lines, factors):
            return None
        found = [self._actions(declaration, factor, lines) for factor in factors]
        known = [actions for actions in found if actions is not None]
        if len(known) < len(factors):
            return None
        whole = self._whole(factors)
        if whole is None:
            return None
        actions = known[0] if len(factors) == 1 else self._joined(declaration, whole, factors, known)
        if actions is None or not self._moves(factors, known):
            return None
        inferred = frozenset(name for name in self.data.fields if name not in lines)
        return Symmetry(
            declaration.name.text, "group", declaration.name.span, whole, _text(declaration), actions, inferred,
            learned=meaning.learned,
        )  # fmt: skip

    def _actions(
        self, declaration: ast.SymmetryDeclaration, factor: GroupFactor, lines: Mapping[str, ast.ActionLine]
    ) -> dict[str, Action] | None:
        spans = {name: written.span for name, written in self.data.type_spans.items()}
        finder = ActionFinder(
            declaration.name.text, factor, self.data.fields, spans, lines, self.reader.evaluator, self.reader
        )  # fmt: skip
        try:
            return finder.all_actions()
        except SymdslError as refusal:
            self.reader.reporter.add(*(_placed(fault, factor.span) for fault in refusal.diagnostics))
            return None

    def _lines_fit_product(self, lines: Mapping[str, ast.ActionLine], factors: Sequence[GroupFactor]) -> bool:
        """On a product, a line may only say that a field does not move: a word would not say which factor it means."""
        for line in lines.values():
            if not (isinstance(line.action, ast.Name) and line.action.text == "trivial"):
                names = " and ".join(factor.text for factor in factors)
                self.reader.reporter.error(
                    "SYM0403", "which factor of the product is meant?", line.action.span, "not said",
                    notes=("only `trivial` can be written for a product of groups",),
                    hint=f"write the factors as symmetries of their own: {names}; for one network that keeps both, "
                    "`matrix_group` with generators in diagonal blocks, and `matrices` for what is not `defining`",
                )  # fmt: skip
                return False
        return True

    def _whole(self, factors: Sequence[GroupFactor]) -> Group | None:
        if len(factors) == 1:
            return factors[0].group
        try:
            whole = product(*(factor.group for factor in factors))
        except SymdslError as refusal:
            self.reader.reporter.add(*(_placed(fault, factors[0].span) for fault in refusal.diagnostics))
            return None
        return whole

    def _joined(
        self,
        declaration: ast.SymmetryDeclaration,
        whole: Group,
        factors: Sequence[GroupFactor],
        found: Sequence[Mapping[str, Action]],
    ) -> dict[str, Action] | None:
        """The action of a product: each factor acts by its own block, on axes that no other factor moves."""
        joined: dict[str, Action] = {}
        for name, field in self.data.fields.items():
            parts = [actions[name] for actions in found]
            moved = [axis for part in parts for axes, _ in part.factors for axis in axes]
            geometries = [
                replace(part.geometry, factor=position)
                for position, part in enumerate(parts)
                if part.geometry is not None
            ]
            moved += [axis for geometry in geometries for axis in geometry.axes(field.shape)]
            if len(moved) != len(set(moved)) or len(geometries) > 1:
                self._clash(declaration, field, factors)
                return None
            pulled = tuple(
                (axes, Pulled(whole, position, representation))
                for position, part in enumerate(parts)
                for axes, representation in part.factors
            )
            joined[name] = Action(whole, field.shape, pulled, geometries[0] if geometries else None)
        return joined

    def _clash(self, declaration: ast.SymmetryDeclaration, field: Field, factors: Sequence[GroupFactor]) -> None:
        names = [factor.text for factor in factors]
        why = "two factors move the same axis of it"
        self.reader.reporter.error(
            "SYM0409", f"the factors cannot act together on `{field.name}`", _group_span(declaration), why,
            related=(Label(self.data.type_spans[field.name].span, "this field"),),
            hint=f"write {' and '.join(names)} as symmetries of their own",
        )  # fmt: skip

    def _moves(self, factors: Sequence[GroupFactor], found: Sequence[Mapping[str, Action]]) -> bool:
        """Whether every factor of more than one element moves some field."""
        for factor, actions in zip(factors, found, strict=True):
            if factor.group.order != 1 and all(action.is_trivial for action in actions.values()):
                what = f"no field has the axis `{factor.axis}`" if factor.axis else "every field stays as it is"
                self.reader.reporter.error(
                    "SYM0401", f"{factor.text} acts on no field", factor.span, what,
                    notes=("a symmetry that moves nothing says nothing about the data",),
                    hint=self._what_would_move(factor),
                )  # fmt: skip
                return False
        return True

    def _what_would_move(self, factor: GroupFactor) -> str:
        """What to write for a factor that moves no field, in the words of the field that was perhaps meant."""
        fields = self.data.fields.values()
        if factor.axis is not None:
            size = factor.group.dimension
            unnamed = [field.name for field in fields for axis in field.axes if axis.name is None and axis.size == size]
            where = f"the type of `{unnamed[0]}`" if unnamed else "the type of every field with one entry for each"
            instead = f" instead of `per {size}`" if unnamed else ""
            return f"write `per {factor.axis}`{instead} in {where}, or leave the symmetry out"
        dimension = space_dimension(factor.group)
        vector = next((field.name for field in fields if field.kind == "vector" and field.dimension == dimension), None)
        if factor.group.moves_points and vector is not None:
            point = f"`{vector}: point({dimension})`"
            return f"vectors do not shift: write {point} if it is a place, or leave the symmetry out"
        return "leave the symmetry out, or give it a field that it moves"


def _group_span(declaration: ast.SymmetryDeclaration) -> Span:
    return declaration.group.span if declaration.group is not None else declaration.name.span


def _text(declaration: ast.SymmetryDeclaration) -> str:
    words = [] if declaration.group is None else [expression_text(declaration.group)]
    return " ".join([*words, *([f'from "{declaration.card.value}"'] if declaration.card is not None else [])])


def is_learned(declaration: ast.SymmetryDeclaration) -> bool:
    """Whether a symmetry is written as a card, or as one that is learned, and not as a product with one."""
    if declaration.local:
        return False
    return is_learned_call(declaration.group) or (declaration.group is None and declaration.card is not None)


def _placed(fault: Diagnostic, span: Span) -> Diagnostic:
    return fault if fault.span is not None else replace(fault, span=span)
