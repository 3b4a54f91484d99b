"""Parameters: declared, typed, given from outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

DATA = "x: vector(3)\ny: scalar"


def value(checked, declaration: str, **params: Any) -> Any:
    result = checked(DATA, head=declaration, params=params)
    assert result.errors == ()
    return result.model().parameters["p"]


def codes(checked, declaration: str, **params: Any) -> list[str]:
    return [error.code for error in checked(DATA, head=declaration, params=params).errors]


@pytest.mark.parametrize(
    ("declaration", "given", "expected"),
    [
        ("param p: int = 3", {}, 3),
        ("param p: int = 3", {"p": 5}, 5),
        ("param p: int", {"p": np.int64(5)}, 5),
        ("param p: float = 3", {}, 3.0),
        ("param p: float", {"p": 2}, 2.0),
        ("param p: bool = false", {"p": True}, True),
        ('param p: text = "a"', {"p": "b"}, "b"),
        ("param p: list = [1, [2.5]]", {}, [1, [2.5]]),
        ("param p: list", {"p": np.eye(2)}, [[1.0, 0.0], [0.0, 1.0]]),
        ("param p: list", {"p": (1, 2)}, [1, 2]),
        ("param q: int = 4\nparam p: int = 2 * q", {}, 8),
    ],
)
def test_values(checked, declaration: str, given: dict[str, Any], expected: Any) -> None:
    found = value(checked, declaration, **given)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("declaration", "given", "code"),
    [
        ("param p: int", {}, "SYM0212"),
        ("param p: int", {"p": 2.5}, "SYM0303"),
        ("param p: int", {"p": True}, "SYM0303"),
        ("param p: int", {"p": 2**60}, "SYM0303"),
        ("param p: int", {"p": "5"}, "SYM0303"),
        ("param p: float", {"p": float("nan")}, "SYM0303"),
        ("param p: float", {"p": float("inf")}, "SYM0303"),
        ("param p: bool", {"p": 1}, "SYM0303"),
        ("param p: text", {"p": 1}, "SYM0303"),
        ("param p: list", {"p": [object()]}, "SYM0303"),
        ("param p: list", {"p": [float("nan")]}, "SYM0303"),
        ("param p: int = 1.5", {}, "SYM0303"),
        ("param p: integer = 1", {}, "SYM0303"),
        ("param p: int = 1", {"q": 2}, "SYM0211"),
    ],
)
def test_faults(checked, declaration: str, given: dict[str, Any], code: str) -> None:
    assert codes(checked, declaration, **given) == [code]


def test_generators_come_from_python(checked) -> None:
    body = "symmetry turn: matrix_group { generators = g }\npredict y from x\nenforce turn by equivariant_mlp"
    generator = np.array([[[0.0, -1.0], [1.0, 0.0]]])
    result = checked("x: vector(2)\ny: scalar", body, "param g: list", {"g": generator})
    assert result.errors == ()
    np.testing.assert_array_equal(result.model().symmetries["turn"].group.lie_algebra, generator)


def test_a_value_for_any_model_of_the_file_is_taken() -> None:
    import symdsl

    text = """
    model a { param p: int = 1
      data { x: vector(3), y: scalar }
      predict y from x }
    model b {
      data { x: vector(3), y: scalar }
      predict y from x }
    """
    result = symdsl.check(text, {"p": 7})
    assert result.ok
    assert result.model("a").parameters == {"p": 7}
    assert result.model("b").parameters == {}
