"""Axes: declared, `axis bodies = 6`, `1..64` or `any`; short, `bodies = 6` inside a type; anonymous, `per 5`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from symdsl.check.evaluate import Evaluator
from symdsl.check.spec import Axis
from symdsl.diagnostics.diagnostic import Label
from symdsl.syntax import ast


def check_axis(name: ast.Name, size: ast.Expression, evaluator: Evaluator) -> Axis | None:
    """The axis with its size: a count from 1 up, a range, or `any`. None where a fault was reported."""
    if isinstance(size, ast.Name) and size.text == "any" and "any" not in evaluator.constants:
        return Axis(name.text, 1, None, name.span)
    value = evaluator.constant(size)
    if value is None:
        return None
    bounds = value if isinstance(value, tuple) else (value, value)
    if any(isinstance(bound, bool) or not isinstance(bound, int) for bound in bounds):
        evaluator.mismatch(size, f"the size of axis `{name.text}`", "a count, a range such as 1..64, or `any`", value)
        return None
    if bounds[0] < 1:
        evaluator.reporter.error(
            "SYM0304", f"axis `{name.text}` has size {bounds[0]}", size.span, "must be at least 1",
            hint="write a count from 1 up",
        )  # fmt: skip
        return None
    if evaluator.reporter.over_limit("array_size", bounds[1], size.span):
        return None
    return Axis(name.text, bounds[0], bounds[1], name.span)


def declare_axis(axes: dict[str, Axis], axis: Axis, evaluator: Evaluator) -> Axis:
    """Adds the axis of a short form; a second one of the same name must have the same size."""
    known = axes.setdefault(axis.name or "", axis)
    if (known.minimum, known.maximum) != (axis.minimum, axis.maximum):
        evaluator.reporter.error(
            "SYM0207", f"axis `{axis.name}` has two sizes", axis.span, f"{_size_text(axis)} here",
            related=(Label(known.span, f"{_size_text(known)} here"),), hint="give one of the two another name",
        )  # fmt: skip
    return known


def check_per(
    per: tuple[ast.Expression, ...], axes: Mapping[str, Axis], failed: Collection[str], evaluator: Evaluator
) -> tuple[Axis, ...] | None:
    """The axes after `per`: names of declared ones, or counts of anonymous ones. `failed` ones are told already.

    One axis may stand twice: then there is an entry for each pair.
    """
    found: list[Axis] = []
    for entry in per:
        if isinstance(entry, ast.Name) and entry.text not in evaluator.constants:
            if entry.text == "t":
                evaluator.reporter.error(
                    "SYM0210", "`t` is time, not an axis that is counted", entry.span, hint="write `over t`"
                )
                return None
            if entry.text in failed:
                return None
            if entry.text not in axes:
                evaluator.reporter.unknown(
                    "SYM0206", "axis", entry.text, entry.span, axes,
                    none=f"declare it above the fields: axis {entry.text} = 6",
                )  # fmt: skip
                return None
            axis = axes[entry.text]
        else:
            count = evaluator.integer(entry, "what follows `per`", minimum=1)
            if count is None or evaluator.reporter.over_limit("array_size", count, entry.span):
                return None
            axis = Axis(None, count, count, entry.span)
        if axis.name is not None and found.count(axis) > 1:
            evaluator.reporter.error(
                "SYM0207", f"axis `{axis.name}` stands three times", entry.span, "here again",
                hint=f"`per {axis.name} per {axis.name}` has an entry for each pair",
            )  # fmt: skip
            return None
        found.append(axis)
    return tuple(found)


def _size_text(axis: Axis) -> str:
    if axis.maximum is None:
        return "any size"
    return f"size {axis.size}" if axis.size is not None else f"size {axis.minimum}..{axis.maximum}"
