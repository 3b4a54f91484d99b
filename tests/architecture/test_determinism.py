"""IR, plan, source, weights and manifest are the same bytes whatever the hash seed, folder, locale and clock."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from tests.child import ROOT, run_python

SCRIPT = """
import hashlib, sys, time, datetime
real = time.time
time.time = lambda: real() + {shift}
from pathlib import Path
from symdsl.pipeline import prepare
from symdsl.plan.print import print_program
from symdsl.session import Session

def say(name, text):
    print(name, hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest())

for spec in sorted(Path(".").glob("*.sym")):
    for backend in ("torch", "jax"):
        compilation = prepare(spec, Session(backend=backend))
        say(f"{{spec.name}} {{backend}} ir", compilation.graph.to_json())
        say(f"{{spec.name}} {{backend}} hash", compilation.graph.content_hash())
        say(f"{{spec.name}} {{backend}} plan", print_program(compilation.program))
        say(f"{{spec.name}} {{backend}} source", compilation.source)

from symdsl.data.gather import gather_data
from symdsl.training.loop import train
from symdsl.training.options import read_options
compilation = prepare(Path("particle.sym"), Session(backend="torch"))
data = gather_data(compilation.spec, "data.npz", folder=Path("."))
options = read_options(compilation.spec.training, {{"epochs": 2}})
train(compilation, compilation.instantiate(), data, options, folder=Path("run"))
for name in ("weights.safetensors", "manifest.json", "spec.sym"):
    say(name, Path("run", name).read_bytes())
"""

NAMES = ("particle/particle.sym", "pendulum/pendulum.sym", "rotated_digits/p4cnn.sym", "rotated_digits/c8cnn.sym")


def test_bytes_do_not_depend_on_where_and_when(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    p, y = random.standard_normal((200, 4, 4)), random.standard_normal(200)
    said = []
    for name, shift, environment in (
        ("a", 0, {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"}),
        ("a much longer folder é", 1e8, {"PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        for spec in NAMES:
            shutil.copy(ROOT / "examples" / spec, folder)
        np.savez(folder / "data.npz", p=p, y=y)
        said.append(run_python(SCRIPT.format(shift=shift), folder=folder, **environment).expect(0).out.splitlines())
    assert said[0] == said[1]
    assert len(said[0]) == 4 * 2 * 4 + 3
