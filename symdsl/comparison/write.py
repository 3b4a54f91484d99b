"""The files of a comparison: comparison.json, comparison.md and comparison.png, beside the folders of the runs."""

from __future__ import annotations

from pathlib import Path

from symdsl.artifact.write import write_text
from symdsl.comparison.plot import plot_comparison
from symdsl.comparison.results import ComparisonResult
from symdsl.comparison.table import table_markdown


def write_comparison(result: ComparisonResult, folder: Path) -> None:
    """Each file whole or not at all. Raises SymdslError (SYM0907)."""
    write_text(folder / "comparison.json", result.model_dump_json(indent=1) + "\n")
    write_text(folder / "comparison.md", table_markdown(result))
    plot_comparison(result, folder / "comparison.png")
