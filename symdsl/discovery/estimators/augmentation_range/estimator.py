"""Ranges of a given algebra, or of planar motions of images, as a candidate with `ranges`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.missing import missing_extra
from symdsl.discovery.coordinates import homogeneous
from symdsl.discovery.estimate import Candidate, Estimate, Watch
from symdsl.discovery.estimators.augmentation_range.declaration import DECLARATION, AugmentationRangeOptions
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.spans import verify_linear
from symdsl.groups.ranges import period

Array = NDArray[np.float64]
UNBOUNDED_WIDTH = 10.0
"""Beyond it a width without a period gains nothing, as in the paper."""
WHOLE = 0.9
"""The part of a period from which a range is the whole group."""
PLANAR = np.array([
    [[0, -1, 0], [1, 0, 0], [0, 0, 0]],
    [[0, 0, 1], [0, 0, 0], [0, 0, 0]],
    [[0, 0, 0], [0, 0, 1], [0, 0, 0]],
    [[1, 0, 0], [0, 1, 0], [0, 0, 0]],
    [[1, 0, 0], [0, -1, 0], [0, 0, 0]],
    [[0, 1, 0], [1, 0, 0], [0, 0, 0]],
], dtype=np.float64)  # fmt: skip
"""A turn, two shifts in halves of the image, a scaling, a stretch, a shear."""


def estimate(problem: Problem, options: Options, settings: AugmentationRangeOptions, watch: Watch) -> Estimate:
    """One candidate: the generators, and over which of their parameters each holds.

    Benton et al. 2020 (arXiv:2010.11882). Raises SymdslError: SYM1340 where no algebra is given to learn ranges of, or
    x are no images; SYM1350 for other laws and motions; SYM1001 (exit code 4) without torch.
    """
    affine = problem.motions == "affine" and settings.acts == "vectors"
    verify_linear(replace(problem, motions="linear") if affine else problem, DECLARATION)
    given, space = _generators(problem, settings)
    sizes = np.linalg.norm(given, 2, axis=(1, 2))
    generators = given / sizes[:, None, None]
    periods = np.array([period(each) for each in generators])
    limits = np.where(np.isfinite(periods), periods, UNBOUNDED_WIDTH)
    try:
        from symdsl.discovery.estimators.augmentation_range.training import train
    except ImportError:
        raise missing_extra("torch", "torch", "augmentation_range", None) from None
    assert problem.y is not None  # invariance has outputs
    watch.stage("ranges of augmentation", settings.steps)
    x = homogeneous(problem) if affine else np.asarray(problem.x, np.float64)
    found = train(x, problem.y, problem.classes, generators, limits, settings, options.seed, watch.step)
    widths = found.widths / sizes
    half = np.where(found.widths >= WHOLE * periods, np.inf, widths / 2.0)
    figures = {f"half width {number + 1}": float(width) / 2.0 for number, width in enumerate(widths)}
    figures |= {"held-out loss, copies": found.moved, "held-out loss, as they are": found.unmoved}
    candidate = Candidate(given, ranges=np.stack([-half, half], axis=1), space=space)
    return Estimate((candidate,), None, figures, {"course of the widths": found.course})


def _generators(problem: Problem, settings: AugmentationRangeOptions) -> tuple[Array, str]:
    if settings.acts == "vectors":
        if problem.basis is None:
            raise SymdslError(
                Diagnostic(
                    "SYM1340",
                    "augmentation_range learns how much of a group holds, and no group is given",
                    hint="name it: --within 'SO(3)', or learned(within = SO(3), by = augmentation_range)",
                )
            )
        return np.asarray(problem.basis, np.float64), problem.motions
    if problem.x.ndim != 3:
        shape = "x".join(str(size) for size in problem.x.shape[1:])
        raise SymdslError(
            Diagnostic(
                "SYM1340",
                f"{settings.acts} moves images of one channel, (N, height, width), and a sample is {shape}",
                hint="leave `acts` out for vectors",
            )
        )
    return (PLANAR[:1] if settings.acts == "rotation" else PLANAR), "affine"

