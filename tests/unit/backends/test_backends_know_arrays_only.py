"""No file under backends names a strategy, a group or a field type."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]


def forbidden_words() -> set[str]:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    names = {*points["symdsl.strategies"], *points["symdsl.groups"]}
    # a normalisation has a scale, and is an affine map
    named = {name for name in names - {"scale", "affine"} if len(name) > 2}
    return named | {"phase_space", "wilson_action", "cyclic", "dihedral"}


def test_backends_name_no_strategy_group_or_field_type() -> None:
    words = forbidden_words()
    assert {"group_convolution", "hamiltonian", "Lorentz"} <= words
    pattern = re.compile(rf"\b({'|'.join(sorted(words))})\b")
    found = [
        f"{path.name}: {match.group()}"
        for path in sorted((ROOT / "symdsl" / "backends").rglob("*.py"))
        for match in pattern.finditer(path.read_text())
    ]
    assert not found


def test_backends_import_plan_and_diagnostics_only() -> None:
    # of `artifact`, where the cache is
    pattern = re.compile(r"^\s*(?:from|import) symdsl\.(\w+)", re.MULTILINE)
    imported = {
        package
        for path in (ROOT / "symdsl" / "backends").rglob("*.py")
        for package in pattern.findall(path.read_text())
    }
    assert imported == {"artifact", "backends", "plan", "diagnostics"}
