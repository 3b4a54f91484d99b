"""`.safetensors` and the Python file that reads it: the weights as plain arrays, the model as readable source."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.weights import encode_weights
from symdsl.backends.backend import stored_constants
from symdsl.backends.jax.model import pure_name
from symdsl.backends.torch.backend import TorchModel
from symdsl.export.format import Call, Format, FormatOptions, Subject, not_exportable

SOURCE = ".py"

TORCH_LOADER = """
import torch
import model as source
model = getattr(source, class_name)(dtype=getattr(torch, dtype)).eval()
def call(arrays):
    with torch.no_grad():
        results = getattr(model, method)(*map(torch.from_numpy, arrays))
    results = results if isinstance(results, tuple) else (results,)
    return [result.numpy() for result in results]
"""

JAX_LOADER = """
import jax
jax.config.update("jax_enable_x64", dtype == "float64")
import model as source
model = getattr(source, class_name)(dtype=np.dtype(dtype))
def call(arrays):
    results, _ = getattr(source, method)(model.parameters(), getattr(model, "saved_state", {}), arrays)
    results = results if isinstance(results, tuple) else (results,)
    return [np.asarray(result) for result in results]
"""

RUNNER = """
import sys
sys.modules["symdsl"] = None
sys.path.insert(0, ".")
import numpy as np
class_name, method, dtype = sys.argv[1:]
{loader}
for line in sys.stdin:
    with np.load("inputs.npz") as given:
        arrays = [given[f"arr_{{place}}"] for place in range(len(given.files))]
    np.savez("outputs.npz", *call(arrays))
    print("done", flush=True)
"""


@dataclass(frozen=True, slots=True)
class Safetensors:
    """The weights in the dtype of the export, and the source of the model beside them."""

    name: str = "safetensors"
    suffix: str = ".safetensors"
    backend: str | None = None
    whole_program: bool = True
    options: frozenset[str] = frozenset()

    @property
    def packages(self) -> Mapping[str, str]:
        """What symdsl itself needs; the backend says what the source imports."""
        return {}

    def serialise(self, subject: Subject, options: FormatOptions, folder: Path) -> dict[str, bytes]:
        """The weights and the source."""
        kind = np.dtype(subject.dtype)
        arrays = {name: np.asarray(array, kind) for name, array in subject.weights.items()}
        weights = encode_weights({**stored_constants(subject.program), **arrays})
        source = subject.backend.emit(subject.program, subject.weights)
        return {self.suffix: weights, SOURCE: source.encode()}

    @contextmanager
    def load(self, files: Mapping[str, bytes], subject: Subject, folder: Path) -> Iterator[Call]:
        """In a process of its own that cannot import symdsl. Raises SymdslError (SYM0912) where that fails."""
        for suffix, content in files.items():
            (folder / f"model{suffix}").write_bytes(content)
        with (folder / "errors.txt").open("w+") as errors:
            child = subprocess.Popen(
                child_command(subject), cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                text=True,
            )  # fmt: skip
            assert child.stdin is not None
            assert child.stdout is not None
            stdin, stdout = child.stdin, child.stdout

            def call(arrays: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], ...]:
                np.savez(folder / "inputs.npz", *arrays)
                try:
                    print("call", file=stdin, flush=True)
                    answer = stdout.readline()
                except BrokenPipeError:
                    answer = ""
                if not answer:
                    errors.seek(0)
                    raise not_exportable(self.name, (errors.read().strip().splitlines() or ["it ended"])[-1])
                with np.load(folder / "outputs.npz") as found:
                    return tuple(found[f"arr_{place}"] for place in range(len(found.files)))

            try:
                yield call
            finally:
                child.kill()
                child.communicate()

    def describe(self, files: Mapping[str, bytes]) -> dict[str, str | int]:
        """Nothing more."""
        return {}


def child_command(subject: Subject) -> list[str]:
    """The command that serves the emitted file beside which it runs. Raises SymdslError (SYM0912)."""
    model = subject.model
    if isinstance(model, TorchModel):
        loader, method = TORCH_LOADER, model.printed[subject.entry]
    elif subject.backend.name == "jax":
        loader, method = JAX_LOADER, pure_name(subject.entry)
    else:
        hint = "use --backend torch or --backend jax"
        raise not_exportable("safetensors", f"source for {subject.backend.name} cannot be checked", hint)
    return [sys.executable, "-c", RUNNER.format(loader=loader), type(model.module).__name__, method, subject.dtype]


FORMAT: Format = Safetensors()
