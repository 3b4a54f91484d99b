"""The pictures of a report. Each gives a figure of matplotlib, or None where there is nothing to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.figure import COLOURS, new_figure
from symdsl.cards.card import GroupCard
from symdsl.discovery.coordinates import homogeneous
from symdsl.discovery.discover import Finding
from symdsl.discovery.estimate import Spectrum
from symdsl.discovery.problem import Problem
from symdsl.discovery.report_svg import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
BLUE, RED, GREEN = COLOURS[:3]
MOST_GENERATORS: Final = 12
MOST_DIRECTIONS: Final = 64
LARGEST_DRAWN: Final = 16
"""Matrices of more rows are drawn as pixels."""
CLOUD, STARTS, TURNS = 150, 5, 41


def spectrum_figure(spectrum: Spectrum, chosen: int) -> Figure:
    """Defects with their intervals; those of the group that was chosen stand out."""
    from matplotlib.ticker import MaxNLocator

    count = min(len(spectrum.values), MOST_DIRECTIONS)
    place = np.arange(1, count + 1)
    values, low, high = (np.asarray(each[:count]) for each in (spectrum.values, spectrum.low, spectrum.high))
    figure = new_figure(7.2, 2.8)
    axes = figure.subplots()
    errors = np.maximum(np.stack([values - low, high - values]), 0.0)
    for part, colour in ((place <= chosen, BLUE), (place > chosen, "#8a8f94")):
        if part.any():
            axes.errorbar(place[part], values[part], errors[:, part], fmt="o", markersize=4, capsize=2, color=colour)
    if 0 < chosen < count:
        axes.axvline(chosen + 0.5, color=INK, linewidth=0.8, linestyle="dashed")
        axes.text(chosen + 0.5, 1.0, f" dimension {chosen}", transform=axes.get_xaxis_transform(), va="top")
    axes.set_yscale("log")
    floor = max(float(values.min(initial=1.0)) * 0.5, 1e-6)
    axes.set_ylim(bottom=floor)
    axes.set_xlabel("motion")
    axes.set_ylabel("relative change of the law")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def generator_figure(finding: Finding, card: GroupCard) -> Figure:
    """Rows: as estimated, what is next to that in the exact algebra, on the card, in canonical coordinates."""
    noisy = finding.candidate.generators
    rows: list[tuple[str, Array]] = [("estimated", noisy)]
    if finding.closed is not None:
        exact = finding.closed.generators[:, : noisy.shape[1], : noisy.shape[2]]
        rows.append(("exact", _nearest(noisy, exact)))
    rows.append(("on the card", card.generators))
    if card.frame is not None:
        canonical = np.asarray(np.linalg.solve(card.frame, card.generators @ card.frame), np.float64)
        rows.append((f"as {card.canonical}", _echelon(canonical)))
    count = min(max(len(each) for _, each in rows), MOST_GENERATORS)
    figure = new_figure(max(3.0, 0.95 * count + 0.7), 1.1 * len(rows) + 0.2)
    grid = figure.subplots(len(rows), count, squeeze=False)
    for axes, (title, matrices) in zip(grid, rows, strict=True):
        largest = float(np.max(np.abs(matrices), initial=1e-300))
        for place in range(count):
            if place < len(matrices):
                _heat(axes[place], matrices[place], largest)
            else:
                axes[place].set_axis_off()
        axes[0].set_ylabel(title)
    return figure


def form_figure(card: GroupCard, killing: Array) -> Figure:
    """The Killing form, and the bilinear forms that the group keeps."""
    forms = list(card.forms[:4])
    figure = new_figure(1.9 * (1 + len(forms)), 2.0)
    grid = figure.subplots(1, 1 + len(forms), squeeze=False)[0]
    titles = ["Killing form", *(f"invariant form {place + 1}" for place in range(len(forms)))]
    for axes, matrix, title in zip(grid, [killing, *forms], titles, strict=True):
        _heat(axes, matrix, float(np.max(np.abs(matrix), initial=1e-300)))
        axes.set_title(title)
    return figure


def orbit_figure(problem: Problem, card: GroupCard) -> Figure | None:
    """Samples in the plane of their largest spread, and where each generator leads some of them."""
    points = homogeneous(problem).reshape(-1, card.dimension) if _acts(problem, card) else np.zeros((0, 0))
    count = min(len(card.generators), MOST_GENERATORS)
    if not len(points) or not count or points.shape[1] < 2:
        return None
    moving = points[:, : problem.dimension]
    centre = moving.mean(axis=0) if problem.motions != "linear" else np.zeros(problem.dimension)
    plane = _plane(card, moving - centre)
    drawn = points[np.linspace(0, len(points) - 1, min(CLOUD, len(points))).astype(int)]
    starts = points[np.linspace(0, len(points) - 1, STARTS + 2).astype(int)[1:-1]]
    columns = min(count, 4)
    lines = -(-count // columns)
    figure = new_figure(1.9 * columns, 1.9 * lines)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes in grid[count:]:
        axes.set_axis_off()
    for place, axes in enumerate(grid[:count]):
        axis = plane[place]
        cloud = (drawn[:, : problem.dimension] - centre) @ axis
        axes.scatter(*cloud.T, s=2, color="#8a8f94", alpha=0.5, linewidths=0)
        box = 1.15 * np.max(np.abs(cloud), axis=0)
        for start, colour in zip(starts, COLOURS, strict=False):
            path = (_path(card.generators[place], start)[:, : problem.dimension] - centre) @ axis
            path[np.any(np.abs(path) > box, axis=1)] = np.nan
            axes.plot(*path.T, color=colour, linewidth=1.1)
        axes.set_xlim(-box[0], box[0])
        axes.set_ylim(-box[1], box[1])
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_title(f"generator {place + 1}")
    return figure


def decoy_figure(decoys: Array, own: float | None) -> Figure:
    """The losses of decoys on a line, and that of the group among them."""
    figure = new_figure(7.2, 1.4)
    axes = figure.subplots()
    rows = np.arange(len(decoys)) % 5
    axes.scatter(decoys, rows, s=18, color="#8a8f94", label="conjugate groups", linewidths=0)
    if own is not None:
        axes.axvline(own, color=BLUE, linewidth=1.5, label="the group")
    if np.all(decoys > 0) and (own is None or own > 0):
        axes.set_xscale("log")
    axes.set_yticks([])
    axes.set_ylim(-0.8, 4.8)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("held-out loss")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def array_figure(array: Array) -> Figure | None:
    """What an estimator gives to look at: curves of one axis, a picture of two, or up to eight of three."""
    values = np.asarray(array, np.float64)
    if values.ndim == 0 or values.ndim > 3 or values.size == 0 or not np.all(np.isfinite(values)):
        return None
    if values.ndim == 1:
        figure = new_figure(7.2, 2.2)
        figure.subplots().plot(np.arange(len(values)), values, color=BLUE, marker="o", markersize=3, linewidth=1)
        return figure
    pictures = values[None] if values.ndim == 2 else values[:8]
    figure = new_figure(1.7 * len(pictures) + 0.3, 1.9)
    largest = float(np.max(np.abs(pictures), initial=1e-300))
    for axes, picture in zip(figure.subplots(1, len(pictures), squeeze=False)[0], pictures, strict=True):
        _heat(axes, picture, largest)
    return figure


def _heat(axes: Any, matrix: Array, largest: float) -> None:
    """A matrix by colour: red above 0, blue below."""
    style = {"cmap": "RdBu_r", "vmin": -largest, "vmax": largest}
    if max(matrix.shape) <= LARGEST_DRAWN:
        axes.pcolormesh(matrix, edgecolors="#8a8f94", linewidth=0.3, **style)
        axes.invert_yaxis()
        axes.set_aspect("equal")
    else:
        axes.imshow(matrix, interpolation="nearest", **style)
    axes.set_xticks([])
    axes.set_yticks([])


def _nearest(noisy: Array, exact: Array) -> Array:
    """For each noisy matrix (r, d, d) the nearest one in the span of exact ones (s, d, d)."""
    rows = exact.reshape(len(exact), -1)
    found, *_ = np.linalg.lstsq(rows.T, noisy.reshape(len(noisy), -1).T, rcond=None)
    return np.asarray((found.T @ rows).reshape(noisy.shape), np.float64)


def _echelon(matrices: Array) -> Array:
    """A basis of the span of independent matrices (r, d, d) with as many zeros as elimination gives."""
    rows = matrices.reshape(len(matrices), -1).copy()
    for place in range(len(rows)):
        rest = np.abs(rows[place:])
        column = int(np.argmax(rest.max(axis=0) > 1e-6 * rest.max(initial=1e-300)))
        best = place + int(np.argmax(np.abs(rows[place:, column])))
        rows[[place, best]] = rows[[best, place]]
        rows[place] /= rows[place, column]
        others = np.arange(len(rows)) != place
        rows[others] -= np.outer(rows[others, column], rows[place])
    return rows.reshape(matrices.shape)


def _acts(problem: Problem, card: GroupCard) -> bool:
    return card.space in ("linear", "affine") and card.dimension == homogeneous(problem).shape[-1]


def _plane(card: GroupCard, moving: Array) -> list[Array]:
    """For each generator two directions (n, 2): along which it moves samples most, in units of their spread."""
    size = moving.shape[1]
    _, _, spread = np.linalg.svd(moving, full_matrices=False)
    planes = []
    for generator in card.generators:
        inner = generator[:size, :size]
        _, strengths, rows = np.linalg.svd(inner)
        chosen = rows[:2] if len(strengths) > 1 and strengths[1] > 1e-6 * max(strengths[0], 1e-300) else spread[:2]
        planes.append(np.linalg.qr(chosen.T)[0])
    return planes


def _path(generator: Array, start: Array) -> Array:
    """exp(t A) x for t over a turn of size 1 radian and more, both ways: (TURNS, d)."""
    from scipy.linalg import expm

    strength = max(float(np.linalg.norm(generator, 2)), 1e-300)
    times = np.linspace(-np.pi, np.pi, TURNS) / strength
    return np.stack([expm(time * generator) @ start for time in times])
