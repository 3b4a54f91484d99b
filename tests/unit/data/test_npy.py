"""NumPy array files: mapped, read by samples, and refused where they are not what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symdsl.data.npy import read_npy
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import SymdslError


def code_of(path: Path) -> str:
    with pytest.raises(SymdslError) as caught:
        read_npy(path)
    assert caught.value.exit_code == 2
    return caught.value.diagnostics[0].code


@pytest.mark.parametrize("dtype", ["float32", "float64", ">f4", "int64", "uint8", "bool"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_samples_are_those_of_the_file(tmp_path: Path, dtype: str, order: str) -> None:
    array = np.asarray(np.random.default_rng(0).standard_normal((7, 3, 2)) * 9).astype(dtype)
    np.save(tmp_path / "x.npy", np.asarray(array, order=order))
    found = read_npy(tmp_path / "x.npy")
    assert (found.shape, found.dtype) == (array.shape, array.dtype)
    np.testing.assert_array_equal(found.read_slice(2, 5), array[2:5])
    np.testing.assert_array_equal(found.read_samples(np.array([6, 0, 0])), array[[6, 0, 0]])


def test_a_spec_names_it(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(6.0).reshape(3, 2))
    data = load_data(parse_reference("x.npy", folder=tmp_path))
    assert data.only == "array"
    assert data.arrays["array"].shape == (3, 2)


def test_files_that_are_not_what_they_say(tmp_path: Path) -> None:
    whole = tmp_path / "whole.npy"
    np.save(whole, np.arange(100.0))
    content = whole.read_bytes()
    cases = {
        "short": (content[:-8], "SYM0807"),
        "long": (content + b"\0", "SYM0807"),
        "header": (content[:40], "SYM0802"),
        "empty": (b"", "SYM0802"),
        "text": (b"1.0 2.0\n", "SYM0802"),
    }
    for name, (data, code) in cases.items():
        (tmp_path / f"{name}.npy").write_bytes(data)
        assert code_of(tmp_path / f"{name}.npy") == code, name
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert code_of(tmp_path / "objects.npy") == "SYM0802"
    np.save(tmp_path / "number.npy", np.array(1.0))
    assert code_of(tmp_path / "number.npy") == "SYM0802"
    assert code_of(tmp_path / "absent.npy") == "SYM0801"


def test_a_header_that_asks_for_more_memory_than_there_is_allocates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "huge.npy"
    with path.open("wb") as stream:
        header = {"descr": "<f8", "fortran_order": False, "shape": (10, 1 << 40)}
        np.lib.format.write_array_header_1_0(stream, header)
    assert code_of(path) == "SYM0815"
