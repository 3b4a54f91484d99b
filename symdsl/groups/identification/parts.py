"""The irreducible parts of a space that an algebra of matrices acts on, and what each is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.spans import span_of
from symdsl.groups.identification.charges import charges_of
from symdsl.groups.identification.classical import Classical, classical, is_division_algebra
from symdsl.groups.identification.tensors import commutant_of, kept_by

_SEED: Final = 1939
_ATTEMPTS: Final = 24
_APART: Final = 1e-6
_TURNS: Final = 1e-8


@dataclass(frozen=True, eq=False)
class Part:
    """A subspace with orthonormal basis (d, m) as columns, and the matrices (r, m, m) of the algebra on it.

    `image` (k, m, m) is an orthonormal basis of these, and `known` what they are if that is classical.
    """

    basis: Array
    matrices: Array
    image: Array
    known: Classical | None

    @property
    def dimension(self) -> int:
        """The size m of the part."""
        return self.basis.shape[1]


def irreducible_parts(generators: Array) -> tuple[Part, ...] | None:
    """Splits R^d into irreducible parts of an algebra of matrices (r, d, d); None where there are not enough of these.

    Eigenspaces of a random element of the commutant are invariant (facts of Schur), and smaller unless the commutant
    is a division algebra, which that of an irreducible part is. Raises SymdslError SYM0422, SYM0704.
    """
    found: list[Array] = []
    waiting = [np.eye(generators.shape[-1])]
    while waiting:
        basis = waiting.pop()
        commutant = commutant_of(restricted(generators, basis))
        if is_division_algebra(commutant):
            found.append(basis)
            continue
        pieces = _split(commutant)
        if pieces is None:
            return None
        waiting += [np.linalg.qr(basis @ piece)[0] for piece in reversed(pieces)]
    return tuple(_part(generators, basis) for basis in found)


def restricted(generators: Array, basis: Array) -> Array:
    """The matrices (r, m, m) of generators (r, d, d) on an invariant subspace with orthonormal basis (d, m)."""
    return np.asarray(basis.T @ generators @ basis, dtype=np.float64)


def representation_text(generators: Array, parts: Sequence[Part]) -> str:
    """The parts by name with multiplicities, "2 vector(3) + 1", the largest first."""
    charged = _charged_text(parts) if len(generators) == 1 else None
    if charged is not None:
        return charged
    rng = np.random.default_rng(_SEED)
    elements = rng.standard_normal((3, len(generators)))
    kinds: list[tuple[Array, str, int]] = []
    for part in parts:
        character = _character(part, elements)
        for place, (other, label, count) in enumerate(kinds):
            if len(other) == len(character) and np.allclose(other, character, rtol=1e-6, atol=1e-6):
                kinds[place] = (other, label, count + 1)
                break
        else:
            kinds.append((character, label_of(part, len(generators)), 1))
    kinds.sort(key=lambda kind: (-kind[0][0], kind[1]))
    texts = [f"{count} {label}" if count > 1 else label for _, label, count in kinds if label != "1"]
    trivial = sum(count for _, label, count in kinds if label == "1")
    return " + ".join([*texts, *([str(trivial)] if trivial else [])])


def _charged_text(parts: Sequence[Part]) -> str | None:
    """Planes that one matrix turns as often as a whole number says, "charge 2 + charge 1 + 1"; None for other parts."""
    planes = [part for part in parts if part.dimension == 2 and len(part.image)]
    trivial = [part for part in parts if not len(part.image)]
    if len(planes) < 2 or len(planes) + len(trivial) < len(parts):
        return None
    values = np.asarray(np.linalg.eigvals(np.stack([part.matrices[0] for part in planes])), dtype=np.complex128)
    charges = charges_of(np.max(values.imag, axis=1)[None])
    if charges is None or np.max(np.abs(values.real)) > _TURNS * np.min(np.abs(values)):
        return None
    counts = sorted(Counter(charges[0].astype(int).tolist()).items(), reverse=True)
    texts = [f"{count} charge {charge}" if count > 1 else f"charge {charge}" for charge, count in counts]
    return " + ".join([*texts, *([str(len(trivial))] if trivial else [])])


def label_of(part: Part, count: int) -> str:
    """What an irreducible part of an algebra of `count` dimensions is called: "vector(3)", "spin 1/2", "C^3"."""
    size = part.dimension
    if not len(part.image):
        return "1"
    spin = spin_of(part)
    if part.known is not None and part.known.name != "su(2)":
        shape = part.known.name[-2]
        if part.known.name.startswith("sp(") and shape != "R" and shape != "C":
            return f"H^{size // 4}"
        if part.known.name.startswith(("u", "su")) or shape == "C":
            return f"C^{size // 2}"
        return f"vector({size})"
    if spin is not None:
        return f"spin {spin // 2}" if spin % 2 == 0 else f"spin {spin}/2"
    if size == 1:
        return "scale(1)"
    return "adjoint" if size == count == len(part.image) else f"irreducible({size})"


def spin_of(part: Part) -> int | None:
    """2 j of a part on which the algebra is so(3) or sl(2,R): its Casimir element is j (j + 1); None for others."""
    image = part.image
    if len(image) != 3:
        return None
    products = image[:, None] @ image[None]
    brackets = (products - products.swapaxes(0, 1)).reshape(9, -1)
    constants = (brackets @ image.reshape(3, -1).T).reshape(3, 3, 3)
    killing = np.einsum("ikl,jlk->ij", constants, constants)
    if np.linalg.cond(killing) > 1e8:
        return None
    casimir = 2.0 * np.einsum("ij,iab,jba->", np.linalg.inv(killing), image, image) / part.dimension
    doubled = np.sqrt(1.0 + 4.0 * casimir) - 1.0
    return round(float(doubled)) if abs(doubled - round(float(doubled))) < 1e-6 else None


def _part(generators: Array, basis: Array) -> Part:
    matrices = restricted(generators, basis)
    size = basis.shape[1]
    norms = np.linalg.norm(matrices, axis=(1, 2))
    moving = matrices[norms > 1e-9 * max(1.0, float(np.max(np.linalg.norm(generators, axis=(1, 2)))))]
    image = span_of(moving).reshape(-1, size, size)
    known = classical(image, kept_by(image)) if len(image) and size > 1 else None
    return Part(basis, matrices, image, known)


def _character(part: Part, elements: Array) -> Array:
    """Traces of powers of the images of elements (n, r), with the dimension: equal for equivalent parts."""
    matrices = np.tensordot(elements, part.matrices, axes=1)
    scale = max(1.0, float(np.max(np.abs(elements))))
    powers, traces = matrices, [np.array([float(part.dimension)])]
    for _ in range(4):
        traces.append(np.trace(powers, axis1=1, axis2=2))
        powers = powers @ matrices / scale
    return np.concatenate(traces)


def _split(commutant: Array) -> list[Array] | None:
    """Orthonormal bases of the eigenspaces of some element of a commutant (k, m, m); None where it has but one."""
    rng = np.random.default_rng(_SEED)
    size = commutant.shape[-1]
    for _ in range(_ATTEMPTS):
        element = np.tensordot(rng.standard_normal(len(commutant)), commutant, axes=1)
        values = np.linalg.eigvals(element)
        scale = float(np.max(np.abs(values)))
        clusters: list[tuple[complex, int]] = []
        left = [complex(value) for value in values]
        while left:
            near = [other for other in left if abs(other - left[0]) < _APART * scale]
            left = [other for other in left if abs(other - near[0]) >= _APART * scale]
            clusters.append((sum(near) / len(near), len(near)))
        upper = [(value, count) for value, count in clusters if value.imag >= -_APART * scale]
        if len(upper) < 2:
            continue
        pieces = [_eigenspace(element, value, count, scale) for value, count in upper]
        if sum(piece.shape[1] for piece in pieces) == size:
            return pieces
    return None


def _eigenspace(element: Array, value: complex, count: int, scale: float) -> Array:
    if abs(value.imag) <= _APART * scale:
        factor, dimension = element - value.real * np.eye(len(element)), count
    else:
        factor = element @ element - 2.0 * value.real * element + abs(value) ** 2 * np.eye(len(element))
        dimension = 2 * count
    return np.linalg.svd(factor)[2][len(element) - dimension :].T
