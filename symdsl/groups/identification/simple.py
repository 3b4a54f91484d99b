"""Which real simple Lie algebra has given structure constants: its roots give the complex type, Killing the real form.

Types and real forms are those of Helgason, Differential Geometry, Lie Groups, and Symmetric Spaces, 1978, chapter X,
tables IV and V. Of isomorphic algebras the name is sl(n,R), else so(p,q), but sl(2,C) is so(1,3).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from symdsl.groups.arrays.matrices import Array

_SEED: Final = 1925
_ZERO: Final = 1e-6
_EXCEPTIONAL: Final = {(2, 12, 6): "g2", (4, 48, 24): "f4", (6, 72, 72): "e6", (7, 126, 126): "e7"}
_EXCEPTIONAL_FORMS: Final = {
    "g2": {0: "g2", 8: "g2(2)"},
    "f4": {0: "f4", 28: "f4(4)", 16: "f4(-20)"},
    "e6": {0: "e6", 42: "e6(6)", 40: "e6(2)", 32: "e6(-14)", 26: "e6(-26)"},
}


def simple_name(constants: Array) -> str | None:
    """The name of the simple algebra with structure constants (n, n, n), such as "so(5)"; None if none fits."""
    size = len(constants)
    killing = np.einsum("ikl,jlk->ij", constants, constants, optimize=True)
    positive = int(np.sum(np.linalg.eigvalsh(killing) > 0.0))
    copies = 2 if 2 * positive == size and _has_complex_structure(constants) else 1
    counts = root_counts(constants, killing)
    if counts is None or any(count % copies for count in counts):
        return None
    complex_type = _complex_type(counts[0] // copies, counts[1] // copies, counts[2] // copies)
    if complex_type is None:
        return None
    letter, rank = complex_type
    return _complex_name(letter, rank) if copies == 2 else _real_forms(letter, rank).get(positive)


def root_counts(constants: Array, killing: Array) -> tuple[int, int, int] | None:
    """Rank, number of roots, and number of longest roots of a semisimple algebra; None where rounding hides them.

    The Cartan subalgebra h is the kernel of ad x of a random x (Jacobson 1962, chapter III), its roots are the values
    on h of the other eigenvectors of ad x, and their lengths those of the inverse of the Killing form on h.
    """
    element = np.random.default_rng(_SEED).standard_normal(len(constants))
    adjoint = np.tensordot(element, constants, axes=1).T
    values, vectors = np.linalg.eig(adjoint)
    is_root = np.abs(values) > _ZERO * np.max(np.abs(values))
    rank = int(np.sum(~is_root))
    _, _, rows = np.linalg.svd(adjoint)
    cartan = rows[len(rows) - rank :]
    chosen = vectors[:, is_root]
    operators = np.tensordot(cartan, constants, axes=1).swapaxes(1, 2)
    roots = np.einsum("ka,hkl,la->ah", chosen.conj(), operators, chosen, optimize=True)
    inverse = np.linalg.pinv(cartan @ killing @ cartan.T, rcond=1e-9)
    lengths = np.einsum("ah,hk,ak->a", roots, inverse, roots).real
    longest = float(np.max(lengths, initial=0.0))
    if not longest > 0.0 or np.min(lengths) < longest / 4.0:
        return None
    return rank, len(lengths), int(np.sum(lengths > 0.9 * longest))


def _has_complex_structure(constants: Array) -> bool:
    """Whether more than multiples of 1 commute with the adjoint representation, which is then a complex one."""
    operators = constants.swapaxes(1, 2)
    size = len(constants)
    rng = np.random.default_rng(_SEED)
    pair = [np.tensordot(rng.standard_normal(size), operators, axes=1) for _ in range(2)]
    one = np.eye(size)
    system = np.concatenate([np.kron(each, one) - np.kron(one, each.T) for each in pair])
    values = np.linalg.eigvalsh(system.T @ system)
    return bool(values[1] < 1e-10 * values[-1])


def _complex_type(rank: int, roots: int, longest: int) -> tuple[str, int] | None:
    if roots == rank * (rank + 1) and longest == roots:
        return "A", rank
    if roots == 2 * rank * (rank - 1) and longest == roots and rank > 3:
        return "D", rank
    if roots == 2 * rank * rank and longest == 2 * rank * (rank - 1):
        return "B", rank
    if roots == 2 * rank * rank and longest == 2 * rank:
        return "C", rank
    exceptional = _EXCEPTIONAL.get((rank, roots, longest))
    return (exceptional, rank) if exceptional else None


def _complex_name(letter: str, rank: int) -> str:
    names = {"A": f"sl({rank + 1},C)", "B": f"so({2 * rank + 1},C)", "C": f"sp({2 * rank},C)", "D": f"so({2 * rank},C)"}
    if (letter, rank) == ("A", 1):
        return "so(1,3)"
    return names.get(letter, f"{letter}(C)")


def _real_forms(letter: str, rank: int) -> dict[int, str]:
    """The real forms of a complex type, by the number of positive squares of their Killing forms."""
    match letter:
        case "A":
            linear = {rank * (rank + 3) // 2: f"sl({rank + 1},R)"}
            if rank == 1:
                return _pairs("so", 3, 1) | linear
            quaternions = {(rank + 1) * rank // 2 - 1: f"sl({(rank + 1) // 2},H)"} if rank % 2 else {}
            isomorphic = _pairs("so", 6, 1) if rank == 3 else {}
            return _pairs("su", rank + 1, 2) | quaternions | isomorphic | linear
        case "B":
            return _pairs("so", 2 * rank + 1, 1)
        case "C":
            return _pairs("sp", rank, 4) | {rank * (rank + 1): f"sp({2 * rank},R)"}
        case "D":
            return {rank * (rank - 1): f"so*({2 * rank})"} | _pairs("so", 2 * rank, 1)
        case _:
            return _EXCEPTIONAL_FORMS.get(letter, {0: letter})


def _pairs(symbol: str, size: int, factor: int) -> dict[int, str]:
    """symbol(p,q) with p + q = size and p <= q, by the number `factor` p q of positive squares."""
    pairs = {factor * plus * (size - plus): f"{symbol}({plus},{size - plus})" for plus in range(size // 2, 0, -1)}
    return pairs | {0: f"{symbol}({size})"}
