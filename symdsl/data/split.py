"""Which samples train, which choose, which judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.data.faults import bad_data
from symdsl.data.trajectories import spread_samples

Indices = NDArray[np.int64]
DEFAULT = (0.8, 0.1, 0.1)


@dataclass(frozen=True)
class Split:
    """Disjoint sample indices; validation and test may be empty."""

    train: Indices
    validation: Indices
    test: Indices


def split_samples(count: int, fractions: Sequence[float], seed: int) -> Split:
    """A random partition of range(count) into train, validation and test, the same for the same seed.

    Sizes are the fractions of `count` rounded down, the remainder trains. Raises SymdslError: SYM1203 where they are
    not three fractions of sum 1, SYM0814 where nothing is left to train on.
    """
    valid = len(fractions) == 3 and all(0 <= part <= 1 for part in fractions) and abs(sum(fractions) - 1) < 1e-9
    if not valid:
        raise bad_data("SYM1203", f"split {list(fractions)} is not three fractions that add up to 1",
                       hint=f"split = {list(DEFAULT)}: training, validation, test")  # fmt: skip
    # the small addend keeps 0.1 * 70, which is below 7 in binary, from losing a sample
    validation, test = (int(np.floor(count * part + 1e-9)) for part in fractions[1:])
    if validation + test >= count:
        raise bad_data("SYM0814", f"split {list(fractions)} of {count:,} samples leaves none to train on")
    order = np.random.default_rng(seed).permutation(count)
    first, second = np.sort(order[:validation]), np.sort(order[validation : validation + test])
    return Split(np.sort(order[validation + test :]), first, second)


def choose_split(
    count: int, partition: Mapping[str, Indices], fractions: Sequence[float] | None, seed: int, points: int = 1
) -> Split:
    """The split that was asked for, else the published one, else 80, 10 and 10 %. Raises as `split_samples` does.

    Samples that are the states of trajectories, `points` of each, stay together.
    """
    if fractions is not None or not partition:
        whole = split_samples(count // points, DEFAULT if fractions is None else fractions, seed)
        return Split(*(spread_samples(part, points) for part in (whole.train, whole.validation, whole.test)))
    nothing = np.empty(0, dtype=np.int64)
    return Split(partition["train"], partition.get("validation", nothing), partition.get("test", nothing))
