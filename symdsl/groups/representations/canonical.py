"""One form for equal representations, with exactly the same matrices."""

from __future__ import annotations

import itertools

import numpy as np

from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.composed import OfLinearPart
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Regular, Representation, Trivial
from symdsl.groups.representations.cosets import Induced, Quotient, Restricted
from symdsl.groups.representations.finite_irreducible import FiniteIrreducible
from symdsl.groups.representations.harmonics import Harmonic, metric_of
from symdsl.groups.representations.images import Images
from symdsl.groups.representations.powers import AlternatingPower, SymmetricPower
from symdsl.groups.representations.spin import Spin


def canonical(representation: Representation) -> Representation:
    """The canonical form: the same matrices in the same basis, one expression for equal declarations.

    Duals are pushed down to non-orthogonal leaves; sums and products are flattened; trivial factors are collected; a
    run of n equal summands is trivial(n) * summand; a permutation group's defining matrices are its permutation
    representation.
    """
    match representation:
        case Dual(of=inner):
            return _dual(canonical(inner))
        case Sum(parts=parts):
            return _sum([canonical(part) for part in parts])
        case Product(parts=parts):
            return _product([canonical(part) for part in parts])
        case Pulled(group=group, position=position, of=inner):
            return _pull(group, position, canonical(inner))
        case Permutation(group=group) | Defining(group=group) if group.factors:
            factors = enumerate(group.factors)
            return _sum([_pull(group, position, canonical(Defining(factor))) for position, factor in factors])
        case Permutation(group=group) | Defining(group=group):
            if group.order == 1:
                return Trivial(group, group.dimension)
            return Permutation(group) if group.permutes else Defining(group)
        case Regular(group=group) if group.factors:
            factors = enumerate(group.factors)
            return _product([_pull(group, position, canonical(Regular(factor))) for position, factor in factors])
        case Regular(group=group) if group.order == 1:
            return Trivial(group)
        case LinearPart(group=group) if group.family == "translations":
            return Trivial(group, group.dimension - 1)
        case OfLinearPart(group=group, of=inner):
            return _of_linear_part(group, canonical(inner))
        case SymmetricPower() | AlternatingPower():
            return _power(representation)
        case Harmonic():
            return _harmonic(representation)
        case Quotient() | Induced() | Restricted():
            return _along_subgroup(representation)
        case Images():
            return _images(representation)
        case FiniteIrreducible(group=group, index=0) | Spin(group=group, twice=0):
            return Trivial(group)
        case Spin(group=group, twice=1):
            return Defining(group)
        case _:
            return representation


def _power(power: SymmetricPower | AlternatingPower) -> Representation:
    """Powers of degree 1 are what they are of; the highest alternating power of vectors is the determinant."""
    of = canonical(power.of)
    if power.power == 1:
        return of
    if isinstance(power, SymmetricPower):
        return SymmetricPower(of, power.power)
    group = of.group
    if isinstance(of, Defining) and power.power == group.dimension and metric_of(group) is not None:
        return _harmonic(Harmonic(group, 0, pseudo=True))
    return AlternatingPower(of, power.power)


def _along_subgroup(given: Quotient | Induced | Restricted) -> Representation:
    """Cosets of the identity are the group, one coset does not move; induced from numbers that stand still, cosets."""
    group = given.group
    if isinstance(given, Restricted):
        return canonical(given.of) if given.of.group == group else Restricted(group, canonical(given.of))
    if isinstance(given, Induced):
        of = canonical(given.of)
        return canonical(Quotient(group, of.group)) if of == Trivial(of.group) else Induced(group, of)
    if given.dimension == 1:
        return Trivial(group)
    return canonical(Regular(group)) if given.subgroup.order == 1 else given


def _harmonic(harmonic: Harmonic) -> Representation:
    """Without `pseudo` where no element has determinant -1; degree 0 is trivial, degree 1 the group's own matrices."""
    group = harmonic.group
    pseudo = harmonic.pseudo and group.has_reflections
    if not pseudo and harmonic.degree_of == 0:
        return Trivial(group)
    if not pseudo and harmonic.degree_of == 1 and not harmonic.half:
        return canonical(Defining(group))
    return Harmonic(group, harmonic.degree_of, pseudo, harmonic.half)


