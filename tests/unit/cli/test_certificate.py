"""A run folder carries what `verify` measured on its weights, and on no other model's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from symdsl.artifact.manifest import read_manifest
from symdsl.check.training_options import TrainingOptions
from symdsl.cli.verify import write_certificate
from symdsl.data.match import FieldArrays
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session
from symdsl.training.loop import train

PENDULUM = """
model pendulum {{
  data {{
    z: phase_space(dim = 1)
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  predict dz from z
  enforce time by hamiltonian {{ hidden = [{width}] }}
}}
"""


def compiled(width: int) -> Compilation:
    return prepare(PENDULUM.format(width=width), Session(backend="torch"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    compilation = compiled(4)
    z = np.random.default_rng(0).standard_normal((40, 2, 1))
    arrays = FieldArrays("made", {"z": z, "dz": np.stack([z[:, 1], -z[:, 0]], axis=1)}, len(z), {})
    train(compilation, compilation.instantiate(), arrays, TrainingOptions(epochs=1), folder=folder, quiet=True)
    return folder


def test_the_report_lands_in_the_manifest_of_the_run(run: Path) -> None:
    before = read_manifest(run / "manifest.json")
    assert before.certificate is None
    assert before.ir_hash == compiled(4).graph.content_hash()
    write_certificate(run, compiled(4), {"variation": 0.5})
    after = read_manifest(run / "manifest.json")
    assert after == before.model_copy(update={"certificate": {"variation": 0.5}})


def test_another_model_leaves_it_alone(run: Path) -> None:
    content = (run / "manifest.json").read_bytes()
    write_certificate(run, compiled(5), {"variation": 0.25})
    assert (run / "manifest.json").read_bytes() == content
    assert json.loads(content)["model"] == "pendulum"
