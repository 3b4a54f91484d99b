import sys

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from symdsl.artifact.tables import Column, open_table
from symdsl.check.spec import Field
from symdsl.data import parquet as source
from symdsl.data.lazy import LazyArray
from symdsl.data.match import match_fields
from symdsl.data.parquet import read_parquet
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import Span, SymdslError

SPAN = Span("model.sym", 2, 3, 2, 9)
V = np.random.default_rng(3).normal(size=(11, 2, 3))


def fixed_lists(array):
    values = pyarrow.array(array.ravel())
    for size in array.shape[:0:-1]:
        values = pyarrow.FixedSizeListArray.from_arrays(values, size)
    return values


def write(tmp_path, rows_a_group=4, **columns):
    parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet", row_group_size=rows_a_group)
    return tmp_path / "a.parquet"


def test_numbers_and_nested_lists_come_back_lazily(tmp_path):
    labels = np.arange(11, dtype=np.uint8)
    flags = labels % 2 == 0
    write(tmp_path, label=labels, v=fixed_lists(V), w=V.tolist(), flag=flags, p_0=V[:, 0, 0], p_1=V[:, 0, 1])
    data = load_data(parse_reference("a.parquet", folder=tmp_path))
    assert set(data.arrays) == {"label", "v", "w", "flag", "p"}
    assert all(isinstance(array, LazyArray) for array in data.arrays.values())
    expected = {"label": labels, "v": V, "w": V, "flag": flags, "p": V[:, 0, :2]}
    for index in (slice(None), slice(3, 9), slice(5, 5), np.array([10, 0, 4, 4])):
        for key, array in expected.items():
            np.testing.assert_array_equal(data[key][index], array[index])
            assert data[key][index].dtype == array.dtype


@pytest.mark.parametrize("kept", [0, 1 << 30])
def test_only_the_row_groups_asked_for_are_read(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(source, "KEPT_BYTES", kept)
    array = read_parquet(write(tmp_path, v=fixed_lists(V)))["v"]
    assert isinstance(array, source.ParquetColumn)
    array[5:7]
    assert list(array.read) == [1]
    np.testing.assert_array_equal(array[np.array([0, 9, 1])], V[[0, 9, 1]])
    assert list(array.read) == ([1, 0, 2] if kept else [2])


def test_a_field_gets_its_column(tmp_path):
    field = Field("v", "vector", SPAN, own_shape=(2, 3))
    data = read_parquet(write(tmp_path, v=fixed_lists(V.astype(np.float32))))
    memory, kept = match_fields(data, [field]), match_fields(data, [field], resident_bytes=0)
    assert memory.resident
    assert not kept.resident
    for chosen in (slice(2, 5), np.array([6, 0, 0, 3])):
        np.testing.assert_array_equal(memory.take("v", chosen), kept.take("v", chosen))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_predict_writes_is_read_back(ending, tmp_path):
    random = np.random.default_rng(0)
    arrays = {
        "y": random.integers(0, 9, 50),
        "s": random.normal(size=50),
        "one": random.normal(size=(50, 1)),
        "v_0": random.normal(size=(50, 12)).astype(np.float32),
        "t": random.normal(size=(50, 2, 3)) * 1e-200,
    }
    columns = [Column(name, array.shape[1:], str(array.dtype)) for name, array in arrays.items()]
    path = tmp_path / f"a.{ending}"
    with open_table(str(path), columns, 50) as table:
        for part in (slice(0, 20), slice(20, 50)):
            table.add({name: array[part] for name, array in arrays.items()})
    data = load_data(parse_reference(path.name, folder=tmp_path))
    for name, array in arrays.items():
        np.testing.assert_array_equal(data[name][:].astype(array.dtype), array)
    assert data["y"].dtype == np.int64


FAULTS = {
    "null": ([1.0, None, 2.0], "SYM0805", "row 1 of `x`"),
    "null list": ([[1, 2], [3, 4], None], "SYM0805", "row 2 of `x`"),
    "null in a list": ([[1, 2], [3, None], [4, 5]], "SYM0805", "row 1 of `x`"),
    "unequal lists": ([[1, 2], [3, 4], [5]], "SYM0826", "row 2 of `x` in a.parquet has a list of 1"),
    "unequal inner lists": ([[[1], [2]], [[3], [4]], [[5], [6, 7]]], "SYM0826", "row 2 of `x`"),
    "text": (["a", "b", "c"], "SYM0809", "it holds string"),
    "lists of text": ([["a"], ["b"], ["c"]], "SYM0809", "it holds list"),
    "no rows": (pyarrow.array([], pyarrow.float64()), "SYM0814", "is empty"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_column_is_one_clear_error(name, tmp_path):
    values, code, message = FAULTS[name]
    path = write(tmp_path, rows_a_group=2, x=values, good=np.arange(len(values)))
    with pytest.raises(SymdslError, match=code) as caught:
        read_parquet(path)["x"][:]
    assert message in caught.value.diagnostics[0].message
    np.testing.assert_array_equal(read_parquet(path).arrays["good"][:], np.arange(len(values)))


def test_a_damaged_file_is_refused(tmp_path):
    path = write(tmp_path, v=fixed_lists(V))
    good = path.read_bytes()
    lines = {"SYM0802": [b"", b"x" + good[1:]], "SYM0807": [good[:-1], good[:40], good[:4] + bytes(80) + good[84:]]}
    for code, contents in lines.items():
        for content in contents:
            path.write_bytes(content)
            with pytest.raises(SymdslError, match=code):
                read_parquet(path)["v"][:]
    with pytest.raises(SymdslError, match="SYM0801"):
        read_parquet(tmp_path / "b.parquet")


def test_a_file_that_changed_is_a_diagnostic(tmp_path):
    array = read_parquet(write(tmp_path, v=fixed_lists(V)))["v"]
    write(tmp_path, v=fixed_lists(V[:6]))
    with pytest.raises(SymdslError, match="SYM0807"):
        array[:]


def test_too_large_a_row_group_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "LARGEST_MEMORY", 4 * 48 - 1)
    with pytest.raises(SymdslError, match="SYM0815"):
        read_parquet(write(tmp_path, v=fixed_lists(V)))


def test_a_name_given_twice_is_refused(tmp_path):
    table = pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], names=["x", "x"])
    parquet.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(SymdslError, match="SYM0802"):
        read_parquet(tmp_path / "a.parquet")


def test_without_pyarrow_it_says_what_to_install(tmp_path, monkeypatch):
    path = write(tmp_path, x=[1.0])
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(SymdslError, match="SYM1009") as caught:
        read_parquet(path)
    assert caught.value.exit_code == 4
