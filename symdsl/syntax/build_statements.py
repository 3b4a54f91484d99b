"""How each rule for statements becomes a node: functions of the finished children and the span."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from symdsl.diagnostics.diagnostic import Diagnostic, Label, Span, SymdslError
from symdsl.syntax import ast
from symdsl.syntax.outline import outline


@dataclass(frozen=True, slots=True)
class _Clause:
    """`of`, `per` or `over` of a type; `axis` is the axis that `per bodies = 6` declares."""

    word: str
    value: Any
    span: Span
    axis: ast.AxisDeclaration | None = None


@dataclass(frozen=True, slots=True)
class _Declared:
    """A node, and the axes that its types declare on the way."""

    node: Any
    axes: tuple[ast.AxisDeclaration, ...]


def _clause(word: str) -> Callable[[list[Any], Span], _Clause]:
    return lambda children, span: _Clause(word, children[0], span)


def _per_declared(children: list[Any], span: Span) -> _Clause:
    name, size = children
    return _Clause("per", name, span, ast.AxisDeclaration(name, size, span))


def _type(children: list[Any], span: Span) -> _Declared:
    name = children[0]
    arguments = next((child for child in children[1:] if isinstance(child, tuple)), ())
    clauses = [child for child in children[1:] if isinstance(child, _Clause)]
    single = {}
    for clause in clauses:
        if clause.word != "per" and clause.word in single:
            related = (Label(single[clause.word].span, "first written here"),)
            message = f"`{clause.word}` is written twice"
            raise SymdslError(Diagnostic("SYM0101", message, clause.span, related=related, hint="keep one of the two"))
        single[clause.word] = clause
    value_of = {word: clause.value for word, clause in single.items()}
    per = tuple(clause.value for clause in clauses if clause.word == "per")
    node = ast.FieldType(name, arguments, value_of.get("of"), per, value_of.get("over"), span)
    return _Declared(node, tuple(clause.axis for clause in clauses if clause.axis is not None))


def _field(children: list[Any], span: Span) -> _Declared:
    name, declared, *source = children
    return _Declared(ast.FieldDeclaration(name, declared.node, source[0] if source else None, span), declared.axes)


def _axis(children: list[Any], span: Span) -> ast.AxisDeclaration:
    return ast.AxisDeclaration(children[0], children[1], span)


def _member(children: list[Any], span: Span) -> _Declared:
    role, field = children
    member = ast.GraphMember(str(role), field.node, span)  # pyright: ignore[reportArgumentType]
    return _Declared(member, field.axes)


def _graph(children: list[Any], span: Span) -> _Declared:
    name, *members = children
    axes = tuple(axis for member in members for axis in member.axes)
    return _Declared(ast.GraphDeclaration(name, tuple(member.node for member in members), span), axes)


def _data(children: list[Any], span: Span) -> ast.DataBlock:
    source = children[0] if children and isinstance(children[0], ast.Text) else None
    entries = children if source is None else children[1:]
    return ast.DataBlock(tuple(_with_declared_axes(entries)), source, span)


def _with_declared_axes(entries: list[Any]) -> Iterable[Any]:
    """Puts each axis that a type declares before its entry, once if it is declared with the same size again."""
    seen = set()
    for entry in entries:
        axes, node = (entry.axes, entry.node) if isinstance(entry, _Declared) else ((), entry)
        for axis in axes:
            if outline(axis) not in seen:
                seen.add(outline(axis))
                yield axis
        yield node


def _symmetry(children: list[Any], span: Span) -> ast.SymmetryDeclaration:
    name, *rest = children
    actions = rest.pop() if rest and isinstance(rest[-1], tuple) else ()
    local = bool(rest) and getattr(rest[0], "type", None) == "LOCAL"
    rest = rest[1:] if local else rest
    group = None if not rest or isinstance(rest[0], _Card) else rest[0]
    card = next((item.text for item in rest if isinstance(item, _Card)), None)
    return ast.SymmetryDeclaration(name, group, local, card, actions, span)


@dataclass(frozen=True, slots=True)
class _Card:
    """`from "card.json"` of a symmetry."""

    text: ast.Text


def _card(children: list[Any], span: Span) -> _Card:
    return _Card(children[0])


def _tuple(children: list[Any], span: Span) -> tuple[Any, ...]:
    return tuple(children)


def _first(children: list[Any], span: Span) -> Any:
    return children[0]


def _action(children: list[Any], span: Span) -> ast.ActionLine:
    return ast.ActionLine(children[0], children[1], span)


def _constraint(children: list[Any], span: Span) -> ast.ConstraintDeclaration:
    return ast.ConstraintDeclaration(children[0], children[1], span)


def _predict(children: list[Any], span: Span) -> ast.Predict:
    outputs, inputs, *network = children
    return ast.Predict(outputs, inputs, network[0] if network else None, span)


def _sample(children: list[Any], span: Span) -> ast.Sample:
    return ast.Sample(children[0], children[1], span)


def _enforce(children: list[Any], span: Span) -> ast.Enforce:
    return ast.Enforce(children[0], children[1], span)


def _strategy(children: list[Any], span: Span) -> ast.StrategyUse:
    return ast.StrategyUse(children[0], children[1] if len(children) > 1 else (), span)


def _option(children: list[Any], span: Span) -> ast.Option:
    return ast.Option(children[0], children[1], span)


def _parameter(children: list[Any], span: Span) -> ast.ParameterDeclaration:
    name, kind, *default = children
    return ast.ParameterDeclaration(name, kind, default[0] if default else None, span)


def _train(children: list[Any], span: Span) -> ast.TrainBlock:
    return ast.TrainBlock(children[0], span)


def _normalise(children: list[Any], span: Span) -> ast.Normalise:
    return ast.Normalise(children[0], span)


def _definition(children: list[Any], span: Span) -> ast.Definition:
    return ast.Definition(children[0], children[1], span)


def _model(children: list[Any], span: Span) -> ast.ModelDeclaration:
    name, *statements = children
    return ast.ModelDeclaration(name, tuple(statements), span)


STATEMENTS: Mapping[str, Callable[[list[Any], Span], Any]] = {
    "model": _model,
    "data": _data,
    "field": _field,
    "type": _type,
    "of": _clause("of"),
    "per": _clause("per"),
    "per_declared": _per_declared,
    "over": _clause("over"),
    "file": _first,
    "axis": _axis,
    "graph": _graph,
    "member": _member,
    "symmetry": _symmetry,
    "card": _card,
    "actions": _tuple,
    "action": _action,
    "constraint": _constraint,
    "predict": _predict,
    "network": _first,
    "sample": _sample,
    "enforce": _enforce,
    "strategy": _strategy,
    "options": _tuple,
    "option": _option,
    "names": _tuple,
    "parameter": _parameter,
    "train": _train,
    "normalise": _normalise,
    "definition": _definition,
}
