from types import SimpleNamespace

import numpy as np
import pytest

from symdsl.check.spec import DataReference, Field
from symdsl.data.gather import gather_data
from symdsl.diagnostics.diagnostic import Span, SymdslError

SPAN = Span("model.sym", 2, 3, 2, 9)


def model(z_source=None, dz_source=None):
    fields = {
        "z": Field("z", "phase_space", SPAN, own_shape=(2, 1), source=z_source and DataReference(*z_source, SPAN)),
        "dz": Field("dz", "derivative", SPAN, own_shape=(2, 1), source=dz_source and DataReference(*dz_source, SPAN)),
    }
    return SimpleNamespace(fields=fields, inputs=("z",), outputs=("dz",), span=SPAN, ragged={})


def test_data_on_the_command_line_serves_all_fields_and_keeps_the_published_split():
    data = gather_data(model(), "pendulum(samples = 4)")
    assert list(data.arrays) == ["z", "dz"]
    assert (data.count, len(data.partition["train"])) == (180, 90)


def test_fields_from_several_files_under_the_folder_of_the_spec(tmp_path):
    np.savez(tmp_path / "a.npz", states=np.ones((3, 2, 1)))
    np.savez(tmp_path / "b.npz", dz=np.zeros((3, 2, 1)))
    data = gather_data(model(("a.npz", "states"), ("b.npz", None)), folder=tmp_path)
    assert data.count == 3
    assert not data.partition
    np.testing.assert_array_equal(data.arrays["z"], 1)
    np.savez(tmp_path / "b.npz", dz=np.zeros((4, 2, 1)))
    with pytest.raises(SymdslError, match="SYM0810"):
        gather_data(model(("a.npz", "states"), ("b.npz", None)), folder=tmp_path)


def test_the_command_line_replaces_the_file_and_keeps_the_key(tmp_path):
    np.savez(tmp_path / "c.npz", states=np.ones((3, 2, 1)), dz=np.zeros((3, 2, 1)))
    data = gather_data(model(("gone.npz", "states"), ("gone.npz", None)), str(tmp_path / "c.npz"))
    np.testing.assert_array_equal(data.arrays["z"], 1)


def test_a_field_without_data_says_what_to_write():
    with pytest.raises(SymdslError, match="SYM0813") as caught:
        gather_data(model(("pendulum", "z")))
    assert caught.value.diagnostics[0].span == SPAN
    assert "--data" in (caught.value.diagnostics[0].hint or "")
