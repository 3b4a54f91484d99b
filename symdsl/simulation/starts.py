"""Where trajectories start: states that are written, or samples of data."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def read_states(model: Model, written: Sequence[str]) -> dict[str, Array]:
    """The inputs (N, *shape) that texts such as "1.0, 0.0" say: the numbers of all inputs, one after the other.

    Raises SymdslError (SYM1232, exit code 2) for another count of numbers, and for what is no finite number.
    """
    shapes = {name: model.fields[name].shape for name in model.inputs}
    size = sum(prod(shape) for shape in shapes.values())
    rows = np.array([read_numbers(text, size, shapes) for text in written])
    found, edge = {}, 0
    for name, shape in shapes.items():
        found[name] = rows[:, edge : edge + prod(shape)].reshape(len(rows), *shape)
        edge += prod(shape)
    return found


def read_numbers(text: str, size: int, shapes: dict[str, tuple[int, ...]]) -> list[float]:
    """`size` finite numbers separated by commas. Raises SymdslError (SYM1232)."""
    parts = [part.strip() for part in text.split(",")]
    wanted = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    if len(parts) != size:
        message = f"the state `{text}` has {len(parts)} numbers, and {size} are needed"
        raise bad_state(message, f"the inputs, flat and in this order, are {wanted}")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        raise bad_state(f"the state `{text}` is not made of numbers", f"write {size} of them: 1.0,0.0") from None
    if not np.all(np.isfinite(numbers)):
        raise bad_state(f"the state `{text}` is not finite", f"write {size} finite numbers")
    return numbers


def choose_samples(candidates: Indices, count: int) -> Indices:
    """At most `count` of the candidates, evenly spread, so that states of one trajectory do not crowd the choice."""
    places = np.linspace(0, len(candidates), min(count, len(candidates)), endpoint=False)
    return candidates[places.astype(np.int64)]


def read_samples(model: Model, data: FieldArrays, indices: Sequence[int]) -> dict[str, Array]:
    """The inputs of some samples, (N, *shape). Raises SymdslError (SYM1232) for an index outside the data."""
    for index in indices:
        if not 0 <= index < data.count:
            message = f"there is no sample {index} in {data.name}"
            raise bad_state(message, f"its {data.count:,} samples are numbered from 0 to {data.count - 1}")
    return {name: np.asarray(data.take(name, np.array(indices, dtype=np.int64))) for name in model.inputs}


def bad_state(message: str, hint: str) -> SymdslError:
    """SYM1232, exit code 2."""
    return SymdslError(Diagnostic("SYM1232", message, hint=hint), exit_code=2)
