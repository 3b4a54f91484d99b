"""Points leave the graph as differences, and come back where they were: what fits is typed, the rest refused."""

from __future__ import annotations

import pytest

from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.families.affine import euclidean
from symdsl.groups.representation import LinearPart
from symdsl.ir.operations.centroid import Centre, Centroid, Displace
from symdsl.ir.types import EquivarianceError, ValueType

GROUP = euclidean(3)
TURN = LinearPart(GROUP)


def value(*shape: int, geometry: Offset | None = None) -> ValueType:
    last = len(shape) - 1
    return ValueType(shape=shape, actions={"move": Action(GROUP, shape, (((last,), TURN),), geometry)})


POINTS, VECTORS, ORIGIN = value(4, 3, geometry=Offset(1)), value(4, 3), value(3, geometry=Offset(0))
CENTROID, CENTRE = Centroid(symmetry="move"), Centre(symmetry="move")


def test_the_centroid_is_a_point_and_differences_are_vectors() -> None:
    assert CENTROID.infer_type((POINTS, ORIGIN)) == ORIGIN
    assert CENTRE.infer_type((POINTS, ORIGIN)) == VECTORS
    assert Displace(symmetry="move", target=POINTS).infer_type((VECTORS, ORIGIN)) == POINTS


@pytest.mark.parametrize(
    ("operation", "operands"),
    [
        (CENTROID, (VECTORS,)),
        (CENTROID, ()),
        (CENTROID, (POINTS, ValueType(shape=(3,)))),
        (CENTRE, (VECTORS, ORIGIN)),
        (CENTRE, (POINTS, value(3))),
        (Displace(symmetry="move", target=POINTS), (POINTS, ORIGIN)),
        (Displace(symmetry="move", target=POINTS), (value(5, 3), ORIGIN)),
        (Displace(symmetry="move", target=VECTORS), (VECTORS, ORIGIN)),
        (Displace(symmetry="other", target=POINTS), (VECTORS, ORIGIN)),
    ],
)
def test_what_does_not_fit_is_refused(operation: Centroid | Centre | Displace, operands: tuple[ValueType, ...]) -> None:
    with pytest.raises(EquivarianceError):
        operation.infer_type(operands)
