"""What a model computes: `predict outputs from inputs`; sampling and derived outputs are told to be still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symdsl.check.fields import DataBlock
from symdsl.check.reporter import Reporter
from symdsl.check.spec import Field
from symdsl.diagnostics.diagnostic import Label
from symdsl.syntax import ast

MODEL_OPTIONS = ("tolerance",)


@dataclass(frozen=True)
class Prediction:
    """The fields between which a model maps, and the statement that says so."""

    inputs: tuple[Field, ...]
    outputs: tuple[Field, ...]
    statement: ast.Predict


def check_prediction(model: ast.ModelDeclaration, data: DataBlock, reporter: Reporter) -> Prediction | None:
    """The one prediction of a model; None where a fault was reported."""
    found = [statement for statement in model.statements if isinstance(statement, (ast.Predict, ast.Sample))]
    for sample in found:
        if isinstance(sample, ast.Sample):
            reporter.error(
                "SYM0317", "sampling is not built yet", sample.span, "not in this version",
                hint="what works: predict y from x",
            )  # fmt: skip
    predictions = [statement for statement in found if isinstance(statement, ast.Predict)]
    if not found:
        names = list(data.fields)
        hint = f"add `predict {names[-1]} from {', '.join(names[:-1])}`" if len(names) > 1 else "add `predict y from x`"
        reporter.error(
            "SYM0307", f"model `{model.name.text}` predicts nothing", model.name.span, "a `predict` line is missing",
            hint=hint,
        )  # fmt: skip
    for extra in predictions[1:]:
        first = predictions[0]
        names = ", ".join(name.text for name in (*first.outputs, *extra.outputs))
        reporter.error(
            "SYM0308", "a second `predict` line", extra.span, "a model has one",
            related=(Label(first.span, "the first one"),), hint=f"name all outputs in one: predict {names} from ...",
        )  # fmt: skip
    if len(found) != 1 or not predictions:
        return None
    return _checked(predictions[0], data, reporter)


def _checked(statement: ast.Predict, data: DataBlock, reporter: Reporter) -> Prediction | None:
    inputs = _fields(statement.inputs, data, reporter)
    outputs = _fields(statement.outputs, data, reporter)
    before = reporter.error_count()
    given = {name.text: name for name in statement.inputs}
    for name in statement.outputs:
        if name.text in given:
            reporter.error(
                "SYM0309", f"`{name.text}` is given and predicted", name.span, "predicted here",
                related=(Label(given[name.text].span, "given here"),), hint="keep it on one side of `from`",
            )  # fmt: skip
    if inputs is None or outputs is None or reporter.error_count() > before:
        return None
    for name, field in (*outputs, *inputs):
        _verify_served(name, field, name in statement.inputs, data, reporter)
    if reporter.error_count() > before:
        return None
    return Prediction(tuple(field for _, field in inputs), tuple(field for _, field in outputs), statement)


def _fields(
    names: Sequence[ast.Name], data: DataBlock, reporter: Reporter
) -> tuple[tuple[ast.Name, Field], ...] | None:
    """Each field with the name that was written for it: its own, or that of the graph that it belongs to."""
    found: list[tuple[ast.Name, Field]] = []
    sound = True
    for name in names:
        members = [data.fields[member] for member in data.members.get(name.text, ()) if member in data.fields]
        if members:
            known = [field for _, field in found]
            found += [(name, field) for field in members if field not in known]
            continue
        field = data.fields.get(name.text)
        if field is None:
            sound = False
            if name.text not in data.failed and not data.missing:
                reporter.unknown(
                    "SYM0201", "field", name.text, name.span, {*data.fields, *data.failed},
                    none="declare it in the data block",
                )  # fmt: skip
        elif field in (each for _, each in found):
            reporter.error("SYM0305", f"`{name.text}` is named twice", name.span, "here again", hint="name it once")
            sound = False
        else:
            found.append((name, field))
    return tuple(found) if sound else None


def _verify_served(name: ast.Name, field: Field, is_input: bool, data: DataBlock, reporter: Reporter) -> None:
    """Reports a field that cannot stand on this side of a prediction."""
    related = (Label(data.type_spans[field.name].span, "declared here"),)
    if field.kind == "links":
        reporter.error(
            "SYM0317", "fields of links are not built yet", name.span, "links", related=related,
            hint="this version predicts from images, scalars, vectors, points, tensors and phase spaces",
        )  # fmt: skip
    elif field.kind == "angle" and not is_input:
        reporter.error(
            "SYM0321", f"`{field.name}` is an angle and cannot be predicted", name.span, "jumps by a whole turn",
            related=related, notes=("a network is continuous, and the number of an angle is not",),
            hint=f"predict its cosine and sine, `{field.name}: vector(2)`, or its derivative",
        )  # fmt: skip
    elif field.kind == "label" and is_input:
        reporter.error(
            "SYM0312", f"`{field.name}` is a label and cannot be given", name.span, "a class number is no quantity",
            related=related, hint=f"give it as scalars, one for each class: `{field.name}: scalar({field.classes})`",
        )  # fmt: skip


def check_definition(definition: ast.Definition, reporter: Reporter) -> None:
    """A line `name = value` that is no option of a model: a derived output, which is to come, or a misspelling."""
    if _computes(definition.value):
        reporter.error(
            "SYM0317", "derived outputs are not built yet", definition.span, "not in this version",
            notes=("what is predicted are fields of the data block",),
            hint="forces in time come with `enforce time by hamiltonian`",
        )  # fmt: skip
    else:
        reporter.unknown("SYM0205", "option of a model:", definition.name.text, definition.name.span, MODEL_OPTIONS)


def _computes(expression: ast.Expression) -> bool:
    """Whether a value calls `gradient` or another function, below signs and arithmetic; found without recursion."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Call():
                return True
            case ast.Unary():
                waiting.append(node.operand)
            case ast.Binary():
                waiting += [node.left, node.right]
            case _:
                pass
    return False
