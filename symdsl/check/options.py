"""Options of strategies: evaluated, validated by the strategy's own model, faults told at the option that has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ValidationError

from symdsl.check.evaluate import Evaluator
from symdsl.check.option_faults import OptionFaults, WrittenOption
from symdsl.diagnostics.diagnostic import Label, Span
from symdsl.syntax import ast


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
    what: str,
    written: Mapping[str, WrittenOption],
    model: type[BaseModel],
    span: Span,
    evaluator: Evaluator,
    also_known: Iterable[str] = (),
) -> BaseModel | None:
    """The options model filled with what was written; each fault is told at the option, or the entry, that has it.

    `also_known` are options that could stand here although they are those of another strategy, for did-you-mean.
    """
    unknown = [name for name in written if name not in model.model_fields]
    for name in unknown:
        evaluator.reporter.unknown(
            "SYM0205", f"option of {what}:", name, written[name].name_span, {*model.model_fields, *also_known},
            none=f"{what} has no options",
        )  # fmt: skip
    if unknown:
        return None
    try:
        return model.model_validate({name: option.value for name, option in written.items()})
    except ValidationError as refusal:
        OptionFaults(what, written, model, span, evaluator).report(refusal)
        return None
