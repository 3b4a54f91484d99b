"""A random element of a group for each sample, made of noise by plan operations: the laws of `groups/sampling.py`.

An element is a few plan values, by the form that suits its group: the index of an element of a finite group, the order
of n points, the offset of a translation, or a matrix; of a part of a group the parameters of a motion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import reduce
from typing import Literal

import numpy as np

from symdsl.groups.arrays.limits import MAXIMUM_ORDER
from symdsl.groups.arrays.stabiliser_chain import chain_of_matrices
from symdsl.groups.group import Group
from symdsl.groups.ranges import Ranges
from symdsl.groups.sampling import WORD_LENGTH
from symdsl.passes.lowering.objectives.constants import ConstantTables
from symdsl.plan.builder import MethodBuilder, Noise
from symdsl.plan.nodes import ArrayType
from symdsl.plan.value import Value

Form = Literal["index", "places", "offset", "matrix", "parameters"]


@dataclass(frozen=True)
class Element:
    """A random element of a group that is no product: a plan value, and what it means.

    "index": the number of the element in `group.elements()`. "places": result[k] = x[places[k]] on the points.
    "offset": that of a translation. "matrix": the defining matrix. "parameters": those of a motion within `ranges`.
    """

    group: Group
    form: Form
    value: Value
    ranges: Ranges | None = None


@dataclass(frozen=True)
class DrawnNoise:
    """An argument that is to be noise: whoever calls draws it for the whole batch."""

    name: str
    type: ArrayType
    kind: Noise


def form_of(group: Group, ranges: Ranges | None = None) -> Form:
    """How elements of a group that is no product are held, or of the part of it within ranges."""
    if ranges is not None:
        return "parameters"
    if group.family == "translations":
        return "offset"
    if group.order is not None and group.order <= MAXIMUM_ORDER:
        return "index"
    return "places" if group.permutes else "matrix"


def element_type(group: Group, ranges: Ranges | None = None) -> ArrayType:
    """The plan type of such an element."""
    if ranges is not None:
        return ArrayType((ranges.count,), batched=True)
    size = group.dimension
    match form_of(group):
        case "index":
            return ArrayType((), "integer", batched=True)
        case "places":
            return ArrayType((size,), "integer", batched=True)
        case "offset":
            return ArrayType((size - 1,), batched=True)
        case _:
            return ArrayType((size, size), batched=True)


@dataclass
class Draw:
    """Draws elements inside a method. The noise that it asks for becomes arguments, named by what is random."""

    builder: MethodBuilder
    tables: ConstantTables
    bound: float
    noise: list[DrawnNoise] = field(default_factory=list)
    count: int = 0

    def element(self, group: Group) -> Element:
        """A random element of a group that is no product."""
        self.count += 1
        match form_of(group):
            case "index":
                value = self._index(group.order or 1, "choice")
            case "places":
                value = self._places(group)
            case "offset":
                value = self._offset(group)
            case _:
                value = self._matrix(group)
        return Element(group, form_of(group), value)

    def parameters(self, ranges: Ranges) -> Value:
        """Those of a motion (D + M,): uniform between their ends, and whether each discrete element is in it."""
        self.count += 1
        ends = ranges.ends(self.bound)
        low = self.tables.stored("lowest", ends[:, 0], self.builder)
        high = self.tables.stored("highest", ends[:, 1], self.builder)
        span = self.tables.stored("spans", ends[:, 1] - ends[:, 0], self.builder)
        # in few bits a sum may be rounded to beyond its end
        drawn = (self._uniform("parameters", (len(ends),)) * span + low).apply("minimum", high)
        if not ranges.discrete.count:
            return drawn
        flips = (self._uniform("components", (ranges.discrete.count,)) * 2.0).apply("floor")
        return drawn.apply("concatenate", flips, axis=0)

    def _name(self, what: str) -> str:
        return what if self.count == 1 else f"{what}_{self.count}"

    def _uniform(self, what: str, shape: tuple[int, ...]) -> Value:
        return self._argument(what, shape, "uniform")

    def _normal(self, what: str, shape: tuple[int, ...]) -> Value:
        return self._argument(what, shape, "normal")

    def _argument(self, what: str, shape: tuple[int, ...], kind: Noise) -> Value:
        name, value_type = self._name(what), ArrayType(shape, batched=True)
        self.noise.append(DrawnNoise(name, value_type, kind))
        return self.builder.argument(name, value_type)

    def _between(self, what: str, shape: tuple[int, ...], bound: float) -> Value:
        """Uniform in [-bound, bound]."""
        return self._uniform(what, shape) * (2.0 * bound) - bound

    def _index(self, count: int, what: str) -> Value:
        """A whole number below `count`; in few bits a number just below 1 may round to 1 when it is multiplied."""
        number = (self._uniform(what, ()) * float(count)).apply("floor")
        return number.apply("minimum", self.builder.full((), count - 1.0)).apply("cast", dtype="integer")

    def _places(self, group: Group) -> Value:
        """Any order of the points of S(n); of other permutations a product of inverse carriers, one for each orbit."""
        if group.family == "symmetric":
            return self._uniform("order", (group.dimension,)).apply("argsort", axis=0)
        back = chain_of_matrices(group.discrete_data).inverse_carriers()
        sizes = np.array([len(carriers) for carriers in back], dtype=np.float64)
        lengths = self.tables.stored("orbit_lengths", sizes, self.builder)
        firsts = np.array([0, *np.cumsum(sizes)[:-1]], dtype=np.int64)
        starts = self.tables.stored("orbit_starts", firsts, self.builder)
        numbers = (self._uniform("choice", (len(back),)) * lengths).apply("floor")
        numbers = numbers.apply("minimum", lengths - 1.0).apply("cast", dtype="integer") + starts
        rows = self.tables.stored("carriers", np.concatenate(back), self.builder).apply("take", numbers, axis=0)
        result: Value | None = None
        for place in range(len(back)):
            row = rows.apply("slice", axis=0, start=place, stop=place + 1).apply("merge", axis=0, count=2)
            result = row if result is None else row.apply("take", result, axis=0)
        assert result is not None  # a group of one element has an index
        return result

    def _offset(self, group: Group) -> Value:
        size = group.dimension - 1
        if not group.argument("integer"):
            return self._between("offset", (size,), self.bound)
        most = math.floor(self.bound)
        steps = (self._uniform("offset", (size,)) * (2.0 * most + 1.0)).apply("floor") - float(most)
        return steps.apply("minimum", self.builder.full((), float(most)))

    def _matrix(self, group: Group) -> Value:
        if group.linear is not None:
            return self._motion(group.linear)
        if group.signature is not None:
            return self._pseudo_orthogonal(group, *group.signature)
        return self._words(group)

    def _motion(self, linear: Group) -> Value:
        """[[A, b], [0, 1]]."""
        size = linear.dimension
        if form_of(linear) == "index":
            table = self.tables.stored("elements", linear.elements(), self.builder)
            turn = table.apply("take", self._index(linear.order or 1, "choice"), axis=0)
        elif form_of(linear) == "places":
            turn = self.builder.add("one_hot", self._places(linear), classes=size)
        else:
            turn = self._matrix(linear)
        offset = self._between("offset", (size,), self.bound).apply("expand", axis=1)
        column = offset.apply("pad", low=(0, size), high=(1, 0))
        return self._diagonal(turn, self.builder.full((1, 1), 1.0)) + column

    def _pseudo_orthogonal(self, group: Group, plus: int, minus: int) -> Value:
        """k1 a k2 with k in SO(p) x SO(q) Haar and a = min(p, q) commuting boosts, times random components."""
        result = self._compact("turn", plus, minus)
        if minus:
            count = min(plus, minus)
            rapidities = self._between("rapidity", (count,), self.bound)
            generators = self.tables.stored("boosts", boost_generators(plus, minus), self.builder)
            boost = self.builder.add("einsum", rapidities, generators, subscripts="k,kij->ij").apply("expm")
            result = self._product(self._product(result, boost), self._compact("second_turn", plus, minus))
        for place, reflection in enumerate(group.discrete):
            result = self._product(result, self._perhaps(f"flip_{place + 1}", reflection))
        return result

    def _compact(self, what: str, plus: int, minus: int) -> Value:
        if not minus:
            return self._rotation(what, plus)
        first, second = self._rotation(f"{what}_plus", plus), self._rotation(f"{what}_minus", minus)
        return self._diagonal(first, second)

    def _rotation(self, what: str, size: int) -> Value:
        """Haar on SO(n): by an angle in the plane, else by reflections (Stewart 1980, doi:10.1137/0717034).

        H = 1 - 2 w w^T / w^T w with w = x + sign(x_1) |x| e_1 takes e_1 to -sign(x_1) x / |x|, and x is normal: in
        H diag(-sign(x_1), Q) the first column is uniform on the sphere, and Q is Haar in one dimension less. The last
        sign makes the determinant 1.
        """
        if size == 1:
            return self.builder.full((1, 1), 1.0)
        if size == 2:
            angle = self._uniform(what, (1,)) * (2.0 * math.pi)
            cosine, sine = angle.apply("cos"), angle.apply("sin")
            rows = cosine.apply("concatenate", -sine, axis=0), sine.apply("concatenate", cosine, axis=0)
            return rows[0].apply("stack", rows[1], axis=0)
        normal = self._normal(what, (size - 1, size))
        vectors = [
            normal.apply("slice", axis=0, start=row, stop=row + 1)
            .apply("merge", axis=0, count=2)
            .apply("slice", axis=0, start=0, stop=size - row)
            for row in range(size - 1)
        ]
        signs = [self._sign(vector.apply("slice", axis=0, start=0, stop=1)) for vector in vectors]
        result = reduce(lambda left, right: left * right, signs).apply("expand", axis=0)
        for vector, sign in zip(reversed(vectors), reversed(signs), strict=True):
            result = self._reflected(vector, sign, self._diagonal(-sign.apply("expand", axis=0), result))
        return result

    def _sign(self, number: Value) -> Value:
        """1 or -1, and 1 at 0."""
        zero = self.builder.full((), 0.0)
        return number.apply("less", zero).apply("where", self.builder.full((), -1.0), self.builder.full((), 1.0))

    def _reflected(self, vector: Value, sign: Value, matrix: Value) -> Value:
        """H m, with w as in `_rotation`."""
        size = vector.shape[0]
        length = vector.apply("norm", axes=(0,)).apply("expand", axis=0)
        first = (sign * length).apply("pad", low=(0,), high=(size - 1,))
        w = vector + first
        squared = w.apply("square").apply("sum", axes=(0,)).apply("expand", axis=0)
        row = self.builder.add("einsum", w / squared, matrix, subscripts="i,ij->j")
        return matrix - self.builder.add("einsum", w * 2.0, row, subscripts="i,j->ij")

    def _perhaps(self, what: str, matrix: np.ndarray) -> Value:
        """The matrix or 1, each with probability 1/2."""
        chosen = self._uniform(what, (1, 1)).apply("less", self.builder.full((), 0.5))
        table = self.tables.stored("reflection", matrix, self.builder)
        return chosen.apply("where", table, self.builder.unit_matrix(len(matrix)))

    def _words(self, group: Group) -> Value:
        """Words h_1 exp(X_1) h_2 exp(X_2) ..., h_i among 1 and the discrete generators."""
        algebra, discrete = group.lie_algebra, group.discrete
        steps = WORD_LENGTH if len(discrete) or group.compact else 1
        result: Value | None = None
        for step in range(steps):
            if len(algebra):
                exponent = self._exponent(group, f"step_{step + 1}", self.bound / steps)
                letter = exponent.apply("expm")
                result = letter if result is None else self._product(result, letter)
            if len(discrete):
                letters = np.concatenate([np.eye(group.dimension)[None], discrete])
                table = self.tables.stored("letters", letters, self.builder)
                letter = table.apply("take", self._index(len(letters), f"letter_{step + 1}"), axis=0)
                result = letter if result is None else self._product(result, letter)
        assert result is not None  # a group without generators has one element, and that has an index
        return result

    def _exponent(self, group: Group, what: str, bound: float) -> Value:
        generators = self.tables.stored("generators", group.lie_algebra, self.builder)
        coefficients = self._normal(what, (len(group.lie_algebra),))
        exponent = self.builder.add("einsum", coefficients, generators, subscripts="k,kij->ij")
        if group.compact:
            return exponent
        norm = exponent.apply("norm", axes=(0, 1)).apply("maximum", self.builder.full((), 1e-30))
        shrink = (bound / norm).apply("minimum", self.builder.full((), 1.0))
        return exponent * shrink.apply("expand", axis=0).apply("expand", axis=0)

    def _product(self, left: Value, right: Value) -> Value:
        return self.builder.add("einsum", left, right, subscripts="ij,jk->ik")

    def _diagonal(self, first: Value, second: Value) -> Value:
        n, m = first.shape[0], second.shape[0]
        return first.apply("pad", low=(0, 0), high=(m, m)) + second.apply("pad", low=(n, n), high=(0, 0))


def boost_generators(plus: int, minus: int) -> np.ndarray:
    """Generators of min(p, q) commuting boosts of O(p, q), which mix coordinate i with p + i: (k, p + q, p + q)."""
    count, size = min(plus, minus), plus + minus
    result = np.zeros((count, size, size))
    for i in range(count):
        result[i, i, plus + i] = result[i, plus + i, i] = 1.0
    return result
