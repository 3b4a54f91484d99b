import numpy as np
import pytest

from symdsl.artifact.weights import encode_weights, read_metadata, read_weights, write_weights
from symdsl.diagnostics.diagnostic import SymdslError

ARRAYS = {
    "layer_1.weight": np.arange(6, dtype=np.float32).reshape(2, 3),
    "layer_1.bias": np.asfortranarray(np.arange(4.0).reshape(2, 2)),
    "count": np.array(7, dtype=np.int64),
}
SHAPES = {name: array.shape for name, array in ARRAYS.items()}


def test_round_trip(tmp_path):
    write_weights(tmp_path / "w.safetensors", ARRAYS, {"epoch": 3, "name": "π"})
    found = read_weights(tmp_path / "w.safetensors", SHAPES)
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    assert read_metadata(tmp_path / "w.safetensors") == {"epoch": 3, "name": "π"}


def test_bytes_do_not_depend_on_the_order_of_names():
    metadata = {f"k{index}": index for index in range(20)}
    swapped = dict(reversed(list(ARRAYS.items())))
    assert encode_weights(ARRAYS, metadata) == encode_weights(swapped, dict(reversed(metadata.items())))


def test_the_printed_reader_of_the_backends_reads_the_same(tmp_path):
    from symdsl.backends.emitted.weights import read_weights as printed_reader

    write_weights(tmp_path / "w.safetensors", ARRAYS)
    found = printed_reader(tmp_path / "w.safetensors")
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)


def test_names_and_shapes_are_strict_and_all_faults_are_told(tmp_path):
    write_weights(tmp_path / "w.safetensors", {**ARRAYS, "layer_2.weigth": np.zeros(2)})
    with pytest.raises(SymdslError) as caught:
        read_weights(tmp_path / "w.safetensors", {**SHAPES, "layer_2.weight": (2,), "count": (1,)})
    codes = [fault.code for fault in caught.value.diagnostics]
    assert codes == ["SYM0903", "SYM0903", "SYM0904"]
    assert "`layer_2.weigth`" in (caught.value.diagnostics[0].hint or "")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_damaged_files(content, tmp_path):
    (tmp_path / "w.safetensors").write_bytes(content)
    for read in (read_weights, read_metadata):
        with pytest.raises(SymdslError, match="SYM0901"):
            read(tmp_path / "w.safetensors")


def test_every_truncation_is_an_error(tmp_path):
    content = encode_weights(ARRAYS)
    for length in range(0, len(content), 11):
        (tmp_path / "w.safetensors").write_bytes(content[:length])
        with pytest.raises(SymdslError, match="SYM0901"):
            read_weights(tmp_path / "w.safetensors")


def test_a_missing_file(tmp_path):
    with pytest.raises(SymdslError, match="SYM0901"):
        read_weights(tmp_path / "none.safetensors")


def test_a_number_format_that_numpy_lacks_is_an_error(tmp_path):
    header = b'{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
    (tmp_path / "w.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")
    with pytest.raises(SymdslError, match="SYM0901"):
        read_weights(tmp_path / "w.safetensors")
