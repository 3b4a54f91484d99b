"""The tasks of Finzi et al. 2021: what is drawn, what is predicted, and how both turn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group

from symdsl.data.moment_of_inertia import inertia
from symdsl.data.o5_invariant import invariant
from symdsl.data.particle_scattering import squared_matrix_element
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import SymdslError

SOURCES = ("o5_invariant", "moment_of_inertia", "particle_scattering")


@pytest.mark.parametrize("name", SOURCES)
def test_parts_have_the_published_sizes_and_do_not_move_when_the_training_part_grows(name: str) -> None:
    small, large = (load_data(parse_reference(f"{name}(training = {count})"), seed=3) for count in (30, 300))
    assert {part: len(where) for part, where in large.partition.items()} == {
        "train": 300, "validation": 1000, "test": 5000,
    }  # fmt: skip
    assert sorted(np.concatenate(list(large.partition.values()))) == list(range(6300))
    for key in small.arrays:
        for part in ("validation", "test"):
            np.testing.assert_array_equal(small[key][small.partition[part]], large[key][large.partition[part]])
        np.testing.assert_array_equal(small[key][small.partition["train"]], large[key][large.partition["train"][:30]])


@pytest.mark.parametrize("name", SOURCES)
def test_the_seed_rules_the_draw(name: str) -> None:
    first, second, third = (
        load_data(parse_reference(f"{name}(training = 5, test = 0{more})"), seed=seed)
        for more, seed in (("", 1), ("", 2), (", seed = 1", 2))
    )
    for key in first.arrays:
        assert not np.array_equal(first[key], second[key])
        np.testing.assert_array_equal(first[key], third[key])


def test_the_function_of_five_dimensions_has_its_values_and_does_not_turn() -> None:
    x = np.zeros((1, 2, 5))
    x[0, 0, 1], x[0, 1, 1], x[0, 1, 4] = 2.0, 3.0, 4.0
    np.testing.assert_allclose(invariant(x), np.sin(2) - 125 / 2 + 3 / 5)
    data = load_data(parse_reference("o5_invariant"))
    np.testing.assert_array_equal(data["y"], invariant(np.asarray(data["x"])))
    turned = np.asarray(data["x"]) @ ortho_group.rvs(5, random_state=1)
    np.testing.assert_allclose(invariant(turned), data["y"], rtol=1e-10, atol=1e-10)
    assert abs(np.std(np.asarray(data["x"])) - 1) < 0.02


def test_inertia_is_the_sum_over_masses_and_turns_with_them() -> None:
    data = load_data(parse_reference("moment_of_inertia(training = 20, test = 0)"))
    m, r = np.asarray(data["m"]), np.asarray(data["r"])
    expected = sum(m[7, i] * (r[7, i] @ r[7, i] * np.eye(3) - np.outer(r[7, i], r[7, i])) for i in range(5))
    np.testing.assert_allclose(np.asarray(data["I"])[7], expected)
    turn = ortho_group.rvs(3, random_state=1)
    np.testing.assert_allclose(inertia(m, r @ turn.T), turn @ np.asarray(data["I"]) @ turn.T, atol=1e-10)
    assert m.min() > 0
    assert abs(m.mean() - 0.806) < 0.02, "the mean of log(1 + exp n)"


def lepton_tensor(first: np.ndarray, second: np.ndarray, metric: np.ndarray) -> np.ndarray:
    return np.outer(first, second) - (first @ metric @ second - first @ metric @ first) * metric


def test_the_matrix_element_is_the_contraction_of_two_lepton_tensors_and_the_same_in_every_frame() -> None:
    metric = np.diag([1.0, -1.0, -1.0, -1.0])
    data = load_data(parse_reference("particle_scattering(training = 50, test = 0)"))
    p = np.asarray(data["p"])
    for (p1, p2, p3, p4), y in zip(p[:5], np.asarray(data["y"])[:5], strict=True):
        lowered = metric @ lepton_tensor(p2, p4, metric) @ metric
        np.testing.assert_allclose(y, 4 * np.sum(lepton_tensor(p1, p3, metric) * lowered))
    assert abs(p.std() - 0.25) < 0.01
    boost = np.eye(4)
    boost[:2, :2] = [[np.cosh(0.7), np.sinh(0.7)], [np.sinh(0.7), np.cosh(0.7)]]
    for element in (boost, metric, np.diag([-1.0, 1, 1, 1])):
        np.testing.assert_allclose(squared_matrix_element(p @ element.T), data["y"], atol=1e-10)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("o5_invariant(samples = 3)", "SYM0816"),
        ("moment_of_inertia(training = 0)", "SYM0816"),
        ("particle_scattering(training = 10000000, test = 10000000)", "SYM0815"),
        ("double_spring_pendulum(chunk = 0)", "SYM0816"),
        ("double_spring_pendulum(training = 1000000)", "SYM0815"),
    ],
)
def test_bad_options_are_refused(text: str, code: str) -> None:
    with pytest.raises(SymdslError, match=code) as caught:
        load_data(parse_reference(text))
    assert caught.value.exit_code == 2
