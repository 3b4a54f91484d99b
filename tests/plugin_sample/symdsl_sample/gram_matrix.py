"""An IR operation of its own: the typing rule, and how it is lowered to the plan."""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Action
from symdsl.ir.actions import trivial_action
from symdsl.ir.graph import Node
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def turns_the_vector_only(action: Action, vector_axis: int) -> bool:
    """True where an orthogonal matrix acts on the vectors and nothing acts on what numbers them."""
    return action.geometry is None and all(
        axes == (vector_axis,) and representation.is_orthogonal for axes, representation in action.factors
    )


class GramMatrix(Attributes):
    """G_ij = <x_i, x_j> of vectors x: (n, d) -> (n, n). It does not move under orthogonal matrices on the vectors."""

    op: ClassVar[str] = "gram_matrix"
    lowering: ClassVar[str] = "symdsl_sample.gram_matrix:GRAM_MATRIX"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        """Invariant under every symmetry that turns the vectors. Raises EquivarianceError for a wrong rank."""
        (value,) = inputs
        if len(value.shape) != 2:
            raise EquivarianceError(f"a Gram matrix is of a list of vectors, not of an array of shape {value.shape}")
        shape = (value.shape[0], value.shape[0])
        kept = {name: action for name, action in value.actions.items() if turns_the_vector_only(action, 1)}
        return ValueType(shape=shape, actions={name: trivial_action(action, shape) for name, action in kept.items()})


def _gram_matrix(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    return builder.add("einsum", operands[0], operands[0], subscripts="id,jd->ij")


GRAM_MATRIX = InlineRule(_gram_matrix)
