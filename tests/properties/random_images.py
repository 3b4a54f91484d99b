"""Random images under C(n) and D(n): lists of layers whose windows lie evenly on their grids, or short forms."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.properties.drafts import Draft

ACTIVATIONS = ("relu", "tanh", "sigmoid", "softplus", "silu", "elu", "gelu", "sin", "identity")
GROUPS = ("C(1)", "C(2)", "C(3)", "C(4)", "C(4)", "C(6)", "C(8)", "D(1)", "D(2)", "D(3)", "D(4)", "D(4)", "D(6)", None)
SQUARE = ("C(4)", "C(8)", "D(4)")
"""Groups that exchange rows and columns, so that they need a square image."""


@dataclass
class _Canvas:
    """The feature map so far: grid (None once pooled away), and whether it has a group axis."""

    generator: random.Random
    grid: tuple[int, int] | None
    even: bool
    turns: bool = False
    layers: list[str] = field(default_factory=list)

    def window(self, largest: int = 5, padded: bool = True) -> tuple[int, int, int] | None:
        """A window (kernel, stride, padding) that fits, and lies evenly where it has to; None where none was found."""
        assert self.grid is not None
        for _ in range(30):
            kernel = self.generator.randint(1, largest)
            stride = self.generator.choice([1, 1, 1, 2, 3])
            padding = self.generator.choice([0, 0, kernel // 2, kernel // 3]) if padded else 0
            free = [size + 2 * padding - kernel for size in self.grid]
            if min(free) >= 0 and (not self.even or not any(size % stride for size in free)):
                return kernel, stride, padding
        return None

    def shrink(self, window: tuple[int, int, int]) -> None:
        """Move on to the places of a window."""
        kernel, stride, padding = window
        assert self.grid is not None
        rows, columns = ((size + 2 * padding - kernel) // stride + 1 for size in self.grid)
        self.grid = (rows, columns)


def image_draft(generator: random.Random) -> Draft:
    """One image to a label, scalars or an image, by group_convolution."""
    group = generator.choice(GROUPS)
    approximate = generator.random() < 0.15
    size = generator.randint(5, 11)
    other = size if (group in SQUARE and not approximate) or generator.random() < 0.6 else generator.randint(5, 11)
    channels = generator.randint(1, 3)
    canvas = _Canvas(generator, (size, other), even=group is not None and not approximate)
    kind, own = generator.choice([("label", 3), ("label", 2), ("scalar", 1), ("scalar", 4), ("image", 2), ("image", 1)])
    if generator.random() < 0.2 and kind != "image":
        options = _short_form(generator, size, other)
    else:
        options = [f"layers = [{', '.join(_layers(canvas, kind, own))}]", *_defaults(generator)]
    if approximate:
        options.append("exactness = approximate")
    target = {"label": f"label({own})", "scalar": "scalar" if own == 1 else f"scalar({own})"}.get(kind)
    if target is None:
        assert canvas.grid is not None
        target = f"image(channels = {own}, size = [{canvas.grid[0]}, {canvas.grid[1]}])"
    strategy = f"group_convolution {{ {', '.join(options)} }}"
    return Draft(
        fields=(f"<x>: image(channels = {channels}, size = [{size}, {other}])", f"<y>: {target}"),
        symmetries=(f"symmetry <turn>: {group}",) if group else (),
        predict="predict <y> from <x>" if group else f"predict <y> from <x> by {strategy}",
        enforcements=(f"enforce <turn> by {strategy}",) if group else (),
        may_warn=approximate,
    )


def _defaults(generator: random.Random) -> list[str]:
    found = []
    if generator.random() < 0.3:
        found.append(f"norm = {generator.choice(['true', 'false'])}")
    if generator.random() < 0.3:
        found.append(f"activation = {generator.choice(ACTIVATIONS)}")
    if generator.random() < 0.3:
        found.append(f"readout = {generator.choice(['max', 'mean'])}")
    return found


def _short_form(generator: random.Random, size: int, other: int) -> list[str]:
    kernel = generator.choice([1, 2, 3])
    layers = generator.randint(1, max(1, min(4, 1 + (min(size, other) - 1) // max(1, kernel - 1))))
    layers = layers if kernel > 1 else generator.randint(1, 3)
    found = [f"layers = {layers}", f"channels = {generator.randint(1, 5)}", f"kernel = {kernel}"]
    return [*found, *(["dropout = 0.3"] if generator.random() < 0.3 else []), *_defaults(generator)]


def _layers(canvas: _Canvas, kind: str, own: int) -> list[str]:
    for _ in range(canvas.generator.randint(0, 4)):
        _add_middle(canvas)
    if not any(layer.startswith(("conv", "residual")) for layer in canvas.layers) or kind == "image":
        _add_convolution(canvas)
    _add_last(canvas, kind, own)
    return canvas.layers


def _add_middle(canvas: _Canvas) -> None:
    generator = canvas.generator
    match generator.choice(["conv", "conv", "conv", "pool", "average_pool", "residual", "point", "group_pool"]):
        case "conv":
            _add_convolution(canvas)
        case "pool" | "average_pool" as name:
            window = canvas.window(3)
            if window is not None and 2 * window[2] <= window[0]:
                kernel, stride, padding = window
                canvas.layers.append(f"{name}({kernel}, stride = {stride}, padding = {padding})")
                canvas.shrink(window)
        case "residual":
            _add_residual(canvas)
        case "point":
            function = generator.choice(ACTIVATIONS)
            canvas.layers.append(generator.choice(["batch_norm", "dropout(0.2)", f"activation({function})"]))
        case "group_pool" if canvas.turns:
            canvas.layers.append(f"group_pool({generator.choice(['max', 'mean'])})")
            canvas.turns = False


def _add_convolution(canvas: _Canvas) -> None:
    generator, window = canvas.generator, canvas.window()
    if window is None:
        return
    kernel, stride, padding = window
    parts = [str(generator.randint(1, 4)), f"k = {kernel}"]
    if stride > 1:
        parts.append(f"stride = {stride}")
    if stride == 1 and kernel % 2 and padding == kernel // 2 and generator.random() < 0.5:
        parts.append("padding = same")
    elif padding:
        parts.append(f"padding = {padding}")
    for switch in ("norm", "bias"):
        if generator.random() < 0.25:
            parts.append(f"{switch} = {generator.choice(['true', 'false'])}")
    if generator.random() < 0.3:
        parts.append(f"activation = {generator.choice(ACTIVATIONS)}")
    canvas.turns = True
    if generator.random() < 0.2:
        parts.append("pool_rotations = true")
        canvas.turns = False
    canvas.layers.append(f"conv({', '.join(parts)})")
    canvas.shrink(window)


def _add_residual(canvas: _Canvas) -> None:
    kernel, stride = canvas.generator.choice([1, 3, 3, 5]), canvas.generator.choice([1, 1, 2])
    assert canvas.grid is not None
    free = [size + 2 * (kernel // 2) - kernel for size in canvas.grid]
    if min(free) < 0 or (canvas.even and any(size % stride for size in free)):
        return
    parts = [str(canvas.generator.randint(1, 4)), f"k = {kernel}", f"stride = {stride}"]
    canvas.layers.append(f"residual({', '.join(parts)})")
    canvas.shrink((kernel, stride, kernel // 2))
    canvas.turns = True


def _add_last(canvas: _Canvas, kind: str, own: int) -> None:
    """The layer with the outputs, before or behind the poolings."""
    generator = canvas.generator
    pools = [f"group_pool({generator.choice(['max', 'mean'])})"]
    if kind != "image" and generator.random() < 0.4:
        pools = pools if canvas.turns else []
        width = generator.randint(2, 6)
        free = [f"dense({width}, activation = {generator.choice(ACTIVATIONS)})"] if generator.random() < 0.5 else []
        space = f"space_pool({generator.choice(['max', 'mean'])})"
        canvas.layers += [*generator.sample([*pools, space], len(pools) + 1), *free, f"dense({own})"]
        return
    window = canvas.window(3)
    kernel, stride, padding = window or (1, 1, 0)
    canvas.layers.append(f"conv({own}, k = {kernel}, stride = {stride}, padding = {padding})")
    canvas.shrink((kernel, stride, padding))
    if generator.random() < 0.5:
        canvas.layers += pools
