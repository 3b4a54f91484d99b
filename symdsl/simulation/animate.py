"""Trajectories as a moving picture: a dot for each body, the way behind it, and the truth in grey."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from symdsl.artifact.figure import COLOURS, check_can_draw, new_figure
from symdsl.artifact.write import write_file
from symdsl.simulation.plot import Curves

FRAMES, FRAMES_PER_SECOND = 60, 15


def animate_rollout(title: str, curves: Curves, path: Path) -> None:
    """A GIF of at most 60 frames over the whole time. Raises SymdslError: SYM1009 without matplotlib, SYM0907."""
    check_can_draw("--animate")
    from matplotlib.animation import PillowWriter

    figure = new_figure(4.5, 4.5)
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=11)
    axes.set_xlabel(curves.across)
    axes.set_ylabel(curves.up)
    seen = curves.model if curves.truth is None else np.concatenate([curves.model, curves.truth])
    low, high = seen.min(axis=(0, 1, 2)), seen.max(axis=(0, 1, 2))
    margin = 0.05 * np.maximum(high - low, 1e-9)
    axes.set_xlim(low[0] - margin[0], high[0] + margin[0])
    axes.set_ylim(low[1] - margin[1], high[1] + margin[1])
    drawn = curves.drawn
    truth = [axes.plot([], [], "o", color="0.6", markersize=5)[0] for _ in drawn]
    trails = [axes.plot([], [], color=COLOURS[row % len(COLOURS)], linewidth=1)[0] for row, _ in drawn]
    dots = [axes.plot([], [], "o", color=COLOURS[row % len(COLOURS)], markersize=5)[0] for row, _ in drawn]
    figure.canvas.draw()
    # the layout is that of the first frame: to find it anew takes longer than to draw
    figure.set_layout_engine("none")
    points = curves.model.shape[1]
    writer = PillowWriter(fps=FRAMES_PER_SECOND)
    # the ending of the file tells Pillow the format, and a temporary name beside the target would have another
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "rollout.gif"
        with writer.saving(figure, str(whole), dpi=90):
            for point in np.unique(np.linspace(0, points - 1, min(FRAMES, points)).round().astype(int)):
                for place, (row, curve) in enumerate(drawn):
                    trails[place].set_data(*curves.model[row, : point + 1, curve].T)
                    dots[place].set_data(*curves.model[row, [point], curve].T)
                    if curves.truth is not None:
                        truth[place].set_data(*curves.truth[row, [point], curve].T)
                writer.grab_frame()
        write_file(path, whole.read_bytes())
