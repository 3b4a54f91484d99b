"""Pooling over space and then over the group is pooling over the group and then over space, for one kind of both."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.pipeline import prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.samples import random_inputs, random_weights

TEXT = """
model m {{
  data {{
    x: image(channels = 1, size = [5, 5])
    y: scalar(3)
  }}
  symmetry turn: {group}
  predict y from x
  enforce turn by group_convolution {{ layers = [conv(2, k = 3), conv(3, k = 2), {pools}] }}
}}
"""


@pytest.mark.parametrize("group", ["C(1)", "C(4)", "D(4)"])
@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("channels_last", [False, True])
def test_poolings_commute(group: str, kind: str, channels_last: bool) -> None:
    results = []
    for pools in (f"group_pool({kind}), space_pool({kind})", f"space_pool({kind}), group_pool({kind})"):
        compilation = prepare(TEXT.format(group=group, pools=pools), Session(backend="torch", dtype="float64"))
        program = compilation.lower(channels_last)
        weights = random_weights(program.root, 1)
        arrays = [*random_inputs(compilation.spec, np.random.default_rng(2), 3).values()]
        (output,), _ = interpret(program.root, "forward", arrays, weights, weights)
        results.append(output)
    assert np.std(results[0]) > 0
    np.testing.assert_allclose(results[0], results[1], rtol=1e-13, atol=1e-13)
