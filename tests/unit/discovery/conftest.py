"""Data with a known symmetry, and what the double of `discover` makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.discovery.discover import Discovery
from symdsl.discovery.read import Asked, Request, read
from tests.unit.discovery.double import discovery_of

Found = Callable[..., tuple[Asked, Discovery]]


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    """`found("x", "y", law=.., verdict=..)`: what is asked of `data.npz` in this folder, and the answer."""
    monkeypatch.chdir(tmp_path)
    draw = np.random.default_rng(0).standard_normal
    x = draw((200, 2, 3))
    y = np.sum(x[:, 0] * x[:, 1], axis=1)
    np.savez(
        "data.npz", x=x, y=y, a=x[:, 0], b=x[:, 1], label=(y > 0).astype(int), force=x[:, 0] * y[:, None],
        dx=x * y[:, None, None],
    )  # fmt: skip

    def run(inputs: str, targets: str, flags: dict[str, Any] | None = None, **answer: Any) -> tuple[Asked, Discovery]:
        names = [tuple(each.split(",")) if each else () for each in (inputs, targets)]
        asked = read(Request("data.npz", *names, **(flags or {})))
        return asked, discovery_of(asked.problem, asked.options, **answer)

    return run
