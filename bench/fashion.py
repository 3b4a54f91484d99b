"""Rotated Fashion-MNIST with the same symmetry enforced in four ways, at equal parameters.

python -m bench.fashion     Cohen & Welling 2016 (1602.07576), section 8.1, on other images; resumed where it was killed
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from bench.record import ROOT, Row, record

SPEC = ROOT / "examples" / "rotated_fashion" / "p4cnn.sym"
FOLDER = ROOT / "build" / "fashion"
ENFORCE = "group_convolution, none, augmentation, invariance_loss"
NAMES = {
    "group_convolution": "P4CNN",
    "none": "Z2CNN",
    "augmentation": "augmentation",
    "invariance_loss": "invariance loss",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Rotated Fashion-MNIST, four ways, three seeds.")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    command = [sys.executable, "-m", "symdsl", "compare", str(SPEC), "--enforce", ENFORCE]
    command += ["--seeds", str(given.seeds), "--epochs", str(given.epochs), "-o", str(FOLDER), "--format", "json"]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = json.loads(run.stdout)["rows"]
    record(
        "fashion",
        f"Rotated Fashion-MNIST, 12,000 to train, 10,000 to test, {given.epochs} epochs, {given.seeds} seeds",
        "python -m bench.fashion",
        [*map(in_words, rows), verdict(rows)],
        (
            "Networks other than the P4CNN are the planar one, its widths scaled to the same number of parameters. "
            "Each image is turned by its own uniform angle, bilinearly, with a fixed seed; C(4) is asked for. "
            "Few epochs, and none chosen by their validation loss: the table compares, it sets no record.",
        ),
    )


def in_words(row: dict[str, Any]) -> Row:
    """Test error in percent, what the symmetry is off by, and the cost."""
    error, symmetry, seconds = row["metric"], row["symmetry_error"], row["seconds"]
    values = ", ".join(f"{100 * value:.2f}" for value in error["values"])
    figure = f"{100 * error['mean']:.2f} % ± {100 * (error['spread'] or 0):.2f}"
    what = f"{NAMES[row['enforced_by']]}: test error ({values})"
    what += f"; {row['parameters']:,} parameters; equivariance error {symmetry['mean']:.1e}; {seconds['mean']:.0f} s"
    return Row(what, figure)


def verdict(rows: list[dict[str, Any]]) -> Row:
    """P4CNN below Z2CNN by more than the larger spread."""
    found = {row["enforced_by"]: row["metric"] for row in rows}
    group, plain = found["group_convolution"], found["none"]
    spread = max(group["spread"] or 0.0, plain["spread"] or 0.0)
    gain = plain["mean"] - group["mean"]
    return Row("Z2CNN's error less P4CNN's", f"{100 * gain:.2f} %", f"> {100 * spread:.2f} %", gain > spread)


if __name__ == "__main__":
    main()
