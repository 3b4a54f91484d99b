"""What trajectories say: the change of what should be conserved, and the distance from the truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from symdsl.simulation.rollout import Quantity, Trajectories


def quantity_record(quantity: Quantity) -> dict[str, Any]:
    """One quantity as JSON data, a number for each trajectory; a vector starts from its length."""
    first = quantity.values[:, 0]
    change = quantity.change
    return {
        "name": quantity.name,
        "of": quantity.of,
        "initial": (first[:, 0] if first.shape[1] == 1 else np.linalg.norm(first, axis=1)).tolist(),
        "largest_change": change.max(axis=1).tolist(),
        "final_change": change[:, -1].tolist(),
        "mean_square_change": np.mean(change**2, axis=1).tolist(),
    }


def rollout_record(trajectories: Trajectories) -> dict[str, Any]:
    """Everything as JSON data."""
    distance = trajectories.distance
    final = {name: states[:, -1].tolist() for name, states in trajectories.states.items()}
    return {
        "trajectories": len(next(iter(trajectories.states.values()))),
        "steps": len(trajectories.times) - 1,
        "duration": float(trajectories.times[-1]),
        "final": final,
        "quantities": [quantity_record(quantity) for quantity in trajectories.quantities],
        "distance": None if distance is None else {
            "largest": distance.max(axis=1).tolist(),
            "final": distance[:, -1].tolist(),
            "root_mean_square": np.sqrt(np.mean(distance**2, axis=1)).tolist(),
        },
        "remarks": list(trajectories.remarks),
    }  # fmt: skip


def rollout_text(trajectories: Trajectories) -> str:
    """The table for people: means over the trajectories, and the worst of them."""
    rows: list[tuple[str, ...]] = [("", "at start", "largest change", "worst", "mean square")]
    for quantity in trajectories.quantities:
        said = quantity_record(quantity)
        largest = said["largest_change"]
        numbers = np.mean(said["initial"]), np.mean(largest), np.max(largest), np.mean(said["mean_square_change"])
        rows.append((quantity.title, f"{numbers[0]:.6g}", *(f"{number:.2e}" for number in numbers[1:])))
    distance = trajectories.distance
    if distance is not None:
        largest = distance.max(axis=1)
        cells = (np.mean(largest), np.max(largest), np.mean(distance**2))
        rows.append(("distance from the truth", "0", *(f"{cell:.2e}" for cell in cells)))
    if len(rows) == 1:
        return "nothing is known to be conserved, and no truth to compare with\n"
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for title, *cells in rows:
        padded = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        lines.append("  ".join([title.ljust(widths[0]), *padded]).rstrip() + "\n")
    return "".join(lines)
