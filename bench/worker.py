"""Processes that have built what is timed, and time it when they are told to, so that two environments take turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass
class Worker:
    """A process that answers each line "NAME COUNT" with the median seconds of as many runs."""

    process: subprocess.Popen[str]

    @classmethod
    def start(cls, python: str, script: str, *arguments: str, flags: str = "") -> tuple[Worker, dict[str, float]]:
        """The worker, ready, on one thread, and what it says of its start; `flags` are more ones of XLA."""
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TQDM_DISABLE": "1"}
        environment["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen=false {flags}".rstrip()
        # -P: this folder has modules of the peers' names
        command = [python, "-P", str(FOLDER / script), *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        worker = cls(subprocess.Popen(command, text=True, env=environment, **pipes))
        return worker, worker.answer()

    def answer(self) -> dict[str, float]:
        """The next line of JSON. Raises SystemExit where the worker died."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise SystemExit(f"a worker of the bench ended: {self.process.args}")

    def seconds(self, name: str, count: int) -> float:
        """Median seconds of `count` runs."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name} {count}\n")
        self.process.stdin.flush()
        return self.answer()["seconds"]

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


def serve(runs: Mapping[str, Callable[[], object]]) -> None:
    """What a worker does once it is ready: time what each line of its input asks for."""
    warm: set[str] = set()
    for line in sys.stdin:
        name, count = line.split()
        for _ in range(0 if name in warm else 2):
            runs[name]()
        warm.add(name)
        times = []
        for _ in range(int(count)):
            begin = time.perf_counter()
            runs[name]()
            times.append(time.perf_counter() - begin)
        print(json.dumps({"seconds": statistics.median(times)}), flush=True)
