"""The group that discrete elements generate with a connected one: its elements up to the connected part."""

from __future__ import annotations

from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.discrete.proposal import Array
from symdsl.groups.arrays.matrices import exponential
from symdsl.groups.elements import close

MOST_ELEMENTS: Final = 1_000
_MOST_COSETS: Final = 48
_STARTS: Final = 32
_CLOSE: Final = 1e-7
_FAR: Final = 1e3
"""Entries of boosts at which the search begins again from the identity."""


def normalises(element: Array, algebra: Array) -> bool:
    """Whether g A g^-1 lies in the span of the algebra (D, d, d) for each of its A."""
    if not len(algebra):
        return True
    images = (element @ algebra @ np.linalg.inv(element)).reshape(len(algebra), -1)
    basis = np.linalg.qr(algebra.reshape(len(algebra), -1).T).Q
    outside = images - images @ basis @ basis.T
    return float(np.max(np.abs(outside))) <= 1e-6 * float(np.max(np.abs(images)))


def is_connected(element: Array, algebra: Array) -> bool:
    """Whether an element (d, d) is found in the connected group of an algebra (D, d, d).

    Gauss-Newton from the identity and random elements: h <- h exp(A), A in the algebra nearest to h^-1 g - 1.
    """
    size = element.shape[-1]
    if not len(algebra):
        return bool(np.max(np.abs(element - np.eye(size))) <= _CLOSE)
    basis = np.linalg.qr(algebra.reshape(len(algebra), -1).T).Q.T.reshape(algebra.shape)
    coefficients = np.random.default_rng(0).standard_normal((2, _STARTS, len(algebra)))
    coefficients[:, 0] = 0.0
    coefficients *= 4.0 / np.maximum(np.linalg.norm(coefficients, axis=-1, keepdims=True), 1.0)
    steps = exponential(np.einsum("sbk,kij->sbij", coefficients, basis))
    elements = steps[0] @ steps[1]
    for _ in range(40):
        lost = np.max(np.abs(elements), axis=(1, 2)) > _FAR * max(1.0, float(np.max(np.abs(element))))
        elements[lost] = np.eye(size)
        left = np.linalg.solve(elements, np.broadcast_to(element, elements.shape)) - np.eye(size)
        if np.min(np.max(np.abs(left), axis=(1, 2))) <= _CLOSE:
            return True
        nearest = np.einsum("bij,kij->bk", left, basis)
        length = np.linalg.norm(nearest, axis=1, keepdims=True)
        nearest *= np.minimum(1.0, 1.0 / np.maximum(length, 1e-300))
        elements = elements @ exponential(np.einsum("bk,kij->bij", nearest, basis))
    return False


def same_component(left: Array, right: Array, algebra: Array) -> bool:
    """Whether g^-1 h lies in the connected part."""
    return is_connected(np.asarray(np.linalg.solve(left, right), np.float64), algebra)


def closed(generators: Array, algebra: Array) -> Array | None:
    """One element of each component of the group that `generators` (M, d, d) and the algebra generate, identity first.

    None above 1,000 elements without an algebra, or 48 components with one.
    """
    if not len(algebra):
        try:
            return close(generators, MOST_ELEMENTS, "the discrete part")
        except SymdslError:
            return None
    found = [np.eye(generators.shape[-1])]
    position = 0
    while position < len(found):
        for generator in generators:
            product = generator @ found[position]
            if not any(same_component(known, product, algebra) for known in found):
                if len(found) >= _MOST_COSETS:
                    return None
                found.append(product)
        position += 1
    return np.stack(found)


def orders(elements: Array, algebra: Array) -> list[int]:
    """The least n with g^n in the connected part, of each of the components of a finite group of them."""
    result = []
    for element in elements:
        power, count = element, 1
        while not is_connected(power, algebra):
            power, count = power @ element, count + 1
        result.append(count)
    return result


def commute(generators: Array, algebra: Array) -> bool:
    """Whether generators commute up to the connected part."""
    pairs = ((g, h) for i, g in enumerate(generators) for h in generators[:i])
    return all(same_component(h @ g, g @ h, algebra) for g, h in pairs)
