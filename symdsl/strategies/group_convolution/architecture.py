"""A list of layers walked over the static sizes: what each stage takes and gives, and where symmetry would break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symdsl.check.grid import Grid, kept_elements, lattice_elements, subgroup_name
from symdsl.diagnostics.diagnostic import Diagnostic
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
from symdsl.strategies.group_convolution.walk import Fault, FeatureMap, Setting, Stage, Walk
from symdsl.strategies.group_convolution.windows import layer_windows, move_window, small_enough

MOST_LAYERS = 1_000


def walk_layers(layers: Sequence[Layer], setting: Setting) -> Walk:
    """Every layer in order, then the poolings that the output still needs. Stops at the first that does not fit."""
    group = setting.group
    required = lattice_elements(group) if group else frozenset()
    walk = Walk(setting, layers, setting.start, required)
    if group is not None and setting.start.grid is not None:
        _require_grid(walk, group, setting.start.grid, required)
    if len(layers) > MOST_LAYERS:
        message = f"{len(layers):,} layers; the limit is {MOST_LAYERS:,}"
        walk.refuse("SYM0707", message, setting.span, "use fewer layers")
        return walk
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


def _grid_of(walk: Walk, layer: Layer) -> Grid | None:
    if walk.state.grid is None:
        message = f"{layer_name(layer)} needs a grid, and space was pooled away before it"
        walk.refuse("SYM0514", message, layer.span, "put it before space_pool")
    return walk.state.grid


def _odd_kernel(walk: Walk, layer: Conv | Residual) -> bool:
    same = isinstance(layer, Residual) or layer.padding == "same"
    if same and layer.kernel % 2 == 0:
        message = f"an even kernel of {layer.kernel} cannot keep the size of the image"
        note = "its padding would be one pixel wider on one side, which is off centre"
        name = "kernel" if layer.span == walk.setting.span else "k"
        hint = f"write {name} = {layer.kernel + 1}" if layer.kernel > 1 else None
        walk.refuse("SYM0603", message, layer.span_of("kernel"), hint, note)
        return False
    return True


def _convolution(walk: Walk, position: int, layer: Conv) -> bool:
    setting, before = walk.setting, walk.state
    grid = _grid_of(walk, layer)
    if grid is None or not _odd_kernel(walk, layer):
        return False
    (window,) = layer_windows(layer)
    after = move_window(walk, layer, grid, window, "SYM0601")
    if after is None:
        return False
    last = not any(isinstance(later, Conv | Residual | Dense) for later in walk.layers[position + 1 :])
    norm = layer.norm if layer.norm is not None else setting.norm and not last
    activation = layer.activation or ("identity" if last else setting.activation)
    copies = setting.order if before.symmetric else 1
    parameters = layer.fields * before.fields * before.copies * layer.kernel**2
    parameters += layer.fields * layer.bias + 2 * layer.fields * norm
    state = FeatureMap(after, layer.fields, 1 if layer.pool_rotations else copies, before.symmetric)
    if not small_enough(walk, layer, state):
        return False
    return append_stage(walk, layer, state, parameters, norm, activation)


def _residual(walk: Walk, layer: Residual) -> bool:
    setting, before = walk.setting, walk.state
    grid = _grid_of(walk, layer)
    if grid is None or not _odd_kernel(walk, layer):
        return False
    first, second = layer_windows(layer)
    middle = move_window(walk, layer, grid, first, "SYM0601")
    after = middle and move_window(walk, layer, middle, second, "SYM0601")
    if after is None:
        return False
    copies = setting.order if before.symmetric else 1
    inside, outside = before.fields * before.copies, layer.fields
    parameters = 2 * before.fields + outside * inside * layer.kernel**2 + outside
    parameters += 2 * outside + outside * outside * copies * layer.kernel**2 + outside
    state = FeatureMap(after, outside, copies, before.symmetric)
    if not small_enough(walk, layer, state):
        return False
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
    after = move_window(walk, layer, grid, window, "SYM0605")
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
        walk.refuse(
            "SYM0514", "dense takes a vector that does not turn", layer.span, "write group_pool, space_pool before it"
        )
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
        walk.refuse(
            "SYM0515", f"the last layer gives {state.fields} numbers, and {setting.outputs} are needed", span, hint
        )
    if setting.target_grid is not None and state.grid != setting.target_grid:
        found = "a vector" if state.grid is None else f"{state.grid[0]} x {state.grid[1]} pixels"
        wanted = f"{setting.target_grid[0]} x {setting.target_grid[1]}"
        walk.refuse(
            "SYM0515",
            f"the layers give {found}, and the output has {wanted}",
            setting.span,
            "pad every convolution, such as conv(10, k = 3, padding = same), and write no pool and no space_pool"
            if setting.target_grid == setting.start.grid
            else f"write kernels, strides and paddings that end in {wanted}, such as conv(10, k = 3, stride = 2)",
        )
