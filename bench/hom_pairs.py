"""dim Hom_G(V, W) of random groups and representations, by three roads that share no step.

python -m bench.hom_pairs [--count 2000] [--seed 0]

The roads: `hom_dimension` (characters, where the group has an average); the solved basis (orbits, Schur's lemma,
pairings, reciprocity or null space); and the corank of rho_W(g) M - M rho_V(g) over random elements, of the whole V and
W at once, wherever the first has no characters, and for all others of at most 300 unknowns.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.record import Row, record
from symdsl.groups.arrays.matrices import Array, exponential, kronecker
from symdsl.groups.combinations import Product, Pulled, Sum, tensor_power
from symdsl.groups.families import affine, classical, finite
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.families.permutations import permutation_group, rubiks_cube
from symdsl.groups.families.semidirect import semidirect
from symdsl.groups.families.wreath import BlockPermutation, wreath
from symdsl.groups.group import Group
from symdsl.groups.maps.averages import class_average, depends_on_trace
from symdsl.groups.maps.constraints import hom_blocks
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Regular, Representation, Trivial
from symdsl.groups.representations.finite_irreducible import FiniteIrreducible
from symdsl.groups.representations.harmonics import Harmonic, metric_of
from symdsl.groups.representations.images import by_images
from symdsl.groups.representations.irreducible_table import irreducible_table
from symdsl.groups.representations.lorentz_irreducible import LorentzPair, is_of_spacetime
from symdsl.groups.representations.powers import AlternatingPower, SymmetricPower
from symdsl.groups.representations.spin import Spin

MOST_UNKNOWNS = 1_500
FEW_UNKNOWNS = 300
LARGEST_OF_POWER = 5
LARGEST_OF_HARMONICS = 20
NULL, CLEAR = 1e-9, 1e-5


@dataclass(frozen=True)
class Count:
    """The three dimensions of one pair; `sampled` is None where that road was not taken."""

    stated: int
    solved: int
    sampled: int | None

    @property
    def equal(self) -> bool:
        """Whether all roads agree."""
        return self.stated == self.solved and self.sampled in (None, self.stated)


def random_group(generator: np.random.Generator) -> Group:
    """A random small group of any family; about a quarter are products of two."""
    group = _simple_group(generator)
    return product(group, _simple_group(generator)) if generator.random() < 0.25 else group


def _simple_group(generator: np.random.Generator) -> Group:
    def size(low: int, high: int) -> int:
        return int(generator.integers(low, high + 1))

    def flag() -> bool:
        return bool(size(0, 1))

    choices: list[Callable[[], Group]] = [
        lambda: cyclic(size(1, 12)),
        lambda: dihedral(size(1, 8)),
        lambda: symmetric(size(1, 6)),
        lambda: finite.alternating(size(1, 6)),
        lambda: finite.quaternion(4 * size(1, 4)),
        lambda: finite.tetrahedral(flag()),
        lambda: finite.octahedral(flag()),
        lambda: finite.icosahedral(flag()),
        lambda: translations(size(1, 3), flag()),
        lambda: special_orthogonal(size(1, 5)),
        lambda: orthogonal(size(1, 5)),
        lambda: special_orthogonal(size(1, 2), size(1, 2)),
        lambda: orthogonal(size(1, 2), size(1, 2)),
        lambda: special_orthogonal(1, 3),
        lambda: lorentz(size(2, 4), flag(), flag()),
        lambda: classical.unitary(size(1, 2)),
        lambda: classical.special_unitary(size(1, 3)),
        lambda: classical.symplectic(2 * size(1, 2)),
        lambda: classical.special_linear(size(1, 3)),
        lambda: classical.general_linear(size(1, 3)),
        lambda: classical.scale(size(1, 3)),
        lambda: affine.euclidean(size(1, 2)),
        lambda: affine.special_euclidean(size(1, 2)),
        lambda: affine.poincare(2, flag(), flag()),
        lambda: affine.galilei(size(1, 2)),
        lambda: affine.heisenberg(size(1, 2)),
        lambda: _matrix_group(generator),
        lambda: _permutation_group(generator, size(2, 8)),
        rubiks_cube,
        lambda: semidirect(classical.scale(n := size(2, 3)), orthogonal(n) if flag() else special_orthogonal(n)),
        lambda: affine.affine(_linear_group(size(0, 3))),
        lambda: wreath(_linear_group(size(0, 3)), symmetric(size(1, 3)) if flag() else cyclic(size(1, 3))),
    ]
    return choices[size(0, len(choices) - 1)]()


def _linear_group(kind: int) -> Group:
    return (cyclic(4), special_orthogonal(2), orthogonal(1), classical.general_linear(1))[kind]


def _permutation_group(generator: np.random.Generator, points: int) -> Group:
    """What one or two random permutations generate: all of them, a subgroup with several orbits, or between."""
    images = [(1 + generator.permutation(points)).tolist() for _ in range(generator.integers(1, 3))]
    return permutation_group(points, images)


def _matrix_group(generator: np.random.Generator) -> Group:
    """Groups by generators: reductive or not, compact or not, in a random basis or the usual one."""
    zero = np.zeros((0, 3, 3))
    turn, shift = special_orthogonal(3).lie_algebra, translations(2).lie_algebra
    rotation = np.zeros((1, 3, 3))
    rotation[0, :2, :2] = [[0.0, -1.0], [1.0, 0.0]]
    raising = np.zeros((2, 3, 3))
    raising[0, 0, 1] = raising[1, 1, 2] = 1.0
    change = np.eye(3) + 0.3 * generator.uniform(-1.0, 1.0, (3, 3))
    signs = np.stack([np.diag([1.0, 1.0, -1.0])])
    kinds: dict[str, tuple[Array, Array]] = {
        "SO(3)": (turn, zero),
        "O(3)": (turn, -np.eye(3)[None]),
        "SE(2)": (np.concatenate([rotation, shift]), zero),
        "E(2)": (np.concatenate([rotation, shift]), np.diag([1.0, -1.0, 1.0])[None]),
        "Heisenberg": (raising, zero),
        "shear": (raising.sum(axis=0)[None], zero),
        "shear and sign": (raising[:1], signs),
        "Borel": (np.concatenate([raising, np.diag([1.0, 0.0, -1.0])[None]]), zero),
        "torus": (np.diag(generator.integers(-2, 3, 3) + np.array([0.0, 0.0, 6.0]))[None], zero),
        "one-parameter": (generator.standard_normal((1, 3, 3)), zero),
        "permutations": (zero, np.eye(3)[None, generator.permutation([1, 2, 0])]),
        "cyclic": (zero, exponential(2.0 * np.pi / 5.0 * rotation)),
        "dihedral": (zero, np.stack([*exponential(2.0 * np.pi / 3.0 * rotation), np.diag([1.0, -1.0, -1.0])])),
    }  # fmt: skip
    name = list(kinds)[int(generator.integers(len(kinds)))]
    algebra, discrete = kinds[name]
    if generator.random() < 0.4:
        back = np.linalg.inv(change)
        return matrix_group(change @ algebra @ back, change @ discrete @ back, name=f"{name} in another basis")
    return matrix_group(algebra, discrete, name=name)


def random_representation(generator: np.random.Generator, group: Group, depth: int = 0) -> Representation:
    """Random sums, products, duals and tensor powers, four deep at most."""
    kind = generator.random()
    if depth >= 3 or kind < 0.35:
        return _leaf(generator, group, depth)
    if kind < 0.45:
        ranks = generator.integers(0, 4, 2)
        return tensor_power(group, int(ranks[0]), int(ranks[1]))
    if kind < 0.6:
        return Dual(random_representation(generator, group, depth + 1))
    parts = tuple(random_representation(generator, group, depth + 1) for _ in range(generator.integers(1, 4)))
    return Sum(parts) if kind < 0.8 else Product(parts)


def _leaf(generator: np.random.Generator, group: Group, depth: int) -> Representation:
    choices: list[Callable[[], Representation]] = [
        lambda: Trivial(group, int(generator.integers(1, 4))),
        lambda: Defining(group),
        lambda: Defining(group),
    ]
    if group.order is not None and group.order <= 60:
        choices.append(lambda: Regular(group))
    if group.affine and group.dimension > 1:
        choices.append(lambda: LinearPart(group))
    if group.permutes:
        choices.append(lambda: Permutation(group))
    if group.family == "wreath":
        choices.append(lambda: BlockPermutation(group))
    if depth < 2:
        choices.append(lambda: _power(generator, group, depth))
    if metric_of(group) is not None and group.dimension <= LARGEST_OF_HARMONICS:
        degree = int(generator.integers(0, min(4, 2 * group.dimension)))
        choices.append(lambda: Harmonic(group, degree, bool(generator.integers(2))))
    if group.order is not None and group.order <= 720:
        count = len(irreducible_table(group))
        choices.append(lambda: FiniteIrreducible(group, int(generator.integers(count))))
    if is_of_spacetime(group):
        choices += [lambda: LorentzPair(group, [(2, 0), (3, 1), (4, 0)][int(generator.integers(3))])] * 2
    if group.family == "special_unitary" and group.dimension == 4:
        choices.append(lambda: Spin(group, int(generator.integers(0, 5))))
    listed = group.order is not None and group.order <= 720
    if depth < 2 and (listed or (group.order is None and group.algebra_data.count and not group.factors)):
        choices.append(lambda: _by_matrices(generator, group, depth))
    for position, factor in enumerate(group.factors):
        inner = random_representation(generator, factor, depth + 1)
        choices.append(lambda position=position, inner=inner: Pulled(group, position, inner))
    return choices[int(generator.integers(len(choices)))]()


def _power(generator: np.random.Generator, group: Group, depth: int) -> Representation:
    """A symmetric or alternating power of a small representation."""
    inner = random_representation(generator, group, depth + 1)
    if inner.dimension > LARGEST_OF_POWER:
        inner = Defining(group)
    if generator.random() < 0.5:
        return SymmetricPower(inner, int(generator.integers(1, 4)))
    return AlternatingPower(inner, int(generator.integers(1, min(3, inner.dimension) + 1)))


def _by_matrices(generator: np.random.Generator, group: Group, depth: int) -> Representation:
    """A small representation by the matrices of the generators, in another basis."""
    inner = random_representation(generator, group, depth + 1)
    if inner.dimension > LARGEST_OF_POWER:
        inner = Defining(group) if group.dimension <= LARGEST_OF_POWER else Trivial(group)
    change = np.eye(inner.dimension) + 0.3 * generator.uniform(-1.0, 1.0, (inner.dimension, inner.dimension))
    back = np.linalg.inv(change)
    algebra, discrete = inner.algebra_matrix(group.lie_algebra), inner.matrix(group.discrete)
    return by_images(group, change @ algebra @ back, change @ discrete @ back)


def random_pair(generator: np.random.Generator) -> tuple[Representation, Representation]:
    """Two random representations of one random group, of at most 1,500 unknowns."""
    while True:
        group = random_group(generator)
        V, W = (random_representation(generator, group) for _ in range(2))
        if V.dimension * W.dimension <= MOST_UNKNOWNS:
            return V, W


def count_maps(V: Representation, W: Representation) -> Count:
    """The dimension of Hom_G(V, W) by each road."""
    stated = hom_dimension(V, W)
    solved = sum(block.count for block in hom_blocks(V, W))
    size = V.dimension * W.dimension
    sampled = _corank(V, W) if size <= FEW_UNKNOWNS or not _has_characters(V, W) else None
    return Count(stated, solved, sampled)


def _has_characters(V: Representation, W: Representation) -> bool:
    """Whether every factor has an average for the characters at hand."""
    degrees = [part.degree for part in (V, W)]
    degree = None if None in degrees else sum(part or 0 for part in degrees)
    trace_only = depends_on_trace(V) and depends_on_trace(W)
    return all(class_average(part, degree, trace_only) is not None for part in V.group.parts)


def _corank(V: Representation, W: Representation) -> int:
    """The number of null directions of rho_W(g) x rho_V(g)^-T - 1 over the discrete and six random elements."""
    group, size = V.group, V.dimension * W.dimension
    samples = group.sample(np.random.default_rng(1936), 6, bound=0.7)
    triangle = np.zeros((0, size))
    for element in np.concatenate([group.discrete, samples]):
        moved = kronecker(W.matrix(element), Dual(V).matrix(element)) - np.eye(size)
        scaled = moved / (1.0 + float(np.linalg.norm(moved)) / size**0.5)
        triangle = np.asarray(np.linalg.qr(np.concatenate([triangle, scaled]), mode="r"))
    values = np.linalg.svd(triangle, compute_uv=False)
    if np.any((values > NULL) & (values < CLEAR)):
        raise ArithmeticError(f"the rank of {V.text} to {W.text} over {group.name} is unclear on random elements")
    return int(np.sum(values <= NULL))


def main() -> None:
    """Count the maps of random pairs, and record how many roads agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    families: Counter[str] = Counter()
    unequal, sampled, maps, largest = 0, 0, 0, 0
    start = time.perf_counter()
    for _ in range(arguments.count):
        V, W = random_pair(generator)
        families.update(part.family for part in V.group.parts)
        try:
            found = count_maps(V, W)
        except Exception as error:
            print("FAILED", V.group.name, "|", V.text, "|", W.text, "|", repr(error)[:200], flush=True)
            unequal += 1
            continue
        if not found.equal:
            unequal += 1
            print("UNEQUAL", V.group.name, "|", V.text, "|", W.text, "|", found, flush=True)
        sampled += found.sampled is not None
        maps += found.solved
        largest = max(largest, found.solved)
    took = time.perf_counter() - start
    record(
        "hom_pairs",
        "Dimensions of Hom_G(V, W) by roads that share no step",
        f"python -m bench.hom_pairs --count {arguments.count} --seed {arguments.seed}",
        [
            Row("random pairs of representations", f"{arguments.count:,} of {len(families)} families"),
            Row("pairs on which a road differs from another, or fails", str(unequal), "0", unequal == 0),
            Row("of these also by the corank over random elements", f"{sampled:,}"),
            Row("equivariant maps in all; in the largest space", f"{maps:,}; {largest:,}"),
            Row("time for all pairs, three roads", f"{took:.0f} s"),
        ],
    )


if __name__ == "__main__":
    main()
