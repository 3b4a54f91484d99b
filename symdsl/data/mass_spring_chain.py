"""A hanging chain of masses and springs, simulated by coarse steps (graph_nets, demo `physics`).

P. W. Battaglia et al.: Relational inductive biases, deep learning, and graph networks (2018), arXiv:1806.01261.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from symdsl.data.dataset import Dataset
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path

Array = NDArray[np.float64]
STEP, STEPS = 0.1, 50


class ChainOptions(SourceOptions):
    """How many chains, their numbers of masses, and how many of the 50 states of each are samples."""

    samples: int = Field(1000, ge=1)
    minimum: int = Field(5, ge=3, le=1000)
    maximum: int = Field(8, ge=3, le=1000)
    states: int = Field(1, ge=1, le=STEPS)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)

    @model_validator(mode="after")
    def _ordered(self) -> ChainOptions:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum is above maximum = {self.maximum}")
        return self


@dataclass(frozen=True)
class Chain:
    """One chain of n unit masses, the first and last fixed; springs (n - 1,) join neighbours."""

    places: Array
    stiffness: Array
    rest: Array
    gravity: Array

    @property
    def fixed(self) -> Array:
        """1 at the two ends."""
        return np.eye(len(self.places))[[0, -1]].sum(axis=0)

    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Senders and receivers: both directions of every spring, but none into a fixed mass."""
        first = np.arange(len(self.places) - 1)
        senders, receivers = np.concatenate([first, first + 1]), np.concatenate([first + 1, first])
        moved = self.fixed[receivers] == 0
        return senders[moved], receivers[moved]

    def springs(self) -> Array:
        """(edges, 2) stiffness and rest length of the spring of each edge."""
        senders, receivers = self.ends()
        spring = np.minimum(senders, receivers)
        return np.stack([self.stiffness[spring], self.rest[spring]], axis=1)

    def accelerations(self, places: Array) -> Array:
        """Hooke's law and gravity, 0 at the ends."""
        apart = np.diff(places, axis=0)
        length = np.linalg.norm(apart, axis=1)
        pull = (self.stiffness * (1.0 - self.rest / length))[:, None] * apart
        force = np.zeros_like(places)
        force[:-1] += pull
        force[1:] -= pull
        return (force + self.gravity) * (1.0 - self.fixed)[:, None]

    def follow(self) -> tuple[Array, Array]:
        """Places and velocities (51, n, 2) from rest: v += a dt, then x += v dt with the new v."""
        places, velocities = [self.places], [np.zeros_like(self.places)]
        for _ in range(STEPS):
            velocities.append(velocities[-1] + STEP * self.accelerations(places[-1]))
            places.append(places[-1] + STEP * velocities[-1])
        return np.stack(places), np.stack(velocities)


def draw_chain(count: int, generator: np.random.Generator, spacing: float | None = None) -> Chain:
    """Spacing uniform in [0.2, 1] unless given; k = 50 +- 5, gravity -10 +- 1, places +- 0.04, springs at rest."""
    spacing = generator.uniform(0.2, 1.0) if spacing is None else spacing
    places = np.stack([spacing * np.arange(count), np.zeros(count)], axis=1)
    places = places + generator.uniform(-0.04, 0.04, places.shape)
    rest = np.linalg.norm(np.diff(places, axis=0), axis=1)
    stiffness = 50.0 + generator.uniform(-5.0, 5.0, count - 1)
    return Chain(places, stiffness, rest, np.array([0.0, -10.0 + generator.uniform(-1.0, 1.0)]))


class MassSpringChain:
    """1,000 chains of 5 to 8 masses, one state of each and the velocities 0.1 later."""

    name = "mass_spring_chain"
    description = "hanging chains of masses and springs: the velocities of the next step (GN demo)"
    keys: Mapping[str, str] = MappingProxyType({
        "node": "(nodes, 5) x, y, vx, vy, is fixed",
        "spring": "(edges, 2) stiffness and rest length",
        "gravity": "(samples, 2) its acceleration",
        "next_velocity": "(nodes, 2) velocity one step of 0.1 later",
        "senders": "(edges,) within each graph, as are receivers; no edge leads to a fixed mass",
        "chain": "(samples,) which chain a state belongs to",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """States of chains, drawn among the 50 steps of each."""
        refuse_path(reference)
        options = read_options(reference, ChainOptions)
        check_size(reference, options.samples, options.states, options.maximum)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        parts: dict[str, list[NDArray]] = {key: [] for key in (*self.keys, "receivers")}
        nodes, edges = [], []
        for number in range(options.samples):
            chain = draw_chain(int(generator.integers(options.minimum, options.maximum + 1)), generator)
            places, velocities = chain.follow()
            ends, springs = chain.ends(), chain.springs()
            for at in generator.permutation(STEPS)[: options.states]:
                node = np.concatenate([places[at], velocities[at], chain.fixed[:, None]], axis=1)
                values = (node, springs, chain.gravity[None], velocities[at + 1], ends[0], np.array([number]), ends[1])
                for key, array in zip(parts, values, strict=True):
                    parts[key].append(array)
                nodes.append(len(node))
                edges.append(len(springs))
        arrays = {key: np.concatenate(found) for key, found in parts.items()}
        of_nodes, of_edges = np.array(nodes, dtype=np.int64), np.array(edges, dtype=np.int64)
        rows: dict[str, NDArray[np.int64]] = {"node": of_nodes, "next_velocity": of_nodes}
        rows |= {"spring": of_edges, "senders": of_edges, "receivers": of_edges}
        return Dataset(reference.text, arrays, counts=rows)


SOURCE = MassSpringChain()
