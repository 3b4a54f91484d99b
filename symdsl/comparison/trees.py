"""Syntax trees that are made, not read: values as expressions, and statements of a model replaced."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from symdsl.check.layers import LayerCall
from symdsl.data.source import parse_reference, split_key
from symdsl.diagnostics.diagnostic import Span, SymdslError
from symdsl.syntax import ast

MADE = Span("<comparison>", 1, 1, 1, 1)
"""Where a node stands that nobody wrote."""


def name(text: str) -> ast.Name:
    """An identifier."""
    return ast.Name(text, MADE)


def expression(value: Any) -> ast.Expression:
    """The expression whose value is `value`: a number, a boolean, a word or text, a layer, or a list of these."""
    if isinstance(value, bool):
        return ast.Boolean(value, MADE)
    if isinstance(value, int | float):
        number = ast.Number(abs(value), MADE)
        return ast.Unary("-", number, MADE) if value < 0 else number
    if isinstance(value, str):
        return name(value) if value.isidentifier() else ast.Text(value, MADE)
    if isinstance(value, LayerCall):
        arguments = tuple(
            ast.Argument(name(each.name) if each.name else None, expression(each.value), MADE)
            for each in value.arguments
        )
        return ast.Call(name(value.name), arguments, MADE) if arguments else name(value.name)
    return ast.Items(tuple(map(expression, value)), MADE)


def options(values: Mapping[str, Any]) -> tuple[ast.Option, ...]:
    """The options with these values."""
    return tuple(ast.Option(name(key), expression(value), MADE) for key, value in values.items())


def use(strategy: str, written: tuple[ast.Option, ...]) -> ast.StrategyUse:
    """`strategy { options }`."""
    return ast.StrategyUse(name(strategy), written, MADE)


def merged(first: tuple[ast.Option, ...], second: tuple[ast.Option, ...]) -> tuple[ast.Option, ...]:
    """The options of both; where both give one, that of `second`."""
    taken = {option.name.text for option in second}
    return (*(option for option in first if option.name.text not in taken), *second)


def with_parameters(model: ast.ModelDeclaration, values: Mapping[str, Any]) -> ast.ModelDeclaration:
    """The model whose `param` lines have these values as their defaults."""

    def changed(statement: ast.Statement) -> ast.Statement:
        if isinstance(statement, ast.ParameterDeclaration) and statement.name.text in values:
            value = values[statement.name.text]
            default = ast.Text(value, MADE) if isinstance(value, str) else expression(value)
            return replace(statement, default=default)
        return statement

    return replace(model, statements=tuple(map(changed, model.statements)))


def with_training(model: ast.ModelDeclaration, values: Mapping[str, Any]) -> ast.ModelDeclaration:
    """The model whose `train` block says these values, and what it said before of the others."""
    blocks = [statement for statement in model.statements if isinstance(statement, ast.TrainBlock)]
    before = blocks[0].options if blocks else ()
    block = ast.TrainBlock(merged(before, options(values)), MADE)
    others = tuple(statement for statement in model.statements if not isinstance(statement, ast.TrainBlock))
    return replace(model, statements=(*others, block))


def with_paths(model: ast.ModelDeclaration, source: Path, target: Path) -> ast.ModelDeclaration:
    """The model whose data files, relative to the folder `source`, are named relative to the folder `target`."""

    def moved(text: ast.Text | None) -> ast.Text | None:
        if text is None or text.value.startswith(":"):  # `from ":key"`: the file is that of the block
            return text
        written, key = split_key(text.value)
        try:
            path = parse_reference(written, folder=source, allow_path=True).path
        except SymdslError:  # no known file, which --data stands in for
            return text
        if path is None:
            return text
        relative = Path(os.path.relpath(path.resolve(), target.resolve())).as_posix()
        return replace(text, value=f"{relative}:{key}" if key else relative)

    def changed(item: Any) -> Any:
        return replace(item, source=moved(item.source)) if isinstance(item, ast.FieldDeclaration) else item

    def block(statement: ast.Statement) -> ast.Statement:
        if isinstance(statement, ast.DataBlock):
            return replace(statement, source=moved(statement.source), items=tuple(map(changed, statement.items)))
        return statement

    return replace(model, statements=tuple(map(block, model.statements)))
