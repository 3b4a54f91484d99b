"""The table of all operations, checked when it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from symdsl.plan.errors import PlanError
from symdsl.plan.operations.activation import ACTIVATION
from symdsl.plan.operations.batch import BATCH
from symdsl.plan.operations.batch_norm import BATCH_NORM
from symdsl.plan.operations.binary import BINARY
from symdsl.plan.operations.choice import CHOICE
from symdsl.plan.operations.contraction import CONTRACTION
from symdsl.plan.operations.convolution import CONVOLUTION
from symdsl.plan.operations.factorisation import FACTORISATION
from symdsl.plan.operations.index import INDEX
from symdsl.plan.operations.matrix import MATRIX
from symdsl.plan.operations.normalisation import NORMALISATION
from symdsl.plan.operations.operation import Operation
from symdsl.plan.operations.pooling import POOLING
from symdsl.plan.operations.reduction import REDUCTION
from symdsl.plan.operations.rows import ROWS
from symdsl.plan.operations.shape import SHAPE
from symdsl.plan.operations.unary import UNARY
from symdsl.plan.operations.window import WINDOW

LEAVES = ("argument", "parameter", "constant", "state")
STRUCTURE = ("item", "call")


def _make_table(families: Iterable[Iterable[Operation]]) -> Mapping[str, Operation]:
    table: dict[str, Operation] = {}
    for family in families:
        for operation in family:
            if operation.name in table or operation.name in (*LEAVES, *STRUCTURE):
                raise PlanError(f"two operations are called {operation.name}")
            if not operation.documentation:
                raise PlanError(f"{operation.name} has no documentation")
            if not set(operation.defaults) <= set(operation.attributes):
                raise PlanError(f"{operation.name} has a default for an attribute that it lacks")
            table[operation.name] = operation
    return MappingProxyType(table)


OPERATIONS: Mapping[str, Operation] = _make_table(
    (
        UNARY,
        ACTIVATION,
        BINARY,
        CHOICE,
        SHAPE,
        WINDOW,
        INDEX,
        ROWS,
        BATCH,
        CONTRACTION,
        CONVOLUTION,
        REDUCTION,
        POOLING,
        NORMALISATION,
        MATRIX,
        FACTORISATION,
        BATCH_NORM,
    )
)


def operation_of(name: str) -> Operation:
    """The operation called `name`. Raises PlanError."""
    if name not in OPERATIONS:
        raise PlanError(f"there is no operation {name}")
    return OPERATIONS[name]
