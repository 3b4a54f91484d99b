"""Other forms of a list of layers: over the plane alone, and of another width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symdsl.check.layers import LayerCall
from symdsl.strategies.group_convolution.vocabulary import Conv, arguments_of

GROUP_LAYERS = ("group_pool", "flatten_group")
WEIGHTS = {"conv": "fields", "residual": "fields", "dense": "width"}
"""The layers with weights, and the argument that is their width."""


def plain_layers(layers: Sequence[LayerCall]) -> tuple[LayerCall, ...]:
    """The list without what pools or flattens the group."""
    return tuple(_without_rotations(layer) for layer in layers if layer.name not in GROUP_LAYERS)


def _without_rotations(layer: LayerCall) -> LayerCall:
    names = [argument.name for argument in arguments_of(Conv)]
    kept = [
        argument
        for position, argument in enumerate(layer.arguments)
        if (argument.name or names[min(position, len(names) - 1)]) != "pool_rotations"
    ]
    return replace(layer, arguments=tuple(kept)) if layer.name == "conv" else layer


def scaled_layers(layers: Sequence[LayerCall], factor: float) -> tuple[LayerCall, ...]:
    """The list with every width but the last, which is that of the outputs, times `factor` and at least 1.

    The widths are rounded at different places, so that a growing factor widens one layer after the other and the number
    of parameters grows in small steps; where blocks have shortcuts, which need equal widths, all at the same place.
    """
    places = [place for place, layer in enumerate(layers) if layer.name in WEIGHTS][:-1]
    level = any(layer.name == "residual" for layer in layers)
    found = list(layers)
    for order, place in enumerate(places):
        found[place] = _scaled(layers[place], factor, 0.5 if level else (order + 0.5) / len(places))
    return tuple(found)


def _scaled(layer: LayerCall, factor: float, offset: float) -> LayerCall:
    """The layer with its width times `factor`; `offset` in [0, 1) is added before it is cut to a whole number."""
    arguments = list(layer.arguments)
    for position, argument in enumerate(arguments):
        if (argument.name or (WEIGHTS[layer.name] if position == 0 else "")) == WEIGHTS[layer.name]:
            assert isinstance(argument.value, int)
            arguments[position] = replace(argument, value=max(1, int(argument.value * factor + offset)))
    return replace(layer, arguments=tuple(arguments))
