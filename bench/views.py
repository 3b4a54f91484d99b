"""Pairs of views whose true operator is known: shifts of periodic signals, turns of images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Views:
    """Pairs (N, d), the coefficient of each (N,), and the operator (d, d)."""

    x: Array
    y: Array
    coefficients: Array
    operator: Array


def shift_operator(size: int) -> Array:
    """The derivative of the band-limited interpolation of a periodic signal; the Nyquist frequency has none."""
    frequencies = np.fft.fftfreq(size) * size
    if size % 2 == 0:
        frequencies[size // 2] = 0.0
    waves = np.fft.fft(np.eye(size))
    return np.real(np.fft.ifft((2j * np.pi * frequencies / size)[:, None] * waves, axis=0))


def shifted(size: int, count: int, most: float, noise: float, random: np.random.Generator) -> Views:
    """Uniform white signals without the Nyquist frequency, shifted by up to `most` pixels; noise on the second view."""
    operator = shift_operator(size)
    x = random.uniform(0, 1, (count, size))
    if size % 2 == 0:
        sign = (-1.0) ** np.arange(size)
        x -= np.outer(x @ sign / size, sign)
    shifts = random.uniform(-most, most, count)
    phases = np.exp(2j * np.pi * np.fft.fftfreq(size) * shifts[:, None])
    y = np.real(np.fft.ifft(np.fft.fft(x, axis=1) * phases, axis=1))
    return Views(x, y + noise * random.normal(size=x.shape), shifts, operator)


def oscillator(side: int, levels: int, turn: float = 0.0) -> tuple[Array, list[tuple[int, int]]]:
    """The functions psi_a(u) psi_b(v), a + b <= levels, turned, on side x side pixels of [-4, 4]^2: (side^2, k)."""
    line = np.linspace(-4.0, 4.0, side)
    u, v = (each.ravel() for each in np.meshgrid(line, line, indexing="ij"))
    u, v = np.cos(turn) * u + np.sin(turn) * v, np.cos(turn) * v - np.sin(turn) * u
    first, second = _hermite(u, levels), _hermite(v, levels)
    labels = [(a, b) for a in range(levels + 1) for b in range(levels + 1 - a)]
    return np.stack([first[a] * second[b] for a, b in labels], axis=1), labels


def _hermite(x: Array, levels: int) -> list[Array]:
    """The normalised functions of Hermite, 0 to `levels`."""
    found = [np.pi**-0.25 * np.exp(-(x**2) / 2)]
    for level in range(levels):
        before = found[level - 1] * np.sqrt(level / (level + 1)) if level else 0.0
        found.append(np.sqrt(2 / (level + 1)) * x * found[level] - before)
    return found


def turn_operator(side: int, levels: int) -> Array:
    """The generator of turns about the middle, exact on images of the oscillator's functions, 0 off them."""
    functions, labels = oscillator(side, levels)
    places = {label: place for place, label in enumerate(labels)}
    inner = np.zeros((len(labels), len(labels)))
    for (a, b), place in places.items():
        if b:
            inner[places[a + 1, b - 1], place] = -np.sqrt((a + 1) * b)
        if a:
            inner[places[a - 1, b + 1], place] = np.sqrt(a * (b + 1))
    return functions @ inner @ np.linalg.pinv(functions)


def turned(side: int, levels: int, count: int, most: float, noise: float, random: np.random.Generator) -> Views:
    """Random smooth images (band-limited in the oscillator's levels), turned by up to `most` radians."""
    weights = random.normal(size=(count, (levels + 1) * (levels + 2) // 2))
    angles = random.uniform(-most, most, count)
    x = weights @ oscillator(side, levels)[0].T
    y = np.stack([oscillator(side, levels, angle)[0] @ row for angle, row in zip(angles, weights, strict=True)])
    return Views(x, y + noise * np.std(x) * random.normal(size=x.shape), angles, turn_operator(side, levels))
