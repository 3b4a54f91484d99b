"""`symdsl compile`: whole files or none, and sources that run where symdsl is not."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import numpy as np
import pytest

from tests.child import run_python
from tests.cli.conftest import Invoke

WITHOUT_SYMDSL = """
import importlib.abc, sys
class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "symdsl":
            raise ModuleNotFoundError("symdsl is not here")
sys.meta_path.insert(0, Refuse())
sys.path.insert(0, ".")
import numpy as np
import model
"""

TORCH = """
import torch
net = model.Small(seed=3)
x = torch.linspace(-1, 1, 12).reshape(6, 2)
np.save("torch.npy", net(x).detach().numpy())
loss = (net(x) ** 2).mean(); loss.backward()
assert all(p.grad is not None for p in net.parameters())
assert not any(name.split(".")[0] == "symdsl" for name in sys.modules)
"""

JAX = """
import jax.numpy as jnp
net = model.Small(seed=3)
x = jnp.linspace(-1, 1, 12).reshape(6, 2)
np.save("jax.npy", np.asarray(net(x)))
assert not any(name.split(".")[0] == "symdsl" for name in sys.modules)
"""


def test_sources_run_without_symdsl_and_agree(invoke: Invoke, spec: Path) -> None:
    folder = spec.parent
    packages = Path(sysconfig.get_paths()["purelib"])
    for backend, use in (("torch", TORCH), ("jax", JAX)):
        assert invoke("compile", spec, "--backend", backend, "-o", folder / "model.py").exit_code == 0
        run_python(WITHOUT_SYMDSL + use, folder=folder, path=(packages,)).expect(0)
        (folder / "model.py").unlink()
    torch, jax = np.load(folder / "torch.npy"), np.load(folder / "jax.npy")
    assert torch.shape == (6,)
    assert np.ptp(torch) > 0
    np.testing.assert_allclose(torch, jax, rtol=1e-5, atol=1e-6)


def test_stdout_is_the_file(invoke: Invoke, spec: Path) -> None:
    printed = invoke("compile", spec)
    assert printed.exit_code == 0
    assert invoke("compile", spec, "-o", spec.parent / "model.py").stdout == ""
    assert printed.stdout == (spec.parent / "model.py").read_text(encoding="utf-8")
    assert printed.stdout == invoke("show", spec).stdout


def test_a_fault_leaves_the_old_file(invoke: Invoke, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = spec.parent / "model.py"
    target.write_text("old")
    before = {path.name for path in spec.parent.iterdir()}

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    result = invoke("compile", spec, "-o", target)
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert target.read_text() == "old"
    assert {path.name for path in spec.parent.iterdir()} == before


def test_settings_reach_the_model(invoke: Invoke, spec: Path) -> None:
    assert invoke("compile", spec, "--set", "width=8").stdout == invoke("compile", spec).stdout
    assert invoke("compile", spec, "--set", "width=12").stdout != invoke("compile", spec).stdout


def test_one_of_several_models(invoke: Invoke, spec: Path) -> None:
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text + text.replace("model small", "model other"), encoding="utf-8")
    assert "class Other" in invoke("compile", spec, "--model", "other").stdout
    missing = invoke("compile", spec, "--model", "third")
    assert missing.exit_code in (1, 2)
    assert "third" in missing.stderr
    unclear = invoke("compile", spec)
    assert unclear.exit_code in (1, 2)
    assert "small" in unclear.stderr


def test_folding_trained_weights(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert invoke("train", spec, "--data", data, "-o", run).exit_code == 0
    folded = invoke("compile", spec, "--weights", run, "--fold", "-o", tmp_path / "folded.py")
    assert folded.exit_code == 0
    assert (tmp_path / "folded.safetensors").exists()
    verified = invoke("verify", spec, "--weights", run)
    assert verified.exit_code == 0
    assert "given weights" in verified.stdout or "random" not in verified.stdout
