"""Time to solve Hom_G(V, W) against the dimension of V, up to 10,000, on every road; and at emlp's published sizes.

python -m bench.hom_growth

Each space is solved once, cold: no two share a group and leaves. Draws docs/results/hom_growth.png.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.record import RESULTS, Row, record
from symdsl.artifact.figure import COLOURS, new_figure, write_figure
from symdsl.groups.combinations import Product, Pulled, tensor_power
from symdsl.groups.families.catalogue import (
    cyclic,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
)
from symdsl.groups.families.classical import special_unitary
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_basis, hom_blocks
from symdsl.groups.representation import Defining, Permutation, Regular, Representation, Trivial
from symdsl.strategies.equivariant_mlp.build import LARGEST_PATH

Pair = tuple[Representation, Representation]


@dataclass(frozen=True)
class Series:
    """One road, by the spaces of growing dimension that take it."""

    name: str
    pairs: Callable[[], Iterator[Pair]]


def _pairs_of_points() -> Iterator[Pair]:
    for points in (3, 5, 10, 20, 40, 70, 100):
        V = tensor_power(symmetric(points), 2)
        yield V, V


def _regular() -> Iterator[Pair]:
    for order in (10, 30, 100, 300, 1_000, 3_000, 10_000):
        V = Regular(cyclic(order))
        yield V, V


def _grids() -> Iterator[Pair]:
    for side in (4, 10, 20, 40, 70, 100):
        group = product(cyclic(side), cyclic(side + 1 if side < 100 else side))
        V = Product(tuple(Pulled(group, place, Regular(factor)) for place, factor in enumerate(group.factors)))
        yield V, V


def _to_scalars(group: Group, ranks: range) -> Callable[[], Iterator[Pair]]:
    return lambda: ((tensor_power(group, rank), Trivial(group)) for rank in ranks)


def _to_vectors(group: Group, ranks: range) -> Callable[[], Iterator[Pair]]:
    return lambda: ((tensor_power(group, rank), Defining(group)) for rank in ranks)


HEISENBERG = matrix_group([[[0, 1, 0], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1], [0, 0, 0]]], name="Heisenberg")
BOREL = matrix_group(
    [[[0, 1, 0], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1], [0, 0, 0]], [[1, 0, 0], [0, 0, 0], [0, 0, -1]]],
    name="Borel",
)
SIGNED = matrix_group(discrete=-symmetric(5).discrete, name="signed permutations")
SERIES = (
    Series("orbits: S(n) on pairs, to itself", _pairs_of_points),
    Series("orbits: C(n) on functions, to itself", _regular),
    Series("orbits: two cyclic shifts of a grid, to itself", _grids),
    Series("pairings: SO(3) on tensors, to scalars", _to_scalars(special_orthogonal(3), range(2, 9))),
    Series("Schur: SU(2) on tensors, to scalars", _to_scalars(special_unitary(2), range(2, 7, 2))),
    Series("Schur: signed permutations on tensors, to vectors", _to_vectors(SIGNED, range(1, 6, 2))),
    Series("null space: Borel group on tensors, to scalars", _to_scalars(BOREL, range(1, 9))),
    Series("sparse null space: Heisenberg on tensors, to scalars", _to_scalars(HEISENBERG, range(1, 9))),
)


def main() -> None:
    """Time every series, draw it and keep the figures."""
    hom_blocks(Permutation(symmetric(4)), Permutation(symmetric(4)))
    rows = [_published(group, highest) for group, highest in ((orthogonal(5), 2), (orthogonal(3), 3), (lorentz(), 3))]
    figure = new_figure(9, 5.5)
    axes = figure.add_subplot()
    for place, series in enumerate(SERIES):
        sizes, times, counts = _measured(series)
        mark = "o-" if place < len(COLOURS) else "s--"
        axes.loglog(sizes, times, mark, color=COLOURS[place % len(COLOURS)], label=series.name, markersize=4)
        slope = _slope(sizes, times)
        text = f"{times[-1]:.3g} s, {counts[-1]:,} maps, n^{slope:.1f}"
        rows.append(Row(f"{series.name}, dimension {sizes[-1]:,}", text))
    for power, start in ((1, 2e-5), (2, 2e-7), (3, 4e-11)):
        axes.loglog([30, 10_000], [start * 30**power, start * 10_000**power], ":", color="0.7", linewidth=1)
        axes.annotate(f"n^{power}", (10_000, start * 10_000**power), color="0.5", annotation_clip=True)
    axes.set(xlabel="dimension n of V", ylabel="seconds", ylim=(1e-5, 60), xlim=(2, 20_000))
    axes.legend(fontsize=7, loc="upper left")
    axes.grid(visible=True, which="major", color="0.92")
    write_figure(figure, RESULTS / "hom_growth.png")
    notes = (
        "n^p is the growth between the last two sizes. Orbits label all n^2 pairs; on other roads the number of maps "
        "grows too, and an orthonormal basis of k maps of N entries takes k^2 N steps. Bases are solved cold.",
        "![Time to solve against dimension](results/hom_growth.png)",
    )
    record("hom_growth", "Growth of the solver with the dimension", "python -m bench.hom_growth", rows, notes)


def _published(group: Group, highest: int) -> Row:
    """All maps between tensors, and from products of two, of the ranks that 384 channels of emlp hold."""
    kinds = [tensor_power(group, rank) for rank in range(highest + 1)]
    products = [Product(pair) for pair in itertools.combinations_with_replacement(kinds[1:], 2)]
    start = time.perf_counter()
    pairs = [(V, W) for V in kinds + products for W in kinds if V.dimension * W.dimension <= LARGEST_PATH]
    count = sum(len(hom_basis(V, W)) for V, W in pairs)
    took = time.perf_counter() - start
    what = f"{group.name}, 384 channels of emlp: {len(pairs)} bases between tensors up to rank {highest}, {count} maps"
    return Row(what, f"{took:.3f} s", "< 1 s", took < 1.0)


def _measured(series: Series) -> tuple[list[int], list[float], list[int]]:
    sizes: list[int] = []
    times: list[float] = []
    counts: list[int] = []
    for V, W in series.pairs():
        start = time.perf_counter()
        blocks = hom_blocks(V, W)
        times.append(time.perf_counter() - start)
        sizes.append(V.dimension)
        counts.append(sum(block.count for block in blocks))
        print(f"{series.name:<56} {V.dimension:>7,} {counts[-1]:>12,} maps {times[-1]:9.4f} s", flush=True)
    return sizes, times, counts


def _slope(sizes: list[int], times: list[float]) -> float:
    return math.log(times[-1] / times[-2]) / math.log(sizes[-1] / sizes[-2])


if __name__ == "__main__":
    main()
