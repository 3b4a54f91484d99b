"""The networks of discovery, written as specs and compiled: a free one, and one that keeps a group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Limits, Session

Array = NDArray[np.float64]
FREE_WIDTHS: Final = (128, 128)
KEPT_WIDTHS: Final = (64, 64)


def free_network(
    shape: Sequence[int], width: int, backend: str | None, seed: int = 0, hidden: Sequence[int] = FREE_WIDTHS
) -> Compilation:
    """A smooth network from samples of a shape, flat, to `width` numbers."""
    text = f"""model free {{
  data {{
    x: scalar({math.prod(shape)})
    y: scalar({width})
  }}
  predict y from x by mlp {{ hidden = {list(hidden)}, activation = silu }}
}}"""
    return prepare(text, Session(backend=backend, seed=seed))


def kept_network(
    slots: int, group: str, dimension: int, output: str, action: str | None, backend: str | None, seed: int = 0,
    kind: str = "vector",
) -> Compilation:  # fmt: skip
    """A network from vectors (slots, dimension) of a group, as a spec writes it, to a field y of a type and an action.

    Or from points, by `kind`. It is made of the invariants of the vectors where such a network serves, which is many
    times faster, and of tensors elsewhere.

    Raises SymdslError where the group has no such map but zero, or no network of tensors that fits the limits.
    """
    session = Session(backend=backend, seed=seed, limits=Limits(text_bytes=10_000_000, nesting=1000))
    actions = f" {{ y: {action} }}" if action is not None else ""
    text = f"""model kept {{
  data {{
    x: {kind}({dimension}) per {slots}
    y: {output}
  }}
  symmetry g: {group}{actions}
  predict y from x
  enforce g by equivariant_mlp {{ hidden = {list(KEPT_WIDTHS)}, network = %s }}
}}"""
    with suppress(SymdslError):
        return prepare(text % "scalars", session)
    return prepare(text % "tensors", session)


def matrix_group_text(generators: Array, discrete: Array | None = None) -> str:
    """A group by its generators (D, d, d) and discrete ones (M, d, d), as a spec writes it, to the last bit."""
    parts = []
    if len(generators):
        parts.append(f"generators = {matrices_text(generators)}")
    if discrete is not None and len(discrete):
        parts.append(f"discrete = {matrices_text(discrete)}")
    return f"matrix_group {{ {', '.join(parts)} }}"


def matrices_text(matrices: Array) -> str:
    """Matrices (n, d, d) as nested lists."""
    return repr(np.asarray(matrices, np.float64).tolist())
