"""What every IR operation is: frozen data with a typing rule."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from symdsl.ir.types import ValueType


class Attributes(BaseModel):
    """The data of an IR operation; `infer_type` is its equivariance rule.

    `op` is the operation's name in the serialised IR. `lowering` names the rule that turns it into plan
    modules, as "package.module:name"; the IR itself never imports it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    op: ClassVar[str]
    lowering: ClassVar[str]

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        """The type of the result. Raises EquivarianceError where there is none."""
        raise TypeError(f"{type(self).__name__} has no typing rule")
