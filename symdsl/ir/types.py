"""What travels along an edge of the IR: an array, and how it transforms under each symmetry of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_serializer

from symdsl.groups.actions.action import Action

Flow = Literal["state", "velocity"]


class EquivarianceError(Exception):
    """A map that would not be equivariant, or whose shapes do not fit.

    `note` says why and `hint` what would work; the strategy or the pipeline adds the span.
    """

    def __init__(self, message: str, note: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.note = note
        self.hint = hint


class ValueType(BaseModel):
    """The type of an IR value.

    `shape` is that of one sample. `actions` has, for each symmetry under which the value is known to transform, the
    action on the array; a symmetry that is missing is one that was lost on the way (a plain layer, say).
    `flows` says, for each time-translation symmetry, whether the value is a state of the system or the
    velocity that a conserved energy generates.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, extra="forbid")

    shape: tuple[int, ...]
    dtype: Literal["real", "integer"] = "real"
    actions: Mapping[str, Action] = {}
    flows: Mapping[str, Flow] = {}

    @field_serializer("actions")
    def _describe_actions(self, actions: Mapping[str, Action]) -> dict[str, Any]:
        return {name: actions[name].describe() for name in sorted(actions)}

    @property
    def size(self) -> int:
        """Number of entries of one sample."""
        size = 1
        for length in self.shape:
            size *= length
        return size

    def with_shape(self, shape: tuple[int, ...], actions: Mapping[str, Action]) -> ValueType:
        """A real value of another shape and other actions; it is no longer a state of the system."""
        return ValueType(shape=shape, actions=dict(actions))
