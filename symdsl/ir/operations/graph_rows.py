"""Between rows of a graph of any size: nodes, edges and samples, tied by indices.

A symmetry moves all rows of a sample alike, so that what is taken from a row moves as it does.
"""

from __future__ import annotations

from typing import ClassVar

from symdsl.ir.actions import trivial_action
from symdsl.ir.axes import linear_factors
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.graph_aggregation import Aggregation, commutes
from symdsl.ir.types import EquivarianceError, ValueType


def _require_index(index: ValueType, value: ValueType | None = None) -> None:
    """Raises EquivarianceError unless it is one integer for each row, of those of the value where one is given."""
    if index.dtype != "integer" or index.shape != ():
        raise EquivarianceError(f"an array of shape {index.shape} names no rows")
    if value is not None and value.rows != index.rows:
        raise EquivarianceError(f"an index of {index.rows or 'samples'} meets rows of {value.rows or 'samples'}")


class TakeRows(Attributes):
    """For each row of the index, what the row that it names has: y[k] = x[index[k]]."""

    op: ClassVar[str] = "take_rows"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_rows:TAKE_ROWS"
    changes_rows: ClassVar[bool] = True

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        value, index = inputs
        _require_index(index)
        return ValueType(shape=value.shape, dtype=value.dtype, actions=value.actions, rows=index.rows)


class AggregateRows(Attributes):
    """For each row of the last operand the sum, mean or maximum of the rows whose index names it; 0 without any.

    The functions rho of a graph network block (Battaglia et al. 2018, 1806.01261, algorithm 1).
    """

    op: ClassVar[str] = "aggregate_rows"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_rows:AGGREGATE_ROWS"
    changes_rows: ClassVar[bool] = True

    function: Aggregation

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        value, index, like = inputs
        _require_index(index, value)
        kept = {
            name: action
            for name, action in value.actions.items()
            if (factors := linear_factors(action)) is not None and commutes(self.function, list(factors))
        }
        return ValueType(shape=value.shape, actions=kept, rows=like.rows)


class MeanOfPoints(Attributes):
    """For each row of the last operand the mean of the rows whose index names it, of which it has some.

    It commutes with affine maps, so that the mean of points is a point; the mean of no rows would be none.
    """

    op: ClassVar[str] = "mean_of_points"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_rows:MEAN_OF_POINTS"
    changes_rows: ClassVar[bool] = True

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        value, index, like = inputs
        _require_index(index, value)
        return ValueType(shape=value.shape, actions=value.actions, rows=like.rows)


class AttendRows(Attributes):
    """For each row of the last operand the mean of the rows whose index names it, weighted by the softmax of logits.

    Operands are logits (1,), values, index and what has the rows (Velickovic et al. 2018, 1710.10903, equations 3, 4).
    """

    op: ClassVar[str] = "attend_rows"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_rows:ATTEND_ROWS"
    changes_rows: ClassVar[bool] = True

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        logits, value, index, like = inputs
        _require_index(index, value)
        if logits.shape != (1,) or logits.rows != value.rows:
            raise EquivarianceError(f"logits of shape {logits.shape} are not one number for each row")
        kept = {
            name: action
            for name, action in value.actions.items()
            if linear_factors(action) is not None and name in logits.actions and logits.actions[name].is_trivial
        }
        return ValueType(shape=value.shape, actions=kept, rows=like.rows)


class RowProducts(Attributes):
    """y[0] = sum_f a[f] b[f] / sqrt(f) in each row (Vaswani et al. 2017, 1706.03762)."""

    op: ClassVar[str] = "row_products"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_rows:ROW_PRODUCTS"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        queries, keys = inputs
        if queries.shape != keys.shape or len(queries.shape) != 1:
            raise EquivarianceError(f"features of shapes {queries.shape} and {keys.shape} have no products")
        kept = {
            name: trivial_action(action, (1,))
            for name, action in queries.actions.items()
            if action.is_trivial and name in keys.actions and keys.actions[name].is_trivial
        }
        return queries.with_shape((1,), kept)
