"""Verification judges the elements that are promised, which may be fewer than those that move arrays exactly."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.verification.samples import random_elements
from symdsl.verification.verify import VerifyOptions, verify

UNEVEN_COLUMNS = """
model m {
  data {
    x: image(channels = 1, size = [5, 6])
    y: image(channels = 2, size = [3, 3])
  }
  symmetry turn: D(2)
  predict y from x
  enforce turn by group_convolution {
    layers = [conv(2, k = 1), conv(2, k = 1, stride = 2)]
    exactness = approximate
  }
}
"""


FINER_THAN_THE_SAMPLE = """
model m {
  data {
    x: image(channels = 1, size = [7, 7])
    y: label(classes = 3)
  }
  symmetry turn: C(64)
  predict y from x
  enforce turn by group_convolution { layers = 1, channels = 1, kernel = 3 }
}
"""


@pytest.mark.parametrize("seed", range(4))
def test_a_promised_subgroup_is_judged_however_rare_its_elements_are(seed: int) -> None:
    """Quarter turns are 4 of 64 elements: 4 random ones would mostly miss them, and judge nothing."""
    model = prepare(FINER_THAN_THE_SAMPLE).spec
    (exactness,) = model.network.exactness
    assert exactness.kind == "subgroup"
    elements = random_elements(model.symmetries["turn"], np.random.default_rng(seed), 4, exactness)
    moving = np.abs(elements.matrices - np.eye(2)).max(axis=(1, 2)) > 1e-9
    assert (elements.exact & moving).sum() >= 3
    assert (~elements.exact).any()


def test_only_the_subgroup_of_the_claim_is_judged() -> None:
    """Steps of 2 lie evenly over 5 rows and not over 6 columns: one mirror holds and no other element."""
    compilation = prepare(UNEVEN_COLUMNS, Session(backend="torch", dtype="float64"))
    (exactness,) = compilation.spec.network.exactness
    assert exactness.kind == "subgroup"
    assert len(exactness.elements) == 2
    report = verify(compilation, options=VerifyOptions(samples=2, elements=4))
    assert report.broken == ()
    judged = [each for each in report.measurements if each.quantity == "equivariance"]
    assert [each.elements for each in judged] == [2, 2]
    assert judged[0].error < 1e-10 < judged[1].error
