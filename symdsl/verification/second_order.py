"""Motions of second order: does the acceleration solve the Euler-Lagrange equation, and is the energy conserved?

Checked by a road of its own: dL/dv is differentiated along the motion itself, (d/dt) dL/dv = D(dL/dv)[v, a], reverse
and then forward mode over the entry point `lagrangian`, where the model contracts second derivatives and solves for a.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.passes.differentiate import gradient, jacobian_vector
from symdsl.passes.lowering.lower import argument_name
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program

Array = NDArray[Any]
Arrays = Mapping[str, Array]


def second_order_fields(model: Model) -> dict[str, tuple[str, str]]:
    """Predicted acceleration -> (coordinate, velocity), for each whose coordinate and velocity are given."""
    found = {}
    for name in model.outputs:
        velocity = model.fields[name].of
        coordinate = None if velocity is None else model.fields[velocity].of
        if velocity is not None and coordinate is not None and {velocity, coordinate} <= set(model.inputs):
            found[name] = (coordinate, velocity)
    return found


def euler_lagrange_residual(
    program: Program, weights: Arrays, inputs: Arrays, motions: Mapping[str, tuple[str, str]], outputs: Arrays
) -> float:
    """The largest |d/dt dL/dv - dL/dq| over a batch, relative to the larger of the two terms.

    `motions` are (coordinate, velocity) of each acceleration among the `outputs`.
    """
    positions, velocities = _names(motions)
    arguments, root = list(inputs.values()), program.root
    change = jacobian_vector(root, gradient(root, "lagrangian", wrt=velocities), wrt=(*positions, *velocities))
    along = [*(inputs[velocity] for _, velocity in motions.values()), *(outputs[name] for name in motions)]
    rates, _ = interpret(root, change, [*arguments, *along], weights, weights)
    forces, _ = interpret(root, gradient(root, "lagrangian", wrt=positions), arguments, weights, weights)
    rate, force = _joined(rates), _joined(forces)
    difference = np.max(np.abs(rate - force), axis=1)
    largest = np.maximum(np.max(np.abs(rate), axis=1), np.max(np.abs(force), axis=1))
    return float(np.max(np.divide(difference, largest, out=np.zeros_like(difference), where=largest > 0)))


def energy_along(
    program: Program, weights: Arrays, inputs: Arrays, motions: Mapping[str, tuple[str, str]], outputs: Arrays,
    scales: Mapping[str, Any],
) -> tuple[Array, Array]:  # fmt: skip
    """(dE, motion) of the entry point `energy` as arrays (batch, 2n): by (q, v), and (v, a).

    Both are in units of the `scales` of coordinates and velocities, by name; 1 where there is none.
    """
    positions, velocities = _names(motions)
    derivative = gradient(program.root, "energy", wrt=(*positions, *velocities))
    slopes, _ = interpret(program.root, derivative, list(inputs.values()), weights, weights)
    pairs = motions.values()
    units = [scales.get(name, 1.0) for name in (*(q for q, _ in pairs), *(v for _, v in pairs))]
    rates = [*(inputs[velocity] for _, velocity in pairs), *(outputs[name] for name in motions)]
    slope = _joined([each * unit for each, unit in zip(slopes, units, strict=True)])
    return slope, _joined([each / unit for each, unit in zip(rates, units, strict=True)])


def _names(motions: Mapping[str, tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What coordinates and velocities are called in the plan."""
    pairs = motions.values()
    return tuple(argument_name(q) for q, _ in pairs), tuple(argument_name(v) for _, v in pairs)


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([each.reshape(len(each), -1) for each in arrays], axis=1)
