"""Latent orbits: classes, an embedding that says whether they are orbits, and generators from the points of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.estimate import Candidate, Estimate, Spectrum, Watch
from symdsl.discovery.estimators.latent_orbits.declaration import DECLARATION, LatentOrbitsOptions
from symdsl.discovery.estimators.latent_orbits.embedding import embed, orbit_figures
from symdsl.discovery.estimators.latent_orbits.forms import orbit_form, rounded
from symdsl.discovery.estimators.latent_orbits.orbits import connected_parts, level_sets
from symdsl.discovery.estimators.latent_orbits.slabs import dimension_of, plane_generators, principal_generators
from symdsl.discovery.estimators.latent_orbits.tangents import Fields, tangent_fields
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.spans import common_span, orthonormal, verify_linear

Array = NDArray[np.float64]
FEWEST = 50
UNEVEN = 0.15
WITHIN = 0.95
MOST_CANDIDATES = 3


def estimate(problem: Problem, options: Options, settings: LatentOrbitsOptions, watch: Watch) -> Estimate:
    """The generators that the orbits in the data show, and how far a classifier took each orbit for one.

    Krippendorf & Syvaeri (arXiv 2003.13679). Raises SymdslError: SYM1347 for orbits that planes cannot read, SYM1348
    for too few points, SYM1349 for data without classes or one scalar field, SYM1350 for other laws and motions.
    """
    verify_linear(problem, DECLARATION)
    random = np.random.default_rng(options.seed)
    points = np.asarray(problem.x, dtype=np.float64).reshape(problem.samples, -1, problem.dimension)
    classes = [
        part[np.sort(random.permutation(len(part))[: settings.representatives])]
        for part in classes_of(problem, settings)
    ]
    clouds = orbit_clouds(points, classes, settings)
    figures = {"clouds": float(len(clouds)), "points on clouds": float(sum(len(cloud) for cloud in clouds))}
    if len(classes) > 1:
        watch.stage("Classifier of orbits", 1)
        figures |= judge_classes(points, classes, options, settings)
        watch.step()
    watch.stage("Generators of orbits", 1)
    read = read_planes if settings.regression == "planes" else read_tangents
    found = read(clouds, options, settings, random)
    watch.step()
    candidates = within(found.candidates, problem.basis)
    return Estimate(candidates, found.spectrum, {**figures, **found.figures}, found.arrays)


def within(candidates: Sequence[Candidate], basis: Array | None) -> tuple[Candidate, ...]:
    """What of each candidate lies in the algebra asked for, all where there is none."""
    if basis is None:
        return tuple(candidates)
    parts = [common_span(each.generators, np.asarray(basis, dtype=np.float64), WITHIN) for each in candidates]
    return tuple(Candidate(part) for part in parts if len(part))


def judge_classes(
    points: Array, classes: Sequence[NDArray[np.int64]], options: Options, settings: LatentOrbitsOptions
) -> dict[str, float]:
    """What a classifier of the classes makes of them, in figures."""
    chosen = np.concatenate(classes)
    labels = np.repeat(np.arange(len(classes)), [len(part) for part in classes])
    flat = points[chosen].reshape(len(chosen), -1)
    layers, epochs, rate = settings.hidden, settings.epochs, settings.learning_rate
    return orbit_figures(embed(flat, labels, layers, epochs, rate, options.backend, options.seed), settings.neighbours)


def classes_of(problem: Problem, settings: LatentOrbitsOptions) -> list[NDArray[np.int64]]:
    """The samples of each class: those of the data, level sets of a scalar field, or all where there is no field."""
    if problem.y is None:
        return [np.arange(problem.samples)]
    values = np.asarray(problem.y)
    if problem.classes is not None:
        found = [np.flatnonzero(values == each) for each in range(problem.classes)]
    elif values.size != problem.samples:
        message = (
            f"orbits are read off classes or one scalar field, and `{problem.names[1]}` has {values[0].size} numbers"
        )
        hint = "name one of them, write classes = .. for labels, or write by null_space"
        raise SymdslError(Diagnostic("SYM1349", message, hint=hint), exit_code=2)
    else:
        found = level_sets(values.reshape(-1).astype(np.float64), settings.levels, settings.width)
    found = [part for part in found if len(part) >= FEWEST]
    if not found:
        raise SymdslError(too_few(problem.samples, settings), exit_code=2)
    return found


def too_few(samples: int, settings: LatentOrbitsOptions) -> Diagnostic:
    """SYM1348: no class has enough points."""
    needed = int(np.ceil(FEWEST * settings.levels / settings.width))
    return Diagnostic(
        "SYM1348",
        f"no orbit has {FEWEST} points among {samples:,} samples",
        notes=(f"{settings.levels} classes of thickness {settings.width:g} of a field want about {needed:,} samples",),
        hint="give more samples, fewer levels or a larger width",
    )


def orbit_clouds(points: Array, classes: Sequence[NDArray[np.int64]], settings: LatentOrbitsOptions) -> list[Array]:
    """The connected parts (P, slots, n) of each class with enough points. Raises SymdslError (SYM1348)."""
    clouds = []
    for part in classes:
        own = points[part]
        parts = connected_parts(own.reshape(len(own), -1), settings.neighbours)
        clouds += [own[indices] for indices in parts if len(indices) >= FEWEST]
    if not clouds:
        raise SymdslError(too_few(len(points), settings), exit_code=2)
    return clouds


def read_planes(
    clouds: Sequence[Array], options: Options, settings: LatentOrbitsOptions, random: np.random.Generator
) -> Estimate:
    """Rotations, by planes, in coordinates in which the orbits are round. Raises SymdslError (SYM1347, SYM1348)."""
    root, even = round_clouds(clouds)
    size = len(root)
    reach = settings.reach or max(0.3, 0.15 * size if size > 3 else 0.0)
    each = -(-settings.planes // len(even))
    rows = np.concatenate([plane_generators(cloud, each, settings.slab, reach, random) for cloud in even])
    if not len(rows):
        message = "no plane has enough pairs of points near it"
        hint = "give more samples, or a larger slab or reach"
        raise SymdslError(Diagnostic("SYM1348", message, hint=hint), exit_code=2)
    generators, shares = principal_generators(rows)
    low, high = options.dimensions
    count = int(np.clip(dimension_of(shares), low, min(high, len(generators))))
    figures = {
        "round clouds": float(len(even)),
        "planes": float(len(rows)),
        "explained by the generators": float(np.sum(shares[:count])),
    }
    own = orthonormal(np.linalg.inv(root) @ generators[:count] @ root)
    return Estimate((Candidate(own),), None, figures, {"explained variance": shares})


def round_clouds(clouds: Sequence[Array]) -> tuple[Array, list[Array]]:
    """Coordinates S (n, n) in which most clouds are round about the origin, and those (P, n), in these coordinates.

    Raises SymdslError (SYM1347) for several slots, and where no positive form is constant on most clouds, or two are.
    """
    if clouds[0].shape[1] > 1:
        raise SymdslError(
            unreadable(f"planes are of one slot, and the same matrix moves {clouds[0].shape[1]}"), exit_code=2
        )
    flat = [cloud[:, 0] for cloud in clouds]
    root = round_coordinates(flat)
    even = [cloud for cloud in flat if uneven(cloud @ root) <= UNEVEN]
    root = round_coordinates(even)
    return root, [cloud @ root for cloud in even]


def round_coordinates(clouds: Sequence[Array]) -> Array:
    """Coordinates S (n, n) in which most clouds (P, n) are round. Raises SymdslError (SYM1347)."""
    form = orbit_form(clouds)
    if form.next < 2 * UNEVEN:
        raise SymdslError(unreadable("the orbits keep two quadratic forms, and are less than spheres"), exit_code=2)
    root = rounded(form)
    if root is None:
        raise SymdslError(unreadable("the orbits are not round: the form that they keep is not positive"), exit_code=2)
    spread = float(np.median([uneven(cloud @ root) for cloud in clouds]))
    if spread > UNEVEN:
        message = f"the orbits are not round about the origin: distances spread by {100 * spread:.0f}%"
        raise SymdslError(unreadable(message), exit_code=2)
    return root


def uneven(cloud: Array) -> float:
    """How much the distances of a cloud (P, n) from the origin spread, in parts of their mean."""
    radii = np.linalg.norm(cloud, axis=1)
    return float(np.std(radii) / np.mean(radii))


def unreadable(message: str) -> Diagnostic:
    """SYM1347: planes would give rotations, and the orbits are not those of rotations."""
    return Diagnostic(
        "SYM1347",
        message,
        notes=("regression in planes gives all rotations of a sphere, whatever the orbits are",),
        hint="write a smaller width where classes hold several orbits, regression = tangents for other groups, or by "
        "null_space, which reads any matrix group off the gradients of a field",
    )


def read_tangents(
    clouds: Sequence[Array], options: Options, settings: LatentOrbitsOptions, random: np.random.Generator
) -> Estimate:
    """All linear fields along the clouds; several candidates, by the ratios of their defects."""
    fields = tangent_fields(clouds, settings.neighbours)
    sizes = sizes_by_ratio(fields.defects, *options.dimensions)
    halves = [half_fields(clouds, settings.neighbours, half) for half in (0, 1)]
    both = np.sort([half.defects for half in halves], axis=0)
    spectrum = Spectrum(fields.defects, np.minimum(both[0], fields.defects), np.maximum(both[-1], fields.defects))
    candidates = tuple(Candidate(orthonormal(fields.generators[:size])) for size in sizes)
    return Estimate(candidates, spectrum, {"largest defect": float(fields.defects[sizes[0] - 1])})


def half_fields(clouds: Sequence[Array], neighbours: int, half: int) -> Fields:
    """The fields along every second point, for an interval."""
    return tangent_fields([cloud[half::2] for cloud in clouds], neighbours)


def sizes_by_ratio(defects: Array, low: int, high: int) -> list[int]:
    """The dimensions whose next defect (ascending) is larger by the largest factors, at most MOST_CANDIDATES."""
    top = min(high, len(defects) - 1)
    ratios = {size: defects[size] / max(defects[size - 1], 1e-12) for size in range(low, top + 1)}
    ordered = sorted(ratios, key=lambda size: -ratios[size])[:MOST_CANDIDATES]
    return ordered or [min(high, len(defects))]
