"""A picture of a run's metrics."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from symdsl.artifact.write import write_file


def plot_metrics(history: Sequence[Mapping[str, float]], path: Path) -> bool:
    """Draw losses, and accuracies or errors where there are any, against epochs. False where matplotlib is missing."""
    if find_spec("matplotlib") is None:
        return False
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(name for record in history for name in record))
    losses = [name for name in names if name.endswith("loss")]
    rates = [name for name in names if name.endswith(("accuracy", "error"))]
    panels = [panel for panel in (losses, rates) if panel]
    if not panels:
        return False
    figure = Figure(figsize=(5 * len(panels), 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    for place, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place)
        for name in panel:
            points = [(record["epoch"], record[name]) for record in history if name in record]
            axes.plot([epoch for epoch, _ in points], [value for _, value in points], label=name)
        axes.set_xlabel("epoch")
        if panel is losses and all(record.get(name, 1) > 0 for record in history for name in losses):
            axes.set_yscale("log")
        axes.legend()
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=120)
    write_file(path, stream.getvalue())
    return True
