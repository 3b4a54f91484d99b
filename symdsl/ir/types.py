"""What travels along an edge of the IR: an array, and how it transforms under each symmetry of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, field_serializer, model_serializer

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
    velocity that a conserved energy generates. `rows` says what is counted by the axis that leads a batch: the samples
    (""), or rows of which a sample has any number. Every operation treats rows alike, so that their numbering is no
    matter of types.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, extra="forbid")

    shape: tuple[int, ...]
    dtype: Literal["real", "integer"] = "real"
    actions: Mapping[str, Action] = {}
    flows: Mapping[str, Flow] = {}
    rows: str = ""

    @model_serializer(mode="wrap")
    def _leave_out_samples(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written = write(self)
        if not self.rows:
            written.pop("rows", None)
        return written

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
        return ValueType(shape=shape, actions=dict(actions), rows=self.rows)


def common_rows(inputs: tuple[ValueType, ...]) -> str:
    """The rows that all operands of an operation have. Raises EquivarianceError where they differ."""
    rows = {value.rows for value in inputs}
    if len(rows) > 1:
        names = ", ".join(sorted(each or "samples" for each in rows))
        raise EquivarianceError(f"operands of different rows meet: {names}")
    return rows.pop() if rows else ""
