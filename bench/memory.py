"""Training on files that are larger than what training should need: the memory of `symdsl train` against their size.

python -m bench.memory        Linux: the process's own memory (RssAnon), sampled; pages of the file are the system's
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.record import Row, record

SPEC = """model large {
  data {
    x: vector(256) from "x.npy"
    y: scalar from "y.npy"
  }
  predict y from x by mlp { hidden = [32] }
  train { epochs = 1, batch = 1024, split = [0.98, 0.01, 0.01] }
}
"""
WIDTH, BLOCK = 256, 16_384
SIZES = (1024, 2048)
"""MiB of inputs: both more than what is put on the device as a whole."""
ALLOWED = 100
"""MiB that the larger run may need more: indices of samples, and what the allocator keeps."""


def write_data(folder: Path, size: int) -> None:
    """Inputs of `size` MiB, float32, block by block, and their targets."""
    count = size * (1 << 20) // (4 * WIDTH)
    generator = np.random.default_rng(0)
    x = np.lib.format.open_memmap(folder / "x.npy", "w+", np.float32, (count, WIDTH))
    y = np.lib.format.open_memmap(folder / "y.npy", "w+", np.float32, (count,))
    for start in range(0, count, BLOCK):
        block = generator.standard_normal((min(BLOCK, count - start), WIDTH), dtype=np.float32)
        x[start : start + len(block)] = block
        y[start : start + len(block)] = np.tanh(block[:, :8].sum(axis=1))
    x.flush()
    y.flush()


def peak_memory(folder: Path, backend: str) -> float:
    """MiB of the process's own memory at its highest. Raises RuntimeError where training failed."""
    command = (sys.executable, "-m", "symdsl", "train", "large.sym", "-o", f"run-{backend}", "--backend", backend)
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        (*command, "--no-verify"), cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    status, highest = Path(f"/proc/{process.pid}/status"), 0
    while process.poll() is None:
        for line in status.read_text().splitlines():
            if line.startswith("RssAnon"):
                highest = max(highest, int(line.split()[1]))
        time.sleep(0.02)
    _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode())
    return highest / 1024


def main() -> None:
    """Both backends, both sizes."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folders = {size: Path(place) / str(size) for size in SIZES}
        for size, folder in folders.items():
            folder.mkdir()
            (folder / "large.sym").write_text(SPEC)
            write_data(folder, size)
        for backend in ("torch", "jax"):
            peaks = {size: peak_memory(folder, backend) for size, folder in folders.items()}
            for size, peak in peaks.items():
                what = f"{backend}: peak with {size} MiB of inputs"
                rows.append(Row(what, f"{peak:.0f} MiB", "< the data", peak < size))
            more = peaks[SIZES[1]] - peaks[SIZES[0]]
            what = f"{backend}: more memory for {SIZES[1] - SIZES[0]} MiB more of data"
            rows.append(Row(what, f"{more:.0f} MiB", f"<= {ALLOWED} MiB", more <= ALLOWED))
    notes = ("One epoch in batches of 1,024 from .npy files; a mapped page belongs to the system and is not counted.",)
    record("memory", "Data larger than memory", "python -m bench.memory", rows, notes)


if __name__ == "__main__":
    main()
