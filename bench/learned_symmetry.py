"""Learned symmetries against the truth: names, metrics, what enforcing them is worth, and data without any symmetry.

python -m bench.learned_symmetry [--tasks o5 lorentz ...] [--processes 2] [--record] [--anew]

Each run is kept under runs/bench, and by `--record` with the figures; a bench that was stopped goes on. One run takes
0.2 to 5 minutes of one core, all of them hours: `--tasks o5` is the five seeds of one row. Test errors are of ensembles
of five, all trained in the same way on all samples, over the variance: a free network, its width and weight decay tuned
on validation; the one that keeps the learned group; and the one that keeps the true group.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from bench.kept_runs import forget, gather, keep, kept
from bench.learned_tasks import NULL_SIZES, PLANTED, Planted, without_symmetry
from bench.record import Row, record
from bench.spans import principal_cosine
from symdsl.discovery.discover import Discovery, discover
from symdsl.discovery.networks import free_network, kept_network
from symdsl.discovery.population import Copies, Schedule, Targets, fit_copies
from symdsl.discovery.problem import Options
from symdsl.discovery.surrogate import folds
from symdsl.groups.identification.identify import identify

Array = NDArray[np.float64]
NAME = "learned_symmetry"
SEEDS = range(5)
NULLS = range(200)
TEST = 5000
MEMBERS, STEPS = 5, 4000
GRID = tuple(product(((128, 128), (256, 256), (128, 128, 128)), (1e-4, 0.1)))
"""Widths and weight decays that the free network is tuned over."""


def measure(task: Planted, samples: int, seed: int, backend: str) -> dict[str, float]:
    """One discovery, against the truth, and what its group is worth on fresh samples."""
    problem = task.problem(samples, seed)
    begin = time.perf_counter()
    found = discover(problem, Options(seed=seed, backend=backend))
    figures = {"seconds": time.perf_counter() - begin, **names(task, found)}
    card = found.card
    if task.group is None or card is None or card.name != task.algebra:
        return figures
    frame = identify(card.generators).frame  # that of the card may be of a group with components
    if frame is None:
        return figures
    figures["metric cosine"] = cosine(card.forms[0], task.metric)
    figures["principal cosine"] = principal_cosine(card.generators, task.generators)
    errors = test_errors(task, samples, seed, backend, frame)
    return {**figures, **errors}


def names(task: Planted, found: Discovery) -> dict[str, float]:
    """Whether the group was named right, and certified."""
    card = found.card
    right = card is not None and card.name == task.algebra
    return {
        "right name": float(right),
        "certified": float(card is not None and card.certificate.verdict == "certified"),
        "wrong certificate": float(card is not None and card.certificate.verdict == "certified" and not right),
    }


def cosine(first: Array, second: Array) -> float:
    """|<A, B>| / (|A| |B|) of matrices."""
    return float(abs(np.sum(first * second)) / np.linalg.norm(first) / np.linalg.norm(second))


def test_errors(task: Planted, samples: int, seed: int, backend: str, frame: Array) -> dict[str, float]:
    """Normalised test errors of the tuned free network, of the learned group (its frame is P) and of the true one."""
    problem, fresh = task.problem(samples, seed), task.problem(TEST, seed + 10_000)
    x, tests = np.asarray(problem.x), np.asarray(fresh.x)
    values, wanted = np.asarray(problem.y).reshape(samples, 1), np.asarray(fresh.y).reshape(TEST, 1)
    centre, unit = values.mean(), values.std()
    targets = Targets((values - centre) / unit)
    learn, judge = folds(samples, MEMBERS, seed)
    frames = np.repeat(np.stack([frame, np.eye(len(frame))]), MEMBERS, axis=0)
    group = kept_network(x.shape[1], task.group or "", x.shape[2], "scalar(1)", None, backend, seed)
    both = Copies(np.tile(learn, (2, 1)), np.tile(judge, (2, 1)), np.linalg.inv(frames))
    fitted = fit_copies(group, x, targets, both, Schedule(STEPS, seed=seed), lambda _: None)
    learned, true = fitted.predict(tests).reshape(2, MEMBERS, TEST, 1).mean(axis=1)
    free = tuned_free(x.reshape(samples, -1), targets, learn, judge, backend, seed, tests.reshape(TEST, -1))
    scaled = (wanted - centre) / unit
    return {
        name: float(np.mean((each - scaled) ** 2) / np.var(scaled))
        for name, each in (("free", free), ("learned", learned), ("true", true))
    }


def tuned_free(
    x: Array, targets: Targets, learn: Array, judge: Array, backend: str, seed: int, tests: Array
) -> Array:
    """What the ensemble of the best width and decay predicts (n, 1); one member of each is tried."""
    tried = []
    for hidden, decay in GRID:
        network = free_network((x.shape[1],), 1, backend, seed, hidden)
        copies = Copies(learn[:1], judge[:1])
        fitted = fit_copies(network, x, targets, copies, Schedule(STEPS, decay=decay, seed=seed), lambda _: None)
        tried.append(float(fitted.losses[0]))
    hidden, decay = GRID[int(np.argmin(tried))]
    network = free_network((x.shape[1],), 1, backend, seed, hidden)
    schedule = Schedule(STEPS, decay=decay, seed=seed)
    return fit_copies(network, x, targets, Copies(learn, judge), schedule, lambda _: None).predict(tests).mean(axis=0)


def measure_null(seed: int) -> dict[str, float]:
    """Whether data without symmetry get a certificate, with shorter training than by default."""
    samples = NULL_SIZES[seed % len(NULL_SIZES)]
    begin = time.perf_counter()
    found = discover(without_symmetry(seed, samples), Options(seed=seed, backend="jax", settings={"steps": 1500}))
    card = found.card
    certified = card is not None and card.certificate.verdict == "certified"
    return {"certified": float(certified), "samples": samples, "seconds": time.perf_counter() - begin}


def measure_power(task: Planted, samples: int, seed: int) -> dict[str, float]:
    """Whether a planted symmetry is certified, with the shorter training of data without."""
    found = discover(task.problem(samples, seed), Options(seed=seed, backend="jax", settings={"steps": 1500}))
    return names(task, found)


def jobs(tasks: Sequence[str]) -> list[tuple[str, str, int, int, str]]:
    """(name, task, samples, seed, backend) of every run."""
    found = []
    for name in tasks:
        if name == "none":
            found += [(f"learned-none-{seed}", name, 0, seed, "jax") for seed in NULLS]
        elif name == "power":
            found += [
                (f"learned-power-{task}-{samples}-{seed}", f"power:{task}", samples, seed, "jax")
                for task in ("o5", "lorentz") for samples in (100, 300, 1000, 3000) for seed in SEEDS
            ]  # fmt: skip
        else:
            task = PLANTED[name]
            found += [
                (f"learned-{name}-{samples}-{seed}-{backend}", name, samples, seed, backend)
                for samples, backend in product(task.samples, task.backends) for seed in SEEDS
                if backend == "jax" or samples == max(task.samples)
            ]  # fmt: skip
    return found


def run(job: tuple[str, str, int, int, str]) -> dict[str, float]:
    """One run, kept."""
    name, task, samples, seed, backend = job
    if task == "none":
        return keep(name, lambda: measure_null(seed))
    if task.startswith("power:"):
        return keep(name, lambda: measure_power(PLANTED[task.partition(":")[2]], samples, seed))
    return keep(name, lambda: measure(PLANTED[task], samples, seed, backend))


def rows() -> list[Row]:
    """The table of all runs that are kept."""
    found = []
    for name, task in PLANTED.items():
        for samples, backend in product(task.samples, task.backends):
            runs = [kept(f"learned-{name}-{samples}-{seed}-{backend}") for seed in SEEDS]
            found += planted_rows(f"{task.title}, N = {samples:,}, {backend}", [each for each in runs if each])
    for task, samples in product(("o5", "lorentz"), (100, 300, 1000, 3000)):
        runs = [each for seed in SEEDS if (each := kept(f"learned-power-{task}-{samples}-{seed}"))]
        if runs:
            count = sum(each["certified"] * each["right name"] for each in runs)
            found.append(Row(f"power, {PLANTED[task].title}, N = {samples:,}", f"{count:.0f} of {len(runs)}"))
    nulls = [each for seed in NULLS if (each := kept(f"learned-none-{seed}"))]
    if nulls:
        false = sum(each["certified"] for each in nulls)
        below = f"none: the rate is below {3 / len(nulls):.1%}"
        what = f"false certificates on {len(nulls)} data sets without symmetry ({below})"
        found.append(Row(what, f"{false:.0f}", f"0 of {len(NULLS)}", false == 0 if len(nulls) == len(NULLS) else None))
    return found


def planted_rows(title: str, runs: list[dict[str, float]]) -> list[Row]:
    """The rows of one task; the worst seed, and the median of ratios."""
    if not runs:
        return []
    right = [each for each in runs if each["right name"]]
    found = [
        Row(f"{title}: named right, certified, wrongly certified, of {len(runs)}",
            f"{len(right)}, {sum(e['certified'] for e in runs):.0f}, {sum(e['wrong certificate'] for e in runs):.0f}"),
        Row(f"{title}: seconds, median", f"{np.median([each['seconds'] for each in runs]):.0f}"),
    ]  # fmt: skip
    measured = [each for each in right if "learned" in each]
    if measured:
        least = min(each["metric cosine"] for each in measured)
        found.append(Row(f"{title}: metric cosine, lowest", f"{least:.6f}", "> 0.999", least > 0.999))
        found.append(Row(f"{title}: principal cosine, lowest", f"{min(e['principal cosine'] for e in measured):.6f}"))
        free = [each["free"] / each["learned"] for each in measured]
        true = [each["learned"] / each["true"] for each in measured]
        errors = ", ".join(f"{np.median([e[key] for e in measured]):.2g}" for key in ("free", "learned", "true"))
        found.append(Row(f"{title}: error of free, learned, true group, medians", errors))
        found.append(Row(f"{title}: free over learned, lowest; learned over true, highest",
                         f"{min(free):.1f}; {max(true):.2f}"))  # fmt: skip
    return found


def main() -> None:
    """Run what is asked for and not kept, then print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", nargs="*", default=[*PLANTED, "power", "none"])
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--anew", action="store_true")
    arguments = parser.parse_args()
    if arguments.anew:
        forget(NAME)
    os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}
    with ProcessPoolExecutor(arguments.processes, get_context("spawn")) as pool:
        list(pool.map(run, jobs(arguments.tasks)))
    if arguments.record:
        commits = gather(NAME, [job[0] for job in jobs([*PLANTED, "power", "none"])])
        notes = (f"Runs were made at the commits {', '.join(commits)}; docs/results/runs/{NAME}.json has all of them.",)
        record(NAME, "Learned symmetries", f"python -m bench.{NAME} --record", rows(), notes)
    else:
        for row in rows():
            print(f"{row.what:<100} {row.figure}")


if __name__ == "__main__":
    main()
