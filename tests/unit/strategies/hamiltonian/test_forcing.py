"""Friction and control against their formula, and what they do to the energy."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.passes.differentiate import gradient
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.report import Measurement
from symdsl.verification.samples import random_weights
from symdsl.verification.verify import VerifyOptions, verify

TEXT = """
model damped {{
  data {{
    z: phase_space(dim = 2) per 2
    u: {control}
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  predict dz from u, z
  enforce time by hamiltonian {{ hidden = [8], {options} }}
}}
"""


def compiled(options: str, control: str = "vector(3)", backend: str = "torch") -> Compilation:
    return prepare(TEXT.format(options=options, control=control), Session(backend=backend, dtype="float64"))


def fields(compilation: Compilation, weights: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """(u, z, predicted field, dH/dz) at random states."""
    root, generator = compilation.program.root, np.random.default_rng(0)
    shape = compilation.spec.fields["u"].shape
    u, z = generator.standard_normal((5, *shape)), generator.standard_normal((5, 2, 2, 2))
    (field,), _ = interpret(root, "forward", [u, z], weights, weights)
    (slope,), _ = interpret(root, gradient(root, "energy", wrt=("z",)), [u, z], weights, weights)
    return u, z, field, slope


@pytest.mark.parametrize("kinetic", ["learned", "mass"])
def test_constant_friction_and_control_follow_the_formula(kinetic: str) -> None:
    compilation = compiled(f"kinetic = {kinetic}, dissipation = constant, control = u")
    weights = random_weights(compilation.program.root, 1)
    u, _, field, slope = fields(compilation, weights)
    factor, gain = weights["forcing.friction"], weights["forcing.actuation"]
    np.testing.assert_allclose(field[:, :, 0], slope[:, :, 1], rtol=1e-12, atol=1e-13)
    force = u @ gain.T - slope[:, :, 1].reshape(5, 4) @ factor @ factor.T
    np.testing.assert_allclose(field[:, :, 1], force.reshape(5, 2, 2) - slope[:, :, 0], rtol=1e-11, atol=1e-12)


def measured(compilation: Compilation) -> dict[str, Measurement]:
    report = verify(compilation, options=VerifyOptions(samples=4, layers=False))
    assert report.passed
    return {each.quantity: each for each in report.measurements}


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_friction_only_takes_energy_and_verify_says_so(backend: str) -> None:
    options = "dissipation = learned, control = u, actuation = learned"
    found = measured(compiled(options, "scalar", backend))
    assert found["energy"].tolerance is None
    assert found["energy"].error > 1e-4
    assert (found["passivity"].tolerance, found["passivity"].error) == (1e-10, 0.0)
    assert found["parity"].error < 1e-12


def test_without_either_the_energy_is_conserved() -> None:
    found = measured(compiled("dissipation = none"))
    assert found["energy"].error < 1e-13
    assert "passivity" not in found


def test_a_control_that_gives_energy_is_no_fault_but_growing_without_one_is() -> None:
    compilation = compiled("dissipation = constant, control = u")
    weights = random_weights(compilation.program.root, 1)
    u, _, field, slope = fields(compilation, weights)
    rate = np.sum(slope * field, axis=(1, 2, 3))
    velocity = slope[:, :, 1].reshape(5, 4)
    taken = np.sum((velocity @ weights["forcing.friction"]) ** 2, axis=1)
    given = np.einsum("ni,ik,nk->n", velocity, weights["forcing.actuation"], u)
    np.testing.assert_allclose(rate, given - taken, rtol=1e-10, atol=1e-12)
    assert rate.max() > 0


@pytest.mark.parametrize("kind", ["constant", "learned"])
def test_a_symmetry_that_moves_the_momenta_is_refused(kind: str) -> None:
    text = TEXT.format(options=f"dissipation = {kind}", control="scalar").replace("hidden = [8], ", "")
    lines = "symmetry turn: SO(2)\n  enforce turn by equivariant_mlp { hidden = [4] }\n  predict"
    with pytest.raises(SymdslError) as caught:
        prepare(text.replace("predict", lines)).graph  # noqa: B018
    (fault,) = caught.value.diagnostics
    assert fault.code == "SYM0413"
    assert "`turn`" in fault.message
