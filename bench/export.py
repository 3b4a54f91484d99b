"""Exported files against the model: largest error, size and latency, for each format, strategy and example.

python -m bench.export
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from bench.record import ROOT, Row, record
from symdsl.export.comparison import drawn_inputs
from symdsl.export.export import ExportOptions, export, for_backend, make_subject
from symdsl.export.format import Format
from symdsl.export.formats import FORMATS, find_format
from symdsl.export.run_weights import GivenWeights
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session
from symdsl.verification.samples import random_weights
from tests.docs.support_cases import ROWS

BOUND = 1e-5
EXAMPLES = (
    "spring/spring.sym",
    "pendulum/pendulum.sym",
    "two_body/two_body.sym",
    "inertia/inertia.sym",
    "particle/particle.sym",
    "rotated_digits/p4cnn.sym",
    "rotated_digits/p4cnn_rotation_pooling.sym",
    "rotated_digits/z2cnn.sym",
    "p4m_resnet/p4m_all_cnn.sym",
)
TIMED = ("pendulum", "inertia", "p4cnn")
LATENCY_BATCH = 64
RUNS = 30


def main() -> None:
    """Export everything with random weights, and record the largest error of each format."""
    worst: dict[tuple[str, str], tuple[float, str]] = defaultdict(lambda: (0.0, ""))
    rows: list[Row] = []
    specs: dict[str, Any] = {f"{row.strategy} {row.group}": row.text for row in ROWS}
    specs |= {Path(name).stem: ROOT / "examples" / name for name in EXAMPLES}
    for target in FORMATS:
        chosen = find_format(target)
        for name, spec in specs.items():
            if target == "aoti" and name not in TIMED:
                continue
            compilation = for_backend(prepare(spec, Session()), chosen)
            weights = GivenWeights(random_weights(compilation.program.root, 0))
            for entry in [each for each in compilation.program.entry_points if each in ("forward", "energy")]:
                found = export(compilation, chosen, "model", weights, ExportOptions(entry=entry)).manifest
                for each in found.comparison:
                    place = (target, each.reference)
                    worst[place] = max(worst[place], (each.error, f"{name}, {entry}"))
            print(f"{target}: {name}", flush=True)
            if name in TIMED:
                rows += latency_rows(chosen, name, compilation, weights)
    errors = [
        Row(f"{target} against {reference}: largest error, at {name}", f"{error:.1e}", "<= 1e-5", error <= BOUND)
        for (target, reference), (error, name) in worst.items()
    ]
    record(
        "export", "Exported files, float32", "python -m bench.export", errors + rows,
        (
            f"{len(specs)} models: every row of the table of what is supported, and {', '.join(EXAMPLES)}; random "
            "weights and statistics, batches of 1, 2, 7 and 64, errors relative to the largest output. An export over "
            "the bound is refused, and would end the command. AOTInductor: the timed models only. Latency: folded "
            f"file over unfolded eager model, a batch of {LATENCY_BATCH}, one thread, medians of {RUNS} interleaved "
            "calls; safetensors is read by its Python file, in another process, and is not timed.",
        ),
    )  # fmt: skip


def latency_rows(chosen: Format, name: str, compilation: Compilation, weights: GivenWeights) -> list[Row]:
    """The size of the files, and the ratio of the medians of interleaved calls."""
    subject = make_subject(compilation, chosen, weights, ExportOptions())
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "written").mkdir()
        (folder / "read").mkdir()
        files = chosen.serialise(subject, ExportOptions().choices, folder / "written")
        rows = [Row(f"{chosen.name} of {name}: size", f"{sum(map(len, files.values())) / 1024:.0f} KiB")]
        if chosen.whole_program:
            return rows
        eager = compilation.instantiate(weights.arrays)
        inputs = drawn_inputs(subject, np.random.default_rng(0), LATENCY_BATCH)
        with chosen.load(files, subject, folder / "read") as call:
            times: dict[str, list[float]] = {"file": [], "eager": []}
            for _ in range(RUNS + 5):
                start = perf_counter()
                call(inputs)
                middle = perf_counter()
                eager.call("forward", *inputs)
                times["file"].append(middle - start)
                times["eager"].append(perf_counter() - middle)
    file, model = (float(np.median(times[each][5:])) for each in ("file", "eager"))
    return [*rows, Row(f"{chosen.name} of {name}: latency over the eager model's", f"{file / model:.2f}")]


if __name__ == "__main__":
    main()
