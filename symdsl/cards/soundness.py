"""Whether the numbers of a card are those of a group: shapes, finite entries, a closed algebra."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_DEFINING_DIMENSION
from symdsl.groups.arrays.matrices import Array

MOST_NUMBERS: Final = 2**24
MOST_PRODUCTS: Final = 2**36
"""Multiplications that verifying the brackets may take."""
CLOSED: Final = 1e-9

_SHAPES: Final[Mapping[str, str]] = {
    "generators": "Ddd",
    "discrete": "Mdd",
    "constants": "DDD",
    "forms": "Fdd",
    "frame": "dd",
    "outputs": "Dmm",
    "discrete_outputs": "Mmm",
    "ranges": "D2",
}
_NEEDED: Final = ("generators", "discrete", "constants", "forms")


def check_shapes(name: str, shapes: Mapping[str, Sequence[int]]) -> None:
    """Raises SymdslError (SYM1304, exit code 2) where arrays of these shapes are none of a card, or too large."""
    sizes: dict[str, int] = {"2": 2}
    for array in (*_NEEDED, *(each for each in shapes if each not in _NEEDED)):
        letters = _SHAPES.get(array)
        if letters is None or array not in shapes:
            word = "has no array" if letters else "has an array that no card has:"
            raise _wrong("SYM1304", f"{name} {word} `{array}`")
        found = tuple(shapes[array])
        known = [sizes.setdefault(*pair) for pair in zip(letters, found, strict=False)]
        if len(found) != len(letters) or known != list(found):
            wanted = ", ".join(f"{letter} = {sizes[letter]}" if letter in sizes else letter for letter in letters)
            raise _wrong("SYM1304", f"`{array}` of {name} has shape {found}, and the card wants ({wanted})")
    count, size, output = sizes["D"], sizes["d"], sizes.get("m", 1)
    if not 1 <= size <= MAXIMUM_DEFINING_DIMENSION or not 1 <= output <= MAXIMUM_DEFINING_DIMENSION:
        raise _wrong("SYM1304", f"the matrices of {name} are of size {size}, at most {MAXIMUM_DEFINING_DIMENSION:,}")
    if not count and not sizes["M"]:
        raise _wrong("SYM1304", f"{name} has no generators at all")
    numbers = sum(math.prod(shape) for shape in shapes.values())
    if numbers > MOST_NUMBERS or count**2 * (max(size, output) ** 3) > MOST_PRODUCTS:
        raise _wrong("SYM1304", f"{name} is too large: {count:,} generators of size {size:,}")


def check_numbers(name: str, arrays: Mapping[str, Array]) -> None:
    """Raises SymdslError, exit code 2, where arrays of sound shapes are not those of a group.

    SYM1305: numbers that are not finite (ranges may be infinite), singular discrete elements or a singular frame;
    SYM1306: brackets that are no combination of the generators to 1e-9 of their size, or not the one that the
    constants say, also of outputs.
    """
    for each, array in arrays.items():
        if not np.all(np.isfinite(array)) and (each != "ranges" or np.any(np.isnan(array))):
            raise _wrong("SYM1305", f"`{each}` of {name} has a number that is not finite")
    for each in ("discrete", "frame", "discrete_outputs"):
        matrices = arrays.get(each)
        values = np.ones((1, 1)) if matrices is None else np.linalg.svd(matrices, compute_uv=False)
        if np.any(values[..., -1] <= 1e-10 * values[..., 0]):
            raise _wrong("SYM1305", f"`{each}` of {name} has a matrix that is singular, so that it is no motion")
    if "ranges" in arrays and np.any(arrays["ranges"][:, 0] > arrays["ranges"][:, 1]):
        raise _wrong("SYM1305", f"`ranges` of {name} has a lower end above its upper end")
    generators, constants = arrays["generators"], arrays["constants"]
    if not len(generators):
        return
    if not _closes(generators):
        hint = "generators close when identified: see symdsl discover"
        raise _wrong("SYM1306", f"the generators of {name} do not close: a bracket leaves their span", hint)
    for each in ("generators", "outputs"):
        if each in arrays and _defect(arrays[each], constants) > CLOSED:
            whose = "its generators" if each == "generators" else "its `outputs`"
            raise _wrong("SYM1306", f"the structure constants of {name} are not those of {whose}")


def _closes(generators: Array) -> bool:
    """Whether the generators (D, d, d) are independent and every bracket is a combination of them."""
    rows = generators.reshape(len(generators), -1)
    lengths = np.linalg.norm(rows, axis=1)
    if np.any(lengths == 0.0):
        return False
    basis, triangle = np.linalg.qr((rows / lengths[:, None]).T)
    if np.min(np.abs(np.linalg.svd(triangle, compute_uv=False))) < 1e-8:
        return False
    unit = generators / lengths[:, None, None]
    for first in unit:
        brackets = (first @ unit - unit @ first).reshape(len(unit), -1)
        if np.max(np.linalg.norm(brackets - (brackets @ basis) @ basis.T, axis=1)) > CLOSED:
            return False
    return True


def _defect(matrices: Array, constants: Array) -> float:
    """max_ij |[A_i, A_j] - sum_k c_ijk A_k| over the largest |A_i| |A_j|, or 1 where all are smaller."""
    scale = max(1.0, float(np.max(np.linalg.norm(matrices, axis=(1, 2)))) ** 2)
    found = 0.0
    for first, row in zip(matrices, constants, strict=True):
        brackets = first @ matrices - matrices @ first - np.tensordot(row, matrices, axes=1)
        found = max(found, float(np.max(np.abs(brackets))))
    return found / scale


def _wrong(code: str, message: str, hint: str | None = None) -> SymdslError:
    return SymdslError(Diagnostic(code, message, hint=hint), exit_code=2)
