"""How each field moves under a symmetry: inferred where exactly one action fits, else as the action line says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from symdsl.check.action_rules import (
    Row,
    cotangent_lift,
    factor_action,
    natural_linear_action,
    natural_rows,
    own_axes,
    space_dimension,
    still,
)
from symdsl.check.evaluate import Evaluator
from symdsl.check.field_text import with_article
from symdsl.check.groups import GroupFactor, GroupReader
from symdsl.check.representations import ACTION_WORDS, RepresentationReader
from symdsl.check.spec import Field
from symdsl.diagnostics.diagnostic import Label, Span
from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.group import Group
from symdsl.syntax import ast


@dataclass(frozen=True)
class ActionFinder:
    """Finds the actions of one factor of a symmetry group; `name` is the symmetry's, `lines` its action lines."""

    name: str
    factor: GroupFactor
    fields: Mapping[str, Field]
    type_spans: Mapping[str, Span]
    lines: Mapping[str, ast.ActionLine]
    evaluator: Evaluator
    groups: GroupReader

    @property
    def group(self) -> Group:
        """The group of the factor."""
        return self.factor.group

    def all_actions(self) -> dict[str, Action] | None:
        """The action on every field; None where a fault was reported."""
        found: dict[str, Action | None] = {}
        for field in self.fields.values():
            if field.kind == "derivative":
                found[field.name] = self._tangent(field, found)
            elif field.name in self.lines:
                found[field.name] = self._stated(field, self.lines[field.name].action)
            else:
                found[field.name] = self._inferred(field)
        if any(action is None for action in found.values()):
            return None
        return {name: action for name, action in found.items() if action is not None}

    def _tangent(self, field: Field, found: Mapping[str, Action | None]) -> Action | None:
        """A derivative moves by the tangent map of the action on its field: offsets drop out."""
        base = found[field.of or ""]
        if base is None:
            return None
        tangent = replace(base, geometry=None) if isinstance(base.geometry, Offset) else base
        line = self.lines.get(field.name)
        if line is not None and not (tangent.is_trivial and _says(line.action, "trivial")):
            self.evaluator.reporter.error(
                "SYM0403", f"the action on `{field.name}` follows from `{field.of}`", line.action.span,
                "cannot be chosen", notes=("a derivative moves by the tangent map of what it is a derivative of",),
                hint="leave this line out",
            )  # fmt: skip
            return None
        return tangent

    def _inferred(self, field: Field) -> Action | None:
        if field.name in self.factor.output_names and self.factor.outputs is not None:
            return self._output(field, self.type_spans[field.name])
        rows = natural_rows(field, self.factor)
        if len(rows) == 1:
            return rows[0].action
        if rows:
            self._ambiguous(field, rows)
        else:
            self._no_action(field)
        return None

    def _ambiguous(self, field: Field, rows: tuple[Row, ...]) -> None:
        words = [f"`{field.name}: {row.word}`" for row in rows]
        named = next((axis.name for axis in field.axes if axis.size == self.group.dimension and axis.name), None)
        by_axis = replace(self.factor, axis=named).text
        other = f", or {by_axis} as the group" if by_axis != self.factor.text else ""
        self.evaluator.reporter.error(
            "SYM0402", f"{self.factor.text} can act on `{field.name}` in {len(rows)} ways", self.factor.span,
            "which one is not said", related=(Label(self.type_spans[field.name], "declared here"),),
            notes=("nothing is guessed between two meanings",),
            hint=f"write {' or '.join(words)} inside the symmetry{other}",
        )  # fmt: skip

    def _no_action(self, field: Field) -> None:
        acts, fits = self._why_not(field)
        choices = [*([fits] if fits else []), f"`{field.name}: trivial` inside the symmetry if it does not move"]
        self.evaluator.reporter.error(
            "SYM0401", f"{self.factor.text} does not act on `{field.name}`", self.factor.span, acts,
            related=(Label(self.type_spans[field.name], "declared here"),),
            hint="write " + ", or ".join(choices),
        )  # fmt: skip

    def _why_not(self, field: Field) -> tuple[str, str]:
        """(What the group acts on, which group would fit the field) for a field on which it has no natural action."""
        dimension = space_dimension(self.group)
        if field.kind == "image":
            if self.group.moves_points:
                return "moves points; shifts of an image come with convolution", ""
            if self.group.planar:
                return "stretches the plane, so pixels have nowhere to go", "C(n), D(n), SO(2) or O(2)"
            return f"acts on {dimension} dimensions, an image has 2", "C(n), D(n), SO(2) or O(2)"
        if field.kind == "links":
            return "has no action on links yet", ""
        if self.group.family == "wreath" and self.factor.axis is not None:
            vectors = f"a vector({self.group.constituents[0].dimension}) whose last axis is `{self.factor.axis}`"
            return f"moves numbers and vectors along the axis `{self.factor.axis}`, each by itself", vectors
        what = "moves points of" if self.group.moves_points else "acts on"
        family = {
            "special_orthogonal": "SO", "orthogonal": "O", "symmetric": "S", "translations": "T", "euclidean": "E",
            "special_euclidean": "SE", "poincare": "Poincare",
        }  # fmt: skip
        symbol = family.get(self.group.family)
        unnamed = any(axis.name is None and axis.size == self.group.dimension for axis in field.axes)
        if self.group.permutes and unnamed:
            named = f"`axis items = {dimension}`, `per items` in the type of `{field.name}`, and S(items)"
            return f"an anonymous axis such as `per {dimension}` is never permuted", named
        fits = f"{symbol}({field.dimension})" if symbol and field.dimension else ""
        if self.group.family == "lorentz" and field.dimension == dimension - 1:
            fits = f"O({field.dimension}), which turns space alone"
        if field.kind == "vector" and not self.group.moves_points and 1 < dimension < (field.dimension or 0):
            fits += f"{', or ' if fits else ''}`{field.name}` as two fields, a vector({dimension}) and scalars"
        return f"{what} {dimension} dimensions, `{field.name}` has {field.dimension}", fits

    def _stated(self, field: Field, action: ast.Expression) -> Action | None:
        """The action that a line states, if the group has it and it fits the field."""
        if _says(action, "trivial"):
            return still(field, self.group)
        if _says(action, "output"):
            return self._output(field, action.span)
        if _says(action, "pixels") or _says(action, "addition"):
            return self._geometric(field, action)
        if _says(action, "permutation") or (_says(action, "defining") and self.group.linear is not None):
            rows = [row for row in natural_rows(field, self.factor) if _says(action, row.word)]
            if len(rows) == 1:
                return rows[0].action
        if field.kind == "angle" or (field.kind in ("label", "image", "links") and _is_known_word(action)):
            self._unfitting(field, action, f"{with_article(field.kind)} has no components to mix")
            return None
        if _says(action, "defining") and field.dimension == self.group.dimension and not self.group.moves_points:
            return natural_linear_action(field, self.group)
        return self._representation(field, action)

    def _output(self, field: Field, span: Span) -> Action | None:
        """What a learned group does to the field that was predicted when it was found."""
        outputs = self.factor.outputs
        size = math.prod(field.own_shape)
        if outputs is not None and field.own_shape and outputs.dimension == size:
            return factor_action(field, self.group, own_axes(field), outputs)
        why = f"the card moves {outputs.dimension} numbers, `{field.name}` has {size}" if outputs is not None else \
            "only the card of a law with a moving output says how"
        self._unfitting_output(field, span, why)
        return None

    def _unfitting_output(self, field: Field, span: Span, why: str) -> None:
        self.evaluator.reporter.error(
            "SYM0403", f"{self.factor.text} does not move `{field.name}` as an output", span, why,
            hint=f"write another action, such as `{field.name}: trivial`, inside the symmetry",
        )  # fmt: skip

    def _geometric(self, field: Field, action: ast.Expression) -> Action | None:
        word = "pixels" if _says(action, "pixels") else "addition"
        for row in natural_rows(field, self.factor):
            if row.word == word:
                return row.action
        wanted = {"pixels": "an image and a group of the plane", "addition": "a point or phase space and T(n)"}[word]
        self._unfitting(field, action, f"`{word}` needs {wanted}")
        return None

    def _representation(self, field: Field, action: ast.Expression) -> Action | None:
        size = 1
        for length in field.own_shape:
            size *= length
        before = self.evaluator.reporter.error_count()
        found = RepresentationReader(self.group, self.evaluator, size, self.groups).read(action)
        if found is None:
            return None
        lifted = field.kind == "phase_space" and found.dimension == field.dimension
        if found.dimension != size and not lifted:
            self._unfitting(field, action, f"it acts on {found.dimension} numbers, `{field.name}` has {size}")
        elif not field.own_shape and not _says(action, "trivial"):
            why = f"a single number moves only under `trivial`; one that moves is `{field.name}: scalar(1)`"
            self._unfitting(field, action, why)
        if self.evaluator.reporter.error_count() > before:
            return None
        return cotangent_lift(field, found) if lifted else factor_action(field, self.group, own_axes(field), found)

    def _unfitting(self, field: Field, action: ast.Expression, why: str) -> None:
        rows = [row.word for row in natural_rows(field, self.factor)]
        words = [word for word in dict.fromkeys((*rows, "trivial")) if not _says(action, word)]
        self.evaluator.reporter.error(
            "SYM0403", f"{self.factor.text} does not act on `{field.name}` like this", action.span, why,
            related=(Label(self.type_spans[field.name], "declared here"),),
            hint="what fits: " + " or ".join(f"`{field.name}: {word}`" for word in words),
        )  # fmt: skip


def _says(expression: ast.Expression, word: str) -> bool:
    return isinstance(expression, ast.Name) and expression.text == word


def _is_known_word(expression: ast.Expression) -> bool:
    return isinstance(expression, ast.Name) and expression.text in ACTION_WORDS
