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
    """The metrics of `score` over `samples` of the data; `batch` of them at a time are read and run."""
    compared = comparison_of(model)
    sums: dict[str, float] = {}
    for start in range(0, len(samples), batch):
        part = samples[start : start + batch]
        outputs = forward([data.take(name, part) for name in compared.given])
        targets = [data.take(name, part) for name in compared.targets]
        for name, value in score(outputs, targets, compared.fields, loss, scales).items():
            sums[name] = sums.get(name, 0.0) + value * len(part)
    return {name: total / len(samples) for name, total in sums.items()}


def score(
    outputs: Sequence[Array], targets: Sequence[Array], fields: Sequence[Field], loss: str | None = None,
    scales: Mapping[str, Array] = NO_SCALES,
) -> dict[str, float]:  # fmt: skip
    """Means over samples: `loss`, and for labels `accuracy` and `error`, else `mse` (over coordinates too) or `mae`.

    With several outputs each name but `loss`, their sum, is preceded by the field's: "y.accuracy". The loss of a field
    with a scale is that of its errors over the scale, as in training; its other metrics are in the user's units.
    """
    total = 0.0
    found: dict[str, float] = {}
    for output, target, field in zip(outputs, targets, fields, strict=True):
        found_output = np.asarray(output, dtype=np.float64)
        scored = score_field(found_output, target, field.kind == "label", loss)
        own = scored.pop("loss")
        if field.name in scales:
            scale = scales[field.name]
            own = score_field(found_output / scale, target / scale, False, loss)["loss"]
        total += own
        prefix = f"{field.name}." if len(fields) > 1 else ""
        found |= {prefix + name: value for name, value in scored.items()}
    return {"loss": total, **found}


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
