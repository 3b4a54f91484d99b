"""Irreducible representations of finite groups: complete, orthogonal characters, homomorphisms, the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.descriptions import representation_from_description
from symdsl.groups.families.catalogue import cyclic, dihedral, matrix_group, product, symmetric
from symdsl.groups.families.finite import alternating, icosahedral, octahedral, quaternion, tetrahedral
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.maps.schur import schur_maps
from symdsl.groups.representation import Regular, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.groups.representations.finite_irreducible import FiniteIrreducible
from symdsl.groups.representations.irreducible_table import DEGREES, irreducible_table
from symdsl.groups.words import conjugacy_classes, word_text


def psl_2_7() -> Group:
    """GL(3, 2) on the 7 vectors of F_2^3 that are not 0: 168 permutations."""
    vectors = [(n >> 2 & 1, n >> 1 & 1, n & 1) for n in range(1, 8)]
    maps = [[[0, 0, 1], [1, 0, 1], [0, 1, 0]], [[1, 1, 0], [0, 1, 0], [0, 0, 1]]]
    images = [[vectors.index(tuple((np.array(m) @ v % 2).tolist())) for v in vectors] for m in maps]
    return matrix_group(discrete=[np.eye(7)[:, image] for image in images], name="GL(3, 2)")


def crooked() -> Group:
    """A(4) in a basis where it is not orthogonal."""
    change = np.array([[1.0, 0.5, 0.0], [0.0, 2.0, 0.3], [0.1, 0.0, 1.0]])
    return matrix_group(discrete=change @ tetrahedral().discrete @ np.linalg.inv(change), name="crooked")


KNOWN = {
    "C(1)": (cyclic(1), "1r"),
    "C(5)": (cyclic(5), "1r 2c 2c"),
    "D(5)": (dihedral(5), "1r 1r 2r 2r"),
    "S(3)": (symmetric(3), "1r 1r 2r"),
    "S(4)": (symmetric(4), "1r 1r 2r 3r 3r"),
    "S(5)": (symmetric(5), "1r 1r 4r 4r 5r 5r 6r"),
    "S(6)": (symmetric(6), "1r 1r 5r 5r 5r 5r 9r 9r 10r 10r 16r"),
    "A(4)": (alternating(4), "1r 2c 3r"),
    "A(5)": (alternating(5), "1r 3r 3r 4r 5r"),
    "A(6)": (alternating(6), "1r 5r 5r 8r 8r 9r 10r"),
    "A(7)": (alternating(7), "1r 6r 14r 14r 15r 20c 21r 35r"),
    "Q(8)": (quaternion(8), "1r 1r 1r 1r 4q"),
    "Q(12)": (quaternion(12), "1r 1r 2r 2c 4q"),
    "tetrahedral": (tetrahedral(), "1r 2c 3r"),
    "tetrahedral, mirrors": (tetrahedral(True), "1r 1r 2r 3r 3r"),
    "octahedral": (octahedral(), "1r 1r 2r 3r 3r"),
    "octahedral, mirrors": (octahedral(True), "1r 1r 1r 1r 2r 2r 3r 3r 3r 3r"),
    "icosahedral": (icosahedral(), "1r 3r 3r 4r 5r"),
    "icosahedral, mirrors": (icosahedral(True), "1r 1r 3r 3r 3r 3r 4r 4r 5r 5r"),
    "crooked": (crooked(), "1r 2c 3r"),
    "GL(3, 2)": (psl_2_7(), "1r 6r 6c 7r 8r"),
    "Q(8) * C(3)": (product(quaternion(8), cyclic(3)), "1r 1r 1r 1r 2c 2c 2c 2c 4c 4q"),
    "Q(8) * Q(8)": (product(quaternion(8), quaternion(8)), "1r " * 16 + "4r " + "4q " * 8),
}


@pytest.mark.parametrize("name", KNOWN)
def test_dimensions_and_types_are_those_of_the_tables(name: str) -> None:
    """Conway et al., ATLAS of finite groups (1985); Altmann and Herzig, Point-group theory tables (1994)."""
    group, expected = KNOWN[name]
    table = irreducible_table(group)
    assert sorted(f"{entry.dimension}{entry.kind[0]}" for entry in table) == sorted(expected.split())
    sizes = [entry.dimension for entry in table]
    assert sizes == sorted(sizes)
    assert np.all(table[0].characters == 1.0)


@pytest.mark.parametrize("name", KNOWN)
def test_the_table_is_complete_and_orthogonal(name: str) -> None:
    group = KNOWN[name][0]
    table, classes = irreducible_table(group), conjugacy_classes(group)
    assert sum(entry.dimension**2 / DEGREES[entry.kind] for entry in table) == group.order
    characters = np.stack([entry.characters for entry in table])
    gram = characters * classes.sizes @ characters.T / classes.sizes.sum()
    assert np.max(np.abs(gram - np.diag([float(DEGREES[entry.kind]) for entry in table]))) < 1e-12
    # real characters see a class and that of the inverses alike (Serre 1977, 12.4)
    inverses = classes.labels[group.index_of(np.linalg.inv(group.elements()[classes.first]))]
    assert len(table) == len({tuple(sorted(pair)) for pair in enumerate(inverses.tolist())})


@pytest.mark.parametrize("name", KNOWN)
def test_homomorphisms_by_orthogonal_matrices(name: str) -> None:
    group = KNOWN[name][0]
    elements = group.elements()
    left, right = elements[np.random.default_rng(1).integers(len(elements), size=(2, 20))]
    for index in range(len(irreducible_table(group))):
        representation = FiniteIrreducible(group, index)
        first, second, both = (representation.matrix(each) for each in (left, right, left @ right))
        assert np.max(np.abs(first @ second - both)) < 1e-12
        assert np.max(np.abs(first @ first.swapaxes(1, 2) - np.eye(representation.dimension))) < 1e-12
        assert np.max(np.abs(np.trace(both, axis1=1, axis2=2) - representation.character(left @ right))) < 1e-11


@pytest.mark.parametrize("name", ["S(4)", "A(4)", "Q(8)", "crooked", "octahedral, mirrors"])
def test_schur_and_the_regular_representation(name: str) -> None:
    """Maps between different ones are zero, to itself R, C or H; the regular representation has each dim times."""
    group = KNOWN[name][0]
    table = [FiniteIrreducible(group, index) for index in range(len(irreducible_table(group)))]
    regular = Regular(group)
    for source in table:
        assert hom_dimension(source, regular) == len(hom_basis(source, regular)) == source.dimension
        for target in table:
            expected = DEGREES[source.kind] if source == target else 0
            assert hom_dimension(source, target) == len(hom_basis(source, target)) == expected
            if group.orthogonal:
                maps = schur_maps(source, target)
                assert maps is not None
                assert len(maps) == expected


def test_the_same_bytes_again() -> None:
    for name in ("S(5)", "A(4)", "Q(12)", "GL(3, 2)"):
        group = KNOWN[name][0]
        before = [entry.images.tobytes() for entry in irreducible_table(group)]
        irreducible_table.cache_clear()
        assert [entry.images.tobytes() for entry in irreducible_table(group)] == before


def test_descriptions_and_the_canonical_form() -> None:
    group = symmetric(4)
    for index in range(5):
        representation = FiniteIrreducible(group, index)
        assert representation_from_description(representation.describe()) == representation
    assert canonical(FiniteIrreducible(group, 0)) == Trivial(group)


def test_what_is_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0424") as caught:
        FiniteIrreducible(quaternion(8), 5)
    assert "1, 1, 1, 1, 4 (quaternionic)" in caught.value.diagnostics[0].notes[0]
    with pytest.raises(SymdslError, match="SYM0701"):
        irreducible_table(symmetric(8))
    with pytest.raises(SymdslError, match="SYM0703"):
        irreducible_table(cyclic(501))


def test_words_are_short() -> None:
    assert word_text([0, 0, 0, 1]) == "h1^3 h2"
    assert word_text([]) == "1"
