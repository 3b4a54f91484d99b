"""From the arrays of a data set to the samples of a problem: what is moved, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset, check_finite, check_same_length
from symdsl.data.faults import bad_data
from symdsl.data.lazy import SampleArray
from symdsl.data.source import load_data, parse_reference
from symdsl.drafting.fields import count_classes

Array = NDArray[Any]
MOST_NUMBERS: Final = 100_000_000
"""Numbers of all samples together."""


@dataclass(frozen=True)
class Columns:
    """The arrays that were named, side by side: x (N, *slots, d), y (N, ..) or None, and y's number of classes.

    `inputs` and `targets` name the arrays, `shapes` say what a sample of each has, and `places` where it is: a source,
    as a spec in the working folder has it, and the key there. `names` are those of the numbers along the last axis of
    x, and `remarks` what was chosen without being asked.
    """

    x: Array
    y: Array | None
    classes: int | None
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    shapes: dict[str, tuple[int, ...]]
    names: tuple[str, ...]
    places: Mapping[str, tuple[str, str]]
    kinds: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of all arrays, each once."""
        return tuple(dict.fromkeys(self.places[name][0] for name in (*self.inputs, *self.targets)))


def read_columns(
    reference: str, inputs: Sequence[str], targets: Sequence[str], seed: int = 0, *, folder: Path = Path(),
    allow_path: bool = True,
) -> Columns:  # fmt: skip
    """The named arrays of a source, those of its training part where it has parts.

    Several arrays of one number a sample are the coordinates of one vector; several of vectors are vectors that move
    alike. Raises SymdslError (exit code 2): as sources do, SYM0803 no such array, SYM0805 not finite, SYM0809 no real
    numbers, SYM0810 lengths that differ, SYM0815 too many, SYM0826 samples of unlike size, SYM1321 a constant y,
    SYM1329 arrays that do not go together.
    """
    dataset = load_data(parse_reference(reference, folder=folder, allow_path=allow_path), seed)
    remarks: list[str] = []
    keys = tuple(inputs) or _only_input(dataset, targets, remarks)
    chosen = {key: dataset.array(key) for key in dict.fromkeys((*keys, *targets))}
    counted = [key for key in chosen if key in dataset.counts]
    if counted:
        raise bad_data("SYM0826", f"samples of {dataset.name} have any number of rows of `{counted[0]}`",
                       hint="a symmetry is looked for in samples of one size")  # fmt: skip
    check_same_length(dataset.name, chosen)
    check_count(dataset.name, chosen.values())
    rows = chosen_rows(dataset.partition, remarks)
    arrays = {key: np.asarray(array[rows]) for key, array in chosen.items()}
    for key, array in arrays.items():
        check_finite(dataset.name, key, array)
    for key in keys:
        _check_real(dataset.name, key, arrays[key], "x")
    kinds = {key: dataset.kinds[key] for key in arrays if key in dataset.kinds}
    x, names = side_by_side(dataset.name, [(key, _flat_image(arrays[key], kinds.get(key))) for key in keys])
    y, classes = _target(dataset.name, targets, arrays)
    shapes = {key: array.shape[1:] for key, array in arrays.items()}
    places = {key: (reference, key) for key in arrays}
    return Columns(x, y, classes, keys, tuple(targets), shapes, names, places, kinds, tuple(remarks))


def check_count(source: str, arrays: Iterable[SampleArray]) -> None:
    """Raises SymdslError SYM0815 where arrays have more than `MOST_NUMBERS` numbers together; none is read."""
    numbers = sum(array.size for array in arrays)
    if numbers > MOST_NUMBERS:
        raise bad_data("SYM0815", f"{source} holds {numbers:,} numbers, and the limit is {MOST_NUMBERS:,}",
                       hint="some thousands of samples tell a symmetry: keep a part of them")  # fmt: skip


def chosen_rows(partition: Mapping[str, Array], remarks: list[str]) -> Any:
    """The samples of the training part, of the first one where none is called so, or all; a remark says which."""
    if not partition:
        return slice(None)
    part = "train" if "train" in partition else next(iter(partition))
    rows = partition[part]
    remarks.append(f"{len(rows):,} samples of the part `{part}` are looked at, and no others")
    return rows


