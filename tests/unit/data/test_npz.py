import io
import zipfile

import numpy as np
import pytest

from symdsl.data.npz import read_npz
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import SymdslError


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("unpickled",))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_round_trip_in_every_layout(save, tmp_path):
    arrays = {
        "plain": np.arange(24.0).reshape(4, 3, 2),
        "fortran": np.asfortranarray(np.arange(12, dtype=np.int16).reshape(4, 3)),
        "swapped": np.arange(4, dtype=">f4"),
        "flags": np.array([True, False, True, True]),
        "number": np.array(3.5),
        "empty": np.empty((0, 2)),
    }
    save(tmp_path / "a.npz", **arrays)
    data = load_data(parse_reference("a.npz", folder=tmp_path))
    assert set(data.arrays) == set(arrays)
    for key, array in arrays.items():
        np.testing.assert_array_equal(data.arrays[key], array)
        assert data.arrays[key].dtype == array.dtype


def test_object_arrays_are_refused_without_unpickling_and_the_rest_is_read(tmp_path):
    objects = np.array([Bomb()], dtype=object)
    np.savez(tmp_path / "a.npz", good=np.ones(3), bad=objects)
    data = read_npz(tmp_path / "a.npz")
    np.testing.assert_array_equal(data["good"], 1)
    with pytest.raises(SymdslError, match="SYM0806"):
        data["bad"]


def fault_of(path, **arguments):
    with pytest.raises(SymdslError) as caught:
        read_npz(path, **arguments)
    assert caught.value.exit_code == 2
    return caught.value.diagnostics[0].code


def test_a_missing_file_names_its_neighbour(tmp_path):
    np.savez(tmp_path / "jets.npz", x=np.ones(2))
    with pytest.raises(SymdslError, match="SYM0801") as caught:
        read_npz(tmp_path / "jet.npz")
    assert "jets.npz" in (caught.value.diagnostics[0].hint or "")
    assert fault_of(tmp_path) == "SYM0801"


def test_every_truncation_is_an_error(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(50.0), y=np.arange(50))
    whole = (tmp_path / "a.npz").read_bytes()
    for length in range(2, len(whole) - 1, 37):
        (tmp_path / "b.npz").write_bytes(whole[:length])
        assert fault_of(tmp_path / "b.npz") == "SYM0807"


def test_a_flipped_byte_of_the_content_is_an_error(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(50.0))
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[300] ^= 1
    (tmp_path / "a.npz").write_bytes(content)
    assert fault_of(tmp_path / "a.npz") == "SYM0807"


@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x04pickle"])
def test_other_files_are_no_archives(content, tmp_path):
    (tmp_path / "a.npz").write_bytes(content)
    assert fault_of(tmp_path / "a.npz") == "SYM0802"


def archive_of(path, header, body):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, header)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", stream.getvalue() + body)


@pytest.mark.parametrize("shape", [(3,), (-1,), (1 << 40, 0)])
def test_a_header_that_does_not_fit_the_content_is_an_error(shape, tmp_path):
    archive_of(tmp_path / "a.npz", {"descr": "<f8", "fortran_order": False, "shape": shape}, b"\0" * 16)
    assert fault_of(tmp_path / "a.npz") == "SYM0807"


def test_the_memory_limit_holds_before_anything_is_read(tmp_path):
    archive_of(tmp_path / "a.npz", {"descr": "<f8", "fortran_order": False, "shape": (1 << 60,)}, b"")
    assert fault_of(tmp_path / "a.npz") == "SYM0815"
    np.savez(tmp_path / "b.npz", x=np.zeros(10), y=np.zeros(10))
    assert fault_of(tmp_path / "b.npz", largest=100) == "SYM0815"
    assert len(read_npz(tmp_path / "b.npz", largest=160).arrays) == 2
