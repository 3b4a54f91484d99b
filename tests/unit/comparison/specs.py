"""Specs of each family, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from symdsl.comparison.comparison import Comparison, Request, prepare_comparison
from symdsl.session import Session
from symdsl.syntax.unparse import unparse

IMAGES = """
model images {
  param width: int = 4
  data {
    x: image(channels = 1, size = [7, 7]) from "images.npz:x"
    y: label(classes = 3) from "images.npz:y"
  }
  symmetry rotation: C(4)
  predict y from x
  enforce rotation by group_convolution {
    layers = [conv(width, k = 3, pool_rotations = true), conv(6, k = 3), dropout(0.1), conv(3, k = 3), group_pool(mean)]
    readout = mean
  }
  train { epochs = 1, batch = 16, seed = 5 }
}
"""

VECTORS = """
model vectors {
  data {
    m: scalar
    v: vector(3)
    w: vector(3)
  }
  symmetry turn: SO(3)
  predict w from m, v
  enforce turn by equivariant_mlp { layers = 2, channels = 24 }
  train { epochs = 1, batch = 16, split = [0.5, 0.25, 0.25] }
}
"""

SPRING = """
model spring {
  data {
    z: phase_space(dim = 2)
    dz: derivative(z)
  }
  symmetry time: translation(t)
  symmetry turn: SO(2)
  predict dz from z
  enforce time by hamiltonian { field = solenoidal }
  enforce turn by equivariant_mlp { hidden = [16, 16] }
  train { epochs = 1 }
}
"""

UNENFORCED = """
model plain {
  data {
    x: image(channels = 1, size = [7, 7])
    y: label(classes = 3)
  }
  symmetry rotation: C(4)
  predict y from x by group_convolution { layers = [conv(20, k = 3), conv(14, k = 3), conv(3, k = 3)] }
}
"""


def compared(folder: Path, text: str, enforce: str, settings: Mapping[str, Any] | None = None, **asked: Any) -> (
    Comparison
):  # fmt: skip
    """The comparison of a spec that is written into `folder`."""
    path = folder / "model.sym"
    path.write_text(text, encoding="utf-8")
    request = Request(path, enforce, folder / "runs", **{"seeds": 1, **asked})
    return prepare_comparison(request, Session(backend="torch", parameters=settings or {}))


def bodies(comparison: Comparison) -> dict[str, str]:
    """The spec of every variant by its label, from `predict` to the train block, on one line."""
    found = {}
    for planned in comparison.variants:
        text = " ".join(unparse(planned.variant.tree).split())
        found[planned.label] = text[text.index("predict") : text.index("train {") if "train {" in text else -1].strip()
    return found


def write_images(folder: Path, count: int = 60) -> None:
    """Images whose label is told by their brightest column: not invariant, so that no symmetry is learned."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((count, 1, 7, 7))
    np.savez(folder / "images.npz", x=x, y=np.argmax(x.sum(axis=(1, 2))[:, :3], axis=1))
