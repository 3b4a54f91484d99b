"""Arrays of trajectories: their states in a row as samples, their times, and the windows that a fit compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Field
from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.lazy import SampleArray

Array = NDArray[Any]
Indices = NDArray[np.int64]
TIME_KEYS = ("t", "time")
"""What a source may call the times of its states."""


def join_states(dataset: Dataset, given: Mapping[Field, tuple[str, SampleArray]]) -> tuple[dict[str, SampleArray], int]:
    """(arrays by field name with a row for each state, how many states a trajectory has).

    A trajectory is (N, T, *shape), or (N T, *shape) where the dataset says how long its trajectories are. A field that
    is none, (N, *shape), is repeated. Raises SymdslError: SYM0804 wrong shape, SYM0810 lengths that differ.
    """
    sizes: dict[str, int] = {}
    for field, (key, array) in given.items():
        if field.over_time:
            sizes[key] = _points(dataset, field, key, array)
    points = next(iter(sizes.values()))
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{key} has {size:,}" for key, size in sizes.items())
        raise bad_data("SYM0810", f"trajectories of {dataset.name} differ in their number of states", notes=(listed,))
    found: dict[str, SampleArray] = {}
    for field, (_, array) in given.items():
        if dataset.points > 1:
            found[field.name] = array
        elif field.over_time:
            found[field.name] = np.asarray(array[:]).reshape(-1, *array.shape[2:])
        else:
            found[field.name] = np.repeat(np.asarray(array[:]), points, axis=0)
    return found, points


def _points(dataset: Dataset, field: Field, key: str, array: SampleArray) -> int:
    if dataset.points > 1 and array.shape[1:] == field.shape:
        return dataset.points
    if dataset.points == 1 and array.shape[2:] == field.shape and array.ndim == len(field.shape) + 2:
        return array.shape[1]
    wanted = ", ".join(("trajectories", "times", *map(str, field.shape)))
    message = f"`{key}` of {dataset.name} has shape {array.shape}, and {field.name} over t wants ({wanted})"
    hint = "leave `over t` out for samples that do not follow each other" if array.shape[1:] == field.shape else None
    raise bad_data("SYM0804", message, span=field.span, hint=hint)


def read_times(dataset: Dataset, points: int, trajectories: int) -> Array | None:
    """(trajectories, points): the array `t` or `time` of the dataset, None without one.

    It is (N, T), flat, or (T,) for all trajectories alike. Raises SymdslError (SYM0804) for another shape.
    """
    key = next((key for key in TIME_KEYS if key in dataset), None)
    if key is None:
        return None
    array = np.asarray(dataset.array(key)[:], dtype=np.float64)
    if array.shape == (points,):
        return np.broadcast_to(array, (trajectories, points))
    if array.shape not in ((trajectories, points), (trajectories * points,)):
        message = f"`{key}` of {dataset.name} has shape {array.shape}, and the times want ({trajectories}, {points})"
        raise bad_data("SYM0804", message)
    return array.reshape(trajectories, points)


def spread_samples(samples: Indices, points: int) -> Indices:
    """The states of trajectories, `points` of each."""
    return samples if points == 1 else (samples[:, None] * points + np.arange(points)).reshape(-1)
