"""Finished runs of a long bench, each kept in a file of its own, so that a bench that was stopped goes on.

Those of a bench of many hours are gathered with its figures in docs/results/runs, so that another checkout goes on too;
`--anew` of such a bench measures them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.record import RESULTS, ROOT, commit

FOLDER = ROOT / "runs" / "bench"
GATHERED = RESULTS / "runs"


def keep(name: str, measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The figures of the run `name`: those that are kept, else measured now and kept, whole or not at all."""
    if kept(name) is None:
        print(f"{name} ...", flush=True)
        path = _path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"commit": commit(), "figures": measure()}))
        part.rename(path)
    figures = kept(name)
    assert figures is not None
    print(f"{name}: {', '.join(f'{key} {value:.3g}' for key, value in figures.items())}", flush=True)
    return figures


def kept(name: str) -> dict[str, float] | None:
    """The figures of a run that has finished, None of any other."""
    run = _run(name)
    return None if run is None else run["figures"]


def gather(bench: str, names: Iterable[str]) -> tuple[str, ...]:
    """Write the finished ones of `names` to docs/results/runs/BENCH.json; the commits that they were made at."""
    runs = {name: run for name in names if (run := _run(name)) is not None}
    GATHERED.mkdir(parents=True, exist_ok=True)
    (GATHERED / f"{bench}.json").write_text(json.dumps(runs, indent=0, sort_keys=True) + "\n")
    return tuple(sorted({run["commit"] for run in runs.values()}))


def forget(bench: str) -> None:
    """Drop the gathered runs of a bench, which are measured anew then."""
    (GATHERED / f"{bench}.json").unlink(missing_ok=True)


def _run(name: str) -> dict | None:
    if _path(name).exists():
        return json.loads(_path(name).read_text())
    for path in sorted(GATHERED.glob("*.json")):
        if found := json.loads(path.read_text()).get(name):
            return found
    return None


def _path(name: str) -> Path:
    return FOLDER / f"{name}.json"
