"""Interleaved medians: every candidate is timed in turn, so that a slow minute hurts all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(candidates: Mapping[str, Callable[[], object]], runs: int = 9, warm: int = 2) -> dict[str, float]:
    """Median seconds of each candidate over `runs` interleaved runs, after `warm` untimed ones."""
    for _ in range(warm):
        for run in candidates.values():
            run()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(runs):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}
