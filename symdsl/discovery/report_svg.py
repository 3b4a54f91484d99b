"""A figure as SVG that stands in a page: it takes the page's colour of text, and is the same bytes every time."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK: Final = "#010203"
"""Drawn in this colour is what has the colour of text."""
PIXELS: Final = 125
"""An inch of a figure is at most so wide."""
SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "symdsl", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9.0,
    "text.color": INK, "axes.edgecolor": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.titlecolor": INK, "axes.titlesize": 9.0, "figure.facecolor": "none", "axes.facecolor": "none",
    "savefig.facecolor": "none", "legend.frameon": False, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip
NAMED = re.compile(r'(\bid="|url\(#|href="#)')
FONTS = re.compile(r"font-family: '[^;\"]*sans-serif")


def svg_of(figure: Figure, name: str) -> str:
    """The figure, with names that no other figure of the page has."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    widest = round(figure.get_figwidth() * PIXELS)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', rf'\1 style="max-width: {widest}px"', text, count=1)
    text = NAMED.sub(lambda match: f"{match[1]}{name}-", text)
    text = FONTS.sub("font-family: sans-serif", text)
    return text.replace(INK, "currentColor").strip()
