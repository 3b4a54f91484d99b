"""The outputs of a trained model on data, some samples at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.tables import Column, column_name, open_table
from symdsl.check.spec import Model
from symdsl.data.match import FieldArrays
from symdsl.data.rows import RowArray, SampleOfRow

Array = NDArray[Any]
Call = Callable[[Sequence[Array]], Sequence[Array]]
"""The outputs of a model, in the order of the spec, for its inputs."""

BATCH_ENTRIES = 1 << 22
LARGEST_BATCH = 1024
NO_COUNTS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class PredictionSummary:
    """What was written: the number of samples, the columns, and how many numbers are not finite."""

    samples: int
    columns: tuple[Column, ...]
    not_finite: int


def prediction_columns(model: Model, dtype: str, counts: Mapping[str, int] = NO_COUNTS) -> tuple[Column, ...]:
    """One column for each output; a label has its class number and, called NAME_probability, those of all classes.

    Outputs of rows, of which `counts` says how many there are, have before them the sample that each row belongs to.
    """
    columns: list[Column] = []
    for rows in dict.fromkeys(model.fields[name].rows for name in model.outputs):
        if rows:
            owner = column_name(f"sample_of_{rows}", model.outputs)
            columns.append(Column(owner, (), "int64", counts.get(rows)))
    for name in model.outputs:
        field = model.fields[name]
        count = counts.get(field.rows)
        if field.kind == "label":
            columns += [
                Column(name, field.shape, "int64", count),
                Column(probability_name(model, name), (*field.shape, field.classes or 0), dtype, count),
            ]
        else:
            columns.append(Column(name, field.shape, dtype, count))
    return tuple(columns)


def probability_name(model: Model, name: str) -> str:
    """The column of a label's probabilities."""
    return column_name(f"{name}_probability", model.outputs)


def predict(model: Model, call: Call, data: FieldArrays, batch: int | None = None) -> Iterator[dict[str, Array]]:
    """The columns of `prediction_columns` for all samples in order, `batch` of them at a time."""
    size = batch or batch_size(model)
    for start in range(0, data.count, size):
        samples = np.arange(start, min(start + size, data.count))
        inputs = {name: data.take(name, samples) for name in model.inputs}
        yield {**owner_columns(model, inputs, start), **output_columns(model, call([*inputs.values()]))}


def owner_columns(model: Model, inputs: Mapping[str, Array], first: int) -> dict[str, Array]:
    """For each kind of rows among the outputs, the number of the sample that a row belongs to, from `first` on."""
    found: dict[str, Array] = {}
    for ragged in model.ragged.values():
        owner = inputs[f"sample_of_{ragged.rows}"] + first
        rows = {model.fields[name].rows for name in model.outputs}
        if ragged.rows in rows:
            found[column_name(f"sample_of_{ragged.rows}", model.outputs)] = owner
        if ragged.edge_rows in rows:
            edges = owner[inputs[f"{ragged.name}_senders"]]
            found[column_name(f"sample_of_{ragged.edge_rows}", model.outputs)] = edges
    return found


def row_counts(model: Model, data: FieldArrays) -> dict[str, int]:
    """How many rows of each kind all samples have."""
    found = {"": data.count}
    for ragged in model.ragged.values():
        for rows, name in ((ragged.rows, f"sample_of_{ragged.rows}"), (ragged.edge_rows, f"{ragged.name}_senders")):
            array = data.arrays.get(name)
            if isinstance(array, (RowArray, SampleOfRow)):
                found[rows] = int(array.offsets[-1])
    return found


def output_columns(model: Model, outputs: Sequence[Array]) -> dict[str, Array]:
    """Columns of outputs: the most probable class, the first of equals, and softmax of the logits for a label."""
    columns: dict[str, Array] = {}
    for name, output in zip(model.outputs, outputs, strict=True):
        if model.fields[name].kind == "label":
            columns[name] = np.argmax(output, axis=-1).astype(np.int64)
            columns[probability_name(model, name)] = softmax(output)
        else:
            columns[name] = output
    return columns


def softmax(logits: Array) -> Array:
    """exp(x) / sum exp(x) along the last axis, in the dtype of the logits."""
    with np.errstate(invalid="ignore"):
        raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def batch_size(model: Model) -> int:
    """At most 1,024 samples, fewer where a sample is large."""
    largest = max(int(np.prod(model.fields[name].shape, dtype=np.int64)) for name in (*model.inputs, *model.outputs))
    return max(1, min(LARGEST_BATCH, BATCH_ENTRIES // max(1, largest)))


def write_predictions(
    model: Model, call: Call, data: FieldArrays, dtype: str, path: str, batch: int | None = None
) -> PredictionSummary:
    """Write the outputs for all samples: npz, csv or parquet by the ending of `path`, or CSV on stdout for "-".

    Memory is bounded by a batch. Raises SymdslError: SYM1230, SYM1009 and SYM0907 as `open_table`.
    """
    columns, not_finite = prediction_columns(model, dtype, row_counts(model, data) if model.ragged else NO_COUNTS), 0
    with open_table(path, columns, data.count) as table:
        for rows in predict(model, call, data, batch):
            not_finite += count_not_finite(rows)
            table.add(rows)
    return PredictionSummary(data.count, columns, not_finite)


def count_not_finite(rows: Mapping[str, Array]) -> int:
    """How many numbers of some columns are NaN or infinite."""
    return sum(int(np.sum(~np.isfinite(array))) for array in rows.values() if array.dtype.kind == "f")
