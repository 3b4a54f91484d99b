"""How good outputs are, in NumPy float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.fit import comparison_of
from symdsl.check.spec import Field, Model
from symdsl.data.match import FieldArrays

Array = NDArray[Any]
Indices = NDArray[np.int64]
Forward = Callable[[Sequence[Array]], tuple[Array, ...]]
LARGEST_BATCH = 1024
NO_SCALES: Mapping[str, Array] = MappingProxyType({})


def evaluate(
    forward: Forward, data: FieldArrays, model: Model, samples: Indices, loss: str | None = None,
    batch: int = LARGEST_BATCH, scales: Mapping[str, Array] = NO_SCALES,
) -> dict[str, float]:  # fmt: skip
    """The metrics of `score` over `samples` of the data; `batch` of them at a time are read and run.

    Means are over the samples, of an output of rows over its rows.
    """
    compared = comparison_of(model)
    sums: list[dict[str, float]] = [{} for _ in compared.fields]
    counts = [0] * len(compared.fields)
    for start in range(0, len(samples), batch):
        part = samples[start : start + batch]
        outputs = forward([data.take(name, part) for name in compared.given])
        for place, (name, field) in enumerate(zip(compared.targets, compared.fields, strict=True)):
            target = data.take(name, part)
            if not len(target):
                continue
            for metric, value in score([outputs[place]], [target], [field], loss, scales).items():
                sums[place][metric] = sums[place].get(metric, 0.0) + value * len(target)
            counts[place] += len(target)
    means = [
        {name: total / count for name, total in each.items()} for each, count in zip(sums, counts, strict=True)
    ]
    return _together(compared.fields, means)


def _together(fields: Sequence[Field], metrics: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The metrics of several outputs: one loss, their sum, and the others by output."""
    several = len(fields) > 1
    found = {"loss": float(sum(each.get("loss", 0.0) for each in metrics))}
    for field, each in zip(fields, metrics, strict=True):
        prefix = f"{field.name}." if several else ""
        found |= {prefix + name: value for name, value in each.items() if name != "loss"}
    return found


def score(
    outputs: Sequence[Array], targets: Sequence[Array], fields: Sequence[Field], loss: str | None = None,
    scales: Mapping[str, Array] = NO_SCALES,
) -> dict[str, float]:  # fmt: skip
    """Means over samples: `loss`, and for labels `accuracy` and `error`, else `mse` (over coordinates too) or `mae`.

    With several outputs each name but `loss`, their sum, is preceded by the field's: "y.accuracy". The loss of a field
    with a scale is that of its errors over the scale, as in training; its other metrics are in the user's units.
    """
    metrics = []
    for output, target, field in zip(outputs, targets, fields, strict=True):
        found_output = np.asarray(output, dtype=np.float64)
        if field.kind == "angle":
            # whole turns are no error
            turned = found_output - target
            target = found_output - np.arctan2(np.sin(turned), np.cos(turned))
        scored = score_field(found_output, target, field.kind == "label", loss)
        if field.name in scales:
            scale = scales[field.name]
            scored["loss"] = score_field(found_output / scale, target / scale, False, loss)["loss"]
        metrics.append(scored)
    return _together(fields, metrics)


def score_field(output: Array, target: Array, is_label: bool, loss: str | None) -> dict[str, float]:
    """Loss and metrics of one field; logits (batch, ..., classes) for a label."""
    if is_label:
        accuracy = float(np.mean(np.argmax(output, axis=-1) == target))
        return {"loss": cross_entropy(output, target), "accuracy": accuracy, "error": 1 - accuracy}
    if loss == "mean_absolute_error":
        mean = float(np.mean(np.abs(output - target)))
        return {"loss": mean, "mae": mean}
    mean = float(np.mean((output - target) ** 2))
    return {"loss": mean, "mse": mean}


def cross_entropy(logits: Array, labels: Array) -> float:
    """Mean of log sum_k exp(logit_k) - logit_label over all leading axes, natural logarithm."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    chosen = np.take_along_axis(shifted, labels[..., None], axis=-1)[..., 0]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=-1)) - chosen))


def prefixed(part: str, metrics: Mapping[str, float]) -> dict[str, float]:
    """The metrics of a part of the data: {"loss": ..} of "test" as {"test.loss": ..}."""
    return {f"{part}.{name}": value for name, value in metrics.items()}
