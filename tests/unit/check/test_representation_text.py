"""Representations in the words of a spec."""

import numpy as np
import pytest

import symdsl


@pytest.mark.parametrize(
    ("group", "words", "dimension"),
    [
        ("O(3)", "defining", 3),
        ("O(3)", "2 * defining + trivial", 7),
        ("S(4)", "permutation ^ 2", 16),
        ("C(4)", "regular", 4),
        ("O(1, 3)", "tensor(1, 1)", 16),
        ("O(3) * S(2)", "defining", 5),
        ("matrix_group { generators = [[[0, -1], [1, 0]]] }", "dual", 2),
    ],
)
def test_words_of_a_spec(group: str, words: str, dimension: int) -> None:
    found = symdsl.representation(group, words)
    first, second = found.group.sample(np.random.default_rng(0), 2)
    assert found.dimension == dimension
    np.testing.assert_allclose(
        found.matrix(first) @ found.matrix(second), found.matrix(first @ second), rtol=1e-9, atol=1e-9
    )


def test_a_basis_commutes_and_has_as_many_maps_as_partitions_of_four() -> None:
    edges = symdsl.representation("S(5)", "permutation ^ 2")
    maps = symdsl.basis(edges, edges)
    assert maps.shape == (15, 25, 25)
    moved = edges.matrix(edges.group.sample(np.random.default_rng(0), 1))[0]
    np.testing.assert_allclose(moved @ maps, maps @ moved, atol=1e-12)


@pytest.mark.parametrize(
    ("group", "words", "code"),
    [
        ("O(3)", "defning", "SYM0209"),
        ("O3", "defining", "SYM0204"),
        ("O(3", "defining", "SYM0102"),
        ("O(3)", "defining }\n } model b {", "SYM0112"),
        ("O(3)", "defining\n y: defining", "SYM0101"),
        ("O(3) { x: trivial }", "defining", "SYM0101"),
        ("", "", "SYM0101"),
        ("translation(t)", "trivial", "SYM0414"),
        ("SO(3)", "regular", "SYM0403"),
        ("C(4)", "pixels", "SYM0209"),
        ("S(8)", "permutation ^ 8", "SYM0403"),
    ],
)
def test_faults_are_those_of_the_language_and_point_nowhere(group: str, words: str, code: str) -> None:
    with pytest.raises(symdsl.SymdslError) as caught:
        symdsl.representation(group, words)
    first = caught.value.diagnostics[0]
    assert first.code == code
    assert first.span is None
    assert repr(group) in first.notes[-1]
