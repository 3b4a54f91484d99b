"""Which array belongs to which field of a spec, cast and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Field
from symdsl.data.dataset import Dataset, check_finite, check_same_length
from symdsl.data.faults import bad_data, suggestion
from symdsl.data.lazy import RESIDENT_BYTES, CastArray, LazyArray, SampleArray, blocks
from symdsl.data.trajectories import join_states, read_times, spread_samples

Array = NDArray[Any]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class FieldArrays:
    """One array for each field, all of `count` samples: float64, or int64 for labels.

    Large data stay in their files: such an array is a `LazyArray`, which casts what it reads. Where a field is a
    trajectory, samples are its states: `points` in a row belong together, at `times` (trajectories, points) if known.
    """

    name: str
    arrays: Mapping[str, SampleArray]
    count: int
    partition: Mapping[str, Indices]
    points: int = 1
    times: Array | None = None

    @property
    def resident(self) -> bool:
        """Whether all arrays are in memory."""
        return not any(isinstance(array, LazyArray) for array in self.arrays.values())

    def repeated(self, points: int) -> FieldArrays:
        """Every sample `points` times, beside the states of trajectories."""
        if self.points == points:
            return self
        arrays = {name: np.repeat(np.asarray(array[:]), points, axis=0) for name, array in self.arrays.items()}
        partition = {part: spread_samples(samples, points) for part, samples in self.partition.items()}
        return FieldArrays(self.name, arrays, self.count * points, partition, points)

    def take(self, name: str, indices: Indices | slice) -> Array:
        """Some samples of a field, in the order of `indices`. Raises SymdslError where a file has become unreadable."""
        return self.arrays[name][indices]


def match_fields(dataset: Dataset, fields: Iterable[Field], resident_bytes: int = RESIDENT_BYTES) -> FieldArrays:
    """The arrays of the fields, checked against their types; those in files are loaded up to `resident_bytes` together.

    Of fields of rows these are the rows of all samples, one after another: `graphs.with_rows` ties them to samples.

    An array is found by the key that the field names (`from "file:key"`), else by the field's name, else because it is
    the only documented one of the field's kind. Trajectories (N, T, *shape) become N T samples, beside which what does
    not change with time is repeated. Raises SymdslError: SYM0803 no array, SYM0810 lengths differ, SYM0804 wrong shape,
    SYM0809 wrong dtype, SYM0805 not finite, SYM0811 label out of range.
    """
    fields = tuple(fields)
    keys = {field.name: find_key(dataset, field, len(fields) == 1) for field in fields}
    arrays = {field.name: dataset.array(keys[field.name], field.span) for field in fields}
    points, times = 1, None
    if any(field.over_time for field in fields):
        arrays, points = join_states(dataset, {field: (keys[field.name], arrays[field.name]) for field in fields})
        times = read_times(dataset, points, len(next(iter(arrays.values()))) // points)
    counted = {keys[field.name]: arrays[field.name] for field in fields if not field.rows}
    count = check_same_length(dataset.name, counted) if counted else 0
    load = sum(8 * array.size for array in arrays.values() if isinstance(array, LazyArray)) <= resident_bytes
    checked: dict[str, SampleArray] = {}
    for field in fields:
        checked[field.name] = check_field(dataset.name, keys[field.name], arrays[field.name], field, load)
    each = max(1, points // dataset.points)
    partition = {part: spread_samples(samples, each) for part, samples in dataset.partition.items()}
    return FieldArrays(dataset.name, checked, count, partition, points, times)


def find_key(dataset: Dataset, field: Field, alone: bool = False) -> str:
    """The key of a field's array; a field `alone` takes that of a file with but one. Raises SymdslError (SYM0803)."""
    span = field.source.span if field.source and field.source.key else field.span
    wanted = field.source.key if field.source and field.source.key else field.name
    if wanted in dataset:
        return wanted
    if dataset.only is not None and alone and (not (field.source and field.source.key) or wanted == field.name):
        return dataset.only
    fitting = [key for key, kind in dataset.kinds.items() if kind == field.kind]
    if wanted == field.name and len(fitting) == 1:
        return fitting[0]
    note = f"several of its arrays are of kind {field.kind}: {', '.join(fitting)}" if fitting else ""
    hint = f'{suggestion(wanted, dataset.arrays)}; name one with from "{dataset.name}:key"'
    if dataset.only is not None:
        hint = f'a file of one array is named by its field: {field.name}: ... from "{dataset.name}"'
    raise bad_data("SYM0803", f"{dataset.name} has no array `{wanted}` for the field {field.name}", span=span,
                   notes=(note,) if note else (), hint=hint)  # fmt: skip


