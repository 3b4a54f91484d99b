"""One-sided bounds of a mean by Student's law."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def upper_bound(values: NDArray[Any], level: float) -> float:
    """What the mean of values (n,) is surely at most, at `level`."""
    from scipy.stats import t

    return float(np.mean(values) + t.ppf(1.0 - level, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))


def lower_bound(values: NDArray[Any], level: float) -> float:
    """What the mean of values (n,) is surely at least, at `level`."""
    return -upper_bound(-values, level)
