"""Motions of second order: does the acceleration solve the Euler-Lagrange equation, and is the energy conserved?

Checked by a road of its own: dL/dv is differentiated along the motion itself, (d/dt) dL/dv = D(dL/dv)[v, a], reverse
and then forward mode over the entry point `lagrangian`, where the model contracts second derivatives and solves for a.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    program: Program, weights: Arrays, inputs: Arrays, motion: tuple[str, str], acceleration: Array
) -> float:
    """The largest |d/dt dL/dv - dL/dq| over a batch, relative to the larger of the two terms; `motion` is (q, v)."""
    position, velocity = map(argument_name, motion)
    arguments = list(inputs.values())
    root = program.root
    slope = gradient(root, "lagrangian", wrt=(velocity,))
    change = jacobian_vector(root, slope, wrt=(position, velocity))
    (rate,), _ = interpret(root, change, [*arguments, inputs[motion[1]], acceleration], weights, weights)
    (force,), _ = interpret(root, gradient(root, "lagrangian", wrt=(position,)), arguments, weights, weights)
    rates, forces = rate.reshape(len(rate), -1), force.reshape(len(force), -1)
    difference = np.max(np.abs(rates - forces), axis=1)
    largest = np.maximum(np.max(np.abs(rates), axis=1), np.max(np.abs(forces), axis=1))
    return float(np.max(np.divide(difference, largest, out=np.zeros_like(difference), where=largest > 0)))


def energy_along(
    program: Program, weights: Arrays, inputs: Arrays, motion: tuple[str, str], acceleration: Array,
    scales: tuple[Any, Any],
) -> tuple[Array, Array]:  # fmt: skip
    """(dE, motion) of the entry point `energy` as arrays (batch, 2n): by (q, v), and (v, a), in units of `scales`."""
    names = tuple(map(argument_name, motion))
    slopes, _ = interpret(
        program.root, gradient(program.root, "energy", wrt=names), list(inputs.values()), weights, weights
    )
    rates = (inputs[motion[1]], acceleration)
    count = len(acceleration)
    slope = np.concatenate([(each * s).reshape(count, -1) for each, s in zip(slopes, scales, strict=True)], axis=1)
    rate = np.concatenate([(each / s).reshape(count, -1) for each, s in zip(rates, scales, strict=True)], axis=1)
    return slope, rate
