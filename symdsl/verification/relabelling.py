"""What renumbering the rows of each sample does to a model of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Exactness, Model, Ragged, Symmetry
from symdsl.verification.equivariance import EXACT_TOLERANCE, relative_errors
from symdsl.verification.report import Measurement

Arrays = Mapping[str, NDArray[Any]]
Call = Callable[[Arrays], Arrays]


def measure_relabelling(
    model: Model, symmetry: Symmetry, call: Call, inputs: Arrays, generator: np.random.Generator, times: int,
    exactness: Exactness,
) -> Measurement:  # fmt: skip
    """|f(p x) - p f(x)| for `times` random renumberings p of the rows of each sample, edges in a random order too."""
    ragged = model.ragged[symmetry.of or ""]
    plain, errors = call(inputs), []
    for _ in range(times):
        orders = random_orders(ragged, inputs, generator)
        moved = call(renumbered(model, ragged, inputs, orders))
        for name, found in moved.items():
            rows = model.fields[name].rows
            wanted = plain[name][orders[rows]] if rows in orders else plain[name]
            errors.append(relative_errors(found, wanted))
    return Measurement(
        quantity="equivariance",
        subject=symmetry.name,
        where="random numberings of each sample",
        elements=times,
        error=float(np.max(np.concatenate(errors), initial=0.0)),
        tolerance=EXACT_TOLERANCE if exactness.kind == "exact" else model.tolerance,
        note=exactness.detail or ("not enforced in the architecture" if exactness.kind == "none" else ""),
    )


def random_orders(ragged: Ragged, inputs: Arrays, generator: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    """For the rows, and the edges where there are some, a random order that keeps each sample together."""
    owner = inputs[f"sample_of_{ragged.rows}"]
    orders = {ragged.rows: np.lexsort((generator.random(len(owner)), owner))}
    senders = inputs.get(f"{ragged.name}_senders")
    if senders is not None:
        orders[ragged.edge_rows] = np.lexsort((generator.random(len(senders)), owner[senders]))
    return orders


def renumbered(
    model: Model, ragged: Ragged, inputs: Arrays, orders: Mapping[str, NDArray[np.int64]]
) -> dict[str, NDArray[Any]]:
    """The same samples with their rows, and edges, in another order; edges name the rows by their new numbers."""
    place = np.empty_like(orders[ragged.rows])
    place[orders[ragged.rows]] = np.arange(len(place))
    moved = {}
    for name, array in inputs.items():
        field = model.fields[name]
        values = place[array] if field.kind == "index" and field.names == ragged.rows else array
        moved[name] = values[orders[field.rows]] if field.rows in orders else values
    return moved
