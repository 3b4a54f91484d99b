"""The words of the language: keywords by block, and how each statement is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

BlockKind = Literal["file", "model", "data", "graph", "actions", "options"]

KEYWORDS: Final[Mapping[BlockKind, tuple[str, ...]]] = {
    "file": ("model",),
    "model": ("data", "symmetry", "constraint", "predict", "sample", "enforce", "param", "train", "normalise"),
    "data": ("axis", "graph"),
    "graph": ("node", "edge", "global"),
    "actions": (),
    "options": (),
}
"""The words that start an entry of each kind of block."""

CONTINUING: Final[Mapping[BlockKind, tuple[str, ...]]] = {
    "file": (),
    "model": ("from", "by"),
    "data": ("of", "per", "over", "from"),
    "graph": ("of", "per", "over", "from"),
    "actions": (),
    "options": (),
}
"""The words that go on with an entry of each kind of block."""

FORMS: Final[Mapping[str, str]] = {
    "model": "model pendulum { ... }",
    "data": "data { x: vector(3) }",
    "symmetry": "symmetry rotation: C(4)",
    "constraint": "constraint rods: distance(z, pairs = [[0, 1]])",
    "predict": "predict y from x",
    "sample": "sample U from wilson_action(beta = 2.0)",
    "enforce": "enforce rotation by group_convolution { layers = 7 }",
    "param": "param width: int = 64",
    "train": "train { epochs = 10 }",
    "normalise": "normalise x, y",
    "axis": "axis bodies = 6",
    "graph": "graph g { node h: vector(3); edge e: scalar(2) }",
    "node": "node h: vector(3)",
    "edge": "edge e: scalar(2)",
    "global": "global u: scalar",
}
"""One right line for each keyword."""

ENTRY_FORMS: Final[Mapping[BlockKind, str]] = {
    "file": "model name { ... }",
    "model": "tolerance = 1e-9",
    "data": 'm: scalar per bodies from "file.npz:key"',
    "graph": "node h: vector(3)",
    "actions": "x: pixels",
    "options": "hidden = [64, 64]",
}
"""One right line for an entry that no keyword starts."""

BLOCK_NAMES: Final[Mapping[BlockKind, str]] = {
    "file": "the file",
    "model": "the model",
    "data": "the data block",
    "graph": "the graph",
    "actions": "the actions of the symmetry",
    "options": "the options",
}

PLACES: Final[Mapping[str, str]] = {
    **dict.fromkeys(KEYWORDS["model"], "belongs directly inside `model name { ... }`"),
    **dict.fromkeys(KEYWORDS["data"], "belongs inside `data { ... }`"),
    **dict.fromkeys(KEYWORDS["graph"], "belongs inside `graph name { ... }`"),
    "model": "cannot stand inside another block",
}
"""Where a statement belongs."""
