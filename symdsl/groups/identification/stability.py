"""Whether a name survives the noise in generators, and circles that noise has opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.spans import span_of
from symdsl.groups.identification.charges import common_eigenvectors, reduced_rows
from symdsl.groups.identification.closing import FARTHEST, Closed, close, tangent_between
from symdsl.groups.identification.hypotheses import closed_as_fragile
from symdsl.groups.identification.identify import identify
from symdsl.groups.identification.naming import constants_of
from symdsl.groups.identification.structure import structure_of

_SIGMAS: Final = 3.0
_UNANIMOUS: Final = 0.95
_LARGEST_CHARGE: Final = 6
_UNMOVED: Final = 1e-9


def stable_name(ensemble: Array) -> tuple[str | None, Mapping[str, int]]:
    """The name that an ensemble (K, r, d, d) of noisy generators agrees on, and how many members close to each name.

    None where fewer than 19 of 20 agree, where it is an unnamed algebra, and where an algebra that noise hides, of
    another name (`closed_as_fragile`), is nearer to their mean than three times their spread.
    """
    mean, spread = centre_of(ensemble)
    votes: Counter[str] = Counter()
    for member in ensemble:
        closed = close(member)
        if closed is None:
            votes["not closed"] += 1
            continue
        settled = settle(closed, _SIGMAS * spread)
        votes[identify((settled or closed).generators).name] += 1
    name, count = votes.most_common(1)[0]
    if count < _UNANIMOUS * len(ensemble) or name == "not closed" or name.startswith("unnamed"):
        return None, votes
    for _, closed in closed_as_fragile(mean):
        if closed.moved < _SIGMAS * spread and identify(closed.generators).name != name:
            return None, votes
    return name, votes


def settle(closed: Closed, noise: float) -> Closed | None:
    """A closed algebra whose centre turns with a common period, where it nearly does; None where nothing changes.

    Noise makes spirals of circles, and of their charges numbers that are not whole. Eigenvalues of the centre lose real
    parts, or imaginary ones, that are less than `noise` of them, and frequencies become multiples of each other by
    fractions of whole numbers up to 6 where these are that near. `moved` is by this step alone.
    """
    generators = closed.generators
    try:
        structure = structure_of(constants_of(generators))
    except SymdslError:
        return None
    if not len(structure.centre) or len(structure.centre) != len(structure.radical):
        return None
    centre = np.tensordot(structure.centre, generators, axes=1)
    vectors = common_eigenvectors(centre)
    if vectors is None:
        return None
    values = np.diagonal(np.linalg.solve(vectors, centre @ vectors), axis1=1, axis2=2)
    _, strengths, rows = np.linalg.svd(values.real.T)
    turned = rows.conj() @ values
    strengths = np.concatenate([strengths, np.zeros(len(rows) - len(strengths))])
    turning = strengths < noise * np.linalg.norm(turned, axis=1)
    scaling = np.linalg.norm(turned.imag, axis=1) < noise * np.linalg.norm(turned, axis=1)
    new = turned.astype(np.complex128)
    new[turning] = 1j * _whole(np.asarray(turned[turning].imag, dtype=np.float64), noise)
    new[scaling] = turned[scaling].real
    moved = ((vectors * new[:, None]) @ np.linalg.inv(vectors)).real
    derived = np.tensordot(structure.derived, generators, axes=1)
    basis = span_of(np.concatenate([derived, moved])).reshape(-1, *generators.shape[1:])
    if len(basis) != len(generators):
        return None
    tangent = tangent_between(basis.reshape(len(basis), -1), span_of(generators))
    return Closed(basis, tangent, closed.residuals) if _UNMOVED < tangent < FARTHEST else None


def _whole(frequencies: Array, noise: float) -> Array:
    """Frequencies (k, n) in echelon form, with the simplest fractions that are within `noise`."""
    reduced = reduced_rows(frequencies)
    for place, value in np.ndenumerate(reduced):
        for largest in range(1, _LARGEST_CHARGE + 1):
            fraction = float(Fraction(float(value)).limit_denominator(largest))
            if abs(fraction - value) < noise * max(1.0, abs(value)):
                reduced[place] = fraction
                break
    return reduced


def centre_of(ensemble: Array) -> tuple[Array, float]:
    """Generators (r, d, d) of the mean span of an ensemble (K, r, d, d), and the r.m.s. of the largest sines to it."""
    count, shape = ensemble.shape[1], ensemble.shape[1:]
    spans = np.stack([span_of(member) for member in ensemble])
    _, _, rows = np.linalg.svd(spans.reshape(-1, spans.shape[-1]), full_matrices=False)
    mean = rows[:count]
    beyond = spans - spans @ mean.T @ mean
    sines = np.linalg.norm(beyond, 2, axis=(1, 2))
    return mean.reshape(shape), float(np.sqrt(np.mean(sines**2)))
