"""Mass matrices of fields on a ring: few products show them, and cyclic reduction solves them."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.data import wave_equation
from symdsl.ir.operations.euler_lagrange import MassSolve
from symdsl.passes.lowering.cyclic_band import block_places, block_size, colours, probes
from symdsl.pipeline import prepare
from symdsl.plan.value import Value
from symdsl.session import Session
from symdsl.verification.verify import VerifyOptions, verify
from tests.unit.strategies.lagrangian.mechanics import acceleration

SIZES = [(64, 2), (12, 2), (20, 1), (14, 2), (7, 1), (24, 4), (5, 2), (50, 2)]


@pytest.mark.parametrize(("size", "half"), SIZES)
def test_places_of_one_colour_are_far_apart(size: int, half: int) -> None:
    kinds = colours(size, half)
    distance = np.abs(np.arange(size)[:, None] - np.arange(size))
    distance = np.minimum(distance, size - distance)
    alike = (kinds[:, None] == kinds) & (distance > 0)
    assert np.all(distance[alike] > 2 * half)
    assert len(probes(size, half)) == kinds.max() + 1 <= max(2 * half + 1 + size % (2 * half + 1), 2 * half + 2)


@pytest.mark.parametrize(("size", "half"), SIZES)
def test_blocks_hold_the_matrix(size: int, half: int) -> None:
    matrix = banded(size, half)
    block = block_size(size, half) or size
    places, near = block_places(size, half, block)
    blocks = (matrix @ probes(size, half).T).ravel()[places] * near
    whole = np.zeros((size, size))
    for step, parts in zip((0, 1, -1), blocks, strict=True):
        for row, part in enumerate(parts if len(parts) > 1 or step == 0 else ()):
            column = (row + step) % len(parts)
            whole[row * block : (row + 1) * block, column * block : (column + 1) * block] += part
    np.testing.assert_allclose(whole, matrix, atol=1e-12)


@pytest.mark.parametrize("solve", [MassSolve(), MassSolve(ridge=0.1)], ids=["inverse", "ridge"])
@pytest.mark.parametrize(("size", "half"), [(8, 1), (12, 2), (16, 1)])
def test_a_banded_solve_is_the_dense_one(size: int, half: int, solve: MassSolve) -> None:
    """L = v^T M v / 2 + q . q, with M cyclic and banded: M a = 2 q."""
    matrix = banded(size, half)

    def written(q: Value, v: Value) -> Value:
        total = (q * q).apply("sum", axes=(0,))
        for step in range(half + 1):
            weights = np.diag(np.roll(matrix, -step, axis=1)) * (0.5 if step == 0 else 1.0)
            rolled = v.apply("roll", axis=0, shift=-step) if step else v
            parts = [v.builder.full((1,), float(each)) for each in weights]
            total = total + (v.builder.add("concatenate", *parts, axis=0) * v * rolled).apply("sum", axes=(0,))
        return total

    q, v = np.random.default_rng(5).standard_normal((2, 3, size))
    bound = solve.ridge**2 * np.sum(matrix**2) / size
    expected = np.linalg.solve(matrix @ matrix + bound * np.eye(size), matrix @ (2 * q).T).T
    np.testing.assert_allclose(acceleration(written, q, v, solve, half_band=half), expected, rtol=1e-9, atol=1e-11)


def banded(size: int, half: int) -> np.ndarray:
    """A symmetric matrix that couples places up to `half` apart around the ring, eigenvalues far from 0."""
    distance = np.abs(np.arange(size)[:, None] - np.arange(size))
    distance = np.minimum(distance, size - distance)
    free = np.random.default_rng(size).standard_normal((size, size))
    return np.where(distance <= half, free + free.T, 0) + 12 * np.eye(size)


def test_the_exact_lagrangian_of_a_wave_gives_its_accelerations() -> None:
    size = 10

    def wave(q: Value, v: Value) -> Value:
        slope = (q.apply("roll", axis=0, shift=-1) - q) * float(size)
        return 0.5 * (v.apply("square") - slope.apply("square")).apply("sum", axes=(0,))

    q, v = np.random.default_rng(0).standard_normal((2, 4, size))
    expected = wave_equation.acceleration(q)
    for half_band in (None, 2):
        found = acceleration(wave, q, v, half_band=half_band)
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-9)


RING = """
model ring {{
  data {{
    axis grid = {size}
    phi: scalar per grid
    c: scalar per grid
    dphi: derivative(phi)
    ddphi: derivative(dphi)
  }}
  symmetry time: translation(t)
  predict ddphi from phi, dphi, c
  enforce time by lagrangian {{ stencil = 3, hidden = [6], kinetic = unit, ridge = 0 }}
  normalise phi, dphi
}}
"""


def test_a_learned_density_keeps_its_promises_and_is_alike_everywhere() -> None:
    compilation = prepare(RING.format(size=12), Session(backend="torch", dtype="float64"))
    assert verify(compilation, options=VerifyOptions(samples=3)).passed
    model = compilation.instantiate()
    given = np.random.default_rng(0).standard_normal((3, 2, 12))
    (found,) = model.call("forward", *given)
    (turned,) = model.call("forward", *np.roll(given, 3, axis=2))
    np.testing.assert_allclose(turned, np.roll(found, 3, axis=1), rtol=1e-9)


def test_operations_grow_with_the_logarithm_of_the_ring() -> None:
    counts = []
    for size in (16, 32, 64):
        root = prepare(RING.format(size=size), Session(backend="torch")).program.root
        counts.append(len(root.child("euler_lagrange").method("acceleration").nodes))
    assert counts[2] - counts[1] == counts[1] - counts[0] < 60
