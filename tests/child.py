"""Child processes: a fresh Python, its environment said in full, its streams and exit code returned."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Finished:
    """What a child process did."""

    code: int
    out: str
    err: str

    def expect(self, code: int) -> Finished:
        """Itself, if that was the exit code; the failed test shows both streams."""
        assert self.code == code, f"exit code {self.code}, not {code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"
        return self


def run(command: Sequence[str], folder: Path, path: Sequence[Path] = (ROOT,), **environment: str) -> Finished:
    """Run a command in a folder; `path` is put before the installed packages, threads are one."""
    inherited: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NO_COLOR", "COLUMNS")
    }
    settings = {
        "PYTHONPATH": os.pathsep.join(map(str, path)), "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    finished = subprocess.run(
        command, cwd=folder, env={**inherited, **settings, **environment}, capture_output=True, encoding="utf-8",
        errors="replace", timeout=300, check=False,
    )  # fmt: skip
    return Finished(finished.returncode, finished.stdout, finished.stderr)


def run_python(code: str, folder: Path, path: Sequence[Path] = (ROOT,), **environment: str) -> Finished:
    """Run Python source."""
    return run([sys.executable, "-c", code], folder, path, **environment)


def run_symdsl(*arguments: str | Path, folder: Path, path: Sequence[Path] = (ROOT,), **environment: str) -> Finished:
    """Run `symdsl` with arguments."""
    return run([sys.executable, "-m", "symdsl", *map(str, arguments)], folder, path, **environment)
