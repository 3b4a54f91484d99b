"""The name of a finite group from the orders of its elements, as a spec or a book would write it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

_EXCEPTIONAL = {
    (12, ((1, 1), (2, 3), (3, 8))): "A(4)",
    (24, ((1, 1), (2, 7), (3, 8), (6, 8))): "A(4) * C(2)",
    (48, ((1, 1), (2, 19), (3, 8), (4, 12), (6, 8))): "S(4) * C(2)",
    (60, ((1, 1), (2, 15), (3, 20), (5, 24))): "A(5)",
    (120, ((1, 1), (2, 31), (3, 20), (5, 24), (6, 20), (10, 24))): "A(5) * C(2)",
}


def name_of(orders: Sequence[int], abelian: bool) -> str:
    """The name of the group whose elements have these `orders`: C(n), D(n), S(n), products; else its order.

    Abelian groups are told apart by the orders of their elements. So are D(n), n odd, and S(n) for n <= 5 among groups
    of their size, and the others among those that act on few coordinates.
    """
    size, counts = len(orders), Counter(orders)
    if size == 1:
        return "1"
    if abelian:
        return " * ".join(_power(f"C({factor})", count) for factor, count in Counter(_factors(orders)).items())
    for degree in range(3, 7):
        if size == math.factorial(degree) and counts == _symmetric(degree):
            return f"S({degree})"
    half = size // 2
    if size % 2 == 0 and counts[half] and counts == _dihedral(half):
        return f"D({half})"
    known = _EXCEPTIONAL.get((size, tuple(sorted(counts.items()))))
    return known or f"a group of order {size}, exponent {math.lcm(*orders)}"


def _power(factor: str, count: int) -> str:
    return factor if count == 1 else f"{factor}^{count}"


def _factors(orders: Sequence[int]) -> list[int]:
    """The cyclic factors, each of which divides the next: repeatedly the largest order, whose group is divided out."""
    size, counts, found = len(orders), Counter(orders), []
    primes = [p for p in range(2, size + 1) if size % p == 0 and all(p % q for q in range(2, p))]
    by_prime: list[list[int]] = []
    for prime in primes:
        # p^e_k elements have an order that divides p^k; the growth of e_k counts the factors of at least p^k.
        powers, previous, widths = prime, 0, []
        while True:
            exponent = round(math.log(sum(count for order, count in counts.items() if powers % order == 0), prime))
            if exponent == previous:
                break
            widths.append(exponent - previous)
            previous, powers = exponent, powers * prime
        by_prime.append([prime ** sum(width > index for width in widths) for index in range(widths[0])])
    for index in range(max(len(each) for each in by_prime)):
        found.append(math.prod(each[index] for each in by_prime if index < len(each)))
    return sorted(found)


def _dihedral(half: int) -> Counter[int]:
    result = Counter(half // math.gcd(half, k) for k in range(half))
    result[2] += half
    return result


def _symmetric(degree: int) -> Counter[int]:
    """How many permutations have each order, by their cycle types."""
    result: Counter[int] = Counter()
    for cycles in _partitions(degree, degree):
        repeats = math.prod(math.factorial(count) for count in Counter(cycles).values())
        result[math.lcm(*cycles)] += math.factorial(degree) // (math.prod(cycles) * repeats)
    return result


def _partitions(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    if total == 0:
        yield ()
    for part in range(min(total, largest), 0, -1):
        for rest in _partitions(total - part, part):
            yield (part, *rest)
