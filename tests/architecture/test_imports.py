"""`import symdsl`, `check` and `fmt` load no framework and no heavy library, whatever the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.child import ROOT, run_python

HEAVY = ("torch", "jax", "equinox", "optax", "scipy", "networkx", "sklearn", "matplotlib", "safetensors")

SPECS = sorted((ROOT / "tests" / "specs" / "good").glob("*.sym")) + sorted((ROOT / "examples").rglob("*.sym"))

COMMANDS = {
    "import": "import symdsl",
    "check": f"run(['check', *{[str(path) for path in SPECS]!r}])",
    "fmt": f"run(['fmt', '--check', {str(SPECS[0])!r}])",
    "explain": "run(['explain', 'SYM0401'])",
    "help": "run(['--help'])",
}

PROLOGUE = """
import sys
def run(arguments):
    from symdsl.cli.main import app
    try:
        app(arguments)
    except SystemExit as end:
        assert end.code in (0, 1), end.code
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_heavy_is_loaded(command: str, tmp_path: Path) -> None:
    epilogue = f"\nprint('loaded:', *sorted(set(sys.modules) & set({HEAVY!r})))"
    done = run_python(PROLOGUE + COMMANDS[command] + epilogue, folder=tmp_path).expect(0)
    assert done.out.splitlines()[-1].split() == ["loaded:"]


def test_importing_symdsl_loads_nothing_of_it(tmp_path: Path) -> None:
    done = run_python("import sys, symdsl; print(*(n for n in sys.modules if n.startswith('symdsl')))", folder=tmp_path)
    assert done.expect(0).out.split() == ["symdsl"]
