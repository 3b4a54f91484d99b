"""HDF5 files: data sets by name, read by samples, refused where they are not what they say."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest

from symdsl.data.dataset import Dataset
from symdsl.data.hdf5 import read_hdf5
from symdsl.data.lazy import LazyArray
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import SymdslError

X = np.random.default_rng(0).standard_normal((9, 3, 2))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "data.h5"
    with h5py.File(place, "w") as file:
        file["x"] = X
        file.create_dataset("packed", data=X.astype("f4"), chunks=(2, 3, 2), compression="gzip")
        file["events/labels"] = np.arange(9)
        file["name"] = "a text"
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/x")
        file["again"] = h5py.SoftLink("/x")
    return place


def read_all(path: Path) -> None:
    data = read_hdf5(path)
    for key in data.arrays:
        data.array(key)[:]


def code_of(path: Path) -> str:
    with pytest.raises(SymdslError) as caught:
        read_all(path)
    assert caught.value.exit_code == 2
    return caught.value.diagnostics[0].code


def test_data_sets_by_name_and_by_samples(path: Path) -> None:
    data = load_data(parse_reference("data.h5", folder=path.parent))
    assert isinstance(data, Dataset)
    assert set(data.arrays) == {"x", "packed", "events_labels"}
    assert all(isinstance(each, LazyArray) for each in data.arrays.values())
    np.testing.assert_array_equal(data.array("x")[2:5], X[2:5])
    np.testing.assert_array_equal(data.array("x")[np.array([7, 0, 7, 3])], X[[7, 0, 7, 3]])
    np.testing.assert_array_equal(data.array("packed")[np.array([8, 1])], X.astype("f4")[[8, 1]])
    np.testing.assert_array_equal(data.array("events_labels")[:], np.arange(9))


def test_what_is_no_array_of_numbers_is_refused_where_it_is_asked_for(path: Path) -> None:
    with pytest.raises(SymdslError) as caught:
        read_hdf5(path).array("name")
    assert caught.value.diagnostics[0].code == "SYM0806"


def test_damage(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    for name, data, code in (
        ("short.h5", content[: len(content) // 2], "SYM0807"),
        ("text.h5", b"x,y\n1,2\n", "SYM0802"),
        ("empty.h5", b"", "SYM0802"),
        ("begin.h5", content[:8], "SYM0807"),
    ):
        (tmp_path / name).write_bytes(data)
        assert code_of(tmp_path / name) == code, name
    assert code_of(tmp_path / "absent.h5") == "SYM0801"


def test_random_damage_is_told_as_such(path: Path, tmp_path: Path) -> None:
    content, generator = path.read_bytes(), np.random.default_rng(1)
    for _ in range(200):
        damaged = bytearray(content)
        for place in generator.integers(0, len(content), 3):
            damaged[place] = int(generator.integers(0, 256))
        (tmp_path / "bad.h5").write_bytes(damaged)
        with suppress(SymdslError):
            read_all(tmp_path / "bad.h5")
