"""Bad generators are refused, each with its code."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.families.catalogue import matrix_group

TURN = [[0.0, -1.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("generators", "discrete", "code", "words"),
    [
        ([], [], "SYM0406", "no generators"),
        ([[[0, 1, 2], [3, 4, 5]]], [], "SYM0406", "2 x 3"),
        ([[0, -1], [1, 0]], [], "SYM0406", "not a square matrix"),
        ([TURN, np.eye(3).tolist()], [], "SYM0406", "different sizes: 2, 3"),
        ([TURN], [np.eye(3).tolist()], "SYM0406", "different sizes"),
        ([[[0, float("nan")], [1, 0]]], [], "SYM0406", "not finite"),
        ([[[0, float("inf")], [1, 0]]], [], "SYM0406", "not finite"),
        ([[["0", "1"], ["1", "0"]]], [], "SYM0406", "real numbers"),
        ([[[0, 1j], [1, 0]]], [], "SYM0406", "real numbers"),
        ([[[0, 1], [1]]], [], "SYM0406", "row 1 has length 2, row 2 has 1"),
        (3.0, [], "SYM0406", "single number"),
        ([[[0, 0], [0, 0]]], [], "SYM0406", "generates nothing"),
        ([], [[[1, 1], [1, 1]]], "SYM0407", "discrete generator 1"),
        ([], [TURN, [[0, 0], [0, 1]]], "SYM0407", "discrete generator 2"),
        ([], [[[1, 1], [0, 1]]], "SYM0408", "10,000"),
        ([], [[[2, 0], [0, 1]]], "SYM0408", "10,000"),
        ([], [[[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]]], "SYM0408", "10,000"),
        ([np.ones((2_000, 2_000))], [], "SYM0702", "2000"),
    ],
)
def test_bad_generators(generators: object, discrete: object, code: str, words: str) -> None:
    with pytest.raises(SymdslError) as caught:
        matrix_group(generators, discrete, name="mine")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code
    assert words in diagnostic.message
    assert "mine" in diagnostic.message
    assert diagnostic.span is None
