"""The integers that tie the rows of a data set together: how many rows each sample has, and which rows edges join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from symdsl.check.spec import SAMPLE_MASK, EdgeRule, Field, Model, Ragged
from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data, suggestion
from symdsl.data.lazy import Array, Indices, SampleArray
from symdsl.data.neighbours import edges_of_samples
from symdsl.data.rows import NamingRows, RowArray, SampleOfRow, offsets_of


def row_counts(dataset: Dataset, ragged: Ragged, edges: bool) -> Indices:
    """(N,) how many rows, or edges, of `ragged` each sample has.

    That is what the source says of an array of such rows, or an array of the data: `n_bodies` for an axis, `n_node` and
    `n_edge` (or `n_g_nodes`, `g_n_node`, ..) for a graph. Raises SymdslError (SYM0841) where there is none.
    """
    names = count_keys(ragged, edges)
    for key in names:
        if key in dataset:
            counts = np.asarray(dataset.array(key, ragged.span))
            if counts.dtype.kind not in "iu" or counts.ndim != 1 or counts.min() < (0 if edges else 1):
                what = "whole numbers from 0 up" if edges else "whole numbers from 1 up, one for each sample"
                raise bad_data("SYM0841", f"`{key}` of {dataset.name} does not count rows", span=ragged.span,
                               hint=f"write {what}")  # fmt: skip
            return counts.astype(np.int64)
    what = "edges" if edges else "rows"
    raise bad_data(
        "SYM0841", f"{dataset.name} does not say how many {what} of `{ragged.name}` each sample has", span=ragged.span,
        hint=f"add an array `{names[-1]}` with one count for each sample; {suggestion(names[-1], dataset.arrays)}",
    )  # fmt: skip


def count_keys(ragged: Ragged, edges: bool) -> tuple[str, ...]:
    """The names that an array of counts may have; the last is the plain one."""
    rows, role = (ragged.edge_rows, "edge") if edges else (ragged.rows, "node")
    return (f"n_{rows}", f"{ragged.name}_n_{role}", f"n_{role}")


def with_rows(
    model: Model, arrays: Mapping[str, SampleArray], datasets: Mapping[str, Dataset], needed: Iterable[str]
) -> dict[str, SampleArray]:
    """The arrays with those of rows made ready to be asked for by samples, and the index fields among `needed` added.

    `datasets` are where fields come from, by field. Raises SymdslError: SYM0840 an edge outside its graph, SYM0841
    counts that are missing or do not fit.
    """
    found = dict(arrays)
    for ragged in model.ragged.values():
        own = [model.fields[name] for name in arrays if model.fields[name].rows in (ragged.rows, ragged.edge_rows)]
        dataset = _source(ragged, own, datasets)
        given = _known_counts(dataset, ragged, own, edges=False)
        nodes = offsets_of(given)
        wrapped = [field for field in own if field.rows == ragged.rows]
        edges = None
        if ragged.name in model.edge_rules:
            rule = model.edge_rules[ragged.name]
            senders, receivers, numbers = _edges(dataset, ragged, rule, given, arrays)
            edges = offsets_of(numbers)
            wrapped = own
            found[f"{ragged.name}_senders"] = NamingRows(senders, edges, nodes)
            found[f"{ragged.name}_receivers"] = NamingRows(receivers, edges, nodes)
        for field in wrapped:
            offsets = nodes if field.rows == ragged.rows or edges is None else edges
            found[field.name] = _wrapped(dataset, field, arrays[field.name], offsets)
        _check_bounds(dataset, ragged, given)
        found[f"sample_of_{ragged.rows}"] = SampleOfRow(nodes)
        found[f"n_{ragged.rows}"] = given
    wanted = (*needed, SAMPLE_MASK)
    count = len(next(iter(found.values())))
    found[SAMPLE_MASK] = np.ones(count)
    return {name: found[name] for name in wanted if name in found}


def flatten_rows(dataset: Dataset, fields: Sequence[Field]) -> Dataset:
    """The data with arrays (N, n, *own) of rows, and ends of edges (N, n), laid out as rows and counted."""
    arrays, counts = dict(dataset.arrays), dict(dataset.counts)
    for field in fields:
        key = field.source.key if field.source and field.source.key else field.name
        array = arrays.get(key)
        if field.rows and array is not None and key not in counts and array.ndim == len(field.shape) + 2:
            counts[key] = np.full(len(array), array.shape[1], dtype=np.int64)
            arrays[key] = np.asarray(array[:]).reshape(-1, *array.shape[2:])
    for key in [key for key in arrays if key.endswith(("senders", "receivers")) and arrays[key].ndim == 2]:
        if any(field.rows for field in fields) and key not in counts:
            counts[key] = np.full(len(arrays[key]), arrays[key].shape[1], dtype=np.int64)
            arrays[key] = np.asarray(arrays[key][:]).reshape(-1)
    return dataset if len(counts) == len(dataset.counts) else replace(dataset, arrays=arrays, counts=counts)


def _check_bounds(dataset: Dataset, ragged: Ragged, counts: Indices) -> None:
    most = ragged.maximum
    outside = np.flatnonzero((counts < ragged.minimum) | (counts > (counts.max(initial=0) if most is None else most)))
    if len(outside):
        first = int(outside[0])
        bounds = f"{ragged.minimum}..{'any' if most is None else most}"
        raise bad_data(
            "SYM0841", f"sample {first} of {dataset.name} has {counts[first]} of `{ragged.name}`, declared {bounds}",
            span=ragged.span, hint=f"write `axis {ragged.name} = any`",
        )  # fmt: skip


def _source(ragged: Ragged, own: Sequence[Field], datasets: Mapping[str, Dataset]) -> Dataset:
    for field in own:
        if field.name in datasets:
            return datasets[field.name]
    raise bad_data("SYM0813", f"no data is named for the rows of `{ragged.name}`", span=ragged.span)


def _known_counts(dataset: Dataset, ragged: Ragged, own: Sequence[Field], edges: bool) -> Indices:
    """What the source says of the arrays of these rows, else an array of counts."""
    rows = ragged.edge_rows if edges else ragged.rows
    for field in own:
        key = field.source.key if field.source and field.source.key else field.name
        if field.rows == rows and key in dataset.counts:
            return dataset.counts[key]
    for key in (f"{ragged.name}_senders", "senders") if edges else ():
        if key in dataset.counts:
            return dataset.counts[key]
    return row_counts(dataset, ragged, edges)


def _wrapped(dataset: Dataset, field: Field, array: SampleArray, offsets: Indices) -> RowArray:
    if len(array) != offsets[-1]:
        raise bad_data(
            "SYM0841",
            f"{field.name} of {dataset.name} has {len(array):,} rows, and the counts add up to {offsets[-1]:,}",
            span=field.span, hint="the rows of all samples lie one after another, as many as the counts say",
        )  # fmt: skip
    return RowArray(np.asarray(array[:]), offsets)


def _edges(
    dataset: Dataset, ragged: Ragged, rule: EdgeRule, counts: Indices, arrays: Mapping[str, SampleArray]
) -> tuple[Indices, Indices, Indices]:
    if rule.kind != "given":
        points = None if rule.of is None else np.asarray(arrays[rule.of][:], dtype=np.float64)
        # of a phase space the positions
        return edges_of_samples(rule, counts, points[:, 0] if points is not None and points.ndim == 3 else points)
    ends = []
    for end in ("senders", "receivers"):
        key = next((key for key in (f"{ragged.name}_{end}", end) if key in dataset), end)
        if key not in dataset:
            raise bad_data("SYM0803", f"{dataset.name} has no array `{key}` for the edges of `{ragged.name}`",
                           span=ragged.span, hint=suggestion(key, dataset.arrays))  # fmt: skip
        ends.append((key, dataset.arrays[key] if key in dataset.arrays else dataset.array(key)))
    edge_fields: list[Field] = []
    numbers = _known_counts(dataset, ragged, edge_fields, edges=True)
    found = [_checked_ends(dataset, ragged, key, np.asarray(array[:]), numbers, counts) for key, array in ends]
    return found[0], found[1], numbers


def _checked_ends(
    dataset: Dataset, ragged: Ragged, key: str, ends: Array, numbers: Indices, counts: Indices
) -> Indices:
    if ends.dtype.kind not in "iu" and ends.size:
        raise bad_data("SYM0809", f"`{key}` of {dataset.name} holds {ends.dtype}, and ends of edges are integers",
                       span=ragged.span)  # fmt: skip
    if len(numbers) != len(counts) or ends.ndim != 1 or len(ends) != numbers.sum():
        raise bad_data(
            "SYM0841", f"`{key}` of {dataset.name} has shape {ends.shape}, and {numbers.sum():,} edges are counted",
            span=ragged.span, hint="the edges of all graphs lie one after another, as many as n_edge says",
        )  # fmt: skip
    bound = np.repeat(counts, numbers)
    outside = np.flatnonzero((ends < 0) | (ends >= bound))
    if len(outside):
        edge = int(outside[0])
        graph = int(np.repeat(np.arange(len(numbers)), numbers)[edge])
        raise bad_data(
            "SYM0840", f"`{key}` of {dataset.name} names node {ends[edge]} in graph {graph}, which has {counts[graph]}",
            span=ragged.span, notes=(f"it is edge {edge}, counted over all graphs",),
            hint="nodes are numbered from 0 within each graph",
        )  # fmt: skip
    return ends.astype(np.int64)
