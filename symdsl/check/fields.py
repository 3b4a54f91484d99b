"""The data block: axes, fields and their types, and where their data lies."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath

from symdsl.check.axes import check_axis, check_per, declare_axis
from symdsl.check.evaluate import Evaluator
from symdsl.check.field_types import SIGNATURES, TypeContext, type_facts
from symdsl.check.reporter import Reporter
from symdsl.check.rows import ROW_KINDS, split_rows
from symdsl.check.spec import Axis, DataReference, Field, Ragged
from symdsl.diagnostics.diagnostic import Label
from symdsl.diagnostics.suggest import suggest
from symdsl.syntax import ast


@dataclass
class DataBlock:
    """What the data block of a model declares.

    `failed` are fields, `failed_axes` axes with a fault; naming one of them is no second fault, nor is naming any where
    the whole block is `missing`. `members` are the fields of each graph.
    """

    fields: dict[str, Field] = field(default_factory=dict)
    axes: dict[str, Axis] = field(default_factory=dict)
    ragged: dict[str, Ragged] = field(default_factory=dict)
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    failed_axes: set[str] = field(default_factory=set)
    missing: bool = False
    type_spans: dict[str, ast.FieldType] = field(default_factory=dict)


def check_data(model: ast.ModelDeclaration, evaluator: Evaluator, allow_paths: bool = False) -> DataBlock:
    """All axes and fields of a model, in the order of the text; fields may use axes declared below them."""
    reporter, data = evaluator.reporter, DataBlock()
    blocks = [statement for statement in model.statements if isinstance(statement, ast.DataBlock)]
    if not blocks:
        data.missing = True
        reporter.error(
            "SYM0306", f"model `{model.name.text}` declares no data", model.name.span, "a `data` block is missing",
            hint="add for example `data { x: vector(3) }`",
        )  # fmt: skip
    for extra in blocks[1:]:
        reporter.error(
            "SYM0308", "a second data block", extra.span, related=(Label(blocks[0].span, "the first one"),),
            hint="write all fields in one block",
        )  # fmt: skip
    items = [item for block in blocks for item in block.items]
    for item in items:
        if isinstance(item, ast.AxisDeclaration):
            axis = check_axis(item.name, item.size, evaluator)
            if axis is None:
                data.failed_axes.add(item.name.text)
            else:
                data.axes[item.name.text] = axis
                _add_varying(axis, data)
    sources = {id(item): block.source for block in blocks for item in block.items}
    for item in items:
        if isinstance(item, ast.FieldDeclaration):
            _declare(item, sources[id(item)], data, evaluator, allow_paths)
        elif isinstance(item, ast.GraphDeclaration):
            graph = Ragged(item.name.text, "graph", item.name.span)
            data.ragged[graph.name] = graph
            rows = {"node": graph.rows, "edge": graph.edge_rows, "global": ""}
            data.members[graph.name] = tuple(member.field.name.text for member in item.members)
            for member in item.members:
                _declare(member.field, sources[id(item)], data, evaluator, allow_paths, rows[member.role], graph.name)
    reporter.over_limit("fields", len(data.fields), model.name.span)
    return data


def _add_varying(axis: Axis, data: DataBlock) -> None:
    if axis.size is None and axis.name is not None:
        data.ragged[axis.name] = Ragged(axis.name, "axis", axis.span, axis.minimum, axis.maximum)


def _declare(
    item: ast.FieldDeclaration, default: ast.Text | None, data: DataBlock, evaluator: Evaluator, allow_paths: bool,
    rows: str = "", graph: str = "",
) -> None:  # fmt: skip
    """Check a field and keep it; `rows` are those of its role in a graph."""
    name = item.name.text
    checked = _check_field(item, default, data, evaluator, allow_paths, rows, graph)
    if checked is None:
        data.failed.add(name)
    elif name not in data.fields:
        data.fields[name] = checked
        data.type_spans[name] = item.type


def _check_field(
    item: ast.FieldDeclaration, default: ast.Text | None, data: DataBlock, evaluator: Evaluator, allow_paths: bool,
    rows: str, graph: str,
) -> Field | None:  # fmt: skip
    written, reporter = item.type, evaluator.reporter
    kind = written.name.text
    if kind not in SIGNATURES:
        reporter.unknown("SYM0208", "field type", kind, written.name.span, SIGNATURES)
        return None
    if kind == "derivative" and _base_failed(written, data):
        return None
    arguments, short = _without_short_axes(written, data.axes, evaluator)
    facts = type_facts(kind, TypeContext(evaluator, data.fields, written), arguments)  # type: ignore[arg-type]
    per = check_per(written.per, data.axes, data.failed_axes, evaluator)
    source = _check_source(item.source, default, name=item.name.text, evaluator=evaluator, allow_paths=allow_paths)
    if facts is None or per is None or short is None:
        return None
    for axis in short:
        _add_varying(axis, data)
    facts.setdefault("axes", (*short, *per))
    split = split_rows(facts["axes"], written, reporter)
    if split is None or not _fits_graph(rows, split[0] or facts.get("rows", ""), written, reporter):
        return None
    facts["rows"], facts["axes"] = split[0] or rows or facts.get("rows", ""), split[1]
    facts["varying"] = facts.get("varying", "") or split[0] or (graph if rows else "")
    if written.over is not None and written.over.text != "t":
        reporter.error(
            "SYM0206", f"`over {written.over.text}`", written.over.span, "only time, `t`, can stand after `over`",
            hint="write `over t`",
        )  # fmt: skip
        return None
    facts["over_time"] = facts.get("over_time", False) or written.over is not None
    if facts["over_time"] and facts["rows"]:
        reporter.error(
            "SYM0317", f"trajectories of {facts['rows']} of varying number are not built yet", written.span,
            "over t, and of varying number", hint="give samples: leave `over t` out, and predict the derivative",
        )  # fmt: skip
        return None
    count = math.prod(axis.maximum or 1 for axis in facts["axes"]) * math.prod(facts["own_shape"])
    if reporter.over_limit("array_size", count, written.span):
        return None
    return Field(name=item.name.text, kind=kind, span=item.name.span, source=source, **facts)  # type: ignore[arg-type]


def _fits_graph(rows: str, own: str, written: ast.FieldType, reporter: Reporter) -> bool:
    """Whether a member of a graph is of a kind that nodes and edges have, and lies along nothing else that varies."""
    if not rows:
        return True
    if written.name.text not in ROW_KINDS:
        reporter.error(
            "SYM0313", f"{written.name.text} cannot belong to nodes or edges", written.name.span,
            hint=f"what can: {', '.join(ROW_KINDS)}",
        )  # fmt: skip
        return False
    if own not in ("", rows):
        reporter.error(
            "SYM0313", f"a member of a graph cannot lie along `{own}` as well", written.span, "both vary in number",
            hint="declare it outside the graph, or leave the axis out",
        )  # fmt: skip
        return False
    return True


def _base_failed(written: ast.FieldType, data: DataBlock) -> bool:
    """Whether a derivative is one of a field whose fault was already reported."""
    bases = [argument.value for argument in written.arguments if isinstance(argument.value, ast.Name)]
    return any(base.text in data.failed for base in bases)


def _without_short_axes(
    written: ast.FieldType, axes: dict[str, Axis], evaluator: Evaluator
) -> tuple[list[ast.Argument], tuple[Axis, ...] | None]:
    """Splits off the short form of an axis, `bodies = 6`.

    A name that resembles an argument of the type is taken for a misspelling of that argument, never for an axis.
    """
    names = SIGNATURES[written.name.text].names
    kept: list[ast.Argument] = []
    short: list[Axis] | None = []
    for argument in written.arguments:
        name = argument.name
        if name is None or name.text in names or written.name.text == "derivative" or _misspelt(argument, names, axes):
            kept.append(argument)
        else:
            axis = check_axis(name, argument.value, evaluator)
            if axis is None or short is None:
                short = None
            else:
                short.append(declare_axis(axes, axis, evaluator))
    return kept, None if short is None else tuple(short)


def _misspelt(argument: ast.Argument, names: tuple[str, ...], axes: dict[str, Axis]) -> bool:
    """Whether a named argument rather is a misspelling of a known one than the short form of an axis."""
    name = argument.name.text if argument.name else ""
    return name not in axes and (bool(suggest(name, names)) or isinstance(argument.value, ast.Items))


def _check_source(
    written: ast.Text | None, default: ast.Text | None, *, name: str, evaluator: Evaluator, allow_paths: bool
) -> DataReference | None:
    """`from "file:key"`; with a default file, `from ":key"` or nothing (then the key is the name of the field)."""
    text = written or default
    if text is None:
        return None
    reporter = evaluator.reporter
    path, key = _split_key(text.value)
    if not path and written is not None and default is not None:
        path = default.value
    if not path.strip():
        reporter.error(
            "SYM0303", "this names no file", text.span, 'the form is "file:key"', hint='write for example "jets.npz:x"'
        )
        return None
    if not allow_paths and leaves_folder(path):
        reporter.error(
            "SYM0808", f"`{path}` lies outside the folder of the spec", text.span, "not below the spec",
            notes=("a spec may only name data in its own folder, so that one from elsewhere cannot read your files",),
            hint="move the file beside the spec, or allow it with --allow-path",
        )  # fmt: skip
        return None
    return DataReference(path, key or (None if written is not None else name), text.span)


def _split_key(text: str) -> tuple[str, str]:
    """`"file:key"` as (file, key), key "" without one; the colon of a drive or of a folder's name does not separate."""
    path, colon, key = text.rpartition(":")
    is_drive = len(path) == 1 and path.isalpha()
    return (path, key) if colon and key.isidentifier() and not is_drive else (text, "")


def leaves_folder(path: str) -> bool:
    """Whether a path is absolute, climbs with `..`, or has a drive, on any system."""
    windows, posix = PureWindowsPath(path), PurePosixPath(path)
    return bool(windows.drive or windows.root) or posix.is_absolute() or ".." in (*windows.parts, *posix.parts)


