"""Forms of -1, 0 and 1 in the axes of the data, where learned ones are next to them: diag(1, -1, -1, -1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.contender import Contender
from symdsl.discovery.coordinates import Coordinates
from symdsl.groups.identification.closing import Closed
from symdsl.groups.identification.frames import of_unit_determinant, orthogonal_frame

Array = NDArray[np.float64]
NEAR = 0.1
"""The farthest that an entry, over the middle one of the diagonal, may be from -1, 0 or 1."""


def snapped(contender: Contender, coordinates: Coordinates) -> Contender | None:
    """The group of the form of -1, 0 and 1 next to the one that a contender keeps; None where none is near.

    The form is read in the coordinates of the data: (P^-1)^T eta P^-1 of a group that keeps the metric eta.
    """
    canonical = contender.identification.canonical
    if not contender.canonical or canonical is None or canonical.metric is None:
        return None
    inverse = np.linalg.inv(np.linalg.solve(coordinates.inputs, contender.frame))
    form = of_unit_determinant(inverse.T @ canonical.metric @ inverse)
    form = form / np.median(np.abs(np.diag(form)))
    rounded = np.round(form)
    if np.max(np.abs(form - rounded)) > NEAR or abs(abs(np.linalg.det(rounded)) - 1.0) > 1e-9:
        return None
    frame = coordinates.inputs @ orthogonal_frame(rounded)
    base = np.array(canonical.lie_algebra)
    generators = frame @ base @ np.linalg.inv(frame)
    flat = np.linalg.qr(generators.reshape(len(base), -1).T)[0].T.reshape(generators.shape)
    exact = Contender.of(Closed(flat, contender.closed.moved, contender.closed.residuals), len(frame))
    return exact if exact is not None and exact.identification.canonical == canonical else None
