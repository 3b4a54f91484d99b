"""A compiled network keeps what was found, and nothing more."""

from __future__ import annotations

import numpy as np

from symdsl.discovery.discrete.enforced import broken, group_network
from symdsl.discovery.discrete.search import DiscreteFinding
from symdsl.discovery.problem import Array, Options, Problem


def test_a_network_on_slots() -> None:
    generator = np.random.default_rng(0)
    problem = Problem(generator.standard_normal((20, 4, 2)), generator.standard_normal(20))
    exchange, shift = np.eye(4)[[1, 0, 2, 3]], np.eye(4)[[1, 2, 3, 0]]
    kept = finding(np.stack([exchange, shift]))
    network = group_network(problem, kept, np.zeros((0, 2, 2)), Options(backend="jax"))
    weights = network.instantiate().weights()
    random = {name: 0.3 * generator.standard_normal(np.shape(value)) for name, value in weights.items()}
    assert broken(network, problem, kept, random) < 1e-10
    assert broken(network, problem, finding(np.diag([1.0, 1.0, 1.0, -1.0])[None]), random) > 1e-2


def finding(matrices: Array) -> DiscreteFinding:
    """A group of slots by its generators."""
    return DiscreteFinding("slots", "S(4)", "S(4)", 24, matrices, None, ())
