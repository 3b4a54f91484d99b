"""The transforming autoencoder of pairs (Giannone et al. 2019), against a plain one of equal size.

python -m bench.transforming_vae

Two to three minutes on one core, two seeds a row, both shown. Bumps: 64 pixels in a circle, one bump of
random place, width and height, shifted by at most a radian. Digits: 8 x 8 of scikit-learn, turned by at most 60
degrees, or shifted by at most a pixel and a half each way, by bilinear interpolation, 0 outside. Fashion-MNIST turned
in the same way, at 14 x 14, where its files are. Both autoencoders see the same views for as many epochs; the plain one
has one start, the other four. A linear classifier (logistic)
learns codes of digits as they are, and is tested on other digits, transformed; "with moved codes": it learns also
codes moved by random elements of what was learned. Correlations are of the true parameter with its best linear
prediction from inferred coefficients, on unseen pairs; the smallest of several parameters. "Distance" is that of the
spectrum from i times whole numbers, in units of a radian of shift or turn (known) or of the slowest frequency (found).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.record import Row, record

Array = NDArray[np.float64]
SEEDS = range(2)
PIXELS, WHOLE, CORRELATED = 64, 0.1, 0.9


@dataclass(frozen=True)
class Pairs:
    """Views (N, D), the true parameters (N, p), and classes (N,) where there are some."""

    x: Array
    y: Array
    truth: Array
    labels: NDArray[np.int64] | None = None

    def part(self, chosen: slice) -> Pairs:
        """Some of them."""
        labels = None if self.labels is None else self.labels[chosen]
        return Pairs(self.x[chosen], self.y[chosen], self.truth[chosen], labels)


def bumps(random: np.random.Generator) -> Pairs:
    """2,500 pairs of bumps."""
    places = 2 * np.pi * np.arange(PIXELS) / PIXELS
    centre, width, height = (random.uniform(*each, (2500, 1)) for each in ((0, 2 * np.pi), (2, 6), (0.5, 1.5)))
    by = random.uniform(-1, 1, (2500, 1))
    x, y = (height * np.exp((np.cos(places - centre - each) - 1) * width) for each in (0, by))
    return Pairs(x, y, by)


def turned(images: Array, labels: NDArray[np.int64], random: np.random.Generator) -> Pairs:
    """Images (N, h, h) and the same turned."""
    from symdsl.data.turn import turn_images

    by = random.uniform(-np.pi / 3, np.pi / 3, len(images))
    moved = turn_images(images, by)
    return Pairs(images.reshape(len(images), -1), moved.reshape(len(images), -1), by[:, None], labels)


def shifted(images: Array, labels: NDArray[np.int64], random: np.random.Generator) -> Pairs:
    """Images (N, h, h) and the same shifted both ways."""
    from symdsl.data.turn import sample_bilinear

    by = random.uniform(-1.5, 1.5, (len(images), 2))
    rows, columns = np.meshgrid(*[np.arange(images.shape[-1])] * 2, indexing="ij")
    moved = sample_bilinear(images, rows - by[:, 0, None, None], columns - by[:, 1, None, None])
    return Pairs(images.reshape(len(images), -1), moved.reshape(len(images), -1), by, labels)


def digits(random: np.random.Generator) -> tuple[Array, NDArray[np.int64]]:
    """All 1,797 images, in random order."""
    from sklearn.datasets import load_digits

    found = load_digits()
    order = random.permutation(len(found.target))
    return found.images[order] / 16, found.target[order].astype(np.int64)


def fashion(random: np.random.Generator) -> tuple[Array, NDArray[np.int64]] | None:
    """2,500 images at 14 x 14, or None without the files."""
    from symdsl.data.fashion import DEBIAN
    from symdsl.data.source import load_data, parse_reference

    if not DEBIAN.is_dir():
        return None
    reference = "fashion_mnist(training = 2500, validation = 0, test = 1, normalised = false)"
    data = load_data(parse_reference(reference), seed=int(random.integers(2**31)))
    images = np.asarray(data.arrays["images"])[:2500, 0].reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    return images, np.asarray(data.arrays["labels"])[:2500]


def correlation(inferred: Array, truth: Array) -> float:
    """Of each true parameter (N, p) with its best linear prediction from (N, r), the smallest."""
    columns = np.column_stack([inferred, np.ones(len(inferred))])
    predicted = columns @ np.linalg.lstsq(columns, truth, rcond=None)[0]
    return min(float(np.corrcoef(one, other)[0, 1]) for one, other in zip(predicted.T, truth.T, strict=True))


def accuracy(codes: Array, labels: NDArray[np.int64], unseen: Array, truth: NDArray[np.int64]) -> float:
    """Of a linear classifier of codes (N, k) on unseen ones."""
    from sklearn.linear_model import LogisticRegression

    return float(LogisticRegression(max_iter=1000).fit(codes, labels).score(unseen, truth))


def moved_codes(codes: Array, generators: Array, random: np.random.Generator, times: int = 4) -> Array:
    """Codes (N, k), and `times` copies moved by random elements: ((times + 1) N, k)."""
    from scipy.linalg import expm

    copies = [codes]
    for _ in range(times):
        elements = [expm(np.tensordot(random.normal(size=len(generators)), generators, 1)) for _ in codes]
        copies.append(np.einsum("nij,nj->ni", np.array(elements), codes))
    return np.concatenate(copies)


def measure(pairs: Pairs, generators: int, codes: int, seed: int) -> dict[str, float]:
    """Both autoencoders on four fifths of the pairs, and what they do on the others."""
    from symdsl.discovery.estimators.transforming_vae.declaration import TransformingVaeOptions
    from symdsl.discovery.estimators.transforming_vae.estimator import whole_distance
    from symdsl.discovery.estimators.transforming_vae.training import fit

    count = len(pairs.x) // 5
    held, learned = pairs.part(slice(count)), pairs.part(slice(count, None))
    settings = TransformingVaeOptions(codes=codes, generators=generators)
    own = fit(learned.x, learned.y, settings, seed, lambda: None)
    plain = fit(learned.x, learned.y, settings, seed, lambda: None, plain=True)
    inferred = own.coefficients(held.x, held.y)
    change = np.mean((held.y - held.x) ** 2)
    result = {
        "ELBO of a pair, nats": own.pair_bound(held.x, held.y, seed),
        "ELBO of a pair, plain": plain.bound(held.x, seed) + plain.bound(held.y, seed),
        "ELBO of a view alone, nats": own.bound(held.x, seed),
        "ELBO of a view alone, plain": plain.bound(held.x, seed),
        "correlation": correlation(inferred, held.truth),
        "left of the change": float(np.mean((own.carried(held.x, held.y) - held.y) ** 2) / change),
    }
    seen = own.codes(held.x)
    if generators == 1:
        rate = np.polyfit(held.truth[:, 0], inferred[:, 0], 1)[0]
        unit = 1 / max(abs(rate), 1e-12)
        result["distance, unit known"] = whole_distance(own.generators[0], seen, unit)
        result["distance, unit found"] = whole_distance(own.generators[0], seen)
    if learned.labels is not None and held.labels is not None:
        random = np.random.default_rng([seed, 3])
        own_codes = own.codes(learned.x)
        more = moved_codes(own_codes, own.generators, random)
        labels = np.tile(learned.labels, len(more) // len(learned.labels))
        result["accuracy"] = accuracy(own_codes, learned.labels, own.codes(held.y), held.labels)
        result["accuracy, moved codes"] = accuracy(more, labels, own.codes(held.y), held.labels)
        plain_codes = plain.codes(learned.x)
        result["accuracy, plain"] = accuracy(plain_codes, learned.labels, plain.codes(held.y), held.labels)
        result["accuracy, plain, as they are"] = accuracy(plain_codes, learned.labels, plain.codes(held.x), held.labels)
        result["accuracy, as they are"] = accuracy(own_codes, learned.labels, seen, held.labels)
    return result


def rows_of(name: str, draw: Callable[[np.random.Generator], Pairs], generators: int, codes: int) -> list[Row]:
    """All figures of one data set: of every seed."""
    start = time.perf_counter()
    found = [measure(draw(np.random.default_rng(seed)), generators, codes, seed) for seed in SEEDS]
    seconds = (time.perf_counter() - start) / len(SEEDS)

    def figures(key: str, form: str) -> str:
        return ", ".join(format(each[key], form) for each in found)

    rows = [
        Row(f"{name}: {key}", figures(key, form), *judged(key, found)) for key, form in FORMS.items() if key in found[0]
    ]
    return [*rows, Row(f"{name}: seconds a seed, everything", f"{seconds:.0f}")]


FORMS = {
    "ELBO of a pair, nats": ".1f", "ELBO of a pair, plain": ".1f", "ELBO of a view alone, nats": ".1f",
    "ELBO of a view alone, plain": ".1f", "correlation": ".3f", "left of the change": ".3f",
    "distance, unit known": ".3f", "distance, unit found": ".3f", "accuracy, plain, as they are": ".3f",
    "accuracy, as they are": ".3f", "accuracy, plain": ".3f", "accuracy": ".3f", "accuracy, moved codes": ".3f",
}  # fmt: skip
"""Figures by name, in their order, and how they are written."""


def judged(key: str, found: list[dict[str, float]]) -> tuple[str, bool | None]:
    """The bound of a figure, where it has one, and whether all seeds keep it."""
    if key == "distance, unit known":
        return f"< {WHOLE}", all(each[key] < WHOLE for each in found)
    if key == "correlation":
        return f"> {CORRELATED}", all(each[key] > CORRELATED for each in found)
    if key in ("ELBO of a pair, nats", "accuracy"):
        plain = key.replace(", nats", "") + ", plain"
        return "> plain", all(each[key] > each[plain] for each in found)
    return "", None


def main() -> None:
    """Measure and record."""
    rows = rows_of("bumps", bumps, 1, 6)
    rows += rows_of("digits turned", lambda random: turned(*digits(random), random), 1, 8)
    rows += rows_of("digits shifted", lambda random: shifted(*digits(random), random), 2, 8)
    clothes = fashion(np.random.default_rng(0))
    if clothes is None:
        rows.append(Row("Fashion-MNIST turned", "skipped: its files are not here"))
    else:
        rows += rows_of("Fashion-MNIST turned", lambda random: turned(*clothes, random), 1, 8)
    record("transforming_vae", "A transforming autoencoder of pairs", "python -m bench.transforming_vae", rows)


if __name__ == "__main__":
    main()
