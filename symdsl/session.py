"""Options and limits of one compile: a value that is handed down, never module state."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError


def _limit(default: int, code: str, what: str) -> Any:
    """A bound with the code of its diagnostic and the words that name the quantity."""
    return field(default=default, metadata={"code": code, "what": what})


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds that are checked before anything is allocated; a spec cannot raise its own.

    Each bound has a diagnostic code and a command-line flag, `--limit-NAME VALUE` (`limit_flag`).
    """

    text_bytes: int = _limit(1_000_000, "SYM0108", "bytes of text")
    nesting: int = _limit(100, "SYM0109", "levels of nesting")
    models: int = _limit(100, "SYM0708", "models in a file")
    fields: int = _limit(256, "SYM0708", "fields of a model")
    symmetries: int = _limit(32, "SYM0708", "symmetries of a model")
    group_order: int = _limit(1_000, "SYM0701", "elements of a finite group")
    group_size: int = _limit(10_000, "SYM0701", "as the size of a group")
    dimension: int = _limit(1_024, "SYM0702", "dimensions of a vector space or a group's matrices")
    image_size: int = _limit(4_096, "SYM0709", "pixels along a side of an image")
    array_size: int = _limit(16_777_216, "SYM0710", "numbers in one sample of a field")
    items: int = _limit(100_000, "SYM0711", "items of a list")
    parameters: int = _limit(1_000_000_000, "SYM0706", "parameters of a network")
    trajectory_numbers: int = _limit(50_000_000, "SYM1236", "numbers in the trajectories of a rollout")
    solver_steps: int = _limit(10_000_000, "SYM1236", "steps of an adaptive solver")

    @property
    def depth(self) -> int:
        """How deep the parser reads: the blocks around a value, and the values inside it, count as well."""
        return 2 * self.nesting


LIMIT_NAMES = tuple(entry.name for entry in fields(Limits))


def limit_flag(name: str) -> str:
    """The command-line flag that raises the limit `name`: `--limit-group-order`."""
    return "--limit-" + name.replace("_", "-")


def limit_code(name: str) -> str:
    """The code of the diagnostic that reports a breach of the limit `name`. Raises KeyError for an unknown name."""
    return next((entry.metadata["code"] for entry in fields(Limits) if entry.name == name), None) or _unknown(name)


def limit_meaning(name: str) -> str:
    """What the limit `name` counts, in words. Raises KeyError for an unknown name."""
    return next((entry.metadata["what"] for entry in fields(Limits) if entry.name == name), None) or _unknown(name)


def _unknown(name: str) -> str:
    raise KeyError(name)


def limit_diagnostic(limits: Limits, name: str, found: int, span: Span | None) -> Diagnostic:
    """The diagnostic for `found` over the limit `name`: it names the bound and the flag that raises it."""
    bound = getattr(limits, name)
    return Diagnostic(
        code=limit_code(name),
        message=f"{found:,} {limit_meaning(name)}; the limit is {bound:,}",
        span=span,
        label="over the limit",
        notes=("limits are checked before memory is taken, and a spec cannot raise its own",),
        hint=f"make it smaller, or raise the limit with {limit_flag(name)} {found}",
    )


@dataclass(frozen=True, slots=True)
class Session:
    """Everything that a compile is told besides the spec; `devices` share each batch in training.

    `parameters` are the values of the spec's `param` lines; `allow_paths` lets data references leave the folder of the
    spec; `cards` are group cards by the names of learned symmetries, "" for the only one; `backend` None
    means the installed one (torch where both are).
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    backend: str | None = None
    dtype: Literal["float32", "float64"] = "float32"
    device: str = "cpu"
    devices: int = 1
    seed: int = 0
    weights: Path | None = None
    allow_paths: bool = False
    cards: Mapping[str, Path] = field(default_factory=dict)


def parse_card(text: str) -> tuple[str, Path]:
    """`FILE` or `NAME=FILE` of `--card`, as (name, path); name "" without one."""
    name, equals, path = text.partition("=")
    return (name.strip(), Path(path)) if equals and name.strip().isidentifier() else ("", Path(text))


def parse_setting(text: str) -> tuple[str, Any]:
    """`name=value` of `--set`, as (name, value): numbers, true, false and lists by their literal, all else as text.

    Raises SymdslError (exit code 2) where there is no name or no `=`.
    """
    name, equals, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not equals or not name.isidentifier():
        raise SymdslError(
            Diagnostic(
                code="SYM1011",
                message=f"`{text}` is not a setting",
                notes=("a setting gives a value to a `param` line of the spec",),
                hint="write it as name=value, for example --set width=64",
            ),
            exit_code=2,
        )
    if written in ("true", "false"):
        return name, written == "true"
    try:
        return name, ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return name, written


def weights_path(path: Path) -> Path:
    """The weights file that `path` means: itself, or the one in a run folder."""
    return path / "weights.safetensors" if path.is_dir() else path
