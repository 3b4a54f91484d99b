"""Trajectories as a table: one row a state, one trajectory after the other, as the simulators write them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.tables import Column, column_name, open_table
from symdsl.simulation.rollout import Trajectories


def write_trajectories(trajectories: Trajectories, path: str) -> tuple[str, ...]:
    """Write `trajectory`, `time`, the states, the quantities and the true states; returns the names of the columns.

    A name that a state has already gets an underscore more. Raises SymdslError: SYM1230, SYM1009 and SYM0907 as
    `open_table`.
    """
    times, states = trajectories.times, dict(trajectories.states)
    count = len(next(iter(states.values())))
    series: dict[str, NDArray[np.float64]] = dict(states)
    series[column_name("time", series)] = np.broadcast_to(times, (count, len(times)))
    for quantity in trajectories.quantities:
        values = quantity.values[:, :, 0] if quantity.values.shape[2] == 1 else quantity.values
        series[column_name(f"{quantity.of}_{quantity.name}", series)] = values
    for name, true in trajectories.truth.items():
        series[column_name(f"true_{name}", series)] = true
    number = column_name("trajectory", series)
    columns = [Column(number, (), "int64")]
    columns += [Column(name, array.shape[2:], "float64") for name, array in series.items()]
    with open_table(path, columns, count * len(times)) as table:
        for row in range(count):
            own = {name: np.ascontiguousarray(array[row]) for name, array in series.items()}
            table.add({number: np.full(len(times), row), **own})
    return tuple(column.name for column in columns)
