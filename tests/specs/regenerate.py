"""Writes the pinned texts of the wrong specs of tests/specs anew; read the difference before it is committed.

Run `python tests/specs/regenerate.py` from the root of the repository. A spec NAME.sym has its rendered diagnostics in
NAME.txt; the codes, places and fixes of all specs lie in pinned.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from symdsl.check.checker import check_file
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.render import render
from symdsl.diagnostics.render_json import json_data
from symdsl.pipeline import Compilation
from symdsl.registry import EntryPointCatalogue
from symdsl.syntax.parser import parse

SPECS = Path(__file__).parent
CARDS = SPECS / "cards"
"""Where the specs' group cards are."""
PINNED = SPECS / "pinned.json"


def diagnostics_of(path: Path) -> tuple[Diagnostic, ...]:
    """All diagnostics of a spec, its faults of syntax included; places name the file without its folder."""
    try:
        return check_file(parse(path.read_text(), path.name), EntryPointCatalogue(), folder=CARDS).diagnostics
    except SymdslError as refusal:
        return refusal.diagnostics


def rendered(path: Path) -> str:
    """What a terminal without colour shows for a spec."""
    return render(diagnostics_of(path), {path.name: path.read_text()})


def refusal(path: Path) -> str:
    """The same of a spec that is refused, by the checker or, where it is sound, when it is compiled."""
    found = rendered(path)
    if found:
        return found
    try:
        Compilation(check_file(parse(path.read_text(), path.name), EntryPointCatalogue()).model()).graph  # noqa: B018
    except SymdslError as fault:
        return render(fault.diagnostics, {path.name: path.read_text()})
    return ""


def pinned_json(path: Path) -> list[dict[str, Any]]:
    """The diagnostics of a spec as data, the wording left to the text."""
    kept = ("code", "severity", "span", "fix")
    return [{key: entry[key] for key in kept} for entry in json_data(diagnostics_of(path))["diagnostics"]]


def main() -> None:
    """Writes every pinned file."""
    data = {}
    for path in sorted((*SPECS.glob("bad/*.sym"), *SPECS.glob("warned/*.sym"))):
        path.with_suffix(".txt").write_text(rendered(path))
        data[path.stem] = pinned_json(path)
    for expected in sorted(SPECS.glob("unseen/*.expect")):
        if expected.read_text().startswith("refused"):
            expected.with_suffix(".txt").write_text(refusal(expected.with_suffix(".sym")))
    PINNED.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
