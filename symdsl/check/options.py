"""Options of strategies: evaluated, validated by the strategy's own model, faults told at the option that has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from symdsl.check.evaluate import Evaluator, describe_value
from symdsl.check.reporter import Reporter
from symdsl.diagnostics.diagnostic import Label, Span
from symdsl.syntax import ast


@dataclass(frozen=True)
class WrittenOption:
    """An option as it was written, evaluated; `element_spans` are those of the entries of a list."""

    value: Any
    span: Span
    name_span: Span
    element_spans: tuple[Span, ...] = ()


def evaluate_options(options: Sequence[ast.Option], evaluator: Evaluator) -> dict[str, WrittenOption] | None:
    """The value of every option by name; None where a fault was reported."""
    found: dict[str, WrittenOption] = {}
    sound = True
    for option in options:
        name = option.name.text
        if name in found:
            evaluator.reporter.error(
                "SYM0504", f"`{name}` is given twice", option.name.span, "here again",
                related=(Label(found[name].name_span, "given here first"),), hint="leave one out",
            )  # fmt: skip
            sound = False
            continue
        value = evaluator.constant(option.value, words=True)
        if value is None:
            sound = False
            continue
        elements = tuple(entry.span for entry in option.value.items) if isinstance(option.value, ast.Items) else ()
        found[name] = WrittenOption(value, option.value.span, option.name.span, elements)
    return found if sound else None


def validate_options(
    what: str, written: Mapping[str, WrittenOption], model: type[BaseModel], span: Span, reporter: Reporter
) -> BaseModel | None:
    """The options model filled with what was written; each fault is told at the option, or the entry, that has it."""
    unknown = [name for name in written if name not in model.model_fields]
    for name in unknown:
        reporter.unknown(
            "SYM0205", f"option of {what}:", name, written[name].name_span, model.model_fields,
            none=f"{what} has no options",
        )  # fmt: skip
    if unknown:
        return None
    try:
        return model.model_validate({name: option.value for name, option in written.items()})
    except ValidationError as refusal:
        for fault in refusal.errors(include_url=False):
            _report(what, fault, written, model, span, reporter)
        return None


def _report(
    what: str, fault: Any, written: Mapping[str, WrittenOption], model: type[BaseModel], span: Span, reporter: Reporter
) -> None:
    """One fault of pydantic in the words of a spec."""
    location, kind, context = fault["loc"], fault["type"], fault.get("ctx", {})
    name = str(location[0]) if location else ""
    if kind == "missing":
        reporter.error("SYM0503", f"{what} needs `{name}`", span, f"`{name}` is not given", hint=f"add `{name} = ...`")
        return
    if name not in written:
        reporter.error(
            "SYM0513", f"the options of {what} do not fit together", span, str(context.get("error", fault["msg"]))
        )
        return
    option = written[name]
    place = option.span
    indices = [part for part in location[1:] if isinstance(part, int)]
    if indices and indices[0] < len(option.element_spans):
        place = option.element_spans[indices[0]]
    text = f"an entry of `{name}`" if place is not option.span else f"`{name}`"
    if kind == "literal_error":
        words = _allowed_words(model, name)
        reporter.unknown("SYM0501", f"value of `{name}`:", _as_text(fault["input"]), place, words)
    elif kind in _RANGES:
        bound = context[next(iter(key for key in ("ge", "gt", "le", "lt") if key in context))]
        reporter.error(
            "SYM0502", f"{text} is {_as_text(fault['input'])}", place, f"must be {_RANGES[kind]} {bound:g}",
            hint=_range_hint(model, name),
        )  # fmt: skip
    elif kind in ("too_short", "too_long"):
        bound = context.get("min_length", context.get("max_length"))
        side = "at least" if kind == "too_short" else "at most"
        reporter.error("SYM0502", f"`{name}` has {context['actual_length']} entries", place, f"{side} {bound} are needed")
    elif kind == "value_error":
        reporter.error("SYM0502", f"{text} does not fit {what}", place, str(context["error"]))
    else:
        wanted = _WANTED.get(kind, "")
        label = f"this is {describe_value(fault['input'])}"
        if wanted:
            reporter.error("SYM0501", f"{text} must be {wanted}", place, label, hint=_range_hint(model, name))
        else:
            reporter.error("SYM0501", f"{text} cannot have this value", place, label, notes=(fault["msg"],))


_RANGES: Mapping[str, str] = {
    "greater_than_equal": "at least",
    "greater_than": "greater than",
    "less_than_equal": "at most",
    "less_than": "less than",
}
_WANTED: Mapping[str, str] = {
    "int_type": "an integer",
    "int_from_float": "an integer",
    "int_parsing": "an integer",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a word",
    "list_type": "a list",
    "tuple_type": "a list",
}


def _range_hint(model: type[BaseModel], name: str) -> str | None:
    """What the option is, by its declaration: its description holds the range in words."""
    description = model.model_fields[name].description
    return f"{name}: {description}" if description else None


def _allowed_words(model: type[BaseModel], name: str) -> tuple[str, ...]:
    """The words of a Literal, wherever in the annotation it stands."""
    waiting: list[Any] = [model.model_fields[name].annotation]
    words: list[str] = []
    while waiting:
        entry = waiting.pop()
        parts = get_args(entry)
        words.extend(part for part in parts if isinstance(part, str))
        waiting.extend(part for part in parts if not isinstance(part, str))
    return tuple(dict.fromkeys(words))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
