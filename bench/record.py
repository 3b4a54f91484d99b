"""Figures with their command, commit and machine, kept as JSON and shown in docs/results.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "results"
PAGE = ROOT / "docs" / "results.md"


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, the figure, and the bound it was to meet ("" where there is none)."""

    what: str
    figure: str
    target: str = ""
    met: bool | None = None


def record(name: str, title: str, command: str, rows: list[Row], notes: tuple[str, ...] = ()) -> None:
    """Print the rows, keep them, and write the page again."""
    for row in rows:
        verdict = "" if row.met is None else ("met" if row.met else "MISSED")
        print(f"{row.what:<72} {row.figure:>24}  {row.target:<12} {verdict}", flush=True)
    data = {
        "title": title,
        "command": command,
        "commit": commit(),
        "machine": machine(),
        "notes": list(notes),
        "rows": [asdict(row) for row in rows],
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    write_page()


def write_page() -> None:
    """docs/results.md from all kept figures."""
    lines = [
        "# Results",
        "",
        "Written by the commands below; a missed target is shown as missed. Timings are ratios within one run.",
        "",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        data = json.loads(path.read_text())
        lines += [f"## {data['title']}", ""]
        lines += [f"`{data['command']}`, commit {data['commit']}, {data['machine']}.", ""]
        lines += ["| what | figure | target | |", "|---|---|---|---|"]
        for row in data["rows"]:
            verdict = {None: "", True: "met", False: "**missed**"}[row["met"]]
            lines.append(f"| {row['what']} | {row['figure']} | {row['target']} | {verdict} |")
        lines.append("")
        for note in data["notes"]:
            lines += [note, ""]
    PAGE.write_text("\n".join(lines).rstrip() + "\n")


def commit() -> str:
    """The short hash of the checkout, marked where the tree has changes."""
    run = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return run.stdout.strip() or "unknown"


def machine() -> str:
    """What the figures were measured on, without naming it."""
    return f"{os.cpu_count()} CPU cores, {platform.machine()}, Python {platform.python_version()}"
