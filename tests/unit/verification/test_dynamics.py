"""Time symmetry is measured on the derivative that is predicted, wherever it stands among the outputs."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.verification.dynamics import energy_error, symplectic_asymmetry
from symdsl.verification.report import Report
from symdsl.verification.verify import VerifyOptions, verify

OSCILLATOR = """
model oscillator {{
  data {{
    {state}
    dz: derivative(z)
    e: scalar
  }}
  symmetry time: translation(t)
  predict {outputs} from z
}}
"""


def report_of(state: str, outputs: str) -> Report:
    compilation = prepare(OSCILLATOR.format(state=state, outputs=outputs), Session(backend="torch"))
    return verify(compilation, options=VerifyOptions(samples=2))


@pytest.mark.parametrize("outputs", ["dz, e", "e, dz"])
def test_the_field_is_found_among_several_outputs(outputs: str) -> None:
    report = report_of("z: phase_space(dim = 2)", outputs)
    (measured,) = [each for each in report.measurements if each.quantity == "symplecticity"]
    assert measured.tolerance is None
    assert measured.error > 1e-3


@pytest.mark.parametrize(("state", "outputs"), [("z: vector(3)", "dz"), ("z: phase_space(dim = 2)", "e")])
def test_without_a_field_over_a_phase_space_nothing_is_measured_and_it_is_said(state: str, outputs: str) -> None:
    report = report_of(state, outputs)
    assert not [each for each in report.measurements if each.quantity == "symplecticity"]
    assert any("time" in remark for remark in report.remarks)


def test_an_oscillator_is_symplectic_and_friction_is_not() -> None:
    free = np.array([[[0.0, 1.0], [-1.0, 0.0]]])
    damped = np.array([[[0.0, 1.0], [-1.0, -0.1]]])
    assert symplectic_asymmetry(free, (2, 1), 0) < 1e-15
    assert symplectic_asymmetry(damped, (2, 1), 0) > 0.05


def test_energy_error_is_the_cosine_between_slope_and_field() -> None:
    assert energy_error(np.array([[1.0, 0.0]]), np.array([[0.0, 3.0]])) == 0.0
    assert energy_error(np.array([[1.0, 0.0]]), np.array([[4.0, 3.0]])) == pytest.approx(0.8)


BODIES = """
model bodies {
  data {
    axis bodies = 3
    z: phase_space(dim = 2) per bodies
    dz: derivative(z)
  }
  symmetry time: translation(t)
  symmetry motion: E(2)
  predict dz from z
  enforce time by hamiltonian
  ENFORCE
}
"""


@pytest.mark.parametrize("enforced", [True, False])
def test_symmetries_of_a_hamiltonian_conserve_momenta(enforced: bool) -> None:
    line = "enforce motion by equivariant_mlp { hidden = [8] }" if enforced else ""
    compilation = prepare(BODIES.replace("ENFORCE", line), Session(backend="torch"))
    found = verify(compilation, options=VerifyOptions(samples=3, layers=False)).measurements
    kept = {each.where: each for each in found if each.quantity == "conservation"}
    assert set(kept) == {"d momentum . f", "d angular momentum . f"}
    for each in kept.values():
        assert each.subject == "motion"
        assert each.tolerance == (1e-10 if enforced else None)
        assert each.error < 1e-12 if enforced else each.error > 1e-3
