"""A model that predicts time derivatives as an autonomous equation dy/dt = f(y) of flat states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from symdsl.check.rows import refuse_rows
from symdsl.check.spec import Model
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

if TYPE_CHECKING:
    from symdsl.plan.nodes import Program

Array = NDArray[np.float64]
Arrays = Mapping[str, Array]
NOT_CONSERVED = ("forward", "forward_train", "objective", "lagrangian")
ROWS = 4096
"""States at which a scalar is computed at a time."""


class Call(Protocol):
    """The outputs of an entry point of a compiled model, as `CompiledModel.call` gives them."""

    def __call__(self, entry_point: str, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Outputs in the order of the plan for arrays with a leading batch axis."""
        ...


def moving_fields(model: Model) -> dict[str, str]:
    """State -> its derivative, for each input whose derivative is predicted or given too; the other inputs stay.

    Of a motion of second order, a predicted from q and v, q moves with v and v with a.
    Raises SymdslError: SYM1231 (exit code 2) where there is none, SYM0516 for any number of bodies.
    """
    refuse_rows(model, "a rollout")
    names = (*model.inputs, *model.outputs)
    derivatives = {name: model.fields[name].of for name in names if model.fields[name].kind == "derivative"}
    found = {state: name for name, state in derivatives.items() if state in model.inputs}
    if not any(name in model.outputs for name in found.values()):
        message = f"{model.name} predicts no derivative of what it is given"
        state = model.inputs[0]
        hint = f"a spec of a motion has `d{state}: derivative({state})` and `predict d{state} from {state}`"
        raise SymdslError(Diagnostic("SYM1231", message, model.span, hint=hint), exit_code=2)
    return {name: found[name] for name in model.inputs if name in found}


def learned_scalars(program: Program) -> tuple[str, ...]:
    """The entry points of the inputs of the model that are conserved: one number, such as an energy, or one for each of
    some constraints."""
    found = []
    for name in dict.fromkeys(program.entry_points):
        method = program.root.method(name)
        arguments = tuple(method.nodes[index].attributes["name"] for index in method.arguments)
        shapes = [method.nodes[index].type.shape for index in method.outputs]
        if name not in NOT_CONSERVED and arguments == program.inputs and [*map(len, shapes)] in ([0], [1]):
            found.append(name)
    return tuple(found)


@dataclass(frozen=True)
class Motion:
    """dy/dt = f(y): `call` is a model in its evaluation mode, y (N, size) are the states of `moving_fields`, flat.

    `constants` are the inputs that stay, (N, *shape) each.
    """

    model: Model
    call: Call
    constants: Arrays

    @cached_property
    def moving(self) -> dict[str, str]:
        """State -> derivative, as `moving_fields`."""
        return moving_fields(self.model)

    @cached_property
    def size(self) -> int:
        """How many numbers a flat state has."""
        return sum(prod(self.model.fields[name].shape) for name in self.moving)

    def only(self, rows: slice) -> Motion:
        """The motion of some of the trajectories."""
        return Motion(self.model, self.call, {name: array[rows] for name, array in self.constants.items()})

    def join(self, states: Mapping[str, NDArray[Any]]) -> Array:
        """Flat states (N, size) in float64 of the arrays (N, *shape) of each."""
        parts = [np.asarray(states[name], dtype=np.float64).reshape(len(states[name]), -1) for name in self.moving]
        return np.concatenate(parts, axis=1)

    def split(self, flat: Array) -> dict[str, Array]:
        """The states (..., *shape) by name of flat ones (..., size)."""
        found, edge = {}, 0
        for name in self.moving:
            shape = self.model.fields[name].shape
            found[name] = flat[..., edge : edge + prod(shape)].reshape(*flat.shape[:-1], *shape)
            edge += prod(shape)
        return found

    @cached_property
    def pair(self) -> tuple[str, str] | None:
        """Coordinate and velocity, where these two are the states: a motion of second order."""
        found = [(name, rate) for name, rate in self.moving.items() if rate in self.moving]
        return found[0] if len(self.moving) == 2 and len(found) == 1 else None

    @property
    def whole_shape(self) -> tuple[int, ...] | None:
        """The shape of `whole` of one state, None where there is none."""
        if self.pair is not None:
            return (2, *self.model.fields[self.pair[0]].shape)
        return self.model.fields[next(iter(self.moving))].shape if len(self.moving) == 1 else None

    def whole(self, states: Mapping[str, Array], axis: int) -> Array:
        """The only state, or coordinate and velocity along a new axis, as simulators have them."""
        if self.pair is not None:
            return np.stack([states[name] for name in self.pair], axis=axis)
        (only,) = states.values()
        return only

    def parts(self, whole: Array, axis: int) -> dict[str, Array]:
        """The states by name, of what `whole` makes of them."""
        if self.pair is not None:
            return {name: np.take(whole, place, axis=axis) for place, name in enumerate(self.pair)}
        return {next(iter(self.moving)): whole}

    def rate(self, flat: Array) -> Array:
        """f(y) in float64: (N, size) -> (N, size), one row for each trajectory."""
        outputs = dict(zip(self.model.outputs, self.call("forward", *self._inputs(flat)), strict=True))
        known = {**self.split(flat), **outputs}
        return self.join({state: known[name] for state, name in self.moving.items()})

    def scalar(self, entry_point: str, flat: Array) -> Array:
        """The one number or k numbers of an entry point along trajectories: (N, T, size) -> (N, T, k)."""
        found = []
        for row in range(len(flat)):
            own = self.only(slice(row, row + 1))
            for start in range(0, flat.shape[1], ROWS):
                states = flat[row, start : start + ROWS]
                (values,) = self.call(entry_point, *own._inputs(states))
                found.append(np.asarray(values, dtype=np.float64).reshape(len(states), -1))
        return np.concatenate(found).reshape(*flat.shape[:2], -1)

    def _inputs(self, flat: Array) -> list[Array]:
        """The model's inputs; constants of one trajectory are repeated."""
        known = {**self.split(flat), **{name: spread(array, len(flat)) for name, array in self.constants.items()}}
        return [known[name] for name in self.model.inputs]


def spread(array: Array, count: int) -> Array:
    """An array (N, ...) with its only row repeated `count` times, where it has but one."""
    return np.broadcast_to(array, (count, *array.shape[1:])) if len(array) == 1 else array
