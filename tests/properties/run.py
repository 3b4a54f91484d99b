"""`python -m tests.properties.run --count 10000 --start 0`: a long run; prints each disagreement with its spec."""

from __future__ import annotations

import argparse
import time
import traceback

import jax
import torch

from tests.properties.agreement import disagreements
from tests.properties.random_specs import candidate, random_spec


def main() -> int:
    """Exit code 1 where any spec disagreed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    jax.config.update("jax_disable_most_optimizations", True)
    failed, began = [], time.perf_counter()
    for seed in range(options.start, options.start + options.count):
        found = examine(seed)
        if found:
            failed.append(seed)
            print(f"--- seed {seed}", *found, sep="\n", flush=True)
        if seed % 50 == 49:
            jax.clear_caches()
    spent = time.perf_counter() - began
    print(f"{options.count} specs from seed {options.start} in {spent:.0f} s: {len(failed)} disagree {failed}")
    return 1 if failed else 0


def examine(seed: int) -> list[str]:
    """What is wrong with one seed; a crash counts, and is told with its traceback."""
    text = candidate(seed).text
    try:
        spec = random_spec(seed)
        text = spec.text
        found = [*disagreements(spec)]
    except Exception:
        return [traceback.format_exc(limit=-4), text]
    return [*found, spec.text] if found else []


if __name__ == "__main__":
    raise SystemExit(main())
