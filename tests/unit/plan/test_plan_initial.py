"""First values: their distribution, their independence of each other, and the self-contained drawing function."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from symdsl.plan.initial import draw_parameter, draw_parameters, initial_state, parameter_table, state_table
from tests.unit.plan.plan_samples import make_program


def test_paths_and_shapes() -> None:
    root = make_program().root
    assert list(parameter_table(root)) == ["conv.weight", "conv.bias", "norm.scale", "norm.shift"]
    assert list(state_table(root)) == ["norm.mean", "norm.variance"]
    drawn = draw_parameters(root, 0)
    assert {path: array.shape for path, array in drawn.items()} == {
        path: parameter.shape for path, parameter in parameter_table(root).items()
    }
    np.testing.assert_array_equal(initial_state(root)["norm.variance"], np.ones(3))


def test_values_depend_on_path_and_seed_alone() -> None:
    first = draw_parameter("a.weight", (3, 4), "normal", 1.0, 4, 0)
    np.testing.assert_array_equal(first, draw_parameter("a.weight", (3, 4), "normal", 1.0, 4, 0))
    assert not np.allclose(first, draw_parameter("b.weight", (3, 4), "normal", 1.0, 4, 0))
    assert not np.allclose(first, draw_parameter("a.weight", (3, 4), "normal", 1.0, 4, 1))
    assert first[0, 0] == pytest.approx(0.40757334417520147, abs=1e-15)


def test_distributions() -> None:
    normal = draw_parameter("w", (200, 200), "normal", 2.0, 16, 0)
    assert normal.std() == pytest.approx(0.5, rel=0.02)
    uniform = draw_parameter("w", (200, 200), "uniform", 2.0, 16, 0)
    assert 0.49 < np.abs(uniform).max() <= 0.5
    assert uniform.std() == pytest.approx(0.5 / np.sqrt(3), rel=0.02)
    np.testing.assert_array_equal(draw_parameter("w", (2, 3), "constant", 0.5, 1, 0), np.full((2, 3), 0.5))


@pytest.mark.parametrize("shape", [(3, 2, 4), (8, 3), (4, 4), (5,)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    matrix = draw_parameter("w", shape, "orthogonal", 1.5, 1, 0).reshape(shape[0], -1)
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(gram, 1.5**2 * np.eye(len(gram)), atol=1e-12)


def test_drawing_function_is_self_contained() -> None:
    """The emitters print its source: it runs with NumPy as `np` alone."""
    scope = {"np": np, "Any": object, "NDArray": np.ndarray}
    exec("from __future__ import annotations\n" + inspect.getsource(draw_parameter), scope)
    for kind in ("normal", "uniform", "orthogonal", "constant"):
        values = scope["draw_parameter"]("w", (3, 4), kind, 1.0, 4, 7)
        np.testing.assert_array_equal(values, draw_parameter("w", (3, 4), kind, 1.0, 4, 7))
    with pytest.raises(ValueError, match="unknown kind"):
        draw_parameter("w", (3,), "gamma", 1.0, 1, 0)
