"""Names of a model: declared once, not reserved; and the parameters with the values that they are given."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from symdsl.check.evaluate import LARGEST_INTEGER, Evaluator, describe_value
from symdsl.check.groups import is_learned_call, product_parts
from symdsl.check.reporter import Reporter
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.diagnostics.suggest import did_you_mean
from symdsl.syntax import ast

RESERVED = frozenset({"t", "pi", "sqrt"})
PARAMETER_TYPES = {
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "text": "a quoted text",
    "list": "a list",
}


def check_declared_names(model: ast.ModelDeclaration, reporter: Reporter) -> None:
    """Every field, axis, graph, symmetry, parameter and derived output of a model has a name of its own."""
    seen: dict[str, ast.Name] = {}
    for kind, name in _declarations(model):
        if name.text in RESERVED:
            meaning = "time" if name.text == "t" else "a constant or function"
            reporter.error(
                "SYM0210", f"`{name.text}` cannot name {kind}", name.span, f"stands for {meaning}",
                hint="choose another name",
            )  # fmt: skip
        first = seen.setdefault(name.text, name)
        if first is not name:
            reporter.error(
                "SYM0207", f"`{name.text}` is declared twice", name.span, "declared here again",
                related=(Label(first.span, "declared here first"),), hint="rename one of the two",
            )  # fmt: skip


def _declarations(model: ast.ModelDeclaration) -> list[tuple[str, ast.Name]]:
    """What a model declares, as (kind, name), in the order of the text."""
    found: list[tuple[str, ast.Name]] = []
    for statement in model.statements:
        match statement:
            case ast.DataBlock():
                for item in statement.items:
                    match item:
                        case ast.FieldDeclaration():
                            found.append(("a field", item.name))
                        case ast.AxisDeclaration():
                            found.append(("an axis", item.name))
                        case ast.GraphDeclaration():
                            found.append(("a graph", item.name))
                            found.extend(("a field", member.field.name) for member in item.members)
            case ast.SymmetryDeclaration():
                found.append(("a symmetry", statement.name))
            case ast.ConstraintDeclaration():
                found.append(("a constraint", statement.name))
            case ast.ParameterDeclaration():
                found.append(("a parameter", statement.name))
            case ast.Definition():
                found.append(("an output", statement.name))
            case _:
                pass
    return found


def check_given_cards(models: Sequence[ast.ModelDeclaration], cards: Mapping[str, object], reporter: Reporter) -> None:
    """A card that is given belongs to a symmetry that a model of the file learns; without a name, to its only one."""
    if not cards:
        return
    learned = [
        {
            statement.name.text
            for statement in model.statements
            if isinstance(statement, ast.SymmetryDeclaration) and _is_asked(statement.group)
        }
        for model in models
    ]
    known = sorted(set().union(*learned))
    for name in cards:
        if name and name not in known:
            hint = did_you_mean(name, known) or "a card belongs to a symmetry that is written learned(...)"
            reporter.add(Diagnostic("SYM1312", f"a card is given for `{name}`, which is not learned here", hint=hint))
    if "" in cards and max(map(len, learned), default=0) != 1:
        what = "no symmetry here is learned" if not known else "several symmetries are learned"
        hint = "leave the card out" if not known else f"say whose card it is: --card {known[0]}=FILE"
        reporter.add(Diagnostic("SYM1312", f"a card is given, and {what}", hint=hint))


def _is_asked(group: ast.Expression | None) -> bool:
    """Whether a group, or a factor of it, is `learned(...)`."""
    parts = [] if group is None else product_parts(group)
    return any(is_learned_call(part) and part.function.text == "learned" for part in parts)


def check_parameters(model: ast.ModelDeclaration, given: Mapping[str, Any], reporter: Reporter) -> Mapping[str, Any]:
    """The value of each parameter: the one given from outside, else its default, typed as declared.

    A default may use the parameters above it. Values given from outside are reported without a place in the text.
    """
    values: dict[str, Any] = {}
    declared = [statement for statement in model.statements if isinstance(statement, ast.ParameterDeclaration)]
    failed: set[str] = set()
    for parameter in declared:
        value = _parameter_value(parameter, given, values, frozenset(failed), reporter)
        if value is None:
            failed.add(parameter.name.text)
        else:
            values[parameter.name.text] = value
    return values


def check_given_parameters(
    models: tuple[ast.ModelDeclaration, ...], given: Mapping[str, Any], reporter: Reporter
) -> None:
    """Every value given from outside is for a parameter of some model of the file."""
    declared = {
        statement.name.text
        for model in models
        for statement in model.statements
        if isinstance(statement, ast.ParameterDeclaration)
    }
    for name in given:
        if name not in declared:
            listed = ", ".join(sorted(declared))
            reporter.add(
                Diagnostic(
                    "SYM0211",
                    f"a value is given for `{name}`, and the spec has no such parameter",
                    hint=f"its parameters are: {listed}" if listed else f"add `param {name}: int = 1` to the model",
                )
            )


def _parameter_value(
    parameter: ast.ParameterDeclaration,
    given: Mapping[str, Any],
    above: Mapping[str, Any],
    failed: frozenset[str],
    reporter: Reporter,
) -> Any | None:
    name, kind = parameter.name.text, parameter.type.text
    if kind not in PARAMETER_TYPES:
        reporter.unknown("SYM0303", "type of a parameter:", kind, parameter.type.span, PARAMETER_TYPES)
        return None
    if name in given:
        value, fault = typed_value(given[name], kind)
        if fault:
            reporter.error(
                "SYM0303", f"the value given for `{name}` must be {PARAMETER_TYPES[kind]}", parameter.type.span,
                f"declared as {kind}", notes=(f"what was given is {fault}",),
            )  # fmt: skip
        return value
    if parameter.default is None:
        reporter.error(
            "SYM0212", f"parameter `{name}` has no value", parameter.name.span, "no default, and no value was given",
            hint=f"write `param {name}: {kind} = ...`, or give one: params={{'{name}': ...}} or --set {name}=...",
        )  # fmt: skip
        return None
    default = Evaluator(reporter, above, failed).constant(parameter.default)
    if default is None:
        return None
    value, fault = typed_value(default, kind)
    if fault:
        reporter.error(
            "SYM0303", f"the default of `{name}` must be {PARAMETER_TYPES[kind]}", parameter.default.span,
            f"this is {fault}",
        )  # fmt: skip
    return value


def typed_value(value: Any, kind: str) -> tuple[Any | None, str]:
    """(`value` as a plain value of the kind, ""), or (None, what it is instead). NumPy scalars and arrays count."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, tuple):
        value = list(value)
    fault = (None, describe_value(value))
    if kind == "bool":
        return (value, "") if isinstance(value, bool) else fault
    if kind == "text":
        return (value, "") if isinstance(value, str) else fault
    if kind == "list":
        return (value, "") if isinstance(value, list) and _numbers_only(value) else fault
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return fault
    if not math.isfinite(value) or (abs(value) > LARGEST_INTEGER and kind == "int"):
        return None, "not a finite number within 2^53"
    if kind == "int":
        return (value, "") if isinstance(value, int) else fault
    return float(value), ""


def _numbers_only(value: list[Any], depth: int = 8) -> bool:
    """Whether a list holds only finite numbers, texts, and lists of these, at most `depth` deep."""
    return depth > 0 and all(
        _numbers_only(entry, depth - 1)
        if isinstance(entry, list)
        else isinstance(entry, str) or (isinstance(entry, (int, float)) and math.isfinite(entry))
        for entry in value
    )
