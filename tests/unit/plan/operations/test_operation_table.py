"""The operation table has no hole: each operation of the reference page has rows, rules and documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.canonical import canonicalise
from symdsl.plan.operations.operation import no_jvp, no_vjp
from symdsl.plan.operations.registry import LEAVES, OPERATIONS, STRUCTURE, operation_of
from symdsl.plan.operations.unary import UNARY
from tests.conformance.cases import CASES

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "plan_operations.md"

# Their results do not change, or not continuously, with their operands.
WITHOUT_DERIVATIVE = {
    *("sign", "step", "floor", "stop_gradient", "logical_not", "less", "less_equal", "equal", "logical_and"),
    *("full", "full_like", "one_hot", "argmax", "argsort"),
}


def read_page() -> dict[str, set[str]]:
    """name -> attribute names, from the table of the reference page."""
    rows = re.findall(r"^\| (?!family|---)[^|]+\| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    found: dict[str, set[str]] = {}
    for row in rows:
        text = re.sub(r"->[^;|]*", " ", row)
        for name, _, attributes in re.findall(r"\b([a-z_0-9]+)(\([^)]*\))?(?:\{([^}]*)\})?", remove_remarks(text)):
            found[name] = {one.strip() for one in attributes.split(",") if one.strip()}
    return found


def remove_remarks(text: str) -> str:
    """Without parentheses that stand apart from a name (remarks)."""
    return re.sub(r"(?<=[ }])\([^)]*\)", " ", text)


def test_page_and_table_have_the_same_operations_and_attributes() -> None:
    page = read_page()
    listed = {name: attributes for name, attributes in page.items() if name not in (*LEAVES, *STRUCTURE)}
    assert set(page) >= {*LEAVES, *STRUCTURE}
    assert listed == {name: set(operation.attributes) for name, operation in OPERATIONS.items()}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operation_is_complete(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.name == name
    assert operation.documentation
    assert operation.documentation.count("\n") == 0
    assert (operation.vjp is no_vjp and operation.jvp is no_jvp) <= (name in WITHOUT_DERIVATIVE)
    rows = [case for case in CASES if case.operation == name]
    assert rows, f"no conformance row for {name}"
    assert (name in WITHOUT_DERIVATIVE) or any(case.moving for case in rows) or name == "cast"
    for case in rows:
        attributes = canonicalise(operation, case.types, case.attributes)
        results = operation.result_types(case.types, attributes)
        cost = operation.cost(case.types, attributes, results)
        assert cost.multiply_adds >= 0
        assert cost.bytes >= 0


def test_row_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_unknown_operation_and_attributes_are_refused() -> None:
    with pytest.raises(PlanError, match="no operation nonsense"):
        operation_of("nonsense")
    with pytest.raises(PlanError, match="no attribute axes"):
        canonicalise(OPERATIONS["softmax"], [ArrayType((3,))], {"axes": 0})
    with pytest.raises(PlanError, match="needs the attribute axis"):
        canonicalise(OPERATIONS["softmax"], [ArrayType((3,))], {})
    with pytest.raises(PlanError, match="no such axis"):
        canonicalise(OPERATIONS["softmax"], [ArrayType((3,))], {"axis": 1})
    with pytest.raises(PlanError, match="not an integer"):
        canonicalise(OPERATIONS["softmax"], [ArrayType((3,))], {"axis": 0.5})


def test_attributes_have_one_form() -> None:
    image = ArrayType((2, 6, 5), batched=True)
    given = canonicalise(OPERATIONS["convolution"], [image, ArrayType((3, 2, 3, 3))], {"stride": [2, 1]})
    assert dict(given) == {"stride": (2, 1), "padding": (0, 0), "layout": "channels_first"}
    assert canonicalise(OPERATIONS["sum"], [image], {"axes": [-1, 0]})["axes"] == (0, 2)
    assert canonicalise(OPERATIONS["expand"], [image], {"axis": -1})["axis"] == 3


def test_a_second_operation_of_one_name_is_refused() -> None:
    from symdsl.plan.operations.registry import _make_table

    with pytest.raises(PlanError, match="two operations are called negate"):
        _make_table((UNARY, UNARY[:1]))
