"""From a syntax tree back to text: what a program that changes a spec writes."""

from __future__ import annotations

from collections.abc import Iterable

from symdsl.syntax import ast
from symdsl.syntax.expression_text import arguments_text, expression_text, quoted
from symdsl.syntax.formatter import format_text


def unparse(model: ast.ModelDeclaration, comments: Iterable[str] = ()) -> str:
    """The canonical text of a model, which parses to the same tree up to spans; `comments` stand above it."""
    lines = [f"// {comment}" for comment in comments]
    lines += [f"model {model.name.text} {{", *map(statement_text, model.statements), "}"]
    return format_text("\n".join(lines) + "\n")


def statement_text(statement: ast.Statement) -> str:
    """One statement; the formatter lays it out."""
    match statement:
        case ast.DataBlock():
            return f"data{_source(statement.source)} {{\n{_block(_data_item(item) for item in statement.items)}}}"
        case ast.SymmetryDeclaration():
            return _symmetry(statement)
        case ast.ConstraintDeclaration():
            return f"constraint {statement.name.text}: {expression_text(statement.relation)}"
        case ast.Predict():
            network = f" by {_use(statement.network)}" if statement.network is not None else ""
            return f"predict {_names(statement.outputs)} from {_names(statement.inputs)}{network}"
        case ast.Sample():
            return f"sample {statement.output.text} from {expression_text(statement.density)}"
        case ast.Enforce():
            return f"enforce {_names(statement.symmetries)} by {_use(statement.strategy)}"
        case ast.ParameterDeclaration():
            default = f" = {expression_text(statement.default)}" if statement.default is not None else ""
            return f"param {statement.name.text}: {statement.type.text}{default}"
        case ast.Definition():
            return f"{statement.name.text} = {expression_text(statement.value)}"
        case ast.TrainBlock():
            return f"train {{\n{_block(map(_option, statement.options))}}}"
        case ast.Normalise():
            return f"normalise {_names(statement.fields)}"


def _block(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _names(names: Iterable[ast.Name]) -> str:
    return ", ".join(name.text for name in names)


def _source(source: ast.Text | None) -> str:
    return f" from {quoted(source.value)}" if source is not None else ""


def _option(option: ast.Option) -> str:
    return f"{option.name.text} = {expression_text(option.value)}"


def _use(use: ast.StrategyUse) -> str:
    return f"{use.name.text} {{ {'; '.join(map(_option, use.options))} }}" if use.options else use.name.text


def _data_item(item: ast.FieldDeclaration | ast.AxisDeclaration | ast.GraphDeclaration) -> str:
    match item:
        case ast.FieldDeclaration():
            return f"{item.name.text}: {_type(item.type)}{_source(item.source)}"
        case ast.AxisDeclaration():
            return f"axis {item.name.text} = {expression_text(item.size)}"
        case ast.GraphDeclaration():
            members = _block(f"{each.role} {_data_item(each.field)}" for each in item.members)
            return f"graph {item.name.text} {{\n{members}}}"


def _type(written: ast.FieldType) -> str:
    arguments = arguments_text(written.arguments)
    parts = [written.name.text + (f"({arguments})" if arguments else "")]
    parts += [f"of {expression_text(written.of)}"] if written.of is not None else []
    parts += [f"per {expression_text(axis)}" for axis in written.per]
    parts += [f"over {written.over.text}"] if written.over is not None else []
    return " ".join(parts)


def _symmetry(statement: ast.SymmetryDeclaration) -> str:
    local = "local " if statement.local else ""
    group = expression_text(statement.group) if statement.group is not None else ""
    actions = _block(f"{line.field.text}: {expression_text(line.action)}" for line in statement.actions)
    head = f"symmetry {statement.name.text}: {local}{group}{_source(statement.card)}"
    return f"{head} {{\n{actions}}}" if actions else head