def check_field(name: str, key: str, array: SampleArray, field: Field, load: bool = True) -> SampleArray:
    """The array in the dtype of its field; one in a file is read, if `load`, or else cast as it is read.

    Raises SymdslError (SYM0804, SYM0809, SYM0805, SYM0811).
    """
    check_shape(name, key, array, field)
    is_label = field.kind == "label"
    check_dtype(name, key, array, field)
    if load and isinstance(array, LazyArray):
        array = array[:]
    if is_label:
        check_labels(name, key, array, field)
    else:
        check_finite(name, key, array, field.span)
    dtype = np.dtype(np.int64 if is_label else np.float64)
    if isinstance(array, LazyArray):
        return CastArray(array, dtype)
    return array.astype(dtype) if is_label else np.ascontiguousarray(array, dtype=dtype)


def check_dtype(name: str, key: str, array: SampleArray, field: Field) -> None:
    """Raises SymdslError (SYM0809) where a label is not of an integer type, or anything else not of a real one."""
    kind = array.dtype.kind
    if field.kind == "label" and kind not in "iub":
        raise bad_data("SYM0809", f"`{key}` of {name} holds {array.dtype}, and labels are integers", span=field.span,
                       hint="number the classes from 0 and store them as integers")  # fmt: skip
    if kind not in "fiub":
        raise bad_data("SYM0809", f"`{key}` of {name} holds {array.dtype}, and {field.name} wants real numbers",
                       span=field.span, hint=dtype_hint(array))  # fmt: skip


def check_shape(name: str, key: str, array: SampleArray, field: Field) -> None:
    """Raises SymdslError: SYM0804 where the shape of one sample is not the field's, SYM0313 where that has none."""
    if array.shape[1:] == field.shape:
        return
    wanted = ", ".join(("rows" if field.rows else "samples", *map(str, field.shape)))
    message = f"`{key}` of {name} has shape {array.shape}, and {field.name} wants ({wanted})"
    raise bad_data("SYM0804", message, span=field.span, hint=shape_hint(array, field))


def shape_hint(array: SampleArray, field: Field) -> str | None:
    """How to reshape, where only one way makes sense."""
    own, wanted = array.shape[1:], field.shape
    if own == (1, *wanted) or (own == (*wanted, 1) and field.kind in ("label", "scalar")):
        return "drop the axis of size 1"
    if field.kind == "image" and wanted[0] == 1 and own == wanted[1:]:
        return f"add the channel axis: {field.name}[:, None]"
    if field.kind == "image" and own == (*wanted[1:], wanted[0]):
        return f"channels come first: {field.name}.transpose(0, 3, 1, 2)"
    if field.kind in ("phase_space", "derivative") and own == wanted[::-1] and own[:-2] == wanted[:-2]:
        return "q and p are the first axis: (samples, 2, d)"
    return None


def dtype_hint(array: SampleArray) -> str | None:
    """What to do about a dtype that is no number."""
    if array.dtype.kind == "c":
        return "give real and imaginary parts as a trailing axis of 2"
    return "store numbers, not text" if array.dtype.kind in "US" else None


def check_labels(name: str, key: str, array: SampleArray, field: Field) -> None:
    """Raises SymdslError (SYM0811) where a label is not in 0 .. classes - 1; it names the first such sample."""
    classes = field.classes or 0
    for start, block in blocks(array):
        outside = np.argwhere((block < 0) | (block >= classes))
        if len(outside):
            label, sample = int(block[tuple(outside[0])]), start + int(outside[0][0])
            where = f"`{key}` of {name} has the label {label} (sample {sample})"
            raise bad_data("SYM0811", f"{where}, and {field.name} has {classes} classes", span=field.span,
                           hint="classes are numbered 0 to classes - 1")  # fmt: skip
