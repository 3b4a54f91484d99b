"""Means and scales of normalised fields, from the training part of the data, for the layers that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.backend import CompiledModel
from symdsl.check.spec import Field, Model
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.actions.blocks import Blocks
from symdsl.ir.graph import ModelGraph
from symdsl.passes.scales import EnergyLayer, Origin, energy_layers, output_scales, scaling_layers
from symdsl.pipeline import Compilation

Array = NDArray[Any]
Take = Callable[[str, Array], Array]
"""Some samples of a field, float64."""

BATCH_ENTRIES = 1 << 22
"""How many numbers of a field are read at a time: 32 MiB of float64."""

ROUNDING = 1e-12
"""A standard deviation below this, relative to the mean, is rounding of a constant."""


@dataclass(frozen=True)
class Moments:
    """Mean and variance of every entry of a field over samples, of the shape of one sample."""

    mean: Array
    variance: Array

    @property
    def square(self) -> Array:
        """The mean of the squares."""
        return self.variance + self.mean**2


@dataclass(frozen=True)
class Statistics:
    """State of a model by plan path, and warnings about fields that do not vary."""

    arrays: dict[str, Array]
    warnings: tuple[Diagnostic, ...]


def fit_statistics(graph: ModelGraph, model: Model, take: Take, samples: Array) -> Statistics:
    """mean and scale of each block of every normalised field over `samples`, read once, some at a time.

    A shifted field has its standard deviation as scale, any other its root mean square, so that 0 stays 0; of points
    that the network sees as differences from their centroid it is that of these. The scale of an energy is
    sqrt(mean((s_p dq/dt)^2 + (s_q dp/dt)^2) / 2). What does not vary keeps the scale 1, with a warning SYM0319.
    Raises SymdslError SYM0320 (exit code 2) for numbers whose squares overflow.
    """
    moments: dict[str, Moments] = {}
    arrays: dict[str, Array] = {}
    scales: dict[str, Array] = {}
    warnings: dict[str, Diagnostic] = {}
    for layer in scaling_layers(graph, model):
        seen = take if layer.origin is None else _differences(take, layer.origin)
        moments[layer.field] = measure_moments(model.fields[layer.field], seen, samples)
        mean, scale, constant = block_statistics(moments[layer.field], layer.blocks, layer.shifted)
        if layer.shifted:
            arrays[layer.mean] = mean
        arrays[layer.scale] = scale
        scales[layer.field] = layer.blocks.expand(scale)
        if constant:
            warnings[layer.field] = _constant(model.fields[layer.field], constant, layer.blocks.count)
    for layer in energy_layers(graph):
        (output,) = model.outputs
        arrays[layer.scale] = energy_scale(moments[output], scales.get(model.fields[output].of or ""), layer)
    return Statistics(arrays, tuple(warnings.values()))


def set_statistics(
    compiled: Compilation, model: CompiledModel, data: FieldArrays, samples: Array
) -> tuple[dict[str, Array], tuple[Diagnostic, ...]]:
    """Give the model the statistics of these samples, before its first step. Raises SymdslError.

    Returns the scales of the outputs, which losses are measured in, and warnings.
    """
    if not compiled.spec.normalised:
        return {}, ()
    found = fit_statistics(compiled.graph, compiled.spec, data.take, samples)
    verify_range(found.arrays, compiled.session.dtype)
    model.set_weights({**model.weights(), **found.arrays})
    return output_scales(compiled.graph, compiled.spec, found.arrays), found.warnings


def verify_range(arrays: Mapping[str, Array], dtype: str) -> None:
    """Raises SymdslError SYM0320 (exit code 2) where a statistic has no normal number of the model's dtype."""
    limits = np.finfo(dtype)
    for path, array in arrays.items():
        sizes = np.abs(array[array != 0])
        if np.any((sizes < limits.tiny) | (sizes > limits.max)):
            message = f"{path} = {sizes.flat[0]:.3g} is no number of {dtype}"
            raise SymdslError(
                Diagnostic("SYM0320", message, hint="use --dtype float64, or store the data in other units"),
                exit_code=2,
            )


