"""Generated modules: one file for one content, whole, importable by name, rebuilt when damaged."""

from __future__ import annotations

import linecache
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest

from symdsl.backends.backend import Requirements
from symdsl.backends.source_cache import cache_folder, cache_source, import_source
from symdsl.diagnostics.diagnostic import SymdslError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYMDSL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_equal_content_is_one_file_and_one_module(cache: Path) -> None:
    first = cache_source("x = object()\n", {}, "torch")
    assert cache_source("x = object()\n", {}, "torch") == first
    assert cache_source("x = 1\n", {}, "torch") != first
    assert cache_source("x = object()\n", {"a": np.zeros(3)}, "torch") != first
    assert cache_source("x = object()\n", {}, "jax") != first
    assert import_source(first).x is import_source(first).x
    assert sorted(path.suffix for path in cache.iterdir()) == [".py", ".py", ".py", ".py", ".safetensors"]


def test_a_damaged_file_is_written_again() -> None:
    path = cache_source("x = 1\n", {"a": np.zeros(3)}, "torch")
    path.write_text("x = 'harm'\n")
    path.with_suffix(".safetensors").write_bytes(b"")
    assert import_source(cache_source("x = 1\n", {"a": np.zeros(3)}, "torch")).x == 1
    assert path.with_suffix(".safetensors").stat().st_size > 0


def test_tracebacks_show_the_source() -> None:
    module = import_source(cache_source("def fail():\n    raise RuntimeError('here')\n", {}, "torch"))
    try:
        module.fail()
    except RuntimeError as error:
        text = "".join(traceback.format_exception(error))
    assert "raise RuntimeError('here')" in text
    linecache.clearcache()


def test_a_file_that_fails_leaves_no_module() -> None:
    path = cache_source("x = 1 / 0\n", {}, "torch")
    with pytest.raises(ZeroDivisionError):
        import_source(path)
    assert path.stem not in sys.modules


def test_files_of_the_same_name_are_different_modules(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "model.py").write_text(f"x = {place!r}\n")
    modules = [import_source(tmp_path / place / "model.py") for place in ("a", "b")]
    assert [module.x for module in modules] == ["a", "b"]
    (tmp_path / "a" / "model.py").write_text("x = 'new'\n")
    assert import_source(tmp_path / "a" / "model.py").x == "new"


def test_the_folder_is_the_users_unless_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SYMDSL_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "symdsl"


def test_a_missing_framework_is_one_error_with_the_command() -> None:
    needs = Requirements(("numpy", "no_such_framework"), 'pip install "symdsl[torch]"')
    assert needs.missing() == ("no_such_framework",)
    with pytest.raises(SymdslError) as caught:
        needs.verify("torch")
    assert caught.value.exit_code == 4
    assert caught.value.diagnostics[0].hint == 'run: pip install "symdsl[torch]"'
