"""group_convolution as the checker sees it: its options, what it serves, and where its symmetry would break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from symdsl.check import spec
from symdsl.check.declaration import NetworkForm, Offer, StrategyDeclaration, Verdict
from symdsl.check.grid import lattice_elements, planar_order, subgroup_name
from symdsl.check.layers import LayerCall
from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.groups.actions.action import Pixels
from symdsl.groups.group import Group
from symdsl.strategies.group_convolution.architecture import MOST_LAYERS, walk_layers
from symdsl.strategies.group_convolution.forms import plain_layers, scaled_layers
from symdsl.strategies.group_convolution.shorthand import expand_for_image, expand_shorthand, layer_text, most_layers
from symdsl.strategies.group_convolution.vocabulary import FlattenGroup, Layer, read_layer
from symdsl.strategies.group_convolution.walk import FeatureMap, Setting, Walk

Activation = Literal["relu", "tanh", "sigmoid", "softplus", "silu", "elu", "gelu", "sin", "identity"]
SHORTHAND_ONLY: Mapping[str, str] = MappingProxyType(
    {"channels": "conv(10)", "kernel": "conv(10, k = 5)", "dropout": "dropout(0.3)"}
)


def _count_or_list(value: object) -> int | tuple[LayerCall, ...]:
    """A number of layers, or a list of them; a recursive type that pydantic cannot read by itself."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, list | tuple) and all(isinstance(entry, LayerCall) for entry in value):
        return tuple(value)
    raise ValueError("write a number, or a list such as [conv(10, k = 3), pool(2), conv(10, k = 3), group_pool]")


