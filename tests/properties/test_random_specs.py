"""Random specs from seeds: whatever the checker accepts compiles, agrees on three machines, and keeps its promises.

`SYMDSL_RANDOM_SPECS=500` runs more of them here; `python -m tests.properties.run --count 10000` is the long run.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.groups.representation import Representation
from symdsl.passes.lowering import equivariant_linear
from tests.properties.agreement import disagreements
from tests.properties.random_specs import FAMILIES, ORDER, candidate, random_spec
from tests.properties.run import examine

COUNT = int(os.environ.get("SYMDSL_RANDOM_SPECS", "30"))


@pytest.fixture(autouse=True, scope="module")
def _compile_quickly() -> Iterator[None]:
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_random_spec_keeps_every_promise(seed: int) -> None:
    spec = random_spec(seed)
    assert not disagreements(spec), f"seed {seed}\n{spec.text}"


def test_every_family_is_drawn() -> None:
    assert set(ORDER) == set(FAMILIES)
    assert set(Counter(candidate(seed).family for seed in range(COUNT))) == set(FAMILIES)


def test_equal_seeds_give_equal_specs() -> None:
    for seed in range(12):
        assert candidate(seed) == candidate(seed)
        assert candidate(seed).text != candidate(seed + 6).text


def test_the_long_run_reports_a_broken_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps that do not commute with the group are found out."""
    solve = equivariant_linear.hom_basis

    def wrong(source: Representation, target: Representation) -> NDArray[np.float64]:
        return np.roll(solve(source, target), 1, axis=2)

    monkeypatch.setattr(equivariant_linear, "hom_basis", wrong)
    assert any("equivariance of" in line for line in examine(4))
