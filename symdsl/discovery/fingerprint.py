"""A name for data that depends on nothing but their numbers."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.problem import Problem


def fingerprint(*arrays: NDArray[Any]) -> str:
    """sha256 over the type, shape and bytes of arrays, little-endian, in hexadecimal digits."""
    found = hashlib.sha256()
    for array in arrays:
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        found.update(f"{plain.dtype.str} {plain.shape}\n".encode())
        found.update(plain.tobytes())
    return found.hexdigest()


def fingerprint_of(problem: Problem) -> str:
    """That of x, and of y where there is one."""
    return fingerprint(problem.x, *(() if problem.y is None else (problem.y,)))
