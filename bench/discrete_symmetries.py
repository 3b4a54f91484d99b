"""Planted discrete symmetries: found, named and enforced; and how often one is found where there is none.

python -m bench.discrete_symmetries [--full]

At most 8 minutes on one core: 2 seeds a row, 20 data sets without a symmetry; `--full` takes 5 and 100.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bench.record import Row, record
from symdsl.discovery.discover import split
from symdsl.discovery.discrete.enforced import broken, certified, group_network
from symdsl.discovery.discrete.search import DiscreteFinding, search
from symdsl.discovery.estimate import Silent
from symdsl.discovery.problem import Array, Options, Problem
from symdsl.discovery.surrogate import Scale, fit_surrogate

Law = Callable[[Array], Array]
MEMBERS, STEPS = 3, 800


def sectors(x: Array) -> Array:
    """LieGAN's law of Z_7 (Yang et al. 2023, 2302.00236)."""
    return x[:, 2] / (1.0 + np.mod(np.arctan2(x[:, 1], x[:, 0]), 2.0 * np.pi / 7.0))


def lengths(x: Array) -> Array:
    """An O(3) law of three vectors."""
    first, second, third = x[:, 0], x[:, 1], x[:, 2]
    return np.linalg.norm(first, axis=1) + np.sum(first * second, axis=1) + np.tanh(np.sum(second * third, axis=1))


def volume(x: Array) -> Array:
    """The same with the triple product, which parity turns round."""
    return lengths(x) + np.linalg.det(x)


def slots(x: Array) -> Array:
    """A law of equal slots."""
    return np.sum(np.sin(2.0 * x[..., 0]) * x[..., 1] + x[..., 1], axis=1) + 0.5 * x[..., 0].sum(axis=1) ** 2


def waves(seed: int, size: int) -> Law:
    """A law without any linear symmetry, of a family that the seed chooses."""
    generator = np.random.default_rng([seed, size])
    weights, phases = generator.standard_normal((size, 12)) / np.sqrt(size), generator.uniform(0.0, 6.0, 12)
    heights = generator.standard_normal(12)
    if seed % 3 == 0:
        return lambda x: np.sin(2.0 * x.reshape(len(x), -1) @ weights + phases) @ heights
    if seed % 3 == 1:
        return lambda x: np.tanh(2.0 * x.reshape(len(x), -1) @ weights + phases - 3.0) @ heights
    return lambda x: (x.reshape(len(x), -1) @ weights[:, :3]) ** 3 @ heights[:3] + x.reshape(len(x), -1) @ weights[:, 3]


def rotations(size: int) -> Array:
    """Generators of SO(size)."""
    pairs = [(i, j) for i in range(size) for j in range(i)]
    found = np.zeros((len(pairs), size, size))
    for number, (i, j) in enumerate(pairs):
        found[number, i, j], found[number, j, i] = 1.0, -1.0
    return found


def looked(
    law: Law, shape: tuple[int, ...], algebra: Array, count: int, seed: int
) -> tuple[tuple[DiscreteFinding, ...], Problem, Problem, Callable[[Array], Array]]:
    """What is found in `count` samples, the two parts of them, and the free network."""
    x = np.random.default_rng([seed, 7]).standard_normal((count, *shape))
    learned, held = split(Problem(x, law(x)), seed)
    free = fit_surrogate(learned, MEMBERS, STEPS, None, seed, lambda count: None)
    scale = Scale.of(learned)

    def predict(samples: Array) -> Array:
        return free.predict(samples) * scale.unit + scale.centre

    found = search(held, predict, algebra, Options(seed=seed), Silent(), known=learned)
    return found, learned, held, predict


def planted(what: str, law: Law, shape: tuple[int, ...], algebra: Array, wanted: str, seeds: int) -> list[Row]:
    """How many seeds find the wanted name, by sample size, and the enforced network of the last one found."""
    rows, last = [], None
    for count in (1_000, 3_000, 10_000):
        names = []
        for seed in range(seeds):
            found, *rest = looked(law, shape, algebra, count, seed)
            names.append(" & ".join(each.name for each in found) or "none")
            if names[-1] == wanted and wanted != "none":
                last = (found[0], *rest)
        right = names.count(wanted)
        other = sorted({name for name in names if name not in (wanted, "none")})
        figure = f"{right} of {seeds}" + (f", also {', '.join(other)}" if other else "")
        # What is asked for is the largest sample; below it, power is reported.
        judged = count == 10_000 or wanted == "none"
        rows.append(
            Row(f"{what}, N = {count:,}: {wanted}", figure, "all" if judged else "", right == seeds if judged else None)
        )
    if last is not None:
        finding, learned, held, predict = last
        certificate = certified(learned, held, predict, finding, algebra, Options(), Silent())
        network = group_network(learned, finding, algebra, Options())
        weights = network.instantiate().weights()
        generator = np.random.default_rng(0)
        random = {name: generator.standard_normal(np.shape(value)) * 0.3 for name, value in weights.items()}
        error = broken(network, replace(held, x=held.x[:200]), finding, random)
        rows.append(Row(f"{what}: certificate of the enforced network", certificate.verdict, "certified",
                        certificate.verdict == "certified"))  # fmt: skip
        rows.append(Row(f"{what}: symmetry of the compiled network", f"{error:.1e}", "<= 1e-10", error <= 1e-10))
    return rows


def main() -> None:
    """Planted symmetries, then laws that have none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    full = parser.parse_args().full
    seeds, empty = (5, 100) if full else (2, 20)
    none = np.zeros((0, 3, 3))
    rows = planted("Z_7 of LieGAN", sectors, (3,), none, "C(7)", seeds)
    rows += planted("parity of an O(3) law", lengths, (3, 3), rotations(3), "C(2)", seeds)
    rows += planted("parity of a law with a triple product", volume, (3, 3), rotations(3), "none", seeds)
    rows += planted("four equal slots", slots, (4, 2), np.zeros((0, 2, 2)), "S(4)", seeds)
    false = 0
    for seed in range(empty):
        shape = ((3,), (4, 2), (5,), (2, 3))[seed % 4]
        size = shape[-1]
        count = (600, 1_500, 4_000)[seed // 4 % 3]
        found, *_ = looked(waves(seed, int(np.prod(shape))), shape, np.zeros((0, size, size)), count, seed)
        false += bool(found)
    rows.append(Row(f"laws without symmetry, {empty} data sets: something found", f"{false}", "0", false == 0))
    command = "python -m bench.discrete_symmetries" + (" --full" if full else "")
    record("discrete_symmetries", "Discrete symmetries", command, rows)


if __name__ == "__main__":
    main()
