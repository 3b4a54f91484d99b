import numpy as np
import pytest

from symdsl.data.columns import as_dataset
from symdsl.diagnostics.diagnostic import SymdslError

COUNT = 4


def table(*names):
    return {name: np.arange(COUNT) + 10 * place for place, name in enumerate(names)}


def dataset(*names):
    return as_dataset("t", table(*names), {})


@pytest.mark.parametrize("form", ["p_{}", "p{}", "p.{}", "p[{}]", "p_{:03}"])
def test_numbered_columns_are_an_array_in_the_order_of_the_numbers(form):
    names = [form.format(number) for number in (2, 0, 11, 1, *range(3, 11))]
    data = dataset("y", *names)
    assert set(data.arrays) == {"y", "p"}
    columns = table("y", *names)
    expected = np.stack([columns[form.format(number)] for number in range(12)], axis=1)
    np.testing.assert_array_equal(data["p"][:], expected)
    np.testing.assert_array_equal(data["p"][np.array([3, 0])], expected[[3, 0]])
    np.testing.assert_array_equal(data[form.format(11)], expected[:, 11])
    assert data["p"].dtype == np.int64


def test_several_indices_are_several_axes():
    data = dataset(*(f"t_{i}_{j}" for i in range(2) for j in range(3)))
    assert set(data.arrays) == {"t"}
    assert data["t"].shape == (COUNT, 2, 3)
    assert data["t_1"].shape == (COUNT, 3)
    np.testing.assert_array_equal(data["t"][2], [[2, 12, 22], [32, 42, 52]])
    np.testing.assert_array_equal(data["t_1"][:], data["t"][:][:, 1])


def test_a_name_that_ends_in_a_number_may_number_its_columns():
    data = dataset("x_0_0", "x_0_1")
    assert (data["x_0"].shape, data["x"].shape) == ((COUNT, 2), (COUNT, 1, 2))


@pytest.mark.parametrize(
    "names", [("x1", "x2"), ("x_0", "x_2"), ("x_0", "x_00"), ("x_0", "x1"), ("x_0_0", "x_0_1", "x_1_0")], ids=str
)
def test_what_is_not_all_of_an_array_stays_columns(names):
    data = dataset(*names)
    assert set(names) <= set(data.arrays) | set(data.also)
    assert "x" not in data.arrays


def test_a_lone_first_column_is_both():
    data = dataset("v_0")
    assert list(data.arrays) == ["v_0"]
    assert (data["v_0"].shape, data["v"].shape) == ((COUNT,), (COUNT, 1))


def test_a_column_keeps_its_name():
    data = dataset("p", "p_0", "p_1")
    np.testing.assert_array_equal(data["p"], np.arange(COUNT))
    assert set(data.arrays) == {"p", "p_0", "p_1"}


def test_an_array_with_a_faulty_column_is_refused_and_the_other_columns_are_read():
    data = as_dataset("t", table("p_0", "y"), {"p_1": "row 3, column p_1, holds `a`"})
    np.testing.assert_array_equal(data["p_0"], np.arange(COUNT))
    with pytest.raises(SymdslError, match=r"SYM0809.*column p_1"):
        data["p"]


def test_mixed_numbers_are_held_by_one_type():
    columns = {"p_0": np.arange(3), "p_1": np.array([0.5, 1.5, 2.5])}
    np.testing.assert_array_equal(as_dataset("t", columns, {})["p"][:], [[0, 0.5], [1, 1.5], [2, 2.5]])
