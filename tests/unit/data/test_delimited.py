import math

import numpy as np
import pytest

from symdsl.check.spec import Field
from symdsl.data.delimited import CELLS_AT_ONCE, read_delimited
from symdsl.data.match import match_fields
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import Span, SymdslError

SPAN = Span("model.sym", 2, 3, 2, 9)


def read(tmp_path, text, name="a.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    return load_data(parse_reference(name, folder=tmp_path))


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.tsv", "\t")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_by_name_with_their_types(name, mark, end, tmp_path):
    lines = [("label", " p_0", '"p_1"', "text"), ("1", "0.5", " 2", "a"), ("0", "-1e-3", "3", "b"), ()]
    data = read(tmp_path, end.join(mark.join(line) for line in lines), name)
    np.testing.assert_array_equal(data["label"], [1, 0])
    np.testing.assert_array_equal(data["p"][:], [[0.5, 2], [-1e-3, 3]])
    assert (data["label"].dtype, data["p_0"].dtype, data["p_1"].dtype) == (np.int64, np.float64, np.int64)
    assert set(data.arrays) == {"label", "p"}


def test_a_field_gets_its_columns(tmp_path):
    data = read(tmp_path, "y,v_0,v_1\n1,2,3\n0,5,6\n")
    fields = (Field("v", "vector", SPAN, own_shape=(2,), dimension=2), Field("y", "label", SPAN, classes=2))
    matched = match_fields(data, fields)
    np.testing.assert_array_equal(matched.take("v", np.array([1, 0])), [[5, 6], [2, 3]])
    np.testing.assert_array_equal(matched.take("y", slice(None)), [1, 0])


def test_a_faulty_column_is_an_error_at_the_field_that_wants_it(tmp_path):
    data = read(tmp_path, "y,v_0,v_1\ntop,2,3\n")
    with pytest.raises(SymdslError, match="SYM0809") as caught:
        match_fields(data, [Field("y", "label", SPAN, classes=2)])
    assert caught.value.diagnostics[0].span == SPAN
    match_fields(data, [Field("v", "vector", SPAN, own_shape=(2,), dimension=2)])


def test_many_rows_are_read_in_parts_and_one_late_fraction_makes_the_column_real(tmp_path):
    count = CELLS_AT_ONCE + 3
    lines = ["n,x", *(f"{place},{place}" for place in range(count - 1)), f"{count - 1},0.5"]
    data = read(tmp_path, "\n".join(lines))
    np.testing.assert_array_equal(data["n"], np.arange(count))
    assert (data["x"].dtype, data["x"][-1], len(data["x"])) == (np.float64, 0.5, count)


def test_large_integers_infinities_and_a_byte_order_mark(tmp_path):
    data = read(tmp_path, "\ufeffa,b,c\n9007199254740993,nan,36893488147419103232\n1,inf,1\n")
    assert data["a"][0] == 2**53 + 1
    assert math.isnan(data["b"][0])
    assert math.isinf(data["b"][1])
    assert data["c"][0] == 2.0**65


FAULTS = {
    "text": ("x,y\n1,2\n3,top\n", "SYM0809", "row 2 (line 3), column y, holds `top`"),
    "after a break": ('x,y\n1,"2"\n\n\n3,top\n', "SYM0809", "row 2 (line 5), column y"),
    "empty cell": ("x,y\n1,\n", "SYM0809", "row 1 (line 2), column y, holds no number: its cell is empty"),
    "underscore": ("x,y\n1,1_0\n", "SYM0809", "`1_0`"),
    "short row": ("x,y\n1,2\n3\n", "SYM0807", "row 2 (line 3)"),
    "long row": ("x,y\n1,2,3\n", "SYM0807", "3 cells, and the header names 2"),
    "no header": ("1,2\n3,4\n", "SYM0802", "no column names"),
    "empty": ("", "SYM0802", "is empty"),
    "no rows": ("x,y\n", "SYM0814", "`y` of a.csv is empty"),
    "semicolons": ("x;y\n1;2\n", "SYM0802", "separated by ';'"),
    "tabs": ("x\ty\n1\t2\n", "SYM0802", "separated by '\\t'"),
    "same name": ("y,y\n1,2\n", "SYM0802", "two columns named y"),
    "open quote": ('x,y\n1,"2\n', "SYM0802", "not a table"),
    "huge cell": (f"x,y\n1,{'1' * 200_000}\n", "SYM0802", "not a table"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_table_is_one_clear_error(name, tmp_path):
    text, code, message = FAULTS[name]
    with pytest.raises(SymdslError, match=code) as caught:
        read(tmp_path, text)["y"]
    assert message in caught.value.diagnostics[0].message
    assert "a.csv" in caught.value.diagnostics[0].message
    assert caught.value.exit_code == 2


def test_a_late_fault_is_placed_in_the_whole_file(tmp_path):
    count = CELLS_AT_ONCE
    text = "\n".join(["x,y", *(f"{place},1" for place in range(count)), "1,a"])
    with pytest.raises(SymdslError, match="SYM0809") as caught:
        read(tmp_path, text)["y"]
    assert f"row {count + 1} (line {count + 2})" in caught.value.diagnostics[0].message


def test_bytes_of_another_kind_missing_and_too_large(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x,y\n1,\xff\n")
    with pytest.raises(SymdslError, match="SYM0802"):
        read_delimited(tmp_path / "a.csv", ",")
    with pytest.raises(SymdslError, match="SYM0801"):
        read_delimited(tmp_path / "b.csv", ",")
    (tmp_path / "a.csv").write_text("x\n" + "1\n" * 100)
    read_delimited(tmp_path / "a.csv", ",", largest=800)
    with pytest.raises(SymdslError, match="SYM0815"):
        read_delimited(tmp_path / "a.csv", ",", largest=799)


def test_an_endless_line_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("symdsl.data.delimited.LONGEST_LINE", 100)
    with pytest.raises(SymdslError, match="SYM0815"):
        read(tmp_path, "x,y\n" + "1," * 60)
