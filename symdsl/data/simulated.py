"""What simulators give beside their states: which trajectory a state is of and when, and the parts of a data set."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Indices


def trajectory_and_time(samples: int, times: NDArray[np.float64]) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
    """The arrays `trajectory` and `time` (samples T,) of the states at `times` (T,), trajectory after trajectory."""
    return {"trajectory": np.repeat(np.arange(samples), len(times)), "time": np.tile(times, samples)}


def first_fifth(samples: int, points: int = 1) -> Mapping[str, Indices]:
    """The partition whose test part is the first fifth of `samples` trajectories of `points` states, rounded down."""
    edge = samples // 5 * points
    return {"train": np.arange(edge, samples * points), "test": np.arange(edge)}
