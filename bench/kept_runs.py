"""Finished runs of a long bench, each kept in a file of its own, so that a bench that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bench.record import ROOT

FOLDER = ROOT / "runs" / "bench"


def keep(name: str, measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The figures of the run `name`: from its file, else measured now and written to it, whole or not at all."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        print(f"{name} ...", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(measure()))
        part.rename(path)
    figures = kept(name)
    assert figures is not None
    print(f"{name}: {', '.join(f'{key} {value:.3g}' for key, value in figures.items())}", flush=True)
    return figures


def kept(name: str) -> dict[str, float] | None:
    """The figures of a run that has finished, None of any other."""
    path: Path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None
