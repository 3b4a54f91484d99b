"""Results of a model as fields of a named tuple."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
import torch

from symdsl.backends.result_names import result_names
from symdsl.pipeline import prepare
from symdsl.session import Session


def test_ordinary_names_stay() -> None:
    assert result_names(["y", "Energy", "x_1"]) == ("y", "Energy", "x_1")


@pytest.mark.parametrize(
    "names", [["_x", "x", "x_"], ["_", "__"], ["count", "index", "count_"], ["_1", "result_1"], ["__init__", "init__"]]
)
def test_strange_names_become_different_fields_of_a_tuple(names: list[str]) -> None:
    found = result_names(names)
    assert len(set(found)) == len(names)
    assert namedtuple("Result", found)._fields == found


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_outputs_with_strange_names_are_returned(backend: str) -> None:
    text = "model m { data { x: scalar; _x: scalar; count: scalar } predict _x, count from x by mlp { hidden = 2 } }"
    model = prepare(text, Session(backend=backend)).instantiate().module
    x = np.zeros(3, np.float32)
    result = model(torch.from_numpy(x) if backend == "torch" else x)
    assert result._fields == ("x", "count_")
