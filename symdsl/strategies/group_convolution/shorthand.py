"""`layers = 7, channels = 10, kernel = 3` written out, in the pattern of the P4CNN.

All convolutions but the last have `channels` fields, no padding, batch norm and an activation. After the second, and
after every second one from there, windows of 2 pixels (3 in steps of 2 where the size is odd, so that the symmetry
stays exact) halve the grid, as long as the remaining layers still fit. The last convolution gives the outputs; its
kernel covers what is left where that is at most twice `kernel`, and is `kernel` otherwise. Where the output is an image
of the same size, every convolution is padded to keep it, and nothing pools space.
"""

from __future__ import annotations

from symdsl.check.grid import Grid, Window
from symdsl.diagnostics.diagnostic import Span
from symdsl.strategies.group_convolution.vocabulary import (
    AveragePool,
    Conv,
    Dense,
    Dropout,
    GroupPool,
    Layer,
    Pool,
    SpacePool,
    arguments_of,
    layer_name,
)


def expand_shorthand(
    layers: int, channels: int, kernel: int, dropout: float, outputs: int, grid: Grid, readout: str, span: Span
) -> tuple[Layer, ...] | None:
    """The full list, or None where `layers` convolutions shrink the grid to nothing."""
    found: list[Layer] = []
    for index in range(layers - 1):
        found.append(Conv(channels, kernel, span=span))
        grid = Window(kernel).output(grid)
        left = layers - 2 - index
        if index % 2 == 1:
            window = Window(2, 2) if grid[0] % 2 == 0 and grid[1] % 2 == 0 else Window(3, 2)
            pooled = window.output(grid)
            even = not window.remainder(grid[0]) and not window.remainder(grid[1])
            if left and even and min(pooled) > left * (kernel - 1) + 1:
                found.append(_pool(window, span))
                grid = pooled
        if dropout:
            found.append(Dropout(dropout, span=span))
    if min(grid) < 1:
        return None
    fits = grid[0] == grid[1] and grid[0] <= 2 * kernel
    last = grid[0] if fits else min(kernel, *grid)
    return (
        *found,
        Conv(outputs, last, span=span),
        GroupPool(readout, span=span),
        SpacePool(readout, span=span),
    )


def expand_for_image(
    layers: int, channels: int, kernel: int, dropout: float, outputs: int, readout: str, span: Span
) -> tuple[Layer, ...]:
    """The full list for an output of the size of the input: padded convolutions, and a pool over the group alone."""
    found: list[Layer] = []
    for _ in range(layers - 1):
        found.append(Conv(channels, kernel, padding="same", span=span))
        if dropout:
            found.append(Dropout(dropout, span=span))
    return (*found, Conv(outputs, kernel, padding="same", span=span), GroupPool(readout, span=span))


def most_layers(kernel: int, grid: Grid) -> int:
    """How many convolutions of the shorthand fit on the grid without pooling; at least 1."""
    return 1 + max(0, (min(grid) - 1) // (kernel - 1)) if kernel > 1 else 1_000


def _pool(window: Window, span: Span) -> Layer:
    return Pool(window.kernel, None if window.stride == window.kernel else window.stride, span=span)


def layer_text(layer: Layer) -> str:
    """The layer as a list writes it, defaults left out."""
    parts: list[str] = []
    for position, argument in enumerate(arguments_of(type(layer))):
        value = getattr(layer, argument.name)
        if value == argument.default and not (position == 0 and isinstance(layer, Conv | Dense | Pool | AveragePool)):
            continue
        shown = str(value).lower() if isinstance(value, bool) else f"{value}"
        alias = argument.metadata["rule"].alias or argument.name
        parts.append(shown if position == 0 else f"{alias} = {shown}")
    return f"{layer_name(layer)}({', '.join(parts)})" if parts else layer_name(layer)
