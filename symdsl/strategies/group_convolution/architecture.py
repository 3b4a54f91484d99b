"""A list of layers walked over the static sizes: what each stage takes and gives, and where the symmetry would break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symdsl.check.grid import Grid, Window, kept_elements, lattice_elements, subgroup_name
from symdsl.diagnostics.diagnostic import Diagnostic, Span
from symdsl.groups.group import Group
from symdsl.strategies.group_convolution.vocabulary import (
    Activation,
    AveragePool,
    Conv,
    Dense,
    Dropout,
    FlattenGroup,
    GroupPool,
    Layer,
    Norm,
    Pool,
    Residual,
    SpacePool,
    layer_name,
)

BREAKS = "breaks"


@dataclass(frozen=True)
class FeatureMap:
    """`fields` fields over a grid; each has `copies` channels, one for each element of the group, or 1.

    `grid` is None once space is pooled away. `symmetric` is False once the group axis was flattened.
    """

    grid: Grid | None
    fields: int
    copies: int = 1
    symmetric: bool = True

    @property
    def text(self) -> str:
        """fields x copies x rows x columns, without what is not there."""
        parts = [self.fields, *([self.copies] if self.copies > 1 else []), *(self.grid or ())]
        return " x ".join(map(str, parts))


@dataclass(frozen=True)
class Stage:
    """A layer in its place. `norm` and `activation` are those of a convolution, with the defaults filled in."""

    name: str
    layer: Layer
    before: FeatureMap
    after: FeatureMap
    parameters: int = 0
    norm: bool = False
    activation: str = "identity"
    inserted: bool = False


@dataclass(frozen=True)
class Setting:
    """What a list is read against: the input, the group (None for a plain network), the output, and the defaults.

    `target_grid` is None where the output is a vector of `outputs` entries.
    """

    start: FeatureMap
    group: Group | None
    outputs: int
    target_grid: Grid | None
    norm: bool
    activation: str
    readout: str
    span: Span

    @property
    def order(self) -> int:
        """The number of elements of the group, 1 without one."""
        return 1 if self.group is None else self.group.order or 1


@dataclass(frozen=True)
class Fault:
    """A diagnostic of the walk; `exactness` marks one that `exactness = approximate` turns into a warning."""

    diagnostic: Diagnostic
    exactness: bool = False


@dataclass
class Walk:
    """The stages so far, what was found, and the elements of the group that still hold exactly."""

    setting: Setting
    layers: Sequence[Layer]
    state: FeatureMap
    kept: frozenset[int]
    stages: list[Stage] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """The number of trained parameters."""
        return sum(stage.parameters for stage in self.stages)

    def refuse(self, code: str, message: str, span: Span, hint: str | None = None, *notes: str) -> None:
        """Keep an error."""
        self.faults.append(Fault(Diagnostic(code, message, span, notes=notes, hint=hint)))


def walk_layers(layers: Sequence[Layer], setting: Setting) -> Walk:
    """Every layer in order, then the poolings that the output still needs. Stops at the first that does not fit."""
    group = setting.group
    required = lattice_elements(group) if group else frozenset()
    walk = Walk(setting, layers, setting.start, required)
    if group is not None and setting.start.grid is not None:
        _require_grid(walk, group, setting.start.grid, required)
    for position, layer in enumerate(layers):
        if not _step(walk, position, layer):
            return walk
    _finish(walk)
    return walk


def _require_grid(walk: Walk, group: Group, grid: Grid, required: frozenset[int]) -> None:
    kept = kept_elements(group, grid)
    walk.kept &= kept
    if kept == required:
        return
    side = min(grid)
    diagnostic = Diagnostic(
        "SYM0609",
        f"{group.name} turns the image, and {grid[0]} x {grid[1]} pixels are not square",
        walk.setting.span,
        notes=(f"on this grid only {subgroup_name(group, kept)} moves pixels to pixels",),
        hint=f"crop the image to {side} x {side}, or use {subgroup_name(group, kept)} as the group",
    )
    walk.faults.append(Fault(diagnostic, exactness=True))


def _step(walk: Walk, position: int, layer: Layer) -> bool:
    match layer:
        case Conv():
            return _convolution(walk, position, layer)
        case Residual():
            return _residual(walk, layer)
        case Pool() | AveragePool():
            return _pooling(walk, layer)
        case GroupPool():
            return _group_pool(walk, layer)
        case SpacePool():
            return _space_pool(walk, layer)
        case FlattenGroup():
            return _flatten_group(walk, layer)
        case Dense():
            return _dense(walk, layer)
        case Norm():
            return _norm(walk, layer)
        case Dropout() | Activation():
            append_stage(walk, layer, walk.state)
    return True


def append_stage(
    walk: Walk,
    layer: Layer,
    after: FeatureMap,
    parameters: int = 0,
    norm: bool = False,
    activation: str = "identity",
    inserted: bool = False,
) -> bool:
    """Add a stage under a numbered name, and move on to what it gives."""
    kind = "block" if isinstance(layer, Residual) else layer_name(layer)
    walk.counts[kind] = walk.counts.get(kind, 0) + 1
    name = f"{kind}{walk.counts[kind]}"
    walk.stages.append(Stage(name, layer, walk.state, after, parameters, norm, activation, inserted))
    walk.state = after
    return True


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


def _grid_of(walk: Walk, layer: Layer) -> Grid | None:
    if walk.state.grid is None:
        message = f"{layer_name(layer)} needs a grid, and space was pooled away before it"
        walk.refuse("SYM0514", message, layer.span, "put it before space_pool")
    return walk.state.grid


def _move(walk: Walk, layer: Layer, grid: Grid, window: Window, code: str) -> Grid | None:
    """The grid after a window, with the faults of sizes and of exactness; None where nothing is left."""
    name = layer_name(layer)
    after = window.output(grid)
    if min(after) < 1:
        sizes = exact_sizes(walk.layers, min(walk.setting.start.grid or grid))
        hint = f"images of {_listed(sizes)} pixels fit" if sizes else "use fewer layers, smaller kernels, or padding = same"
        message = f"the {window.kernel} x {window.kernel} window of {name} does not fit on {grid[0]} x {grid[1]} pixels"
        walk.refuse("SYM0602", message, _span_of(layer, "kernel"), hint)
        return None
    group = walk.setting.group
    if group is None or not walk.state.symmetric:
        return after
    # Elements that the grid itself already lost are not reported again here.
    expected = lattice_elements(group) & kept_elements(group, grid)
    kept = kept_elements(group, grid, window)
    walk.kept &= kept
    if kept != expected:
        walk.faults.append(Fault(_stride_fault(walk, layer, grid, window, code), exactness=True))
    return after


def _stride_fault(walk: Walk, layer: Layer, grid: Grid, window: Window, code: str) -> Diagnostic:
    name, group = layer_name(layer), walk.setting.group
    assert group is not None
    axis = 0 if window.remainder(grid[0]) else 1
    size, left = grid[axis], window.remainder(grid[axis])
    padded = f" padded by {window.padding}" if window.padding else ""
    sizes = exact_sizes(walk.layers, (walk.setting.start.grid or grid)[axis])
    hint = f"images of {_listed(sizes)} pixels make every layer exact; or " if sizes else ""
    return Diagnostic(
        code,
        f"{name} in steps of {window.stride} over {size} pixels{padded} breaks {group.name}",
        _span_of(layer, "stride" if isinstance(layer, Conv | Residual) or "stride" in layer.spans else "kernel"),
        label=f"{left} pixel{'s' if left > 1 else ''} left over at the far end",
        notes=(
            f"windows of {window.kernel} in steps of {window.stride} lie evenly only where (size + 2 padding - "
            f"{window.kernel}) is divisible by {window.stride}; here it is {size + 2 * window.padding - window.kernel}",
        ),
        hint=f"{hint}write exactness = approximate to have the error measured instead",
    )


def _span_of(layer: Layer, argument: str) -> Span:
    return layer.span_of(argument)


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))


def _odd_kernel(walk: Walk, layer: Conv | Residual) -> bool:
    same = isinstance(layer, Residual) or layer.padding == "same"
    if same and layer.kernel % 2 == 0:
        message = f"an even kernel of {layer.kernel} cannot keep the size of the image"
        note = "its padding would be one pixel wider on one side, which is off centre"
        hint = f"write k = {layer.kernel + 1}" if layer.kernel > 1 else None
        walk.refuse("SYM0603", message, layer.span_of("kernel"), hint, note)
        return False
    return True


def _convolution(walk: Walk, position: int, layer: Conv) -> bool:
    setting, before = walk.setting, walk.state
    grid = _grid_of(walk, layer)
    if grid is None or not _odd_kernel(walk, layer):
        return False
    (window,) = layer_windows(layer)
    after = _move(walk, layer, grid, window, "SYM0601")
    if after is None:
        return False
    last = not any(isinstance(later, Conv | Residual | Dense) for later in walk.layers[position + 1 :])
    norm = layer.norm if layer.norm is not None else setting.norm and not last
    activation = layer.activation or ("identity" if last else setting.activation)
    copies = setting.order if before.symmetric else 1
    parameters = layer.fields * before.fields * before.copies * layer.kernel**2
    parameters += layer.fields * layer.bias + 2 * layer.fields * norm
    state = FeatureMap(after, layer.fields, 1 if layer.pool_rotations else copies, before.symmetric)
    return append_stage(walk, layer, state, parameters, norm, activation)


def _residual(walk: Walk, layer: Residual) -> bool:
    setting, before = walk.setting, walk.state
    grid = _grid_of(walk, layer)
    if grid is None or not _odd_kernel(walk, layer):
        return False
    first, second = layer_windows(layer)
    middle = _move(walk, layer, grid, first, "SYM0601")
    after = middle and _move(walk, layer, middle, second, "SYM0601")
    if after is None:
        return False
    copies = setting.order if before.symmetric else 1
    inside, outside = before.fields * before.copies, layer.fields
    parameters = 2 * before.fields + outside * inside * layer.kernel**2 + outside
    parameters += 2 * outside + outside * outside * copies * layer.kernel**2 + outside
    state = FeatureMap(after, outside, copies, before.symmetric)
    if changes_size(before, state, layer):
        parameters += outside * inside + outside
    return append_stage(walk, layer, state, parameters)


def changes_size(before: FeatureMap, after: FeatureMap, layer: Residual) -> bool:
    """Whether the shortcut of a residual block needs a 1x1 convolution."""
    return layer.stride != 1 or (before.fields, before.copies) != (after.fields, after.copies)


def _pooling(walk: Walk, layer: Pool | AveragePool) -> bool:
    grid = _grid_of(walk, layer)
    if grid is None:
        return False
    (window,) = layer_windows(layer)
    if 2 * window.padding > window.kernel:
        message = f"padding {window.padding} is more than half the window of {window.kernel}"
        walk.refuse("SYM0604", message, layer.span_of("padding"), f"write padding = {window.kernel // 2} or less")
        return False
    after = _move(walk, layer, grid, window, "SYM0605")
    return after is not None and append_stage(walk, layer, replace(walk.state, grid=after))


def _group_pool(walk: Walk, layer: GroupPool) -> bool:
    if walk.setting.order > 1 and (walk.state.copies == 1 or not walk.state.symmetric):
        walk.refuse("SYM0514", "there is no group axis left to pool over", layer.span, "remove this group_pool")
        return False
    return append_stage(walk, layer, replace(walk.state, copies=1))


def _space_pool(walk: Walk, layer: SpacePool) -> bool:
    grid = _grid_of(walk, layer)
    return grid is not None and append_stage(walk, layer, replace(walk.state, grid=None))


def _flatten_group(walk: Walk, layer: FlattenGroup) -> bool:
    group, state = walk.setting.group, walk.state
    if group is not None and walk.setting.order > 1:
        if state.copies == 1:
            walk.refuse("SYM0514", "there is no group axis left to flatten", layer.span, "remove this flatten_group")
            return False
        diagnostic = Diagnostic(
            "SYM0607",
            f"flatten_group gives up {group.name} for all layers after it",
            layer.span,
            notes=("plain weights on the flattened axis tell the elements of the group apart",),
            hint="write group_pool instead, or exactness = approximate to keep the published form",
        )
        walk.faults.append(Fault(diagnostic, exactness=True))
        walk.kept = frozenset()
    return append_stage(walk, layer, FeatureMap(state.grid, state.fields * state.copies, 1, symmetric=False))


def _dense(walk: Walk, layer: Dense) -> bool:
    if walk.state.grid is not None or walk.state.copies > 1:
        walk.refuse("SYM0514", "dense takes a vector that does not turn", layer.span, "write group_pool, space_pool before it")
        return False
    parameters = layer.width * (walk.state.fields + 1)
    return append_stage(walk, layer, replace(walk.state, fields=layer.width), parameters)


def _norm(walk: Walk, layer: Norm) -> bool:
    if _grid_of(walk, layer) is None:
        return False
    return append_stage(walk, layer, walk.state, 2 * walk.state.fields)


def _finish(walk: Walk) -> None:
    """Pool over what the output does not have, and compare with what it needs."""
    setting, state = walk.setting, walk.state
    if state.copies > 1:
        append_stage(walk, GroupPool(setting.readout, span=setting.span), replace(state, copies=1), inserted=True)
    if setting.target_grid is None and walk.state.grid is not None:
        pool = SpacePool(setting.readout, span=setting.span)
        append_stage(walk, pool, replace(walk.state, grid=None), inserted=True)
    state = walk.state
    last = next((stage.layer for stage in reversed(walk.stages) if isinstance(stage.layer, Conv | Dense)), None)
    argument = "fields" if isinstance(last, Conv) else "width"
    span = last.span_of(argument) if last else setting.span
    if state.fields != setting.outputs:
        kind = "dense" if isinstance(last, Dense) else "conv"
        hint = f"write {kind}({setting.outputs}, ...) as the last layer with weights"
        walk.refuse("SYM0515", f"the last layer gives {state.fields} numbers, and {setting.outputs} are needed", span, hint)
    if setting.target_grid is not None and state.grid != setting.target_grid:
        found = "a vector" if state.grid is None else f"{state.grid[0]} x {state.grid[1]} pixels"
        wanted = f"{setting.target_grid[0]} x {setting.target_grid[1]}"
        walk.refuse(
            "SYM0515", f"the layers give {found}, and the output has {wanted}", setting.span, "write padding = same, and no pooling"
        )
