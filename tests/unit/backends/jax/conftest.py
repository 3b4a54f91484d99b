"""The programs here and the table of cases are importable; emitted modules lie in a folder of the test run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[3] / "conformance")]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMDSL_CACHE", str(tmp_path / "cache"))
