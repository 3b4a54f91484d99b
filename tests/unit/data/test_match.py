import numpy as np
import pytest

from symdsl.check.spec import Axis, DataReference, Field
from symdsl.data.dataset import Dataset
from symdsl.data.match import match_fields
from symdsl.diagnostics.diagnostic import Span, SymdslError

SPAN = Span("model.sym", 2, 3, 2, 9)
PLACE = Span("model.sym", 9, 3, 9, 9)

X = Field("x", "image", SPAN, own_shape=(1, 4, 4), channels=1)
Y = Field("y", "label", SPAN, classes=3)
Z = Field("z", "phase_space", SPAN, own_shape=(2, 1), dimension=1)


def fault_of(arrays, *fields, **more):
    with pytest.raises(SymdslError) as caught:
        match_fields(Dataset("d.npz", arrays, **more), fields)
    assert caught.value.exit_code == 2
    return caught.value.diagnostics[0]


def test_arrays_are_cast_to_what_their_fields_hold():
    data = Dataset("d.npz", {"x": np.ones((5, 1, 4, 4), np.float32), "y": np.arange(5, dtype=np.uint8) % 3})
    matched = match_fields(data, (X, Y))
    assert matched.count == 5
    assert matched.arrays["x"].dtype == np.float64
    assert matched.arrays["y"].dtype == np.int64


def test_the_key_of_a_field_wins_over_its_name():
    field = Field("x", "scalar", SPAN, source=DataReference("d.npz", "other", PLACE))
    matched = match_fields(Dataset("d", {"x": np.zeros(2), "other": np.ones(2)}), (field,))
    np.testing.assert_array_equal(matched.arrays["x"], 1)


def test_a_documented_kind_is_matched_only_where_one_fits():
    arrays = {"images": np.ones((2, 1, 4, 4)), "labels": np.array([0, 2])}
    kinds = {"images": "image", "labels": "label"}
    assert match_fields(Dataset("digits", arrays, kinds), (X, Y)).count == 2
    two = Dataset("digits", {**arrays, "more": arrays["images"]}, {**kinds, "more": "image"})
    with pytest.raises(SymdslError, match="SYM0803"):
        match_fields(two, (X, Y))


def test_a_missing_key_is_suggested_at_the_place_that_names_it():
    field = Field("x", "scalar", SPAN, source=DataReference("d.npz", "momentum", PLACE))
    fault = fault_of({"momenta": np.ones(2)}, field)
    assert (fault.code, fault.span) == ("SYM0803", PLACE)
    assert "did you mean `momenta`" in (fault.hint or "")
    assert fault_of({"momenta": np.ones(2)}, Z).span == SPAN


@pytest.mark.parametrize(
    ("shape", "hint"),
    [((4, 4), "x[:, None]"), ((4, 4, 1), "transpose(0, 3, 1, 2)"), ((1, 1, 4, 4), "axis of size 1"), ((1, 5, 5), None)],
)
def test_wrong_shapes_say_what_to_do(shape, hint):
    fault = fault_of({"x": np.ones((3, *shape))}, X)
    assert fault.code == "SYM0804"
    assert "(samples, 1, 4, 4)" in fault.message
    assert (hint or "") in (fault.hint or "")
    assert (fault.hint is None) == (hint is None)


def test_the_shape_of_a_field_counts_its_axes():
    bodies = Axis("bodies", 3, 3, SPAN)
    field = Field("r", "vector", SPAN, axes=(bodies,), own_shape=(2,), dimension=2)
    assert match_fields(Dataset("d", {"r": np.ones((4, 3, 2))}), (field,)).count == 4
    assert fault_of({"r": np.ones((4, 2, 3))}, field).code == "SYM0804"
    rows = Field("r", "vector", SPAN, own_shape=(2,), dimension=2, rows="bodies")
    assert "(rows, 2)" in fault_of({"r": np.ones((4, 3, 2))}, rows).message


def test_phase_space_with_q_and_p_last_is_told():
    assert "q and p" in (fault_of({"z": np.ones((3, 1, 2))}, Z).hint or "")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_placed_and_counted(value):
    array = np.ones((5, 2, 1))
    array[3, 1, 0] = array[4, 0, 0] = value
    fault = fault_of({"z": array}, Z)
    assert fault.code == "SYM0805"
    assert f"z[3, 1, 0] is {value}" in fault.message
    assert "2 of 10" in fault.notes[0]


def test_a_late_nan_in_a_large_array_is_found():
    array = np.zeros((1_500_000, 2, 1))
    array[1_400_000, 0, 0] = np.nan
    assert "z[1400000, 0, 0]" in fault_of({"z": array}, Z).message


@pytest.mark.parametrize("array", [np.array(["a"]), np.ones(2, complex), np.array(["2020-01-01"], "datetime64[D]")])
def test_wrong_dtypes(array):
    assert fault_of({"s": array}, Field("s", "scalar", SPAN)).code == "SYM0809"


def test_labels():
    assert fault_of({"y": np.array([0.0, 1.0])}, Y).code == "SYM0809"
    high = fault_of({"y": np.array([0, 3, 1])}, Y)
    assert high.code == "SYM0811"
    assert "label 3 (sample 1)" in high.message
    assert fault_of({"y": np.array([0, 1, -1])}, Y).code == "SYM0811"


def test_lengths_emptiness_and_numbers():
    assert fault_of({"x": np.ones((5, 1, 4, 4)), "y": np.zeros(4, int)}, X, Y).code == "SYM0810"
    assert fault_of({"z": np.ones((0, 2, 1))}, Z).code == "SYM0814"
    assert fault_of({"z": np.array(1.0)}, Z).code == "SYM0814"
    assert fault_of({}, Z, refused={"z": "objects"}).code == "SYM0806"
