"""The emitted file: byte-equal, readable, alone in the world, and honest about what it cannot print."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jax_programs import convolutional_net, perceptron, stored_table_net

from symdsl.backends.jax.emit import emit_source
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import Constant, Module, Program

HERE = Path(__file__).parent
ROOT = HERE.parents[3]


def run_python(code: str, folder: Path, **environment: str) -> str:
    variables = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "JAX_PLATFORMS": "cpu", **environment}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path[:0] = [{str(HERE)!r}, {str(ROOT)!r}]; import jax_programs as p; "
        "from symdsl.backends.jax.emit import emit_source; import hashlib; assert 'jax' not in sys.modules; "
        "print(hashlib.sha256((emit_source(p.convolutional_net()) + emit_source(p.perceptron())).encode()).hexdigest())"
    )
    digests = {run_python(code, tmp_path, PYTHONHASHSEED=seed) for seed in ("0", "1", "31337")}
    assert len(digests) == 1


def test_file_runs_where_symdsl_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(emit_source(convolutional_net()))
    code = (
        "import sys, warnings; warnings.simplefilter('error')\n"
        "sys.modules['symdsl'] = None\n"
        "import net, numpy as np, jax\n"
        "model = net.TurnedNet(seed=3)\n"
        "y = model(np.ones((2, 1, 8, 8), np.float32))\n"
        "noise = np.full((2, 8), 0.5)\n"
        "z, state = model.forward_train(model.initial_state(), np.ones((2, 1, 8, 8), np.float32), noise)\n"
        "print(y.shape, y.dtype, sorted(state), jax.config.jax_enable_x64)\n"
    )
    wanted = "['first.running_mean', 'first.running_variance', 'second.running_mean', 'second.running_variance'] False"
    assert run_python(code, tmp_path) == f"(2, 3) float32 {wanted}\n"


def test_spec_text_stays_in_comments() -> None:
    nasty = 'model x { }\n"""\nimport os\r\nraise SystemExit\x0craise SystemExit\u2028raise SystemExit\n\\'
    source = emit_source(replace(perceptron(), spec_text=nasty, claims=("exact\nraise SystemExit",)))
    head = source[: source.index("from __future__")]
    assert all(line.startswith("#") or not line for line in head.splitlines())
    assert not any(isinstance(node, ast.Raise) for node in ast.parse(source).body)
    assert "# model x { }" in source


def test_layers_of_one_kind_are_one_class() -> None:
    source = emit_source(perceptron((3, 8, 5, 2)))
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    assert names[:2] == ["Linear", "Perceptron"]
    assert names.count("Linear") == 1
    assert 'self.layer1 = Linear(source.below("layer1"), inputs=8, outputs=5)' in source


def test_only_what_is_used_is_printed() -> None:
    source = emit_source(perceptron())
    assert "def linear(" in source
    for absent in ("def convolution(", "def max_pool(", "class Table", "def state_below", "import math"):
        assert absent not in source
    assert "symdsl" not in "\n".join(line for line in source.splitlines() if not line.startswith("#"))


def test_lines_are_short_and_every_function_is_documented_or_a_method() -> None:
    source = emit_source(convolutional_net())
    assert max(map(len, source.splitlines())) <= 120
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert ast.get_docstring(node), node.name


def test_small_tables_are_printed_exactly_and_large_ones_are_not() -> None:
    source = emit_source(convolutional_net())
    assert "Table(np.array([1.0, 0.1, 0.3333333333333333], np.float64))" in source
    source = emit_source(stored_table_net(np.arange(128.0).reshape(2, 64)))
    assert 'Table(source.stored("basis", (2, 64)))' in source
    assert 'WEIGHTS_FILE = Path(__file__).with_suffix(".safetensors")' in source
    assert len(source) < 12_000


def test_names_that_a_class_has_already_are_refused() -> None:
    module = Module("Layer", "", (), constants=(Constant("save_weights", "jax_programs:turn_filter", (3, 4)),))
    with pytest.raises(PlanError, match="save_weights"):
        emit_source(Program("x", module, (), (), (), ()))
