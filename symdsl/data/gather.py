"""The data of a model: every field from where the spec, or the command line, says it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symdsl.check.spec import Field, Model
from symdsl.data.dataset import check_same_length
from symdsl.data.faults import bad_data
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
    fields = tuple(dict.fromkeys((*model.inputs, *model.outputs) if names is None else names))
    if data is not None:
        dataset = load_data(parse_reference(data, allow_path=True), seed)
        return match_fields(dataset, [model.fields[name] for name in fields])
    groups: dict[str, list[Field]] = {}
    for name in fields:
        groups.setdefault(named_file(model.fields[name]), []).append(model.fields[name])
    parts = [load_group(text, group, folder, allow_path, seed) for text, group in groups.items()]
    points = max(part.points for part in parts)
    if points > 1:
        parts = [part if part.points > 1 else part.repeated(points) for part in parts]
    arrays = {name: array for part in parts for name, array in part.arrays.items()}
    count = check_same_length(", ".join(groups), arrays, model.span)
    partition = parts[0].partition if len(parts) == 1 else {}
    times = next((part.times for part in parts if part.times is not None), None)
    return FieldArrays(", ".join(groups), {name: arrays[name] for name in fields}, count, partition, points, times)


def named_file(field: Field) -> str:
    """The source that a field names, without its key. Raises SymdslError (SYM0813)."""
    if field.source is None:
        raise bad_data("SYM0813", f"no data is named for the field {field.name}", span=field.span,
                       hint=f'pass --data FILE, or write {field.name}: ... from "file.npz:{field.name}"')  # fmt: skip
    return split_key(field.source.path)[0]


def load_group(text: str, fields: list[Field], folder: Path, allow_path: bool, seed: int) -> FieldArrays:
    """The fields that one source holds. Raises SymdslError at the first field's place."""
    span = fields[0].source.span if fields[0].source else fields[0].span
    dataset = load_data(parse_reference(text, folder=folder, allow_path=allow_path, span=span), seed)
    return match_fields(dataset, fields)
