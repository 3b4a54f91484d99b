"""The windows of a layer over the grid: the sizes that fit, those that keep the symmetry, what to say of others."""

from __future__ import annotations

from collections.abc import Sequence

from symdsl.check.grid import Grid, Window, kept_elements, lattice_elements
from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.strategies.group_convolution.vocabulary import AveragePool, Conv, Layer, Pool, Residual, layer_name
from symdsl.strategies.group_convolution.walk import Fault, FeatureMap, Walk

MOST_ENTRIES = 2**28
"""Entries of one filter bank, or of one sample's feature map: a gigabyte of float32."""


def layer_windows(layer: Layer) -> tuple[Window, ...]:
    """The windows that a layer moves over the grid, in order; empty for one that keeps the grid."""
    match layer:
        case Conv():
            return (Window(layer.kernel, layer.stride, layer.margin),)
        case Pool() | AveragePool():
            return (Window(layer.kernel, layer.stride or layer.kernel, layer.padding),)
        case Residual():
            margin = (layer.kernel - 1) // 2
            return Window(layer.kernel, layer.stride, margin), Window(layer.kernel, 1, margin)
    return ()


def exact_sizes(layers: Sequence[Layer], near: int, count: int = 3) -> tuple[int, ...]:
    """Image sizes, nearest from `near` up (else below), at which every window of every layer covers its grid evenly."""
    windows = [window for layer in layers for window in layer_windows(layer)]

    def fits(size: int) -> bool:
        for window in windows:
            if window.places(size) < 1 or window.remainder(size):
                return False
            size = window.places(size)
        return True

    above = [size for size in range(near, near + 257) if fits(size)]
    below = [size for size in range(max(near - 256, 1), near) if fits(size)]
    return tuple(above[:count] or below[-count:])


def move_window(walk: Walk, layer: Layer, grid: Grid, window: Window, code: str) -> Grid | None:
    """The grid after a window, with the faults of sizes and of exactness; None where nothing is left."""
    name = layer_name(layer)
    after = window.output(grid)
    if min(after) < 1:
        sizes = exact_sizes(walk.layers, min(walk.setting.start.grid or grid))
        hint = (
            f"images of {_listed(sizes)} pixels fit"
            if sizes
            else "use fewer layers, smaller kernels, or padding = same"
        )
        message = f"the {window.kernel} x {window.kernel} window of {name} does not fit on {grid[0]} x {grid[1]} pixels"
        walk.refuse("SYM0602", message, layer.span_of("kernel"), hint)
        return None
    group = walk.setting.group
    if group is None or not walk.state.symmetric:
        return after
    # Elements that the grid itself already lost are not reported again here.
    expected = lattice_elements(group) & kept_elements(group, grid)
    kept = kept_elements(group, grid, window)
    walk.kept &= kept
    if kept != expected:
        walk.faults.append(_stride_fault(walk, layer, grid, window, code))
    return after


def _stride_fault(walk: Walk, layer: Layer, grid: Grid, window: Window, code: str) -> Fault:
    name, group = layer_name(layer), walk.setting.group
    assert group is not None
    axis = 0 if window.remainder(grid[0]) else 1
    size, left = grid[axis], window.remainder(grid[axis])
    padded = f" padded by {window.padding}" if window.padding else ""
    sizes = exact_sizes(walk.layers, (walk.setting.start.grid or grid)[axis])
    exact = f"images of {_listed(sizes)} pixels make every layer exact" if sizes else ""
    allow = "write exactness = approximate to have the error measured instead"
    diagnostic = Diagnostic(
        code,
        f"{name} in steps of {window.stride} over {size} pixels{padded} breaks {group.name}",
        layer.span_of("stride" if isinstance(layer, Conv | Residual) or "stride" in layer.spans else "kernel"),
        label=f"{left} pixel{'s' if left > 1 else ''} left over at the far end",
        notes=(
            f"windows of {window.kernel} in steps of {window.stride} lie evenly only where (size + 2 padding - "
            f"{window.kernel}) is divisible by {window.stride}; here it is {size + 2 * window.padding - window.kernel}",
        ),
        hint=f"{exact}; or {allow}" if exact else allow,
    )
    return Fault(diagnostic, exactness=True, instead=exact)


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))


def small_enough(walk: Walk, layer: Conv | Residual, after: FeatureMap) -> bool:
    """Whether the dense filters and the feature map of a sample fit into memory."""
    rows, columns = after.grid or (1, 1)
    outside, inside = after.fields * walk.setting.order, walk.state.fields * walk.state.copies
    filters = outside * max(inside, outside if isinstance(layer, Residual) else 0) * layer.kernel**2
    largest = max(filters, outside * rows * columns)
    if largest <= MOST_ENTRIES:
        return True
    what = "dense filters" if largest == filters else "feature map of one image"
    message = f"the {what} would have {largest:,} entries; the limit is {MOST_ENTRIES:,}"
    walk.refuse("SYM0704", message, layer.span, "use fewer fields, a smaller kernel or a smaller group")
    return False
