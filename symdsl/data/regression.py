"""Tasks of a known function: inputs that are drawn, exact targets, and three parts (Finzi et al. 2021, 2104.09459)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


class RegressionOptions(SourceOptions):
    """How many samples the three parts have; the published tasks have 30 to 30,000 for training."""

    training: int = Field(3000, ge=1, le=10_000_000)
    validation: int = Field(1000, ge=0, le=10_000_000)
    test: int = Field(5000, ge=0, le=10_000_000)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)

    @property
    def samples(self) -> int:
        """All parts together."""
        return self.training + self.validation + self.test


def draw_normal(reference: Reference, width: int, seed: int) -> tuple[Array, Mapping[str, Indices]]:
    """Standard normal numbers (N, width), and the parts: test, then validation, then training.

    Drawn sample by sample in this order, so that another number of training samples changes no other part, and the
    fewer are the first of the more. Raises SymdslError: SYM0812, SYM0815, SYM0816.
    """
    refuse_path(reference)
    options = read_options(reference, RegressionOptions)
    check_size(reference, options.samples)
    generator = np.random.default_rng(seed if options.seed is None else options.seed)
    first, second = options.test, options.test + options.validation
    partition = {
        "train": np.arange(second, options.samples),
        "validation": np.arange(first, second),
        "test": np.arange(first),
    }
    return generator.standard_normal((options.samples, width)), partition
