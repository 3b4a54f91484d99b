"""JSON lines: one sample, or one graph, a line, as an object of numbers and nested lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import LARGEST_MEMORY, file_of, lines_of, reading
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span

LONGEST = 1 << 26
"""Characters of a line."""


class JsonLines:
    """`file.jsonl`: an object a line; lists of different lengths are rows, of which a sample has any number."""

    name = "jsonl"
    description = "one sample or graph a line, as a JSON object of numbers and lists"
    keys: Mapping[str, str] = MappingProxyType({"<any>": "the entries of the objects"})

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """All entries by name. Raises SymdslError (see `read_json_lines`)."""
        return read_json_lines(file_of(reference, "graphs.jsonl"), reference.span)


SOURCE = JsonLines()


def read_json_lines(path: Path, span: Span | None = None) -> Dataset:
    """The entries of all objects, which have the same names.

    Lists whose lengths differ are laid out as rows, and counted; one whose length never changes is an array
    (samples, n, ..), which fields of fixed size take, and those of rows too. Raises SymdslError: SYM0801 missing,
    SYM0802 no JSON, SYM0826 names or shapes that differ, SYM0809 no numbers, SYM0814 no lines, SYM0815 too large.
    """
    size = path.stat().st_size if path.is_file() else 0
    if size > LARGEST_MEMORY:
        raise bad_data("SYM0815", f"{path} needs more than {LARGEST_MEMORY >> 20:,} MiB of memory", span=span)
    columns: dict[str, list[NDArray[Any]]] = {}
    with reading(path, span), path.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(lines_of(path, stream, LONGEST, span), start=1):
            if line.strip():
                _add(columns, _object(path, number, line, span), f"line {number} of {path.name}", span)
    if not columns:
        raise bad_data("SYM0814", f"{path} has no lines", span=span)
    return _as_dataset(path.name, columns, span)


def _object(path: Path, number: int, line: str, span: Span | None) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise bad_data("SYM0802", f"line {number} of {path} is not JSON", span=span, notes=(f"{error}",)) from None
    if not isinstance(found, dict):
        raise bad_data("SYM0802", f"line {number} of {path} is no object", span=span,
                       hint='write a line such as {"x": [1.0, 2.0], "y": 3}')  # fmt: skip
    return found


def _add(columns: dict[str, list[NDArray[Any]]], entries: dict[str, Any], where: str, span: Span | None) -> None:
    if columns and set(columns) != set(entries):
        odd = sorted(set(columns) ^ set(entries))[0]
        raise bad_data("SYM0826", f"{where} does not have the same names as the lines before it", span=span,
                       notes=(f"`{odd}` is not in all of them",))  # fmt: skip
    for name, value in entries.items():
        try:
            array = np.asarray(value)
        except ValueError:
            array = np.empty(0, dtype=object)
        if array.dtype.kind not in "fiub":
            raise bad_data("SYM0809", f"`{name}` in {where} is no number and no array of numbers", span=span)
        columns.setdefault(name, []).append(array)


def _as_dataset(name: str, columns: Mapping[str, list[NDArray[Any]]], span: Span | None) -> Dataset:
    arrays: dict[str, NDArray[Any]] = {}
    counts: dict[str, NDArray[np.int64]] = {}
    for key, parts in columns.items():
        # a list without entries does not say what its entries would be
        shapes = {part.shape[1:] for part in parts if part.size} or {parts[0].shape[1:]}
        ranks = {part.ndim for part in parts if part.size} or {parts[0].ndim}
        if len(shapes) > 1 or len(ranks) > 1:
            raise bad_data("SYM0826", f"`{key}` of {name} has entries of different shapes", span=span,
                           notes=(f"{', '.join(map(str, sorted(shapes)))} behind the first axis",))  # fmt: skip
        lengths = {part.shape for part in parts}
        if len(lengths) == 1:
            arrays[key] = np.stack(parts)
        else:
            (shape,) = shapes
            kind = np.result_type(*(part.dtype for part in parts if part.size))
            arrays[key] = np.concatenate([part.reshape(len(part), *shape).astype(kind) for part in parts])
            counts[key] = np.array([len(part) for part in parts], dtype=np.int64)
    return Dataset(name, arrays, counts=counts)
