"""Points under groups of motions: exact for both networks, in energies and with scales, and no constants."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.passes.lowering import centroid
from symdsl.pipeline import Compilation, prepare
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
  enforce g by equivariant_mlp {{ hidden = [{width}], network = {network} }}
{more}
}}
"""
ENERGY = """
model m {{
  data {{
    axis n = 3
    z: phase_space(dim = {dimension}) per n
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  symmetry g: {group}
  predict dz from z
  enforce time by hamiltonian
  enforce g by equivariant_mlp {{ hidden = [{width}], network = {network} }}
{more}
}}
"""
EVERYTHING = (
    "{n}x: point({d}){per}\n o: point({d})\n q: scalar{per}\n v: vector({d}){per}\n e: scalar\n w: vector({d})\n"
)
EVERYTHING += " I: tensor(2, 0) of {d}\n c: point({d})\n y: point({d}){per}"
NAMES = "e, w, I, c, y from x, o, q, v"


def motion(group: str, d: int, network: str, width: int = 16, more: str = "") -> str:
    n, per = ("axis n = 3\n ", " per n") if "S(n)" in group else ("", " per 3")
    data = EVERYTHING.format(n=n, d=d, per=per)
    return TEXT.format(data=data, group=group, prediction=NAMES, network=network, width=width, more=more)


SPECS = {
    "E(2)": motion("E(2)", 2, "tensors"),
    "E(3), scalars": motion("E(3)", 3, "scalars"),
    "SE(3), scaled": motion("SE(3)", 3, "tensors", width=12, more="normalise x, o, q, v, e, w, I, c, y"),
    "T(2)": motion("T(2)", 2, "tensors"),
    "T(3), scalars": motion("T(3)", 3, "scalars"),
    "Galilei(1)": motion("Galilei(1)", 2, "tensors"),
    "Poincare": motion("Poincare", 4, "tensors", width=21),
    "Poincare, scalars": motion("Poincare", 4, "scalars", more="normalise x, o, c"),
    "E(2) * S(n)": motion("E(2) * S(n)", 2, "tensors", width=24),
    "SE(3) * S(n), scalars": motion("SE(3) * S(n)", 3, "scalars", more="normalise x, o, v, e, c, y"),
    "T(2) * S(n), scalars": motion("T(2) * S(n)", 2, "scalars"),
    "energy": ENERGY.format(group="E(2) * S(n)", dimension=2, network="tensors", width=16, more="normalise z, dz"),
    "energy, scalars": ENERGY.format(group="SE(3)", dimension=3, network="scalars", width=8, more=""),
    "energy of events": ENERGY.format(group="Poincare(2)", dimension=2, network="tensors", width=12, more=""),
}


def compiled(text: str) -> Compilation:
    return prepare(text, Session(backend="torch", dtype="float64"))


@pytest.mark.parametrize("name", SPECS)
def test_motions_are_kept(name: str) -> None:
    report = verify(compiled(SPECS[name]), options=VerifyOptions(samples=2, elements=6, words=2))
    assert report.broken == ()
    assert report.passed
    assert report.variation > 1e-6


@pytest.mark.parametrize("name", ["E(3), scalars", "T(2)", "Poincare"])
def test_outputs_depend_on_the_differences_of_points(name: str) -> None:
    compilation = compiled(SPECS[name])
    root, spec = compilation.program.root, compilation.spec
    weights, generator = random_weights(root, 1), np.random.default_rng(0)
    inputs = [generator.standard_normal((1, *spec.fields[field].shape)) for field in spec.inputs]
    farther = [2.0 * inputs[0], *inputs[1:]]
    plain, _ = interpret(root, "forward", inputs, weights, weights)
    other, _ = interpret(root, "forward", farther, weights, weights)
    assert all(np.max(np.abs(left - right)) > 1e-6 for left, right in zip(plain, other, strict=True))


def test_an_origin_that_does_not_move_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    mean = centroid._mean
    zero = lambda builder, operand, points: builder.add("subtract", *[mean(builder, operand, points)] * 2)  # noqa: E731
    monkeypatch.setattr(centroid, "_mean", zero)
    report = verify(compiled(SPECS["E(2)"]), options=VerifyOptions(samples=2, elements=4, words=0))
    broken = [entry.where for entry in report.broken if entry in report.layers]
    assert broken[0].startswith("centroid")


GRASP = "x: point(3)\n v: vector(3) per 2\n e: scalar\n c: point(3)"


@pytest.mark.parametrize("network", ["tensors", "scalars", "auto"])
def test_one_point_places_a_target_and_tells_nothing_else(network: str) -> None:
    text = TEXT.format(data=GRASP, group="SE(3)", prediction="e, c from x, v", network=network, width=16, more="")
    compilation = compiled(text)
    fact = "equivariant_mlp: x is one point: targets that are points are placed there, and others ignore it"
    assert fact in compilation.spec.facts
    assert verify(compilation, options=VerifyOptions(samples=2, elements=4, words=2)).passed
    nodes = compilation.graph.forward.nodes
    (seen,) = [node for node in nodes if node.attributes.op in ("pack", "take_vectors")]
    assert [nodes[index].attributes.op for index in seen.inputs] == ["input"]


def test_facts_name_what_is_centred() -> None:
    fact = "equivariant_mlp: x, o: seen as differences from the centroid; c, y placed there"
    assert fact in prepare(SPECS["T(2)"]).spec.facts


@pytest.mark.parametrize(
    ("data", "group", "prediction"),
    [
        ("x: point(3)\n c: scalar", "E(3)", "c from x"),
        ("v: vector(2)\n c: point(2) per 2", "T(2)", "c from v"),
        ("x: point(3)\n q: scalar\n c: point(3)", "SO(3) * T(3)", "c from q"),
        ("x: point(3)\n q: scalar\n c: point(3)", "E(3)", "c from x, q"),
    ],
)
def test_what_only_points_could_give_is_refused(data: str, group: str, prediction: str) -> None:
    text = TEXT.format(data=data, group=group, prediction=prediction, network="tensors", width=16, more="")
    with pytest.raises(SymdslError) as refusal:
        prepare(text)
    assert [fault.code for fault in refusal.value.diagnostics] == ["SYM0413"]
    assert all(fault.hint for fault in refusal.value.diagnostics)
