"""Augerino (Benton et al. 2020): full, partial and absent rotation, the learned range against the truth.

python -m bench.augmentation_range

At most 8 minutes on one core; 3 seeds a row.
"""

from __future__ import annotations

import numpy as np

from bench.record import Row, record
from symdsl.data.turn import turn_images
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.augmentation_range.declaration import AugmentationRangeOptions
from symdsl.discovery.estimators.augmentation_range.estimator import estimate
from symdsl.discovery.problem import Options, Problem

SEEDS = 3
TURN = np.array([[[0.0, -1.0], [1.0, 0.0]]])


def toy(half: float, seed: int, count: int = 3_000) -> Problem:
    """Points of the plane: turning all of them at random by up to `half` keeps labels apart, and no more does.

    Two classes lie about the angles 0 and pi, each within pi / 2 - half, so that data turned by `half` meet at the
    edge between the classes. Where every turn keeps labels, these go by radius.
    """
    generator = np.random.default_rng(seed)
    labels = generator.integers(2, size=count)
    radius = generator.uniform(0.5, 1.5, count)
    if half >= np.pi:
        angle, labels = generator.uniform(0.0, 2.0 * np.pi, count), (radius > 1.0).astype(np.int64)
    else:
        angle = np.pi * labels + generator.uniform(-1.0, 1.0, count) * (np.pi / 2.0 - half)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Problem(x, labels, classes=2, basis=TURN)


def digits(half: float, seed: int) -> Problem:
    """scikit-learn's digits, each turned by its own angle within `half`."""
    from sklearn.datasets import load_digits

    raw, labels = load_digits(return_X_y=True)
    angles = np.random.default_rng(seed).uniform(-half, half, len(raw))
    images = turn_images(raw.reshape(-1, 8, 8) / 16.0, angles, 12, 5 / 7)
    return Problem(np.asarray(images).reshape(len(raw), 12, 12) * 2.0 - 0.3, labels, classes=10)


def main() -> None:
    """Learned half widths in degrees."""
    rows = []
    settings = AugmentationRangeOptions(steps=2_000, widths=[32, 32])
    for degrees in (0, 45, 90, 180):
        found = [learned(toy(np.radians(degrees), seed), settings, seed) for seed in range(SEEDS)]
        rows.append(Row(f"points of the plane, labels kept within +-{degrees} degrees: learned", figure(found)))
    settings = AugmentationRangeOptions(acts="rotation", steps=3_000, widths=[128], reward=0.1)
    for degrees in (0, 45, 90, 180):
        found = [learned(digits(np.radians(degrees), seed), settings, seed) for seed in range(SEEDS)]
        rows.append(Row(f"digits turned within +-{degrees} degrees: learned", figure(found)))
    notes = (
        "Means over 3 seeds with the lowest and the highest; 180 is everything. For points the truth is how far all "
        "data may be turned before classes overlap, for digits how far they were turned.",
        "Ranges of digits are a matter of `reward`: tried once each, 0.05 gives a few degrees whatever the data, and "
        "0.2 nearly everything, since most digits are told apart at any angle.",
    )
    record("augmentation_range", "Augmentation ranges", "python -m bench.augmentation_range", rows, notes)


def learned(problem: Problem, settings: AugmentationRangeOptions, seed: int) -> float:
    """The half width of the turn in degrees, at most 180."""
    found = estimate(problem, Options(seed=seed), settings, Silent())
    return min(180.0, float(np.degrees(found.figures["half width 1"])))


def figure(values: list[float]) -> str:
    """The mean and the ends."""
    return f"{np.mean(values):.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    main()
