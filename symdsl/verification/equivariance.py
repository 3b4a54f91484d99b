"""End to end: |f(gx) - g f(x)|, per symmetry and for random words over all symmetries together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Exactness, Model, Symmetry
from symdsl.ir.actions import output_action
from symdsl.verification.report import Measurement
from symdsl.verification.samples import Elements

Call = Callable[[Mapping[str, NDArray[Any]]], Mapping[str, NDArray[Any]]]

EXACT_TOLERANCE = 1e-10


def relative_error(first: NDArray[Any], second: NDArray[Any]) -> float:
    """max |a - b| / max(|a|, |b|) over a batch, each sample in the maximum norm: 0 where both vanish, inf for NaN."""
    return float(np.max(relative_errors(first, second), initial=0.0))


def relative_errors(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    """|a - b| / max(|a|, |b|) of each sample of a batch, in the maximum norm: 0 where both vanish, inf for NaN."""
    if not (np.all(np.isfinite(first)) and np.all(np.isfinite(second))):
        return np.full(len(first), np.inf)
    axes = tuple(range(1, first.ndim))
    difference = np.max(np.abs(first - second), axis=axes)
    scale = np.maximum(np.max(np.abs(first), axis=axes), np.max(np.abs(second), axis=axes))
    return np.divide(difference, scale, out=np.zeros_like(difference), where=scale > 0)


def move(model: Model, symmetry: Symmetry, element: NDArray[Any], values: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Every input field moved by one element; integers that tie rows together stay."""
    return {
        name: value if model.fields[name].is_index else symmetry.actions[name].apply(element, value)
        for name, value in values.items()
    }


def move_outputs(
    model: Model, symmetry: Symmetry, element: NDArray[Any], values: Mapping[str, NDArray[Any]]
) -> dict[str, Any]:
    """Every output moved by one element."""
    return {
        name: output_action(model.fields[name], symmetry.actions[name]).apply(element, value)
        for name, value in values.items()
    }


def word_errors(
    model: Model,
    call: Call,
    inputs: Mapping[str, NDArray[Any]],
    words: Sequence[Sequence[tuple[Symmetry, NDArray[Any]]]],
) -> NDArray[np.float64]:
    """Relative errors, one for each word, output and sample; a word is applied letter by letter, to inputs and outputs
    alike."""
    plain = call(inputs)
    errors: list[NDArray[np.float64]] = []
    for word in words:
        before: Mapping[str, NDArray[Any]] = inputs
        after: Mapping[str, NDArray[Any]] = plain
        for symmetry, element in word:
            before = move(model, symmetry, element, before)
            after = move_outputs(model, symmetry, element, after)
        found = call(before)
        errors += [relative_errors(found[name], after[name]) for name in model.outputs]
    return np.concatenate(errors) if errors else np.zeros(1)


def measure_symmetry(
    model: Model, call: Call, inputs: Mapping[str, NDArray[Any]], elements: Elements, exactness: Exactness
) -> tuple[Measurement, ...]:
    """The error of one symmetry: judged where it is promised, on the subgroup where only that is; else reported."""
    symmetry = elements.symmetry
    stated = model.tolerance
    kind = exactness.kind
    everything = np.ones(len(elements.matrices), dtype=np.bool_)
    parts: list[tuple[str, NDArray[np.bool_], float | None]]
    if kind == "exact":
        parts = [("whole group", everything, EXACT_TOLERANCE)]
    elif kind == "subgroup":
        parts = [
            ("subgroup that maps the grid to itself", elements.exact, EXACT_TOLERANCE),
            ("other elements", ~elements.exact, stated),
        ]
    else:
        parts = [("whole group", everything, stated)]
    note = exactness.detail or ("not enforced in the architecture" if kind == "none" else "")
    found = []
    for where, chosen, tolerance in parts:
        if chosen.any():
            errors = word_errors(model, call, inputs, [[(symmetry, each)] for each in elements.matrices[chosen]])
            found.append(
                Measurement(
                    quantity="equivariance",
                    subject=symmetry.name,
                    where=where,
                    elements=int(chosen.sum()),
                    error=float(np.max(errors)),
                    tolerance=tolerance,
                    note=note,
                    mean=float(np.mean(errors)),
                )
            )
    return tuple(found)


def measure_words(
    model: Model,
    call: Call,
    inputs: Mapping[str, NDArray[Any]],
    sets: Sequence[Elements],
    generator: np.random.Generator,
    count: int,
) -> Measurement:
    """Random words over several exactly enforced symmetries together."""
    words = []
    for _ in range(count):
        letters = [sets[index] for index in generator.permutation(len(sets))]
        words.append(
            [(letter.symmetry, letter.matrices[generator.integers(len(letter.matrices))]) for letter in letters]
        )
    return Measurement(
        quantity="equivariance",
        subject=" and ".join(each.symmetry.name for each in sets),
        where="random words",
        elements=count,
        error=float(np.max(word_errors(model, call, inputs, words))),
        tolerance=EXACT_TOLERANCE,
        note="all symmetries together",
    )
