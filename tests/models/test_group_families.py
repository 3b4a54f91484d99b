"""Networks under constructed groups, and of products that are easily 0: every layer and the whole, in float64."""

from __future__ import annotations

import pytest

from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.verification.verify import VerifyOptions, verify
from tests.child import ROOT

GOOD = ROOT / "tests" / "specs" / "good"


SPECS = (
    "permutation_group",
    "rubiks_cube",
    "wreath_product",
    "hyperoctahedral",
    "affine_motions",
    "similarities",
    "subgroup",
    "torque",
    "lifted_to_momenta",
)


@pytest.mark.parametrize("name", SPECS)
def test_networks_under_it_are_equivariant(name: str) -> None:
    compilation = prepare((GOOD / f"{name}.sym").read_text(encoding="utf-8"), Session(backend="torch", dtype="float64"))
    report = verify(compilation, options=VerifyOptions(samples=3, elements=8, words=3))
    assert report.broken == ()
    assert report.passed
    assert report.variation > 1e-6
    assert any(entry.quantity == "equivariance" and entry.tolerance == 1e-10 for entry in report.measurements)
