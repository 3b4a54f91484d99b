"""Tables of each format hold what was given, in parts, and are whole or not there."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

from symdsl.artifact.tables import Column, check_table_path, open_table
from symdsl.diagnostics.diagnostic import SymdslError

COLUMNS = (Column("y", (), "int64"), Column("v", (2,), "float32"), Column("t", (2, 2), "float64"))
NAMES = ["y", "v_0", "v_1", "t_0_0", "t_0_1", "t_1_0", "t_1_1"]


def rows() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    v = generator.standard_normal((5, 2)).astype(np.float32)
    v[3, 1] = np.nan
    return {"y": np.arange(5), "v": v, "t": generator.standard_normal((5, 2, 2)) * 1e-12}


def write(path: Path | str) -> None:
    whole = rows()
    with open_table(str(path), COLUMNS, 5) as table:
        for part in (slice(0, 2), slice(2, 4), slice(4, 5)):
            table.add({name: array[part] for name, array in whole.items()})


def flat() -> np.ndarray:
    return np.concatenate([array.reshape(5, -1).astype(float) for array in rows().values()], axis=1)


def test_npz_holds_the_arrays(tmp_path: Path) -> None:
    write(tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as found:
        assert list(found) == ["y", "v", "t"]
        for name, array in rows().items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)


def test_csv_gives_every_number_back(tmp_path: Path) -> None:
    write(tmp_path / "out.csv")
    lines = list(csv.reader((tmp_path / "out.csv").read_text().splitlines()))
    assert lines[0] == NAMES
    assert [line[0] for line in lines[1:]] == ["0", "1", "2", "3", "4"]
    found = np.array(lines[1:], dtype=float)
    np.testing.assert_array_equal(found[:, 1:3].astype(np.float32), rows()["v"])
    np.testing.assert_array_equal(found[:, 3:], flat()[:, 3:])


def test_csv_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    write("-")
    assert capsys.readouterr().out.splitlines()[0] == ",".join(NAMES)


def test_parquet_has_a_column_for_each_number(tmp_path: Path) -> None:
    from pyarrow.parquet import read_table

    write(tmp_path / "out.parquet")
    found = read_table(tmp_path / "out.parquet")
    assert found.column_names == NAMES
    assert [str(kind) for kind in found.schema.types] == ["int64", "float", "float", *["double"] * 4]
    np.testing.assert_array_equal(np.stack([column.to_numpy() for column in found.columns], axis=1), flat())


@pytest.mark.parametrize("ending", ["npz", "csv", "parquet"])
def test_equal_tables_are_equal_files(tmp_path: Path, ending: str) -> None:
    write(tmp_path / f"a.{ending}")
    write(tmp_path / f"b.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ["npz", "csv", "parquet"])
def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    path.write_bytes(b"before")

    def fail() -> None:
        with open_table(str(path), COLUMNS, 5) as table:
            table.add({name: array[:2] for name, array in rows().items()})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_paths_without_a_format_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SymdslError) as refusal:
        check_table_path("out.xlsx")
    assert (refusal.value.diagnostics[0].code, refusal.value.exit_code) == ("SYM1230", 2)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(SymdslError) as refusal:
        check_table_path("out.parquet")
    assert (refusal.value.diagnostics[0].code, refusal.value.exit_code) == ("SYM1009", 4)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SymdslError) as refusal:
        write(tmp_path / "file" / "out.csv")
    assert (refusal.value.diagnostics[0].code, refusal.value.exit_code) == ("SYM0907", 2)