class GroupConvolutionOptions(BaseModel):
    """Either `layers` as a list, or a number of convolutions with `channels` fields and kernels of side `kernel`.

    `norm` and `activation` follow every convolution but the last, unless the layer says otherwise. `readout` pools over
    the group and then over space where the list does not. `exactness = approximate` turns what breaks the symmetry on
    the pixel grid from an error into a warning; the error is then measured by `verify`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layers: Annotated[Any, PlainValidator(_count_or_list)] = Field(
        default=7, description="a list of layers, or how many convolutions in the pattern of the P4CNN"
    )
    channels: int = Field(default=10, ge=1, description="fields of each convolution of the short form, at least 1")
    kernel: int = Field(default=3, ge=1, description="side of the kernels of the short form, in pixels, at least 1")
    dropout: float = Field(
        default=0.0, ge=0.0, lt=1.0, description="rate of dropout after each convolution of the short form, below 1"
    )
    norm: bool = Field(default=True, description="batch norm after each convolution but the last")
    activation: Activation = Field(default="relu", description="function after each convolution but the last")
    readout: Literal["max", "mean"] = Field(default="max", description="how group and space are pooled at the end")
    exactness: Literal["exact", "approximate"] = Field(
        default="exact", description="whether what breaks the symmetry on the pixel grid is an error or a warning"
    )


@dataclass(frozen=True)
class Plan:
    """A judged architecture: the image, the output, the one planar symmetry (if any), and the walk over its layers."""

    image: spec.Field
    target: spec.Field | None
    symmetry: spec.Symmetry | None
    walk: Walk


def judge(offer: Offer) -> Verdict:
    """One image in; one label, scalar or image out; one finite group of the plane that turns the pixels."""
    plan, diagnostics = resolve(offer)
    if plan is None:
        return Verdict(diagnostics)
    exactness = tuple(_exactness(plan.walk, symmetry) for symmetry in offer.symmetries)
    return Verdict(diagnostics, exactness, _facts(plan.walk))


def resolve(offer: Offer) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """The architecture that an offer means, and every diagnostic; None where an error refuses it."""
    options = offer.options
    assert isinstance(options, GroupConvolutionOptions)
    faults = _input_faults(offer) or [*_target_faults(offer), *_symmetry_faults(offer)]
    layers, option_faults = _read_options(offer, options)
    faults += option_faults
    if faults:
        return None, tuple(faults)
    setting = _setting(offer, options)
    if layers is None:
        assert isinstance(options.layers, int)
        layers = _expanded(offer, options, setting)
        if layers is None:
            return None, (_too_many_layers(offer, options, setting),)
    walk = walk_layers(layers, setting)
    diagnostics = tuple(
        fault.warning() if fault.exactness and options.exactness == "approximate" else fault.diagnostic
        for fault in walk.faults
    )
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        return None, diagnostics
    target = offer.targets[0] if offer.targets else None
    symmetry = offer.symmetries[0] if offer.symmetries else None
    return Plan(offer.inputs[0], target, symmetry, walk), diagnostics


def _expanded(offer: Offer, options: GroupConvolutionOptions, setting: Setting) -> tuple[Layer, ...] | None:
    """The list that the short form stands for; None where its layers leave nothing of the grid."""
    grid, span = setting.start.grid or (1, 1), offer.span_of("layers")
    numbers = (options.layers, options.channels, options.kernel, options.dropout, setting.outputs)
    if setting.target_grid == grid:
        return expand_for_image(*numbers, options.readout, span)
    return expand_shorthand(*numbers, grid, options.readout, span)


def _input_faults(offer: Offer) -> list[Diagnostic]:
    images = [field for field in offer.inputs if field.kind == "image" and not field.axes]
    if len(offer.inputs) == 1 and images:
        return []
    guilty = next((field for field in offer.inputs if field not in images), offer.inputs[-1])
    what = f"it takes one image, and {guilty.name} is {'one more' if guilty in images else _describe(guilty)}"
    hint = "use equivariant_mlp or mlp"
    if images:
        alone = f"predict from `{images[0].name}` alone, or use mlp, which keeps no symmetry"
        hint = "stack the images as channels of one image" if guilty in images else alone
    return [
        Diagnostic("SYM0506", f"group_convolution cannot take {guilty.name}", guilty.span, notes=(what,), hint=hint)
    ]


def _describe(field: spec.Field) -> str:
    axes = "".join(f" per {axis.name or axis.minimum}" for axis in field.axes)
    return f"{field.kind}{axes}"


def _target_faults(offer: Offer) -> list[Diagnostic]:
    if offer.scalar_target:
        return []
    if len(offer.targets) != 1:
        names = ", ".join(field.name for field in offer.targets)
        return [Diagnostic("SYM0506", f"group_convolution gives one output, not {names}", offer.targets[-1].span)]
    (target,) = offer.targets
    still = all(
        symmetry.actions[target.name].is_trivial for symmetry in offer.symmetries if target.name in symmetry.actions
    )
    if target.axes or not (target.kind in ("label", "scalar", "image") or still):
        note = f"its layers end in numbers that do not move, or in an image; {target.name} is a {_describe(target)}"
        hint = "predict a label, a scalar or an image"
        return [
            Diagnostic("SYM0506", f"group_convolution cannot give {target.name}", target.span, notes=(note,), hint=hint)
        ]
    return []


def _symmetry_faults(offer: Offer) -> list[Diagnostic]:
    faults: list[Diagnostic] = []
    for symmetry in offer.symmetries:
        fault = _symmetry_fault(symmetry)
        if fault is not None:
            faults.append(fault)
    if not faults and len(offer.symmetries) > 1:
        names = " and ".join(symmetry.name for symmetry in offer.symmetries)
        message = f"group_convolution enforces one planar group, not {names}"
        faults.append(
            Diagnostic("SYM0510", message, offer.span, hint="declare rotations and mirrors as one symmetry, D(4)")
        )
    for symmetry in offer.symmetries if not faults else ():
        for field in (*offer.inputs, *(field for field in offer.targets if field.kind == "image")):
            action = symmetry.actions[field.name]
            if not isinstance(action.geometry, Pixels) and symmetry.group is not None and symmetry.group.order != 1:
                message = f"{symmetry.group.name} does not turn the pixels of {field.name}"
                faults.append(Diagnostic("SYM0505", message, symmetry.span, hint=f"write `{field.name}: pixels`"))
    return faults


def _symmetry_fault(symmetry: spec.Symmetry) -> Diagnostic | None:
    group = symmetry.group
    if symmetry.kind == "shift":
        return Diagnostic(
            "SYM0505",
            f"group_convolution does not enforce {symmetry.name} exactly",
            symmetry.span,
            notes=("a convolution follows shifts except at the border of the image",),
            hint="leave it out of `enforce`: it is then only measured",
        )
    if symmetry.kind != "group" or group is None or planar_order(group) is None:
        infinite = group is not None and group.planar and group.order is None
        reflections = group is not None and group.name.startswith("O")
        family = "D" if reflections else "C"
        hint = (
            f"use a finite group of rotations: {family}(4), or finer, {family}(8) or {family}(16)" if infinite else None
        )
        return Diagnostic(
            "SYM0505",
            f"group_convolution cannot enforce {symmetry.text}",
            symmetry.span,
            notes=("it keeps one copy of each filter per element, of a finite group of rotations and mirrors",),
            hint=hint or "use C(n) or D(n) acting on pixels, or another strategy",
        )
    return None


def _read_options(offer: Offer, options: GroupConvolutionOptions) -> tuple[tuple[Layer, ...] | None, list[Diagnostic]]:
    """The layers of the list (None for the shorthand), and what is wrong with the options."""
    if isinstance(options.layers, int):
        if options.layers < 1:
            return None, [Diagnostic("SYM0502", "layers must be at least 1", offer.span_of("layers"))]
        if options.layers > MOST_LAYERS:
            message = f"{options.layers:,} layers; the limit is {MOST_LAYERS:,}"
            return None, [Diagnostic("SYM0707", message, offer.span_of("layers"), hint="use fewer layers")]
        return None, []
    faults = [
        Diagnostic(
            "SYM0513",
            f"{name} belongs to the short form, and layers is a list",
            offer.span_of(name),
            hint=f"write for example {SHORTHAND_ONLY[name]} in the list",
        )
        for name in SHORTHAND_ONLY
        if name in offer.option_spans
    ]
    if not options.layers:
        faults.append(
            Diagnostic(
                "SYM0502", "the list of layers is empty", offer.span_of("layers"), label="at least one is needed"
            )
        )
    layers: list[Layer] = []
    for call in options.layers:
        layer, problems = read_layer(call)
        faults += problems
        if layer is not None:
            layers.append(layer)
    return tuple(layers), faults


def _setting(offer: Offer, options: GroupConvolutionOptions) -> Setting:
    image = offer.inputs[0]
    channels, height, width = image.own_shape
    group = offer.symmetries[0].group if offer.symmetries else None
    outputs, grid = 1, None
    if not offer.scalar_target:
        target = offer.targets[0]
        if target.kind == "image":
            outputs, grid = target.own_shape[0], (target.own_shape[1], target.own_shape[2])
        elif target.kind == "label":
            outputs = target.classes or 1
        else:
            for size in target.own_shape:
                outputs *= size
    return Setting(
        FeatureMap((height, width), channels),
        group,
        outputs,
        grid,
        options.norm,
        options.activation,
        options.readout,
        offer.span_of("layers"),
    )


def _too_many_layers(offer: Offer, options: GroupConvolutionOptions, setting: Setting) -> Diagnostic:
    grid = setting.start.grid or (1, 1)
    most = most_layers(options.kernel, grid)
    return Diagnostic(
        "SYM0606",
        f"{options.layers} layers of {options.kernel} x {options.kernel} leave nothing of {grid[0]} x {grid[1]} pixels",
        offer.span_of("layers"),
        notes=(f"each takes {options.kernel - 1} pixels off the height and the width",),
        hint=f"write layers = {most}, or a list with conv({options.channels}, k = {options.kernel}, padding = same)",
    )


def _exactness(walk: Walk, symmetry: spec.Symmetry) -> spec.Exactness:
    group = symmetry.group
    assert group is not None
    everything = frozenset(range(group.order or 1))
    if walk.kept == everything:
        return spec.Exactness(symmetry.name, "exact", "every element moves pixels to pixels")
    if any(isinstance(stage.layer, FlattenGroup) for stage in walk.stages):
        return spec.Exactness(symmetry.name, "none", "flatten_group gives it up before the output")
    why = _why_inexact(walk, group)
    if len(walk.kept) > 1:
        name = subgroup_name(group, walk.kept)
        return spec.Exactness(symmetry.name, "subgroup", f"exact on {name}; {why}", tuple(sorted(walk.kept)))
    return spec.Exactness(symmetry.name, "approximate", why)


def _why_inexact(walk: Walk, group: Group) -> str:
    if walk.kept != lattice_elements(group):
        return "some layers do not cover the pixel grid evenly"
    return "other rotations interpolate the filters bilinearly"


def _facts(walk: Walk) -> tuple[str, ...]:
    width = max((len(stage.name) for stage in walk.stages), default=0)
    lines = [
        f"{stage.name:<{width}}  {layer_text(stage.layer)}{' (added)' if stage.inserted else ''}: "
        f"{stage.before.text} -> {stage.after.text}"
        for stage in walk.stages
    ]
    return (*lines, f"{walk.parameters:,} parameters")


def plain(options: BaseModel) -> NetworkForm:
    """The same convolutions over the plane alone: nothing pools or flattens the group."""
    written = {name: getattr(options, name) for name in sorted(options.model_fields_set - {"exactness"})}
    if isinstance(written.get("layers"), tuple):
        written["layers"] = plain_layers(written["layers"])
    return NetworkForm("group_convolution", written)


def scaled(options: BaseModel, factor: float) -> dict[str, Any]:
    """The fields of every layer but the one that gives the outputs, times `factor`."""
    assert isinstance(options, GroupConvolutionOptions)
    written = {name: getattr(options, name) for name in sorted(options.model_fields_set)}
    if isinstance(options.layers, tuple):
        return {**written, "layers": scaled_layers(options.layers, factor)}
    return {**written, "channels": max(1, int(options.channels * factor + 0.5))}


DECLARATION = StrategyDeclaration(
    name="group_convolution",
    kind="network",
    options=GroupConvolutionOptions,
    summary="Convolutions over images, with one moved copy of each filter for every element of a planar group.",
    citation="Cohen & Welling 2016, Group Equivariant Convolutional Networks, arXiv:1602.07576",
    implementation="symdsl.strategies.group_convolution.build:STRATEGY",
    judge=judge,
    plain=plain,
    scaled=scaled,
)
