"""Elements of a Lie group as products of exponentials and of discrete generators, found by walking to the identity.

Each step is the part within the Lie algebra of Cayley's 2 (g - 1) (g + 1)^-1 = log g + O(log^3), cut where it is long.
The walk ends at 1, with an error that is cubed each time, wherever g lies in the connected component.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.lie_closure import LieClosure
from symdsl.groups.arrays.matrices import Array, exponential

_STEPS = 120
_LONGEST = 1.0
_ATTEMPTS = 6
_SEED = 1888
_STALLED = 12
_NEAR = 1e-6
MOST_COMPONENTS = 64


@dataclass(frozen=True, eq=False)
class Components:
    """One element (K, d, d) of each component of a group, the identity first, as words of discrete generators."""

    elements: Array
    words: tuple[tuple[int, ...], ...]
    images: Array


def walk(closure: LieClosure, elements: Array, attempts: int = _ATTEMPTS) -> tuple[Array, np.ndarray]:
    """The images (c, n, n) of elements (c, d, d) of the connected component, and which of them are in it (c,)."""
    size = closure.images.shape[-1]
    found = np.broadcast_to(np.eye(size), (len(elements), size, size)).copy()
    reached = np.zeros(len(elements), dtype=bool)
    possible = _may_be_connected(closure, elements)
    generator = np.random.default_rng(_SEED)
    for attempt in range(attempts):
        waiting = np.flatnonzero(possible & ~reached)
        if not len(waiting):
            break
        # where g + 1 is singular, g is first moved by a random element
        start = generator.standard_normal(len(closure.basis)) if attempt else np.zeros(len(closure.basis))
        first = np.tensordot(start, closure.basis, axes=1)
        first = first * min(1.0, 1.0 / max(1e-300, float(np.linalg.norm(first))))
        moved = exponential(-first) @ elements[waiting]
        images, ends = _descended(closure, moved)
        found[waiting[ends]] = exponential(closure.image(first)) @ images[ends]
        reached[waiting[ends]] = True
    return found, reached


def _may_be_connected(closure: LieClosure, elements: Array) -> np.ndarray:
    """Where no row differs from that of 1 that the whole Lie algebra leaves alone, as those of finite factors do."""
    still = ~np.any(closure.basis != 0.0, axis=(0, 2))
    differences = np.abs(elements - np.eye(elements.shape[-1]))[:, still]
    return np.max(differences, axis=(1, 2), initial=0.0) <= _NEAR


def _descended(closure: LieClosure, elements: Array) -> tuple[Array, np.ndarray]:
    one = np.eye(elements.shape[-1])
    left = elements.copy()
    images = np.broadcast_to(np.eye(closure.images.shape[-1]), (len(elements), *closure.images.shape[1:])).copy()
    ends = np.zeros(len(elements), dtype=bool)
    best, since = np.full(len(elements), np.inf), np.zeros(len(elements), dtype=np.int64)
    going = ~ends
    for _ in range(_STEPS):
        chosen = np.flatnonzero(going)
        if not len(chosen):
            break
        current = left[chosen]
        distance = np.linalg.norm(current - one, axis=(1, 2))
        better = distance < 0.999 * best[chosen]
        best[chosen] = np.minimum(best[chosen], distance)
        since[chosen] = np.where(better, 0, since[chosen] + 1)
        # a ridge keeps the step finite at g = -1; the last steps are far from it
        plus = current + one
        ridge = 1e-12 * np.maximum(1.0, np.max(np.abs(plus), axis=(1, 2), keepdims=True)) ** 2
        gram = plus.swapaxes(1, 2) @ plus + ridge * one
        target = 2.0 * np.linalg.solve(gram, plus.swapaxes(1, 2) @ (current - one))
        coordinates = closure.coordinates(target)
        steps = np.tensordot(coordinates, closure.basis, axes=1)
        lengths = np.linalg.norm(steps, axis=(1, 2))
        cut = np.minimum(1.0, _LONGEST / np.maximum(lengths, 1e-300))[:, None]
        steps, coordinates = steps * cut[:, :, None], coordinates * cut
        left[chosen] = exponential(-steps) @ current
        images[chosen] = images[chosen] @ exponential(closure.combined(coordinates))
        # the error is cubed by the last step
        ends[chosen] = distance <= _NEAR
        going[chosen] = ~ends[chosen] & (since[chosen] < _STALLED)
    return images, ends


def components_of(closure: LieClosure, discrete: Array, images: Array) -> Components:
    """A shortest word of the discrete generators (M, d, d) for each component; `images` (M, n, n) are theirs.

    Raises SymdslError SYM0703 for more than 64 components.
    """
    words: list[tuple[int, ...]] = [()]
    elements, matrices = [np.eye(closure.basis.shape[-1])], [np.eye(images.shape[-1])]
    position = 0
    while position < len(words):
        for letter, (element, image) in enumerate(zip(discrete, images, strict=True)):
            candidate = element @ elements[position]
            differences = np.linalg.inv(np.stack(elements)) @ candidate
            if not np.any(walk(closure, differences)[1]):
                words.append((letter, *words[position]))
                elements.append(candidate)
                matrices.append(image @ matrices[position])
            if len(words) > MOST_COMPONENTS:
                text = f"the discrete generators make more than {MOST_COMPONENTS} components"
                raise SymdslError(Diagnostic("SYM0703", text, hint="use a smaller group"))
        position += 1
    return Components(np.stack(elements), tuple(words), np.stack(matrices))


def images_of(closure: LieClosure, components: Components, elements: Array) -> tuple[Array, np.ndarray]:
    """The images (c, n, n) of elements (c, d, d) of the whole group, and the component (c,) of each, -1 if in none."""
    found = np.zeros((len(elements), *components.images.shape[1:]))
    place = np.full(len(elements), -1)
    for attempts in (1, _ATTEMPTS):
        for number, (start, image) in enumerate(zip(components.elements, components.images, strict=True)):
            waiting = np.flatnonzero(place < 0)
            if len(waiting):
                images, ends = walk(closure, np.linalg.inv(start) @ elements[waiting], attempts)
                found[waiting[ends]], place[waiting[ends]] = image @ images[ends], number
    return found, place
