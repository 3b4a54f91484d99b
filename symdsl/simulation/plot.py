"""Pictures of trajectories: where they run, and what is conserved on the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.figure import COLOURS, check_can_draw, new_figure, write_figure
from symdsl.check.spec import Model
from symdsl.data.system import System
from symdsl.simulation.rollout import Trajectories

Array = NDArray[np.float64]
MOST_CURVES = 24


@dataclass(frozen=True)
class Curves:
    """What is drawn in the plane: `model` and `truth` (N, T, curves, 2), and what the axes say."""

    model: Array
    truth: Array | None
    across: str
    up: str

    @property
    def drawn(self) -> list[tuple[int, int]]:
        """(row, curve) of every curve, up to `MOST_CURVES` of them."""
        rows, _, curves, _ = self.model.shape
        return list(islice(product(range(rows), range(curves)), MOST_CURVES))


def curves_of(model: Model, trajectories: Trajectories, system: System | None) -> Curves:
    """Positions in a plane, where they are known, else q against p, else the first number against the second.

    A state with one number is drawn over time.
    """
    name, states = next(iter(trajectories.states.items()))
    truth = trajectories.truth.get(name)
    field = model.fields[name]
    if system is not None and system.positions is not None and truth is not None:
        return Curves(_each(system.positions, states), _each(system.positions, truth), "x", "y")
    if field.kind == "phase_space" and field.dimension == 2 and field.axes:
        return _drawn(states, truth, "x", "y", lambda z: z[..., 0, :].reshape(*z.shape[:2], -1, 2))
    if field.kind == "phase_space":
        axis = len(field.axes) + 2
        return _drawn(states, truth, "q", "p", lambda z: _pairs(np.moveaxis(z, axis, -1)))
    if states[0, 0].size < 2:
        times = np.broadcast_to(trajectories.times, states.shape[:2])
        return _drawn(states, truth, "t", name, lambda z: np.stack([times, z.reshape(times.shape)], -1)[:, :, None])
    return _drawn(states, truth, f"{name}, first", f"{name}, second", lambda z: _pairs(_flat(z)[..., None, :2]))


def _each(positions: Any, states: Array) -> Array:
    count, points = states.shape[:2]
    found = positions(states.reshape(-1, *states.shape[2:]))
    return found.reshape(count, points, *found.shape[1:])


def _drawn(states: Array, truth: Array | None, across: str, up: str, draw: Any) -> Curves:
    return Curves(draw(states), None if truth is None else draw(truth), across, up)


def _pairs(states: Array) -> Array:
    return states.reshape(*states.shape[:2], -1, 2)


def _flat(states: Array) -> Array:
    return states.reshape(*states.shape[:2], -1)


def draw_curves(axes: Any, curves: Curves) -> None:
    """Every trajectory in a colour, the truth broad and grey below it, a dot at the start."""
    for row, curve in curves.drawn:
        if curves.truth is not None:
            axes.plot(*curves.truth[row, :, curve].T, color="0.85", linewidth=4, zorder=1)
        colour = COLOURS[row % len(COLOURS)]
        axes.plot(*curves.model[row, :, curve].T, color=colour, linewidth=1.2)
        axes.plot(*curves.model[row, 0, curve], "o", color=colour, markersize=4)
    axes.set_xlabel(curves.across)
    axes.set_ylabel(curves.up)
    if curves.across != "t":
        axes.set_aspect("equal", adjustable="datalim")


def plot_rollout(model: Model, trajectories: Trajectories, system: System | None, path: Path) -> None:
    """Trajectories, every quantity less its start, and the distance from the truth, as PNG.

    Raises SymdslError: SYM1009 without matplotlib, SYM0907.
    """
    check_can_draw("--plot")
    distance = trajectories.distance
    panels = 1 + bool(trajectories.quantities) + (distance is not None)
    figure = new_figure(4.6 * panels, 4)
    figure.suptitle(model.name, fontsize=11)
    draw_curves(figure.add_subplot(1, panels, 1), curves_of(model, trajectories, system))
    if trajectories.quantities:
        axes = figure.add_subplot(1, panels, 2)
        for place, quantity in enumerate(trajectories.quantities):
            colour = COLOURS[place % len(COLOURS)]
            change = np.mean(quantity.change, axis=0)
            # zero, as at the start, has no place on a logarithmic axis
            axes.plot(trajectories.times, np.where(change > 0, change, np.nan), color=colour, label=quantity.title)
        if any(np.any(quantity.change > 0) for quantity in trajectories.quantities):
            axes.set_yscale("log")
        axes.set_xlabel("t")
        axes.set_ylabel("change since the start, mean of trajectories")
        axes.legend(fontsize=8)
    if distance is not None:
        axes = figure.add_subplot(1, panels, panels)
        for row, values in enumerate(distance[:MOST_CURVES]):
            axes.plot(trajectories.times, values, color=COLOURS[row % len(COLOURS)], linewidth=1)
        axes.set_xlabel("t")
        axes.set_ylabel("distance from the truth")
    write_figure(figure, path)