def check_varies(source: str, targets: Sequence[str], y: Array) -> None:
    """Raises SymdslError SYM1321 where y (N, ..) is the same in all samples."""
    if np.all(y == y[:1]):
        raise bad_data("SYM1321", f"`{', '.join(targets)}` of {source} is the same in all {len(y):,} samples",
                       hint="every motion leaves a constant as it is: name what varies")  # fmt: skip


def _only_input(dataset: Dataset, targets: Sequence[str], remarks: list[str]) -> tuple[str, ...]:
    """The one array that is left. Raises SymdslError SYM1011 where there are several."""
    left = [key for key in dataset.arrays if key not in targets]
    if len(left) != 1:
        shapes = ", ".join(f"{key} {tuple(dataset.arrays[key].shape)}" for key in sorted(dataset.arrays))
        raise bad_data("SYM1011", "which arrays does the symmetry move?", notes=(f"{dataset.name} holds {shapes}",),
                       hint="name them with --x, and what is said of them with --y")  # fmt: skip
    remarks.append(f"--x {left[0]}, the only array that is left")
    return (left[0],)


def _check_real(source: str, key: str, array: Array, role: str) -> None:
    if array.dtype.kind == "f":
        return
    what = {"i": "whole numbers", "u": "whole numbers", "b": "true and false", "c": "complex numbers"}
    found = what.get(array.dtype.kind, "no numbers")
    hint = "a continuous motion needs real numbers; if they are quantities, store them as floating-point numbers"
    if array.dtype.kind not in "iu":
        hint = "name an array of real numbers"
    raise bad_data("SYM0809", f"`{key}` of {source} holds {found}, and {role} is moved", hint=hint)


def _flat_image(array: Array, kind: str | None) -> Array:
    return array.reshape(len(array), -1) if kind == "image" else array


def side_by_side(source: str, arrays: Sequence[tuple[str, Array]]) -> tuple[Array, tuple[str, ...]]:
    """Arrays (N,) as one (N, d); arrays (N, *slots, d) as one with all slots; and names for the last axis.

    Raises SymdslError SYM1329 where they do not go together.
    """
    if all(array.ndim == 1 for _, array in arrays):
        return np.stack([array for _, array in arrays], axis=1), tuple(key for key, _ in arrays)
    size = arrays[0][1].shape[-1]
    for key, array in arrays:
        if array.ndim == 1 or array.shape[-1] != size:
            found = ", ".join(f"{key} {array.shape[1:]}" for key, array in arrays)
            raise bad_data(
                "SYM1329", f"`{key}` of {source} is not moved as `{arrays[0][0]}` is",
                notes=(f"samples have the shapes {found}",),
                hint="name numbers, which make one vector, or vectors of one size, which are moved alike",
            )  # fmt: skip
    label = arrays[0][0] if len(arrays) == 1 else "x"
    names = tuple(f"{label}[{place}]" for place in range(size))
    if len(arrays) == 1:
        return arrays[0][1], names
    return np.concatenate([array.reshape(len(array), -1, size) for _, array in arrays], axis=1), names


def _target(source: str, targets: Sequence[str], arrays: dict[str, Array]) -> tuple[Array | None, int | None]:
    """y: classes that count from 0, one number (N,) or several (N, ..)."""
    if not targets:
        return None, None
    if len(targets) > 1:
        for key in targets:
            _check_real(source, key, arrays[key], "y")
        y, _ = side_by_side(source, [(key, arrays[key]) for key in targets])
        classes = None
    else:
        y, classes = arrays[targets[0]], None
        if y.dtype.kind in "iub" and y.ndim == 2 and y.shape[1] == 1:
            y = y[:, 0]
        if y.dtype.kind != "f":
            classes = _classes(source, targets[0], y)
    check_varies(source, targets, y)
    return y, classes


def _classes(source: str, key: str, y: Array) -> int | None:
    """How many classes whole numbers name. Raises SymdslError SYM0809 where they are none."""
    if y.dtype.kind not in "iub":
        raise bad_data("SYM0809", f"`{key}` of {source} holds {'text' if y.dtype.kind in 'US' else y.dtype}",
                       hint="number its classes 0, 1, 2, ..")  # fmt: skip
    if y.ndim == 1 and (found := count_classes(y)) is not None and 2 * found <= len(y):
        return found
    if y.ndim == 1 and np.all(y == y[:1]):
        return None
    raise bad_data(
        "SYM0809", f"whole numbers of `{key}` of {source} are no classes 0, 1, 2, ..",
        hint="number classes from 0; if they are quantities, store them as floating-point numbers",
    )  # fmt: skip

