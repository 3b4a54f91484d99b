"""`constraint rods: distance(z, pairs = [[0, 1]], anchors = [0])`: what stays true along a motion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from symdsl.check.arguments import Signature, bind
from symdsl.check.evaluate import Evaluator
from symdsl.check.fields import DataBlock
from symdsl.check.spec import Constraint, Field
from symdsl.diagnostics.diagnostic import Label, Span
from symdsl.syntax import ast

DISTANCE = Signature(("field", "pairs", "anchors"), 1, "distance(z, pairs = [[0, 1], [1, 2]], anchors = [0])")
LARGEST = 10_000
"""Distances in one constraint."""


def check_constraints(model: ast.ModelDeclaration, data: DataBlock, evaluator: Evaluator) -> tuple[Constraint, ...]:
    """The sound constraints of a model, those of one field together independent; faults are reported."""
    declared = [statement for statement in model.statements if isinstance(statement, ast.ConstraintDeclaration)]
    found = [each for each in (_constraint(statement, data, evaluator) for statement in declared) if each is not None]
    for name in dict.fromkeys(each.field for each in found):
        _refuse_dependent([each for each in found if each.field == name], data.fields[name], evaluator)
    return tuple(found)


def _constraint(statement: ast.ConstraintDeclaration, data: DataBlock, evaluator: Evaluator) -> Constraint | None:
    relation, reporter = statement.relation, evaluator.reporter
    if not isinstance(relation, ast.Call) or relation.function.text != "distance":
        reporter.error(
            "SYM0209", "this is no constraint", relation.span, "a distance is wanted here",
            notes=("distances between bodies, and from the origin, can be kept",), hint=f"write `{DISTANCE.example}`",
        )  # fmt: skip
        return None
    bound = bind("distance", relation.arguments, DISTANCE, relation.function.span, reporter)
    field = None if bound is None else _phase_space(bound["field"], data, evaluator)
    if bound is None or field is None:
        return None
    bodies = math.prod(axis.size or 0 for axis in field.axes)
    pairs = _bodies(bound.get("pairs"), 2, bodies, field, evaluator)
    anchors = _bodies(bound.get("anchors"), 1, bodies, field, evaluator)
    if pairs is None or anchors is None:
        return None
    if not pairs and not anchors:
        reporter.error(
            "SYM0301", "no distance is named", relation.span, "of which bodies?", hint=f"write `{DISTANCE.example}`"
        )
        return None
    couples = tuple((first, second) for first, second in pairs)
    return Constraint(statement.name.text, field.name, couples, tuple(body for (body,) in anchors), relation.span)


def _phase_space(expression: ast.Expression, data: DataBlock, evaluator: Evaluator) -> Field | None:
    reporter = evaluator.reporter
    spaces = [name for name, field in data.fields.items() if field.kind == "phase_space"]
    if not isinstance(expression, ast.Name):
        reporter.error("SYM0303", "`distance` takes a phase space", expression.span, hint=f"write `{DISTANCE.example}`")
        return None
    field = data.fields.get(expression.text)
    if field is None:
        if expression.text not in data.failed:
            reporter.unknown("SYM0201", "field", expression.text, expression.span, spaces)
        return None
    if field.kind != "phase_space" or field.rows or any(axis.size is None for axis in field.axes):
        reporter.error(
            "SYM0303", f"`{field.name}` holds no positions of a fixed number of bodies", expression.span,
            "not a phase space", related=(Label(field.span, "declared here"),),
            hint="give the bodies an axis: z: phase_space(dim = 2) per bodies",
        )  # fmt: skip
        return None
    return field


def _bodies(
    expression: ast.Expression | None, size: int, count: int, field: Field, evaluator: Evaluator
) -> list[tuple[int, ...]] | None:
    """The entries of a list: pairs of bodies (size 2), or bodies (size 1). None where a fault was reported."""
    if expression is None:
        return []
    value, reporter = evaluator.constant(expression), evaluator.reporter
    if value is None:
        return None
    what = "pairs of bodies, such as [[0, 1], [1, 2]]" if size == 2 else "bodies, such as [0]"
    entries = [_entry(entry, size) for entry in value] if isinstance(value, list) else [None]
    found = [entry for entry in entries if entry is not None]
    if len(found) < len(entries):
        evaluator.mismatch(expression, "what stands here", f"a list of {what}", value)
        return None
    if len(found) > LARGEST:
        reporter.error("SYM0304", f"{len(found):,} distances", expression.span, f"at most {LARGEST:,} are kept")
        return None
    outside = [body for entry in found for body in entry if not 0 <= body < count]
    if outside:
        reporter.error(
            "SYM0304", f"there is no body {outside[0]}", expression.span, f"bodies are numbered 0 to {count - 1}",
            related=(Label(field.span, f"{count} bodies" if count > 1 else "one body"),),
            hint=f"name bodies from 0 to {count - 1}",
        )  # fmt: skip
        return None
    return found


def _entry(entry: Any, size: int) -> tuple[int, ...] | None:
    """A body or a pair of bodies."""
    numbers: Sequence[Any] = entry if isinstance(entry, list) and size > 1 else [entry]
    sound = len(numbers) == size and all(isinstance(one, int) and not isinstance(one, bool) for one in numbers)
    return tuple(numbers) if sound else None


def _refuse_dependent(constraints: Sequence[Constraint], field: Field, evaluator: Evaluator) -> None:
    """An error where distances follow from others: more of them than bodies at random places have freedom for."""
    bodies, dimension = math.prod(axis.size or 0 for axis in field.axes), field.dimension or 0
    distances = sum(len(each.pairs) + len(each.anchors) for each in constraints)
    span: Span = constraints[-1].span
    if evaluator.reporter.over_limit("array_size", distances * bodies * dimension, span):
        return
    rank = independent_distances(constraints, bodies, dimension)
    if rank < distances:
        evaluator.reporter.error(
            "SYM0517", f"{distances} distances, of which {distances - rank} follow from the others", span,
            "not independent",
            notes=(f"{bodies} bodies in {dimension} dimensions have {bodies * dimension} coordinates",),
            hint="leave out a distance that the others already fix, and one from a body to itself",
        )  # fmt: skip


def independent_distances(constraints: Sequence[Constraint], bodies: int, dimension: int) -> int:
    """How many of the distances are independent, for bodies at random places."""
    places = np.random.default_rng(0).standard_normal((bodies, dimension))
    rows = []
    for constraint in constraints:
        for first, second in constraint.pairs:
            row = np.zeros((bodies, dimension))
            row[first] += places[first] - places[second]
            row[second] -= places[first] - places[second]
            rows.append(row)
        for body in constraint.anchors:
            row = np.zeros((bodies, dimension))
            row[body] = places[body]
            rows.append(row)
    return int(np.linalg.matrix_rank(np.reshape(rows, (len(rows), -1))))
