import gzip
import struct

import numpy as np
import pytest

from symdsl.check.spec import Field
from symdsl.data.dataset import Dataset
from symdsl.data.idx import read_idx
from symdsl.data.lazy import LazyArray
from symdsl.data.match import match_fields
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import Span, SymdslError
from tests.unit.data.idx_files import TYPES, idx_bytes, write_idx

SPAN = Span("model.sym", 2, 3, 2, 9)
IMAGES = np.random.default_rng(1).integers(0, 256, (7, 4, 5), dtype=np.uint8)


@pytest.mark.parametrize("name", ["a.idx", "a-ubyte", "train-images-idx3-ubyte.gz", "a.idx.gz"])
def test_grey_images_have_a_channel(name, tmp_path):
    write_idx(tmp_path / name, IMAGES)
    data = load_data(parse_reference(name, folder=tmp_path))
    assert isinstance(data["array"], LazyArray) != name.endswith(".gz")
    np.testing.assert_array_equal(np.asarray(data["array"]), IMAGES[:, None])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("suffix", ["idx", "gz"])
def test_every_type_comes_back(kind, suffix, tmp_path):
    array = np.random.default_rng(2).normal(scale=40, size=(5, 3)).astype(kind)
    found = read_idx(write_idx(tmp_path / f"a.{suffix}", array))
    np.testing.assert_array_equal(np.asarray(found), array)


def test_in_the_file_and_in_memory_are_the_same(tmp_path):
    dataset = Dataset("a", {"x": read_idx(write_idx(tmp_path / "a.idx", IMAGES))})
    field = Field("x", "image", SPAN, own_shape=(1, 4, 5))
    memory, kept = match_fields(dataset, [field]), match_fields(dataset, [field], resident_bytes=0)
    assert memory.resident
    assert not kept.resident
    for chosen in (slice(2, 5), np.array([6, 0, 0, 3])):
        np.testing.assert_array_equal(memory.take("x", chosen), kept.take("x", chosen))


GOOD = idx_bytes(IMAGES)
BAD = {
    "empty": (b"", "SYM0802"),
    "other": (b"PK\3\4 something else", "SYM0802"),
    "unknown type": (b"\0\0\7\1" + GOOD[4:], "SYM0802"),
    "no axes": (b"\0\0\10\0" + GOOD[4:], "SYM0802"),
    "header ends": (GOOD[:9], "SYM0807"),
    "too short": (GOOD[:-1], "SYM0807"),
    "too long": (GOOD + b"\0", "SYM0807"),
    "huge sample": (b"\0\0\10\3" + struct.pack(">3I", 1, 2**31, 2**31), "SYM0815"),
    "huge": (b"\0\0\10\3" + struct.pack(">3I", 2**31, 100, 100), "SYM0807"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("suffix", ["idx", "gz"])
def test_a_faulty_file_is_refused(name, suffix, tmp_path):
    content, code = BAD[name]
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(gzip.compress(content) if suffix == "gz" else content)
    if name == "huge" and suffix == "gz":
        code = "SYM0815"
    with pytest.raises(SymdslError, match=code) as caught:
        read_idx(path)
    assert caught.value.exit_code == 2


def test_a_broken_gzip_file_is_refused(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(GOOD)[:-20])
    with pytest.raises(SymdslError, match="SYM0807"):
        read_idx(path)
    path.write_bytes(GOOD)
    with pytest.raises(SymdslError, match="SYM0802"):
        read_idx(path)
    with pytest.raises(SymdslError, match="SYM0801"):
        read_idx(tmp_path / "b.gz")


def test_a_file_cut_after_it_was_opened_is_a_diagnostic(tmp_path):
    path = write_idx(tmp_path / "a.idx", IMAGES)
    array = read_idx(path)
    path.write_bytes(GOOD[:60])
    with pytest.raises(SymdslError, match="SYM0807"):
        array[2]
