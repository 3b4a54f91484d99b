"""The syntax tree of a `.sym` file: frozen, every node with its span, nothing resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symdsl.diagnostics.diagnostic import Span


@dataclass(frozen=True)
class Name:
    """An identifier where it was written."""

    text: str
    span: Span


@dataclass(frozen=True)
class Number:
    """A literal number; `value` is an int where the text has neither point nor exponent."""

    value: int | float
    span: Span


@dataclass(frozen=True)
class Text:
    """A quoted string, escapes resolved."""

    value: str
    span: Span


@dataclass(frozen=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span


@dataclass(frozen=True)
class Items:
    """`[a, b, ...]`."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True)
class Range:
    """`1..6`."""

    low: Expression
    high: Expression
    span: Span


@dataclass(frozen=True)
class Argument:
    """An argument of a call; `name` is None where it is positional."""

    name: Name | None
    value: Expression
    span: Span


@dataclass(frozen=True)
class Call:
    """`name(arguments)`, or `name { option = value ... }` with `braces` set."""

    function: Name
    arguments: tuple[Argument, ...]
    span: Span
    braces: bool = False


@dataclass(frozen=True)
class Unary:
    """`-x`."""

    operator: Literal["-"]
    operand: Expression
    span: Span


@dataclass(frozen=True)
class Binary:
    """`x + y`, `x - y`, `x * y`, `x / y`, `x ^ y`."""

    operator: Literal["+", "-", "*", "/", "^"]
    left: Expression
    right: Expression
    span: Span


Expression = Name | Number | Text | Boolean | Items | Range | Call | Unary | Binary


@dataclass(frozen=True)
class FieldType:
    """`image(channels = 1, size = [28, 28])`, `tensor(2, 0) of 3 per 5 over t`."""

    name: Name
    arguments: tuple[Argument, ...]
    of: Expression | None
    per: tuple[Expression, ...]
    over: Name | None
    span: Span


@dataclass(frozen=True)
class FieldDeclaration:
    """`x: type from "file:key"`."""

    name: Name
    type: FieldType
    source: Text | None
    span: Span


@dataclass(frozen=True)
class AxisDeclaration:
    """`axis bodies = 6`, `axis bodies = 1..64`, `axis bodies = any`."""

    name: Name
    size: Expression
    span: Span


@dataclass(frozen=True)
class GraphMember:
    """`node h: vector(3)`, `edge e: scalar(2)`, `global u: scalar` inside a graph block."""

    role: Literal["node", "edge", "global"]
    field: FieldDeclaration
    span: Span


@dataclass(frozen=True)
class GraphDeclaration:
    """`graph g { ... }`."""

    name: Name
    members: tuple[GraphMember, ...]
    span: Span


@dataclass(frozen=True)
class DataBlock:
    """`data { ... }`; `source` of `data from "file" { ... }` is the default file."""

    items: tuple[FieldDeclaration | AxisDeclaration | GraphDeclaration, ...]
    source: Text | None
    span: Span


@dataclass(frozen=True)
class ActionLine:
    """`x: pixels` inside a symmetry block."""

    field: Name
    action: Expression
    span: Span


@dataclass(frozen=True)
class SymmetryDeclaration:
    """`symmetry rotation: C(4) { x: pixels }`; `local` for `local U(1)`; `card` for `from "file"`."""

    name: Name
    group: Expression | None
    local: bool
    card: Text | None
    actions: tuple[ActionLine, ...]
    span: Span


@dataclass(frozen=True)
class ConstraintDeclaration:
    """`constraint rods: distance(z, pairs = [[0, 1]])`."""

    name: Name
    relation: Expression
    span: Span


@dataclass(frozen=True)
class Option:
    """`name = value`."""

    name: Name
    value: Expression
    span: Span


@dataclass(frozen=True)
class StrategyUse:
    """`strategy { options }` after `by`."""

    name: Name
    options: tuple[Option, ...]
    span: Span


@dataclass(frozen=True)
class Predict:
    """`predict y, z from x, m` with an optional plain network `by mlp { ... }`."""

    outputs: tuple[Name, ...]
    inputs: tuple[Name, ...]
    network: StrategyUse | None
    span: Span


@dataclass(frozen=True)
class Sample:
    """`sample U from wilson_action(beta = 2.0)`."""

    output: Name
    density: Expression
    span: Span


@dataclass(frozen=True)
class Enforce:
    """`enforce a, b by strategy { options }`."""

    symmetries: tuple[Name, ...]
    strategy: StrategyUse
    span: Span


@dataclass(frozen=True)
class ParameterDeclaration:
    """`param width: int = 64`; `default` None where a value must be given from outside."""

    name: Name
    type: Name
    default: Expression | None
    span: Span


@dataclass(frozen=True)
class Definition:
    """`force = -gradient(energy, x)`, a derived output, or a top-level option such as `tolerance = 1e-9`."""

    name: Name
    value: Expression
    span: Span


@dataclass(frozen=True)
class TrainBlock:
    """`train { epochs = 10 ... }`."""

    options: tuple[Option, ...]
    span: Span


@dataclass(frozen=True)
class Normalise:
    """`normalise x, y`."""

    fields: tuple[Name, ...]
    span: Span


Statement = (
    DataBlock
    | SymmetryDeclaration
    | ConstraintDeclaration
    | Predict
    | Sample
    | Enforce
    | ParameterDeclaration
    | Definition
    | TrainBlock
    | Normalise
)


@dataclass(frozen=True)
class ModelDeclaration:
    """`model name { ... }`."""

    name: Name
    statements: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True)
class File:
    """All models of a source text; `source` is its name and `text` the text itself."""

    models: tuple[ModelDeclaration, ...]
    source: str
    text: str
