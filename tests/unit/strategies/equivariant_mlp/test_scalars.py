"""The network of invariants: exact for every group that it serves, smooth at zero, and what `auto` stands for."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.identification.closing import close
from symdsl.passes.differentiate import gradient
from symdsl.passes.lowering import vector_algebra
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import parameter_table
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.samples import random_weights
from symdsl.verification.verify import VerifyOptions, verify

TEXT = """
model m {{
  data {{
{data}
  }}
  symmetry g: {group}
  predict {prediction}
  enforce g by equivariant_mlp {{ hidden = [6, 6], network = {network} }}
}}
"""
VECTORS = "m: scalar per 2\n v: vector({d}) per {count}\n y: scalar\n w: vector({d})\n c: tensor({rank}) of {d}"
CLASSICAL = {
    "O(1)": (1, 3, "1, 1"),
    "O(3)": (3, 3, "1, 1"),
    "SO(2)": (2, 2, "2, 1"),
    "SO(3)": (3, 3, "3, 0"),
    "SO(4)": (4, 4, "2, 0"),
    "SO(1, 2)": (3, 3, "1, 1"),
    "Lorentz()": (4, 3, "1, 1"),
    "Lorentz(4, parity = false, time_reversal = false)": (4, 4, "1, 1"),
    "Sp(4)": (4, 3, "1, 1"),
    "U(2)": (4, 2, "2, 0"),
    "SU(2)": (4, 2, "1, 1"),
    "SU(3)": (6, 3, "2, 0"),
}
SETS = {
    "numbers": ("S(n)", "axis n = 4\n m: scalar(2) per n\n y: scalar(2)\n z: scalar(3) per n", "y, z from m"),
    "matrix": (
        "S(4)",
        "A: tensor(2, 0) of 4\n x: vector(4)\n k: scalar\n y: scalar\n z: vector(4)\n c: tensor(2, 0) of 4",
        "y, z, c from A, x, k",
    ),
    "vectors": (
        "SO(3) * S(n)",
        "axis n = 4\n m: scalar(2) per n\n k: scalar\n u: vector(3)\n r: vector(3) per n\n y: scalar\n"
        " z: scalar per n\n v: vector(3)\n w: vector(3) per n\n I: tensor(2, 0) of 3\n J: tensor(1, 1) of 3 per n",
        "y, z, v, w, I, J from m, k, u, r",
    ),
    "boosts": (
        "S(n) * Lorentz()",
        "axis n = 3\n p: vector(4) per n\n y: scalar\n w: vector(4) per n\n F: tensor(1, 1) of 4",
        "y, w, F from p",
    ),
    "targets of unlike sizes": (
        "U(1)",
        "x: vector(2)\n y: tensor(2, 1) of 2 per 2\n z: tensor(2, 1) of 2",
        "y, z from x",
    ),
    "points without vectors of their own": (
        "S(n) * Sp(4)",
        "axis n = 3\n u: vector(4)\n v: tensor(0, 1) of 4\n k: scalar per n\n w: vector(4) per n\n"
        " c: tensor(2, 0) of 4",
        "w, c from u, v, k",
    ),
    "second axis": (
        "O(3) * S(n)",
        "axis n = 3\n p: vector(3, k = 2) per n\n y: scalar\n w: vector(3, k = 2) per n",
        "y, w from p",
    ),
}


def classical(group: str) -> str:
    d, count, rank = CLASSICAL[group]
    data = VECTORS.format(d=d, count=count, rank=rank)
    return TEXT.format(data=data, group=group, prediction="y, w, c from m, v", network="scalars")


def sets(name: str) -> str:
    group, data, prediction = SETS[name]
    return TEXT.format(data=data, group=group, prediction=prediction, network="scalars")


ENERGY = """
model m {
  data {
    axis n = 3
    z: phase_space(dim = 3) per n
    dz: derivative(z)
  }
  symmetry time: translation(t)
  symmetry g: O(3) * S(n)
  predict dz from z
  enforce time by hamiltonian
  enforce g by equivariant_mlp { hidden = [6], network = scalars }
}
"""

SPECS = {group: classical(group) for group in CLASSICAL} | {name: sets(name) for name in SETS} | {"energy": ENERGY}


def compiled(text: str) -> Compilation:
    return prepare(text, Session(backend="torch", dtype="float64"))


@pytest.mark.parametrize("name", SPECS)
def test_every_group_is_kept(name: str) -> None:
    report = verify(compiled(SPECS[name]), options=VerifyOptions(samples=2, elements=6, words=2))
    assert report.broken == ()
    assert report.passed
    assert report.variation > 1e-6


@pytest.mark.parametrize("name", ["SO(3)", "SU(3)", "vectors"])
def test_outputs_vary_in_every_part(name: str) -> None:
    """Zero would be equivariant too."""
    compilation = compiled(SPECS[name])
    root = compilation.program.root
    weights = random_weights(root, 1)
    generator = np.random.default_rng(0)
    inputs = [
        generator.standard_normal((2, *compilation.spec.fields[field].shape)) for field in compilation.spec.inputs
    ]
    outputs, _ = interpret(root, "forward", inputs, weights, weights)
    for output in outputs:
        assert np.all(np.abs(output[0] - output[1]) > 1e-9)


def test_a_wrong_form_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = np.diag([1.0, 1.0, -1.0, -1.0])[None]
    monkeypatch.setattr(vector_algebra, "bilinear_forms", lambda group: wrong)
    report = verify(compiled(SPECS["Lorentz()"]), options=VerifyOptions(samples=2, elements=6, words=2))
    assert not report.passed


@pytest.mark.parametrize("name", ["SO(3)", "vectors"])
def test_gradients_at_zero_vectors_are_finite(name: str) -> None:
    compilation = compiled(SPECS[name])
    root = compilation.program.root
    weights = random_weights(root, 1)
    fields = compilation.spec.fields
    arrays = [np.zeros((2, *fields[field].shape)) for field in compilation.spec.inputs]
    arrays += [np.ones((2, *fields[field].shape)) for field in compilation.spec.outputs]
    backward = gradient(root, "objective", wrt=tuple(parameter_table(root)))
    slopes, _ = interpret(root, backward, arrays, weights, weights)
    assert all(np.all(np.isfinite(slope)) for slope in slopes)
    assert any(np.any(slope != 0.0) for slope in slopes)


def operations(text: str) -> set[str]:
    return {node.attributes.op for node in prepare(text).graph.forward.nodes}


def test_auto_takes_scalars_where_they_are_cheaper() -> None:
    few = TEXT.format(data="x: vector(5) per 2\n y: scalar", group="O(5)", prediction="y from x", network="auto")
    assert "invariant_pairings" in operations(few)
    assert "equivariant_mlp: network = auto stands for scalars" in prepare(few).spec.facts


@pytest.mark.parametrize(
    ("data", "group", "prediction", "expected"),
    [
        ("p: vector(4) per 4\n y: scalar", "Lorentz()", "y from p", "scalars"),
        ("m: scalar per 5\n r: vector(3) per 5\n I: tensor(2, 0) of 3", "O(3)", "I from m, r", "tensors"),
    ],
)
def test_auto_on_the_published_tasks(data: str, group: str, prediction: str, expected: str) -> None:
    """As the figures of bench.scalars have it: scalars learn scattering, and not the inertia of unlike bodies."""
    text = TEXT.format(data=data, group=group, prediction=prediction, network="auto").replace("[6, 6]", "[128, 128]")
    assert f"equivariant_mlp: network = auto stands for {expected}" in prepare(text).spec.facts


def test_auto_takes_tensors_for_many_vectors_and_for_other_groups() -> None:
    many = TEXT.format(data="x: vector(2) per 20\n y: scalar", group="O(2)", prediction="y from x", network="auto")
    other = TEXT.format(data="x: vector(2) per 2\n y: scalar", group="C(4)", prediction="y from x", network="auto")
    for text in (many, other):
        assert "equivariant_linear" in operations(text)
        assert "equivariant_mlp: network = auto stands for tensors" in prepare(text).spec.facts


def test_the_default_is_tensors() -> None:
    text = TEXT.format(data="x: vector(3) per 2\n y: vector(3)", group="O(3)", prediction="y from x", network="auto")
    assert operations(text.replace(", network = auto", "")) == operations(text.replace("auto", "tensors"))


def test_scaled_options_keep_the_network() -> None:
    from symdsl.strategies.equivariant_mlp.declaration import DECLARATION, EquivariantMlpOptions

    assert DECLARATION.scaled is not None
    assert DECLARATION.scaled(EquivariantMlpOptions(hidden=[8], network="scalars"), 2.0) == {
        "hidden": [16],
        "network": "scalars",
    }


@pytest.mark.parametrize("name", ["SO(3)", "SO(5)", "SO(1, 3)"])
@pytest.mark.parametrize("network", ["scalars", "auto"])
def test_a_learned_group_is_served_in_its_own_coordinates(name: str, network: str) -> None:
    """Generators of a random conjugate, written out, and noisy ones that are closed."""
    group = {"SO(3)": special_orthogonal(3), "SO(5)": special_orthogonal(5), "SO(1, 3)": special_orthogonal(1, 3)}[name]
    d = group.dimension
    generator = np.random.default_rng(d)
    turns = [np.linalg.qr(generator.standard_normal((d, d)))[0] for _ in range(2)]
    change = turns[0] * np.geomspace(1.0, 3.0, d) @ turns[1]
    exact = change @ group.lie_algebra @ np.linalg.inv(change)
    noisy = exact + 0.02 * generator.standard_normal(exact.shape)
    learned = close(noisy)
    assert learned is not None
    text = f"matrix_group {{ generators = {learned.generators.tolist()} }}"
    data = VECTORS.format(d=d, count=3, rank="1, 1")
    spec = TEXT.format(data=data, group=text, prediction="y, w, c from m, v", network=network).replace("6, 6", "20")
    report = verify(compiled(spec), options=VerifyOptions(samples=2, elements=6, words=2, layers=False))
    assert report.passed
    assert report.variation > 1e-6
    assert max(measurement.error for measurement in report.measurements if measurement.subject == "g") < 1e-10
