"""The data of a model: every field from where the spec, or the command line, says it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symdsl.check.spec import Field, Model
from symdsl.data.dataset import Dataset, check_same_length
from symdsl.data.faults import bad_data
from symdsl.data.graphs import flatten_rows, with_rows
from symdsl.data.match import FieldArrays, match_fields
from symdsl.data.source import load_data, parse_reference, split_key


def gather_data(
    model: Model, data: str | None = None, *, folder: Path = Path(), allow_path: bool = False, seed: int = 0,
    names: Sequence[str] | None = None,
) -> FieldArrays:  # fmt: skip
    """Arrays for the inputs and outputs of `model`, or the fields in `names`; each file or simulator is loaded once.

    `data` replaces what the spec says (`--data`, relative to the working folder, not held to it); else paths are
    relative to `folder`. The published split is kept where all fields come from one source. Raises SymdslError: SYM0813
    for a field without data, and as `parse_reference`, `load_data` and `match_fields` do.
    """
    wanted = tuple(dict.fromkeys((*model.inputs, *model.outputs) if names is None else names))
    fields = [model.fields[name] for name in wanted if not model.fields[name].is_index]
    if data is not None:
        groups = {data: fields}
        datasets = {data: load_data(parse_reference(data, allow_path=True), seed)}
    else:
        groups = group_by_file(fields)
        datasets = {text: load_group(text, group, folder, allow_path, seed) for text, group in groups.items()}
    datasets = {text: flatten_rows(dataset, groups[text]) for text, dataset in datasets.items()}
    parts = [match_fields(datasets[text], group) for text, group in groups.items()]
    points = max(part.points for part in parts)
    if points > 1:
        parts = [part if part.points > 1 else part.repeated(points) for part in parts]
    arrays = {name: array for part in parts for name, array in part.arrays.items()}
    name = datasets[data].name if data is not None else ", ".join(groups)
    if model.ragged:
        sources = {field.name: datasets[text] for text, group in groups.items() for field in group}
        arrays = with_rows(model, arrays, sources, wanted)
    else:
        arrays = {name: arrays[name] for name in wanted}
    count = check_same_length(name, arrays, model.span)
    partition = parts[0].partition if len(parts) == 1 else {}
    times = next((part.times for part in parts if part.times is not None), None)
    return FieldArrays(name, arrays, count, partition, points, times)


def group_by_file(fields: Sequence[Field]) -> dict[str, list[Field]]:
    """The fields by the source that they name. Raises SymdslError (SYM0813)."""
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(named_file(field), []).append(field)
    return groups


def named_file(field: Field) -> str:
    """The source that a field names, without its key. Raises SymdslError (SYM0813)."""
    if field.source is None:
        raise bad_data("SYM0813", f"no data is named for the field {field.name}", span=field.span,
                       hint=f'pass --data FILE, or write {field.name}: ... from "file.npz:{field.name}"')  # fmt: skip
    return split_key(field.source.path)[0]


def load_group(text: str, fields: list[Field], folder: Path, allow_path: bool, seed: int) -> Dataset:
    """The source that holds some fields. Raises SymdslError at the first field's place."""
    span = fields[0].source.span if fields[0].source else fields[0].span
    return load_data(parse_reference(text, folder=folder, allow_path=allow_path, span=span), seed)
