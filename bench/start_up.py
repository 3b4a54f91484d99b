"""Cold starts: `symdsl check`, `symdsl --help` and `symdsl compile`, against importing lark, pydantic and typer.

python -m bench.start_up
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.record import ROOT, Row, record
from bench.timing import interleaved

SPEC = ROOT / "examples" / "rotated_digits" / "p4cnn.sym"


def main() -> None:
    """Time whole processes, interleaved."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "p4cnn.py"
        commands = {
            "bare": [sys.executable, "-c", "import lark, pydantic, typer"],
            "check": [sys.executable, "-m", "symdsl", "check", str(SPEC)],
            "help": [sys.executable, "-m", "symdsl", "--help"],
            "compile": [sys.executable, "-m", "symdsl", "compile", str(SPEC), "-o", str(output), "--backend", "torch"],
            "imports": [sys.executable, "-c", "import lark, pydantic, typer, numpy, scipy.linalg"],
        }
        times = interleaved({name: _process(command) for name, command in commands.items()}, runs=9)
    bare = times["bare"]
    check, help_, compile_ = times["check"] / bare, times["help"] / bare, times["compile"] - times["imports"]
    record(
        "start_up",
        "Cold starts",
        "python -m bench.start_up",
        [
            Row("import lark, pydantic, typer", f"{bare * 1e3:.0f} ms"),
            Row("symdsl check, against that", f"{check:.2f} times", "<= 3", check <= 3),
            Row("symdsl --help, against that", f"{help_:.2f} times", "<= 1.5", help_ <= 1.5),
            Row("symdsl compile of the P4CNN to a file, beyond imports", f"{compile_:.2f} s", "<= 2 s", compile_ <= 2),
        ],
    )


def _process(command: list[str]):
    # An installed package has its bytecode: the untimed runs write it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)


if __name__ == "__main__":
    main()
