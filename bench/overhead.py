"""The loop of `symdsl train` against one written by hand around the same model: what the product costs.

OMP_NUM_THREADS=1 python -m bench.overhead      epoch by epoch in turn, so that both have the same machine
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.record import ROOT, Row, record
from symdsl.data.gather import gather_data
from symdsl.data.split import choose_split
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import parameter_table
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import TrainingOptions, read_options
from symdsl.training.run import Run

Array = np.ndarray
Loop = Callable[[Compilation, list[Array], TrainingOptions], Iterator[None]]
STRETCHES = 24


@dataclass(frozen=True)
class Case:
    """An example, and how many epochs make a stretch that is timed."""

    name: str
    path: str
    epochs: int


CASES = (Case("HNN", "spring/spring.sym", 60), Case("P4CNN", "rotated_digits/p4cnn.sym", 1))


def torch_loop(compilation: Compilation, arrays: list[Array], options: TrainingOptions) -> Iterator[None]:
    """A plain loop in torch, which stops after each epoch."""
    import torch

    model = compilation.instantiate().module.train()
    tensors = [torch.as_tensor(each, dtype=torch.int64 if each.dtype.kind == "i" else torch.float32) for each in arrays]
    count, batch = len(tensors[0]), options.batch_size(len(tensors[0]))
    optimiser = torch.optim.Adam(model.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)
    for _ in range(options.epochs):
        order = torch.randperm(count)
        total = torch.zeros(())
        for start in range(0, count, batch):
            chosen = tensors if batch == count else [each[order[start : start + batch]] for each in tensors]
            optimiser.zero_grad()
            loss = model.objective(*chosen)
            loss.backward()
            optimiser.step()
            total += loss.detach()
        total.item()
        yield


def jax_loop(compilation: Compilation, arrays: list[Array], options: TrainingOptions) -> Iterator[None]:
    """As `torch_loop`, in jax and Optax, the batch taken inside the jitted step."""
    import jax
    import jax.numpy as jnp
    import optax

    model = compilation.instantiate()
    names = parameter_table(compilation.program.root)
    weights = {name: jnp.asarray(array) for name, array in model.weights().items()}
    params = {name: each for name, each in weights.items() if name in names}
    state = {name: each for name, each in weights.items() if name not in names}
    objective = model.module.apply_objective
    optimiser = optax.chain(optax.add_decayed_weights(options.weight_decay), optax.adam(options.learning_rate))
    data = [jnp.asarray(each) for each in arrays]
    count, batch = len(data[0]), options.batch_size(len(data[0]))

    @jax.jit
    def step(params: Any, state: Any, moments: Any, data: Any, places: Any) -> Any:
        chosen = data if places is None else [each[places] for each in data]
        differentiated = jax.value_and_grad(lambda given: objective(given, state, chosen, []), has_aux=True)
        (loss, after), gradient = differentiated(params)
        change, moments = optimiser.update(gradient, moments, params)
        return optax.apply_updates(params, change), after, moments, loss

    generator = np.random.default_rng(0)
    moments = optimiser.init(params)
    for _ in range(options.epochs):
        order = generator.permutation(count)
        for start in range(0, count, batch):
            places = None if batch == count else order[start : start + batch]
            params, state, moments, loss = step(params, state, moments, data, places)
        float(loss)
        yield


def ratio(case: Case, backend: str, by_hand: Loop) -> float:
    """The median over stretches of the seconds of `symdsl train` into a run folder by those of the loop by hand."""
    path = ROOT / "examples" / case.path
    compilation = prepare(path, Session(backend=backend))
    data = gather_data(compilation.spec, folder=path.parent)
    epochs = case.epochs * (STRETCHES + 1) + 1
    options = read_options(compilation.spec.training, {"epochs": epochs, "evaluate_every": epochs})
    split = choose_split(data.count, data.partition, options.split, options.seed)
    arrays = [data.take(name, split.train) for name in (*compilation.spec.inputs, *compilation.spec.outputs)]
    theirs = by_hand(compilation, arrays, options)
    times: list[tuple[float, float, float]] = []
    train_epoch = Run.train_epoch

    def both(run: Run) -> None:
        begin = perf_counter()
        train_epoch(run)
        # a step is done when its loss is read: else an epoch would be timed by how fast steps are queued
        run.drain()
        middle = perf_counter()
        next(theirs)
        times.append((begin, middle, perf_counter()))

    with tempfile.TemporaryDirectory() as place, patch.object(Run, "train_epoch", both):
        train(compilation, compilation.instantiate(), data, options, folder=Path(place) / "run", quiet=True)
    begins, middles, ends = np.array(times).T
    # what comes between two epochs, checkpoints, is ours
    ours, hand = np.diff(begins) - (ends - middles)[:-1], (ends - middles)[:-1]
    stretches = np.stack([ours, hand]).reshape(2, -1, case.epochs).sum(axis=2)
    return float(np.median(stretches[0, 1:] / stretches[1, 1:]))


def main() -> None:
    """Both models on both backends."""
    rows = []
    loops: dict[str, Loop] = {"torch": torch_loop, "jax": jax_loop}
    for case in CASES:
        for backend, loop in loops.items():
            # a process for each, as a user has: one backend, and no garbage of the other
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                found = process.submit(ratio, case, backend, loop).result()
            what = f"{case.name}, {backend}: symdsl train against a loop by hand"
            rows.append(Row(what, f"{found:.2f}", "<= 1.05", found <= 1.05))
            print(what, f"{found:.3f}", flush=True)
    notes = ("A median over stretches of epochs, run in turn; checkpoints are in ours, evaluations in neither.",)
    record("overhead", "Cost of the training loop", "python -m bench.overhead", rows, notes)


if __name__ == "__main__":
    main()