def _images(given: Images) -> Representation:
    """The group's own matrices are the defining ones; zero and one stand still."""
    group, algebra, discrete = given.group, given.algebra_images, given.discrete_images
    if (algebra, discrete) == (group.algebra_data, group.discrete_data):
        return canonical(Defining(group))
    still = not np.any(algebra.array()) and bool(np.all(discrete.array() == np.eye(given.dimension)))
    return Trivial(group, given.dimension) if still else given


def _dual(of: Representation) -> Representation:
    """The dual of a canonical representation, canonical."""
    if of.is_orthogonal:
        return of
    match of:
        case Dual(of=inner):
            return inner
        case Sum(parts=parts):
            return _sum([_dual(part) for part in parts])
        case Product(parts=parts):
            return _product([_dual(part) for part in parts])
        case Pulled(group=group, position=position, of=inner):
            return _pull(group, position, _dual(inner))
        case _:
            return Dual(of)


def _pull(group: Group, position: int, of: Representation) -> Representation:
    """A canonical representation of one factor, as one of the product group."""
    match of:
        case Trivial(dimension=dimension):
            return Trivial(group, dimension)
        case Sum(parts=parts):
            return _sum([_pull(group, position, part) for part in parts])
        case Product(parts=parts):
            return _product([_pull(group, position, part) for part in parts])
        case _:
            return Pulled(group, position, of)


def _of_linear_part(group: Group, of: Representation) -> Representation:
    """A canonical representation of the linear part, as one of the affine motions."""
    match of:
        case Trivial(dimension=dimension):
            return Trivial(group, dimension)
        case Defining():
            return LinearPart(group)
        case Dual(of=inner):
            return Dual(_of_linear_part(group, inner))
        case Sum(parts=parts):
            return _sum([_of_linear_part(group, part) for part in parts])
        case Product(parts=parts):
            return _product([_of_linear_part(group, part) for part in parts])
        case _:
            return OfLinearPart(group, of)


def _sum(parts: list[Representation]) -> Representation:
    """The sum of canonical parts: flat, runs of equal parts collected."""
    flat: list[Representation] = []
    for part in parts:
        flat += part.parts if isinstance(part, Sum) else (part,)
    counted = [_count(part) for part in flat]
    collected: list[Representation] = []
    for body, run in itertools.groupby(counted, key=lambda pair: pair[1]):
        total = sum(count for count, _ in run)
        collected.append(_times(total, body))
    return collected[0] if len(collected) == 1 else Sum(tuple(collected))


def _count(part: Representation) -> tuple[int, Representation]:
    """(n, body) of a summand trivial(n) * body."""
    match part:
        case Trivial(group=group, dimension=dimension):
            return dimension, Trivial(group)
        case Product(parts=(Trivial(dimension=dimension), *rest)):
            return dimension, rest[0] if len(rest) == 1 else Product(tuple(rest))
        case _:
            return 1, part


def _times(count: int, body: Representation) -> Representation:
    if isinstance(body, Trivial):
        return Trivial(body.group, count * body.dimension)
    if count == 1:
        return body
    rest = body.parts if isinstance(body, Product) else (body,)
    return Product((Trivial(body.group, count), *rest))


def _product(parts: list[Representation]) -> Representation:
    """The product of canonical parts: flat, neighbouring trivial factors multiplied, trivial(1) dropped."""
    flat: list[Representation] = []
    for part in parts:
        flat += part.parts if isinstance(part, Product) else (part,)
    kept: list[Representation] = []
    for part in flat:
        if isinstance(part, Trivial) and kept and isinstance(kept[-1], Trivial):
            kept[-1] = Trivial(part.group, part.dimension * kept[-1].dimension)
        else:
            kept.append(part)
    kept = [part for part in kept if not (isinstance(part, Trivial) and part.dimension == 1)] or [kept[0]]
    return kept[0] if len(kept) == 1 else Product(tuple(kept))
