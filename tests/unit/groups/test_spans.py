"""Singular vectors are found where the first try of LAPACK does not converge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symdsl.groups.arrays.spans import right_singular


def test_a_matrix_that_does_not_converge_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(0).standard_normal((5, 3))
    expected_values, expected_rows = right_singular(matrix)
    real: Callable[..., Any] = np.linalg.svd

    def fails_on_it(given: np.ndarray, **options: Any) -> Any:
        if np.array_equal(given, matrix):
            raise np.linalg.LinAlgError("SVD did not converge")
        return real(given, **options)

    monkeypatch.setattr(np.linalg, "svd", fails_on_it)
    values, rows = right_singular(matrix)
    assert np.allclose(values, expected_values)
    assert np.allclose(np.abs(np.sum(rows * expected_rows, axis=1)), 1.0)
