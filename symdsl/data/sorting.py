"""Sorting as a task on graphs: which number is the first, and which follows which (graph_nets, demo `sort`).

P. W. Battaglia et al.: Relational inductive biases, deep learning, and graph networks (2018), arXiv:1806.01261.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from pydantic import Field, model_validator

from symdsl.data.dataset import Dataset
from symdsl.data.neighbours import all_pairs
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path


class SortingOptions(SourceOptions):
    """How many lists of numbers, and from how many to how many numbers each has."""

    samples: int = Field(1000, ge=1)
    minimum: int = Field(8, ge=1, le=1000)
    maximum: int = Field(16, ge=1, le=1000)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)

    @model_validator(mode="after")
    def _ordered(self) -> SortingOptions:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum is above maximum = {self.maximum}")
        return self


class Sorting:
    """1,000 lists of 8 to 16 numbers in [0, 1], each a complete directed graph with an edge from a node to itself."""

    name = "sorting"
    description = "lists of numbers as complete graphs: the first number, and the one that follows each (GN demo)"
    keys: Mapping[str, str] = MappingProxyType({
        "value": "(nodes,) numbers in [0, 1]",
        "first": "(nodes,) label: 1 at the smallest number",
        "follows": "(edges,) label: 1 where the receiver's number is the next larger after the sender's",
        "senders": "(edges,) within each graph, as are receivers",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """Nodes, edges and what they are in the sorted list."""
        refuse_path(reference)
        options = read_options(reference, SortingOptions)
        check_size(reference, options.samples, options.maximum, options.maximum)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        counts = generator.integers(options.minimum, options.maximum + 1, options.samples)
        parts: dict[str, list[np.ndarray]] = {key: [] for key in ("value", "first", "follows", "senders", "receivers")}
        for count in counts:
            value = generator.random(count)
            senders, receivers = all_pairs(int(count), loops=True)
            rank = np.argsort(np.argsort(value))
            found = (value, rank == 0, rank[receivers] == rank[senders] + 1, senders, receivers)
            for key, array in zip(parts, found, strict=True):
                parts[key].append(array if array.dtype.kind == "f" else array.astype(np.int64))
        edges = counts**2
        rows = {"value": counts, "first": counts, "follows": edges, "senders": edges, "receivers": edges}
        arrays = {key: np.concatenate(found) for key, found in parts.items()}
        return Dataset(reference.text, arrays, {"value": "scalar"}, counts=rows)


SOURCE = Sorting()
