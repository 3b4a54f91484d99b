"""Permutation groups by generators: orders, members, samples and maps, also where the order is astronomical."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.stabiliser_chain import permutation_matrices, stabiliser_chain
from symdsl.groups.elements import close
from symdsl.groups.families.catalogue import group_from_description, matrix_group, product, symmetric
from symdsl.groups.families.finite import alternating
from symdsl.groups.families.permutations import cycles_text, permutation_group, rubiks_cube
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_blocks
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Permutation, Regular
from symdsl.groups.representations.cosets import Restricted

MATHIEU_12 = ("(1 2 3 4 5 6 7 8 9 10 11)", "(3 7 11 8)(4 10 5 6)", "(1 12)(2 11)(3 6)(4 8)(5 9)(7 10)")
MATHIEU_24 = (
    "(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23)",
    "(3 17 10 7 9)(4 13 14 19 5)(8 18 11 12 23)(15 20 22 21 16)",
    "(1 24)(2 23)(3 12)(4 16)(5 18)(6 10)(7 20)(8 14)(9 21)(11 17)(13 22)(15 19)",
)


def shift(n: int) -> str:
    return f"({' '.join(str(1 + point) for point in range(n))})"


ORDERS = {
    (5, ("()",)): 1,
    (5, ("(1 2 3)(4 5)",)): 6,
    (4, ("(1 2)(3 4)", "(1 3)(2 4)")): 4,
    (12, MATHIEU_12): 95_040,
    (24, MATHIEU_24): 244_823_040,
    (40, ("(1 2)", shift(40))): math.factorial(40),
    (41, ("(1 2 3)", shift(41))): math.factorial(41) // 2,
    (60, tuple(f"({2 * pair + 1} {2 * pair + 2})" for pair in range(30))): 2**30,
    (60, ("(1 2)", "".join(f"({' '.join(str(2 * k + side) for k in range(30))})" for side in (1, 2)))): 2**30 * 30,
    (1_000, (shift(1_000),)): 1_000,
}
"""Conway et al. 1985 (ATLAS) for the Mathieu groups; wreath products, all and even permutations."""


@pytest.mark.parametrize(("declared", "order"), ORDERS.items(), ids=lambda entry: str(entry)[:30])
def test_orders_are_exact(declared: tuple[int, tuple[str, ...]], order: int) -> None:
    assert permutation_group(declared[0], declared[1]).order == order


def test_chains_agree_with_lists_of_elements() -> None:
    """Random small groups: the order, the elements, and which other permutations are none, against breadth first."""
    generator = np.random.default_rng(0)
    for _ in range(60):
        points = int(generator.integers(1, 7))
        images = np.array([generator.permutation(points) for _ in range(generator.integers(1, 4))])
        listed = {tuple(np.argmax(matrix, axis=0)) for matrix in close(permutation_matrices(images), 1_000, "it")}
        chain = stabiliser_chain(images)
        everything = np.array(list(itertools.permutations(range(points))))
        assert chain.order == len(listed)
        assert {tuple(element) for element in chain.elements()} == listed
        assert chain.contains(everything).tolist() == [tuple(images) in listed for images in everything.tolist()]


def test_the_cube_has_its_order() -> None:
    """8! 3^7 12! 2^11 / 2 (Singmaster 1981)."""
    assert rubiks_cube().order == 43_252_003_274_489_856_000
    assert rubiks_cube().order == math.factorial(8) * 3**7 * math.factorial(12) * 2**11 // 2


def test_turns_of_the_cube_have_the_orders_that_players_know() -> None:
    """A face 4; right then up 105; their commutator 6; opposite faces commute."""
    up, down, left, right, front, back = rubiks_cube().discrete

    def order_of(element: np.ndarray) -> int:
        power, count = element, 1
        while not np.array_equal(power, np.eye(48)):
            power, count = power @ element, count + 1
        return count

    assert {order_of(turn) for turn in (up, down, left, right, front, back)} == {4}
    assert order_of(right @ up) == 105
    assert order_of(right @ up @ right.T @ up.T) == 6
    for one, other in ((up, down), (left, right), (front, back)):
        assert np.array_equal(one @ other, other @ one)
    assert not np.array_equal(up @ left, left @ up)


def test_members_of_the_cube() -> None:
    """A flipped edge, a twisted corner and a swap of two stickers cannot be reached; products of turns can."""
    cube = rubiks_cube()
    assert bool(np.all(cube.contains(cube.sample(np.random.default_rng(0), 50))))
    labels = hom_blocks(Permutation(cube), Permutation(cube))[0].maps.labels  # type: ignore[union-attr]
    sizes = np.array([np.bincount(row, minlength=int(labels.max()) + 1)[row] for row in labels])
    alone = [(row, column) for row, column in zip(*np.nonzero(sizes == 1), strict=True) if row != column]
    edges = [(i, j) for i, j in alone if sum(i == row for row, _ in alone) == 1]
    assert len(edges) == 24
    flip = np.eye(48)
    flip[:, edges[0]] = flip[:, edges[0][::-1]]
    corner = next(i for i, _ in alone if sum(i == row for row, _ in alone) == 2)
    one, other = (j for i, j in alone if i == corner)
    twist = np.eye(48)
    twist[:, [corner, one, other]] = twist[:, [one, other, corner]]
    assert not cube.contains(flip)
    assert not cube.contains(twist)
    assert not cube.contains(np.eye(48)[[*range(46), 47, 46]])


@pytest.mark.parametrize(
    "group",
    [permutation_group(6, ["(1 2 3)", "(1 2)(4 5 6)"]), permutation_group(5, ["(1 2 3 4 5)", "(2 3 5 4)"])],
    ids=str,
)
def test_samples_are_uniform(group: Group) -> None:
    """Pearson's statistic over the elements: its mean is order - 1, its variance twice that."""
    places = group.index_of(group.sample(np.random.default_rng(1), 20_000))
    wanted = 20_000 / group.order
    statistic = float(np.sum((np.bincount(places, minlength=group.order) - wanted) ** 2 / wanted))
    assert abs(statistic - (group.order - 1)) < 5.0 * math.sqrt(2.0 * group.order)


