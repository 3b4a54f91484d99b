"""The networks of discovery, written as specs and compiled: a free one, and one that keeps a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session

FREE_WIDTHS: Final = (128, 128)
KEPT_WIDTHS: Final = (64, 64)


def free_network(shape: Sequence[int], width: int, backend: str | None, seed: int = 0) -> Compilation:
    """A smooth network from samples of a shape, flat, to `width` numbers."""
    size = 1
    for each in shape:
        size *= each
    text = f"""model free {{
  data {{
    x: scalar({size})
    y: scalar({width})
  }}
  predict y from x by mlp {{ hidden = {list(FREE_WIDTHS)}, activation = silu }}
}}"""
    return prepare(text, Session(backend=backend, seed=seed))
