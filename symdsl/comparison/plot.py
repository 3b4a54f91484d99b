"""The picture of a comparison: how good each variant is, how far the symmetry is off, and how long it trained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from symdsl.artifact.figure import COLOURS, can_draw, new_figure, write_figure
from symdsl.comparison.results import ComparisonResult, Measured, ResultRow
from symdsl.comparison.table import metric_title, title

MARKERS = "osD^vP*"
Quantity = Callable[[ResultRow], Measured | None]


def plot_comparison(result: ComparisonResult, path: Path) -> bool:
    """Three panels with a line for each variant: mean, one standard deviation, every seed. False without matplotlib."""
    if not can_draw():
        return False
    panels: tuple[tuple[str, Quantity, bool], ...] = (
        (metric_title(result.metric), lambda row: row.metric, False),
        ("largest equivariance error", lambda row: row.symmetry_error, True),
        ("training, s", lambda row: row.seconds, False),
    )
    figure = new_figure(11, 1.6 + 0.45 * len(result.rows))
    figure.suptitle(title(result), fontsize=11)
    labels = [row.enforced_by for row in result.rows]
    for place, (heading, quantity, logarithmic) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place)
        draw_panel(axes, result.rows, quantity, logarithmic)
        axes.set_xlabel(heading)
        axes.set_yticks(range(len(labels)), labels if place == 1 else [""] * len(labels))
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.grid(axis="x", alpha=0.3)
    write_figure(figure, path)
    return True


def draw_panel(axes: Any, rows: tuple[ResultRow, ...], quantity: Quantity, logarithmic: bool) -> None:
    """One quantity of every variant; on a logarithmic axis where it asks for one and all values are above zero."""
    known = [(place, value) for place, row in enumerate(rows) if (value := quantity(row)) is not None]
    logarithmic = logarithmic and all(each > 0 for _, value in known for each in value.values)
    for place, value in known:
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        axes.plot(value.values, [place + 0.18] * len(value.values), "|", color=colour, alpha=0.8, markersize=7)
        spread = value.spread or 0.0
        low = min(spread, 0.9 * value.mean) if logarithmic else spread
        axes.errorbar([value.mean], [place], xerr=[[low], [spread]], fmt=marker, color=colour, capsize=4, markersize=7)
    if logarithmic and known:
        axes.set_xscale("log")
    elif known:
        axes.set_xlim(left=0)
