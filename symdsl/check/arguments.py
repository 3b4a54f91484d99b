"""Binds the arguments of a call to the names that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symdsl.check.reporter import Reporter
from symdsl.diagnostics.diagnostic import Label, Span
from symdsl.syntax import ast


@dataclass(frozen=True)
class Signature:
    """What a call takes: names in their order, how many of the first ones are needed, and an example to show."""

    names: tuple[str, ...]
    needed: int
    example: str


def bind(
    what: str, arguments: Sequence[ast.Argument], signature: Signature, span: Span, reporter: Reporter
) -> dict[str, ast.Expression] | None:
    """The expression of each name, positional arguments first; None where a fault was reported."""
    bound: dict[str, ast.Expression] = {}
    before = reporter.error_count()
    position = 0
    for argument in arguments:
        if argument.name is None:
            if position >= len(signature.names):
                taken = len(signature.names)
                reporter.error(
                    "SYM0302", f"`{what}` takes {_count(taken)}", argument.span, "one too many",
                    hint=f"write for example `{signature.example}`",
                )  # fmt: skip
                break
            name = signature.names[position]
            position += 1
        else:
            name = argument.name.text
            if name not in signature.names:
                reporter.unknown("SYM0302", f"argument of `{what}`:", name, argument.name.span, signature.names,
                                 none=f"write `{signature.example}`")  # fmt: skip
                continue
        if name in bound:
            reporter.error(
                "SYM0305", f"`{name}` is given twice", argument.span, "here again",
                related=(Label(bound[name].span, "given here first"),),
            )  # fmt: skip
        bound[name] = argument.value
    for name in signature.names[: signature.needed]:
        if name not in bound and reporter.error_count() == before:
            reporter.error(
                "SYM0301", f"`{what}` needs `{name}`", span, f"`{name}` is missing",
                hint=f"write for example `{signature.example}`",
            )  # fmt: skip
    return bound if reporter.error_count() == before else None


def _count(number: int) -> str:
    return {0: "no argument", 1: "one argument"}.get(number, f"at most {number} arguments")
