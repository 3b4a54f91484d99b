"""Points are no vectors: neither a function at every entry nor a sum of two follows a translation."""

from __future__ import annotations

from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.families.catalogue import translations
from symdsl.ir.operations.pointwise import Add, Pointwise
from symdsl.ir.types import ValueType

POINT = ValueType(shape=(3,), actions={"shift": Action(translations(3), (3,), geometry=Offset(0))})


def test_a_function_of_every_coordinate_loses_the_translation() -> None:
    assert Pointwise(function="tanh").infer_type((POINT,)).actions == {}


def test_the_sum_of_two_points_is_no_point() -> None:
    assert Add().infer_type((POINT, POINT)).actions == {}
