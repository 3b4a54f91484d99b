"""Pictures: a figure that needs no screen, its colours, and its file."""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from symdsl.artifact.write import write_file
from symdsl.diagnostics.missing import missing_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Seven that are told apart with any colour vision (Okabe and Ito 2008)."""


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def check_can_draw(purpose: str) -> None:
    """Raises SymdslError (SYM1009, exit code 4) where matplotlib is not installed."""
    if not can_draw():
        raise missing_extra("matplotlib", "plot", purpose)


def new_figure(width: float, height: float) -> Figure:
    """A figure of so many inches that is laid out by itself and drawn in memory."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def write_figure(figure: Figure, path: Path, dots_per_inch: int = 120) -> None:
    """The figure as PNG, whole or not at all. Raises SymdslError (SYM0907)."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dots_per_inch)
    write_file(path, stream.getvalue())
