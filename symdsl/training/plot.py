"""A picture of a run's metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from symdsl.artifact.figure import can_draw, new_figure, write_figure


def plot_metrics(history: Sequence[Mapping[str, float]], path: Path) -> bool:
    """Draw losses, and accuracies or errors where there are any, against epochs. False where matplotlib is missing."""
    if not can_draw():
        return False
    names = list(dict.fromkeys(name for record in history for name in record))
    losses = [name for name in names if name.endswith("loss")]
    rates = [name for name in names if name.endswith(("accuracy", "error"))]
    panels = [panel for panel in (losses, rates) if panel]
    if not panels:
        return False
    figure = new_figure(5 * len(panels), 3.5)
    for place, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place)
        for name in panel:
            points = [(record["epoch"], record[name]) for record in history if name in record]
            axes.plot([epoch for epoch, _ in points], [value for _, value in points], label=name)
        axes.set_xlabel("epoch")
        if panel is losses and all(record.get(name, 1) > 0 for record in history for name in losses):
            axes.set_yscale("log")
        axes.legend()
    write_figure(figure, path)
    return True