def measure_moments(field: Field, take: Take, samples: Array) -> Moments:
    """Mean and variance of each entry, batch by batch, joined by Chan's formula (Chan, Golub, LeVeque 1979)."""
    count, mean, spread = 0, np.zeros(field.shape), np.zeros(field.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        for part in _parts(samples, field.shape):
            array = _float64(take(field.name, part))
            own = array.mean(axis=0)
            inner = np.square(array - own).sum(axis=0)
            distance, total = own - mean, count + len(array)
            spread += inner + distance**2 * (count * len(array) / total)
            mean, count = mean + distance * (len(array) / total), total
        moments = Moments(mean, spread / max(count, 1))
        overflows = not np.all(np.isfinite(moments.square))
    if overflows:
        message = f"{field.name} holds numbers whose squares overflow, and has no scale"
        raise SymdslError(Diagnostic("SYM0320", message, span=field.span, hint="store it in larger units"), exit_code=2)
    return moments


def block_statistics(moments: Moments, blocks: Blocks, shifted: bool) -> tuple[Array, Array, int]:
    """(mean, scale, how many blocks do not vary), of the shape of the blocks; the scale of a constant one is 1."""
    sizes = blocks.sizes()
    mean = _pooled(moments.mean, blocks) / sizes if shifted else np.zeros(blocks.shape)
    about = moments.mean - blocks.expand(mean)
    scale = np.sqrt(_pooled(moments.variance + about**2, blocks) / sizes)
    # The largest mean of an entry bounds the rounding of its variance.
    constant = scale <= ROUNDING * np.sqrt(_pooled(moments.mean**2, blocks) / sizes)
    return mean, np.where(constant, 1.0, scale), int(np.sum(constant))


def energy_scale(derivative: Moments, state_scale: Array | None, layer: EnergyLayer) -> Array:
    """c with c^2 the mean of (s_p dq/dt)^2 and (s_q dp/dt)^2, s = 1 for a state that is not normalised; 1 for 0."""
    scale = np.ones_like(derivative.mean) if state_scale is None else state_scale
    conjugate = np.flip(scale, axis=layer.axis)
    found = np.sqrt(np.mean(derivative.square * conjugate**2))
    return np.asarray(found if found > 0 else 1.0)


def _differences(take: Take, origin: Origin) -> Take:
    """Points of a field less the centroid of each sample."""
    total = sum(points.count for _, points in origin.sources)

    def differences(name: str, samples: Array) -> Array:
        if origin.owner is not None:
            centroid = _centroids_of_rows(take, origin, samples)
            return origin.points.differences(_float64(take(name, samples)), centroid)
        centroid = sum(
            points.count / total * np.concatenate([points.mean(_float64(take(source, part))) for part in parts])
            for source, points in origin.sources
            for parts in [_parts(samples, points.shape)]
        )
        return origin.points.differences(_float64(take(name, samples)), np.asarray(centroid))

    return differences


def _centroids_of_rows(take: Take, origin: Origin, samples: Array) -> Array:
    """The mean of the points of each sample, (samples, d), or that of the sample of each row, (rows, d)."""
    owner = np.asarray(take(origin.owner or "", samples))
    ((source, points),) = origin.sources
    own = points.mean(_float64(take(source, samples)))
    total = np.zeros((len(samples), own.shape[-1]))
    np.add.at(total, owner, own)
    centroid = total / np.bincount(owner, minlength=len(samples))[:, None]
    return centroid[owner] if origin.spread else centroid


def _float64(array: Array) -> Array:
    return np.asarray(array, dtype=np.float64)


def _pooled(entries: Array, blocks: Blocks) -> Array:
    return blocks.reduce(entries[None])


def _parts(samples: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    rows = max(1, BATCH_ENTRIES // max(1, int(np.prod(shape, dtype=np.int64))))
    for start in range(0, len(samples), rows):
        yield samples[start : start + rows]


def _constant(field: Field, constant: int, count: int) -> Diagnostic:
    what = field.name if count == 1 else f"{constant} of {count} parts of {field.name}"
    return Diagnostic(
        "SYM0319", f"{what} {'does' if count == 1 or constant == 1 else 'do'} not vary in the training data",
        span=field.span, severity="warning", notes=("its scale stays 1",),
        hint=f"leave {field.name} out of `normalise`, or give the model data that vary",
    )  # fmt: skip
