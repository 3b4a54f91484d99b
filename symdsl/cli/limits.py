"""The flags that raise limits: `--limit-group-order 5000`, which is `--limit group-order=5000`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.session import LIMIT_NAMES, Limits

PREFIX = "--limit-"

LimitOption = Annotated[
    list[str] | None, typer.Option("--limit", help="A higher limit, name=value; --limit-NAME VALUE is the same.")
]


class CommandWithLimits(TyperCommand):
    """A command that reads `--limit-NAME VALUE` as `--limit NAME=VALUE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does, after the flags of limits are rewritten."""
        return super().parse_args(ctx, list(spell_out(args)))


def spell_out(arguments: Iterable[str]) -> Iterator[str]:
    """The arguments with every `--limit-NAME VALUE` and `--limit-NAME=VALUE` as `--limit NAME=VALUE`."""
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.removeprefix(PREFIX).partition("=")
        if not argument.startswith(PREFIX):
            yield argument
        else:
            yield "--limit"
            yield f"{name}={value if equals else next(waiting, '')}"


def read_limits(written: list[str] | None) -> Limits:
    """The limits with those of `--limit name=value` raised or lowered.

    Raises SymdslError SYM1011 (exit code 2) for an unknown limit, and for a value that is no whole number above zero.
    """
    from symdsl.diagnostics.suggest import did_you_mean

    limits = Limits()
    for text in written or []:
        name, _, value = text.partition("=")
        key = name.strip().replace("-", "_")
        if key not in LIMIT_NAMES:
            hint = did_you_mean(key, LIMIT_NAMES) or f"the limits are {', '.join(LIMIT_NAMES)}"
            raise SymdslError(Diagnostic("SYM1011", f"there is no limit `{name}`", hint=hint), exit_code=2)
        if not value.strip().isascii() or not value.strip().isdigit() or int(value) == 0:
            message = f"the limit {name} cannot be `{value}`"
            hint = f"write a whole number above zero, such as {getattr(limits, key)}"
            raise SymdslError(Diagnostic("SYM1011", message, hint=hint), exit_code=2)
        limits = replace(limits, **{key: int(value)})
    return limits
