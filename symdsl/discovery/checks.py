"""What data cannot tell, found before anything is learned from them."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.data.faults import bad_data
from symdsl.discovery.problem import Options, Problem

Array = NDArray[np.float64]
MOST_MOTIONS: Final = 4096
"""Unknown numbers of one motion: a matrix of as many rows and columns is decomposed."""
DEPENDENT: Final = 1e-6
"""Features whose smallest combination is this part of their size, or less, are collinear."""
ENOUGH_HELD_OUT: Final = 500
"""Samples of a certificate below which its bounds are wide."""


def motion_count(problem: Problem, degree: int = 2) -> int:
    """How many numbers a motion of x, and of y with it, has: those of the class asked for, or of its basis."""
    size = problem.dimension
    if problem.basis is not None:
        count = len(problem.basis)
    elif problem.law == "density":
        count = size * (size - 1) // 2
    else:
        features = {"linear": size, "affine": size + 1, "polynomial": comb(size + degree, degree)}
        count = size * features[problem.motions]
    return count + (output_count(problem) ** 2 if problem.law == "equivariance" else 0)


def output_count(problem: Problem) -> int:
    """How many numbers a sample says: those of y, one fewer than classes; 1 where there is no y."""
    if problem.classes is not None:
        return problem.classes - 1
    return 1 if problem.y is None else max(1, int(np.prod(problem.y.shape[1:], dtype=np.int64)))


def check_size(problem: Problem, degree: int = 2) -> None:
    """Raises SymdslError SYM1327 where a motion has more unknown numbers than `MOST_MOTIONS`."""
    count = motion_count(problem, degree)
    if problem.law != "views" and count > MOST_MOTIONS:
        raise bad_data(
            "SYM1327", f"{problem.motions} motions of {problem.dimension:,} numbers have {count:,} unknowns",
            notes=(f"the limit is {MOST_MOTIONS:,}: a matrix of as many rows and columns is decomposed",),
            hint="move fewer numbers, or look within a smaller group",
        )  # fmt: skip


def check_samples(problem: Problem, options: Options, held_out: float, degree: int = 2) -> tuple[str, ...]:
    """Advice on the number of samples. Raises SymdslError SYM1320 where it is too small for the motions.

    N m equations must fix all motions but those of the group: N m >= d^2 + m^2 - dim. `held_out` is the part of the
    samples that only certificates see.
    """
    unknown, each = motion_count(problem, degree), output_count(problem)
    needed = max(2, -(-max(0, unknown - options.dimensions[0]) // each))
    least = int(np.ceil(needed / (1.0 - held_out)))
    if problem.samples < least:
        raise bad_data(
            "SYM1320", f"{problem.samples:,} samples are too few: at least {least:,} are needed",
            notes=(
                f"a motion has {unknown:,} unknown numbers, a sample gives {each:,} equation{'s' if each > 1 else ''}, "
                f"and {held_out:.0%} of the samples are held out for the certificate",
            ),
            hint="take more samples, or look within a smaller group, such as O(3)",
        )  # fmt: skip
    held = round(held_out * problem.samples)
    if held >= ENOUGH_HELD_OUT:
        return ()
    return (
        f"{held:,} samples are held out for the certificate; with fewer than {ENOUGH_HELD_OUT} its bounds are wide, "
        "and a true symmetry may stay undecided",
    )  # fmt: skip


def check_features(problem: Problem, names: Sequence[str]) -> None:
    """Raises SymdslError where x says nothing of some motions: SYM1321 constant features, SYM1322 collinear ones.

    Data in a plane leave free what a motion does off it, and a wrong one passes for a symmetry (Otto et al. 2023). What
    is learned from pairs of views stays on their span, and they may be collinear, as smooth images are.
    """
    if problem.law == "views":
        return
    points = np.asarray(problem.x, np.float64).reshape(-1, problem.dimension)
    spread = points.max(axis=0) - points.min(axis=0)
    size = np.abs(points).max(axis=0)
    constant = np.flatnonzero(spread <= 1e-12 * size)
    if len(constant):
        listed = ", ".join(f"{names[int(place)]} = {points[0, place]:g}" for place in constant[:8])
        raise bad_data("SYM1321", f"features are the same in every sample: {listed}",
                       notes=("a 1 that makes affine motions matrices is added by --motions affine",),
                       hint=_without(problem, names, constant))  # fmt: skip
    if problem.motions != "linear":
        points = points - points.mean(axis=0)
    scale = np.sqrt(np.mean(points**2, axis=0))
    scaled = points / scale
    values, vectors = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    if values[0] > DEPENDENT**2 * values[-1]:
        return
    free = [place for place in range(len(values)) if values[place] <= DEPENDENT**2 * values[-1]]
    relation = _relation(vectors[:, free], scale)
    sizes = np.abs(relation * scale)
    involved = [int(place) for place in np.flatnonzero(sizes > 1e-3 * np.max(sizes))]
    terms = " ".join(f"{relation[place]:+.4g} {names[place]}" for place in involved[:8])
    raise bad_data(
        "SYM1322", f"{', '.join(names[place] for place in involved[:8])} are collinear",
        notes=(
            f"in every sample {terms}{' ..' if len(involved) > 8 else ''} is "
            f"{'0' if problem.motions == 'linear' else 'the same'}"
            + (f", and {len(free) - 1} more such equations hold" if len(free) > 1 else ""),
            "data say nothing of what a motion does off their span, and anything there would pass for a symmetry",
        ),
        hint=_without(problem, names, involved[-1:]),
    )  # fmt: skip


def _relation(free: Array, scale: Array) -> Array:
    """One combination of the features that vanishes, of few of them: (d,), the first of its numbers 1."""
    rows = (free / scale[:, None]).T.copy()
    rows /= np.max(np.abs(rows))
    place = 0
    for column in range(rows.shape[1] - 1, -1, -1):
        if place == len(rows) - 1:
            break
        best = place + int(np.argmax(np.abs(rows[place:, column])))
        if abs(rows[best, column]) < 1e-6:
            continue
        rows[[place, best]] = rows[[best, place]]
        for other in range(place + 1, len(rows)):
            rows[other] -= rows[place] * rows[other, column] / rows[place, column]
        place += 1
    last = rows[-1]
    first = np.flatnonzero(np.abs(last * scale) > 1e-3 * np.max(np.abs(last * scale)))[0]
    return np.asarray(last / last[first], np.float64)


def _without(problem: Problem, names: Sequence[str], places: Sequence[int] | NDArray[np.int64]) -> str:
    """How to leave features out."""
    kept = [place for place in range(problem.dimension) if place not in set(map(int, places))]
    listed = ", ".join(names[place] for place in places[:8])
    if all("[" in name for name in names):
        return f"restrict the data to their span, without {listed}: save {names[0].partition('[')[0]}[..., {kept}]"
    return f"restrict the data to their span: leave {listed} out of --x"


def check_law(problem: Problem, laws: frozenset[str], by: str, others: Sequence[str]) -> None:
    """Raises SymdslError SYM1324 where the estimator `by` does not solve the law; `others` are those that do."""
    if problem.law in laws:
        return
    hint = f"these do, named by `by`: {', '.join(others)}" if others else "no installed estimator does"
    raise bad_data("SYM1324", f"{by} looks for no symmetry of {_what(problem.law)}",
                   notes=(f"it solves {', '.join(sorted(laws))}",), hint=hint)  # fmt: skip


def _what(law: str) -> str:
    return {"density": "a density", "dynamics": "dynamics", "views": "pairs of views"}.get(law, f"an {law}")
