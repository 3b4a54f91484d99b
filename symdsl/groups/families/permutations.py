"""Groups of permutations by generators, in cycles or as lists of images; Rubik's cube."""

from __future__ import annotations

import itertools
import re
from typing import Any, Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries, check_size
from symdsl.groups.arrays.matrices import Matrices
from symdsl.groups.arrays.stabiliser_chain import Permutations, chain_of_matrices, permutation_matrices
from symdsl.groups.group import Group, Scalar

_CYCLES: Final = re.compile(r"\s*(\(\s*([0-9]+([\s,]+[0-9]+)*)?\s*\)\s*)+")
_CYCLE: Final = re.compile(r"\(([^)]*)\)")
_EXAMPLE: Final = 'write permutation_group(4, ["(1 2)(3 4)", "(1 2 3)"]), or [2, 1, 4, 3] for the images of 1, 2, 3, 4'


def permutation_group(n: int, generators: Any) -> Group:
    """permutation_group(n, ["(1 2 3)(4 5)", ...]): the permutations of n points that some generate, of any order.

    A generator is a text of disjoint cycles of the points 1 to n, or the list of the images of 1, 2, ..., n. The group
    acts by permutation matrices with g e_j = e_g(j). Its exact order, and whether it has an element, come from a chain
    of stabilisers. Raises SymdslError SYM0404, SYM0405, SYM0406, SYM0701, SYM0702, SYM0704.
    """
    check_size("permutation_group", n)
    single = isinstance(generators, str) or (isinstance(generators, list) and _whole_numbers(generators))
    listed = [generators] if single else list(generators) if isinstance(generators, list | tuple) else []
    if not listed or generators == []:
        raise _unfit("permutation_group has no generators")
    check_entries(len(listed) * n * n, f"{len(listed):,} permutation matrices")
    images = [_images(entry, n, f"generator {place + 1} of permutation_group") for place, entry in enumerate(listed)]
    kept = [image for image in dict.fromkeys(images) if image != tuple(range(n))]
    name = f"permutation_group({n}, [{', '.join(f'{chr(34)}{cycles_text(image)}{chr(34)}' for image in kept)}])"
    return _generated("permutation_group", name, (("n", n),), np.array(kept, dtype=np.int64).reshape(-1, n))


def rubiks_cube() -> Group:
    """rubiks_cube(): what the six quarter turns of faces do to the 48 stickers that move; centres stay.

    Stickers are in the order of faces up, down, left, right, front, back; on each, by x (to the right), then y (up),
    then z (to the front).
    """
    stickers = [
        sticker
        for axis, side in ((1, 2), (1, -2), (0, -2), (0, 2), (2, 2), (2, -2))
        for sticker in itertools.product((-2, -1, 0, 1, 2), repeat=3)
        if sticker[axis] == side and sorted(map(abs, sticker)) in ([0, 1, 2], [1, 1, 2])
    ]
    place: dict[tuple[int, ...], int] = {sticker: number for number, sticker in enumerate(stickers)}
    turns = []
    for axis, side in ((1, 1), (1, -1), (0, -1), (0, 1), (2, 1), (2, -1)):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        images = np.arange(len(stickers))
        for sticker, number in place.items():
            if side * sticker[axis] > 0:  # the layer of that face: seen from outside it turns clockwise
                moved: list[int] = list(sticker)
                moved[first], moved[second] = side * sticker[second], -side * sticker[first]
                images[number] = place[tuple(moved)]
        turns.append(images)
    return _generated("rubiks_cube", "rubiks_cube()", (), np.array(turns))


def _generated(family: str, name: str, arguments: tuple[tuple[str, Scalar], ...], images: Permutations) -> Group:
    points = images.shape[-1]
    discrete = Matrices.of(permutation_matrices(images))
    return Group(
        name=name, family=family, arguments=arguments, dimension=points, algebra_data=Matrices.none(points),
        discrete_data=discrete, order=chain_of_matrices(discrete).order, compact=True, orthogonal=True,
    )  # fmt: skip


def cycles_text(images: tuple[int, ...]) -> str:
    """A permutation of 0, 1, ... by its cycles of more than one point, counted from 1; "()" for the identity."""
    cycles, seen = [], set()
    for start in range(len(images)):
        cycle, point = [], start
        while point not in seen:
            seen.add(point)
            cycle.append(point + 1)
            point = images[point]
        if len(cycle) > 1:
            cycles.append(f"({' '.join(map(str, cycle))})")
    return "".join(cycles) or "()"


def _images(entry: Any, n: int, what: str) -> tuple[int, ...]:
    """The images (n,), counted from 0, of a generator in cycles or as images. Raises SymdslError SYM0406."""
    if isinstance(entry, str):
        return _from_cycles(entry, n, what)
    if not isinstance(entry, list | tuple) or not _whole_numbers(entry):
        raise _unfit(f"{what} is neither cycles nor a list of images")
    if len(entry) != n:
        raise _unfit(f"{what} lists {len(entry)} images, the group has {n} points")
    _check_points([int(point) for point in entry], n, what, "is the image of two points")
    return tuple(int(point) - 1 for point in entry)


def _from_cycles(text: str, n: int, what: str) -> tuple[int, ...]:
    if not _CYCLES.fullmatch(text):
        raise _unfit(f'{what}, "{text[:60]}", is not written in cycles')
    cycles = [[int(number[-10:]) for number in re.findall("[0-9]+", cycle)] for cycle in _CYCLE.findall(text)]
    _check_points([point for cycle in cycles for point in cycle], n, what, "stands in its cycles twice")
    images = list(range(n))
    for cycle in cycles:
        for point, image in itertools.pairwise([*cycle, *cycle[:1]]):
            images[point - 1] = image - 1
    return tuple(images)


def _check_points(points: list[int], n: int, what: str, twice: str) -> None:
    seen: set[int] = set()
    for point in points:
        if not 1 <= point <= n:
            raise _unfit(f"{what} moves a point {point:,}; the points are 1 to {n}")
        if point in seen:
            raise _unfit(f"in {what} the point {point} {twice}")
        seen.add(point)


def _whole_numbers(entries: list[Any] | tuple[Any, ...]) -> bool:
    return bool(entries) and all(isinstance(entry, int) and not isinstance(entry, bool) for entry in entries)


def _unfit(message: str) -> SymdslError:
    return SymdslError(Diagnostic("SYM0406", message, hint=_EXAMPLE))