def test_samples_of_a_huge_group_are_uniform_on_points() -> None:
    """M24 is 5-transitive: its fixed points have the first moments of a Poisson law, 1, 2, 5."""
    group = permutation_group(24, list(MATHIEU_24))
    fixed = np.trace(group.sample(np.random.default_rng(2), 20_000), axis1=1, axis2=2)
    for power, bell in ((1, 1.0), (2, 2.0), (3, 5.0)):
        assert abs(np.mean(fixed**power) - bell) < 0.04 * bell


def test_maps_of_huge_groups_are_orbits_of_pairs() -> None:
    """Rank 2 for a 2-transitive group, of any order."""
    mathieu, cube = permutation_group(24, list(MATHIEU_24)), rubiks_cube()
    assert hom_dimension(Permutation(mathieu), Permutation(mathieu)) == 2
    # a corner sticker with itself, the next, the last one of its corner, another; an edge sticker three; mixed two
    assert hom_dimension(Permutation(cube), Permutation(cube)) == 4 + 3 + 2
    assert sum(block.count for block in hom_blocks(Permutation(cube), Permutation(cube))) == 9


def test_descriptions_and_names_round_trip() -> None:
    for group in (permutation_group(12, list(MATHIEU_12)), permutation_group(3, "()"), rubiks_cube()):
        again = group_from_description(group.describe())
        assert again == group
        assert again.name == group.name


def test_cycles_and_images_are_two_ways_to_write_one_group() -> None:
    by_cycles = permutation_group(5, ["(1 2 3)(4 5)", "( 1, 2 )"])
    assert by_cycles == permutation_group(5, [[2, 3, 1, 5, 4], [2, 1, 3, 4, 5]])
    swap = permutation_group(5, "(1 2)")
    assert swap == permutation_group(5, [2, 1, 3, 4, 5]) == permutation_group(5, ["(1 2)", "()"])
    assert cycles_text((1, 2, 0, 4, 3)) == "(1 2 3)(4 5)"
    first = by_cycles.discrete[0]
    assert np.array_equal(first @ np.eye(5)[0], np.eye(5)[1])  # 1 goes to 2


def test_permutation_matrices_are_no_limit_to_a_matrix_group() -> None:
    group = matrix_group(discrete=symmetric(9).discrete)
    assert group.order == math.factorial(9)
    assert bool(np.all(group.contains(alternating(9).discrete)))


def test_subgroups_are_found_in_groups_too_large_to_list() -> None:
    cube, faces = rubiks_cube(), rubiks_cube().discrete
    squares = matrix_group(discrete=faces @ faces, name="half turns")
    assert Restricted(squares, Permutation(cube)).dimension == 48
    assert squares.order == 663_552  # Singmaster 1981: the group of half turns
    for smaller, larger in ((alternating(14), symmetric(14)), (symmetric(12), symmetric(14))):
        assert Restricted(smaller, Permutation(larger)).dimension == 14
    for smaller, larger in ((symmetric(14), alternating(14)), (symmetric(48), cube)):
        with pytest.raises(SymdslError, match="SYM0424"):
            Restricted(smaller, Permutation(larger))


def test_products_know_their_members() -> None:
    group = product(symmetric(9), alternating(9))
    swap = np.eye(18)[[1, 0, *range(2, 18)]]
    assert group.contains(swap)
    assert not group.contains(swap[::-1, ::-1])
    assert not group.contains(np.roll(np.eye(18), 1, axis=0))


def test_elements_of_a_permutation_group_are_those_of_its_regular_representation() -> None:
    group = permutation_group(5, ["(1 2 3 4 5)", "(2 3 5 4)"])
    regular = Regular(group)
    assert regular.dimension == group.order == 20
    assert np.array_equal(group.elements()[0], np.eye(5))
    assert hom_dimension(regular, regular) == 20


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((5, []), "SYM0406", "has no generators"),
        ((5, 7), "SYM0406", "has no generators"),
        ((5, ["(1 2)", "(3 6)"]), "SYM0406", "generator 2 of permutation_group moves a point 6"),
        ((5, ["(0 1)"]), "SYM0406", "moves a point 0"),
        ((5, [f"({'9' * 5000})"]), "SYM0406", "moves a point"),
        ((5, ["(1 2)(2 3)"]), "SYM0406", "the point 2 stands in its cycles twice"),
        ((5, ["1 2"]), "SYM0406", "not written in cycles"),
        ((5, ["(1 2"]), "SYM0406", "not written in cycles"),
        ((5, [[2, 1, 3]]), "SYM0406", "lists 3 images"),
        ((5, [[1, 1, 2, 3, 4]]), "SYM0406", "the point 1 is the image of two points"),
        ((5, [2.5]), "SYM0406", "neither cycles nor"),
        ((0, ["()"]), "SYM0405", "at least 1"),
        ((2.0, ["(1 2)"]), "SYM0404", "whole number"),
        ((1_025, ["(1 2)"]), "SYM0702", "over the limit"),
        ((1_000, ["(1 2)"] * 200), "SYM0704", "permutation matrices"),
        ((1_000, ["(1 2)", shift(1_000)]), "SYM0701", "takes too long"),
    ],
)
def test_bad_generators_are_refused(arguments: tuple, code: str, words: str) -> None:
    with pytest.raises(SymdslError, match=code) as caught:
        permutation_group(*arguments)
    assert words in str(caught.value)
