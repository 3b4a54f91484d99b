"""What every IR operation is: frozen data with a typing rule."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from symdsl.ir.types import ValueType, common_rows


class Attributes(BaseModel):
    """The data of an IR operation; `infer_type` is its equivariance rule.

    `op` is the operation's name in the serialised IR. `lowering` names the rule that turns it into plan
    modules, as "package.module:name"; the IR itself never imports it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    op: ClassVar[str]
    lowering: ClassVar[str]
    changes_rows: ClassVar[bool] = False
    """Whether operands may have different rows, so that `infer_type` says which the result has."""

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        """The type of the result. Raises EquivarianceError where there is none."""
        raise TypeError(f"{type(self).__name__} has no typing rule")

    def result_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        """The type of the result, in the rows that all operands have. Raises EquivarianceError."""
        found = self.infer_type(inputs)
        if self.changes_rows or not inputs:
            return found
        rows = common_rows(inputs)
        return found if found.rows == rows else found.model_copy(update={"rows": rows})
