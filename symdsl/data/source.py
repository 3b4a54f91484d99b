"""Where data comes from: a reference such as `digits(size = 28, rotated = true)` or `jets.npz`, and what loads it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data, suggestion
from symdsl.diagnostics.diagnostic import Span

Value = bool | int | float | str
Options = TypeVar("Options", bound="SourceOptions")

LARGEST = 20_000_000
CALL = re.compile(r"([A-Za-z_]\w*)\s*(?:\((.*)\))?", re.DOTALL)
OPTION = re.compile(r"([A-Za-z_]\w*)\s*=\s*([^\s,=()]+)")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
NAME = re.compile(r"[A-Za-z_]\w*")
PATH = re.compile(r"[\w.~+@-]*(/[\w.~+@-]*)*")


class SourceOptions(BaseModel):
    """Options of a source: frozen, typed, and an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True)
class Reference:
    """A parsed reference: the source's name, its file if it reads one, and the options as written.

    A path among the options is relative to `folder`, and stays there unless `allow_path` (see `check_path`).
    """

    text: str
    name: str
    path: Path | None = None
    options: tuple[tuple[str, Value], ...] = ()
    span: Span | None = None
    folder: Path = Path()
    allow_path: bool = False


class Source(Protocol):
    """Loads a data set. Found by entry point in the group `symdsl.sources`; the suffix of a file names its source."""

    name: str
    description: str
    keys: Mapping[str, str]

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The data. `seed` rules what is drawn, unless the reference has an option `seed`. Raises SymdslError."""
        ...


def source_names() -> tuple[str, ...]:
    """All installed sources, sorted, without importing them. Two packages with one name: SymdslError (SYM1007)."""
    names = sorted(entry.name for entry in entry_points(group="symdsl.sources"))
    for first, second in pairwise(names):
        if first == second:
            raise bad_data("SYM1007", f"two installed packages provide a data source named {first}")
    return tuple(names)


def find_source(name: str, span: Span | None = None) -> Source:
    """The source called `name`. Raises SymdslError (SYM0812) for an unknown one."""
    for entry in entry_points(group="symdsl.sources", name=name):
        return entry.load()
    raise bad_data("SYM0812", f"no data source is named {name}", span=span, hint=suggestion(name, source_names()))


def load_data(reference: Reference, seed: int = 0) -> Dataset:
    """The data set that a reference names. Raises SymdslError."""
    return find_source(reference.name, reference.span).load(reference, seed)


def split_key(text: str) -> tuple[str, str | None]:
    """`"file:key"` as (file, key); without a key (file, None). A colon inside a folder name or a drive stays."""
    head, separator, key = text.rpartition(":")
    if not separator or not NAME.fullmatch(key) or not head or (len(head) == 1 and head.isalpha()):
        return text, None
    return head, key


def parse_reference(
    text: str, *, folder: Path = Path(), allow_path: bool = False, span: Span | None = None
) -> Reference:
    """A source by name with options, else a file under `folder`, whose suffix names its source.

    A name wins over a file; write `./digits` for a file of that name. Raises SymdslError: SYM0812 unknown source,
    SYM0802 unknown format, SYM0816 options that cannot be read, SYM0808 a file outside `folder` without `allow_path`.
    """
    stripped = text.strip()
    call = CALL.fullmatch(stripped)
    names = source_names()
    if call and (call[1] in names or call[2] is not None):
        if call[1] not in names:
            raise bad_data("SYM0812", f"no data source is named {call[1]}", span=span, hint=suggestion(call[1], names))
        return Reference(stripped, call[1], None, parse_options(call[2] or "", span), span, folder, allow_path)
    suffix = file_format(stripped)
    if suffix not in names:
        hint = suggestion(stripped, names)
        raise bad_data("SYM0802", f"`{stripped}` is neither a data source nor a file of a known format", span=span,
                       hint=hint)  # fmt: skip
    return Reference(stripped, suffix, check_path(stripped, folder, allow_path, span), (), span)


def file_format(text: str) -> str:
    """What the name of a file says of its format: the suffix, or the end of `train-images-idx3-ubyte`."""
    name = Path(text).name
    return "ubyte" if name.endswith("-ubyte") else Path(name).suffix.lstrip(".").lower()


def check_path(text: str, folder: Path, allow_path: bool, span: Span | None) -> Path:
    """The file, which lies under `folder` (links followed) unless `allow_path`. Raises SymdslError (SYM0808)."""
    path = folder / text
    if not allow_path and not path.resolve().is_relative_to(folder.resolve()):
        raise bad_data("SYM0808", f"`{text}` lies outside the folder of the spec", span=span,
                       hint="move the file, or pass --allow-path")  # fmt: skip
    return path


def parse_options(text: str, span: Span | None = None) -> tuple[tuple[str, Value], ...]:
    """`a = 1, b = true` as pairs; values are numbers, true, false, names or paths. Raises SymdslError (SYM0816)."""
    options: dict[str, Value] = {}
    for part in text.split(",") if text.strip() else ():
        match = OPTION.fullmatch(part.strip())
        if not match:
            raise bad_data("SYM0816", f"`{part.strip()}` is not an option of the form name = value", span=span)
        if match[1] in options:
            raise bad_data("SYM0816", f"the option {match[1]} is given twice", span=span)
        options[match[1]] = parse_value(match[2], span)
    return tuple(options.items())


def parse_value(text: str, span: Span | None) -> Value:
    """A boolean, an integer, a float, a name or a path. Raises SymdslError (SYM0816)."""
    if text in ("true", "false"):
        return text == "true"
    if NUMBER.fullmatch(text):
        return float(text) if set(text) & set(".eE") else int(text)
    if PATH.fullmatch(text):
        return text
    raise bad_data("SYM0816", f"`{text}` is not a number, true, false, a name or a path", span=span)


def read_options(reference: Reference, model: type[Options]) -> Options:
    """The options of a reference as `model`. Raises SymdslError (SYM0816): unknown name, wrong type, out of range."""
    for name, _ in reference.options:
        if name not in model.model_fields:
            hint = suggestion(name, model.model_fields)
            raise bad_data("SYM0816", f"{reference.name} has no option {name}", span=reference.span, hint=hint)
    try:
        return model.model_validate(dict(reference.options))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "options"
        message = f"option {name} of {reference.name}: {first['msg'].lower()}, not {first['input']}"
        raise bad_data("SYM0816", message, span=reference.span) from None


def check_size(reference: Reference, *sizes: int) -> None:
    """Raises SymdslError (SYM0815) where a simulator is asked for more than `LARGEST` samples, before it draws any."""
    if math.prod(sizes) > LARGEST:
        asked = f"{math.prod(sizes):,} samples, and the limit is {LARGEST:,}"
        raise bad_data("SYM0815", f"{reference.name} is asked for {asked}", span=reference.span)


def refuse_path(reference: Reference) -> None:
    """Raises SymdslError (SYM0812) where a source that reads no file was given one, as in `data.digits`."""
    if reference.path is not None:
        raise bad_data("SYM0812", f"{reference.name} reads no file", span=reference.span,
                       hint=f"write {reference.name}")  # fmt: skip
