"""What pydantic refuses, in the words of a spec and at the option, or the entry of a list, that is at fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from symdsl.check.evaluate import Evaluator, describe_value
from symdsl.check.layers import LayerCall
from symdsl.diagnostics.diagnostic import Span

RANGES: Mapping[str, str] = {
    "greater_than_equal": "at least",
    "greater_than": "greater than",
    "less_than_equal": "at most",
    "less_than": "less than",
}
NUMBERS: Mapping[str, str] = {
    "int_type": "an integer",
    "int_from_float": "an integer",
    "int_parsing": "an integer",
    "float_type": "a number",
    "float_parsing": "a number",
}
OTHERS: Mapping[str, str] = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a word",
    "list_type": "a list",
    "tuple_type": "a list",
}


@dataclass(frozen=True)
class WrittenOption:
    """An option as it was written, evaluated; `element_spans` are those of the entries of a list."""

    value: Any
    span: Span
    name_span: Span
    element_spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class OptionFaults:
    """Reports what is wrong with the options of `what`, which stands at `span`."""

    what: str
    written: Mapping[str, WrittenOption]
    model: type[BaseModel]
    span: Span
    evaluator: Evaluator

    def report(self, refusal: ValidationError) -> None:
        """Every fault once. Where a value fits no member of a union, all of what would fit is named in one."""
        by_option: dict[str, list[Any]] = {}
        for fault in refusal.errors(include_url=False):
            by_option.setdefault(str(fault["loc"][0]) if fault["loc"] else "", []).append(fault)
        for name, faults in by_option.items():
            entries = [fault for fault in faults if any(isinstance(part, int) for part in fault["loc"])]
            if name not in self.written:
                self._whole(name, faults[0])
            elif entries:
                for fault in entries:
                    self._fault(name, fault)
            else:
                self._union(name, faults)

    def _whole(self, name: str, fault: Any) -> None:
        """A missing option, or options that contradict each other."""
        reporter = self.evaluator.reporter
        if fault["type"] == "missing":
            reporter.error(
                "SYM0503", f"{self.what} needs `{name}`", self.span, f"`{name}` is missing", hint=f"add `{name} = ...`"
            )
            return
        text = str(fault.get("ctx", {}).get("error", fault["msg"]))
        named = [option.name_span for key, option in self.written.items() if f"`{key}`" in text]
        last = max(named, key=lambda span: (span.line, span.column), default=self.span)
        reporter.error("SYM0513", f"the options of {self.what} do not fit together", last, "too much", hint=text)

    def _union(self, name: str, faults: list[Any]) -> None:
        literal = next((fault for fault in faults if fault["type"] == "literal_error"), None)
        if literal is not None and isinstance(literal["input"], str):
            self._fault(name, literal)
            return
        wanted = [NUMBERS.get(fault["type"]) or OTHERS.get(fault["type"]) for fault in faults]
        if len(faults) == 1 or None in wanted:
            self._fault(name, faults[0])
            return
        alternatives = " or ".join(dict.fromkeys(word for word in wanted if word))
        self._wanted(f"`{name}`", alternatives, faults[0]["input"], self.written[name].span, name)

    def _fault(self, name: str, fault: Any) -> None:
        option, reporter = self.written[name], self.evaluator.reporter
        kind, context, value = fault["type"], fault.get("ctx", {}), fault["input"]
        indices = [part for part in fault["loc"] if isinstance(part, int)]
        is_entry = bool(indices) and indices[0] < len(option.element_spans)
        place = option.element_spans[indices[0]] if is_entry else option.span
        text = f"an entry of `{name}`" if indices else f"`{name}`"
        if kind == "literal_error":
            reporter.unknown("SYM0501", f"value of `{name}`:", _as_text(value), place, _allowed_words(self.model, name))
        elif kind in RANGES:
            bound = next(context[key] for key in ("ge", "gt", "le", "lt") if key in context)
            reporter.error(
                "SYM0502", f"{text} is {_as_text(value)}", place, f"must be {RANGES[kind]} {bound:g}",
                hint=self._description(name),
            )  # fmt: skip
        elif kind in ("too_short", "too_long"):
            bound = context.get("min_length", context.get("max_length"))
            side = f"at least {bound} are needed" if kind == "too_short" else f"at most {bound} are allowed"
            count = context["actual_length"]
            entries = "1 entry" if count == 1 else f"{count} entries"
            reporter.error("SYM0502", f"`{name}` has {entries}", place, side, hint=self._description(name))
        elif kind == "value_error":
            reporter.error("SYM0502", f"{text} does not fit {self.what}", place, str(context["error"]))
        else:
            self._wanted(text, NUMBERS.get(kind) or OTHERS.get(kind, ""), value, place, name)

    def _wanted(self, text: str, wanted: str, value: Any, place: Span, name: str) -> None:
        """A value of the wrong kind; a bare word where a number is wanted is a name that nobody declared."""
        reporter = self.evaluator.reporter
        word = value.name if isinstance(value, LayerCall) and not value.arguments else value
        if isinstance(word, str) and wanted in NUMBERS.values():
            self.evaluator.unknown_constant(word, place)
        elif wanted:
            label = f"this is {describe_value(value)}"
            reporter.error("SYM0501", f"{text} must be {wanted}", place, label, hint=self._description(name))
        else:
            reporter.error("SYM0501", f"{text} cannot have this value", place, f"this is {describe_value(value)}")

    def _description(self, name: str) -> str | None:
        """What the option is, by its declaration: its description holds the range in words."""
        description = self.model.model_fields[name].description
        return f"{name}: {description}" if description else None


def _allowed_words(model: type[BaseModel], name: str) -> tuple[str, ...]:
    """The words of a Literal, wherever in the annotation it stands."""
    waiting: list[Any] = [model.model_fields[name].annotation]
    words: list[str] = []
    while waiting:
        parts = get_args(waiting.pop())
        words.extend(part for part in parts if isinstance(part, str))
        waiting.extend(part for part in parts if not isinstance(part, str))
    return tuple(dict.fromkeys(words))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, LayerCall):
        return f"{value.name}(...)" if value.arguments else value.name
    return f"{value:g}" if isinstance(value, float) else str(value)
