"""What flags and data become, and every fault of either: one error, a code, exit code 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.fingerprint import fingerprint
from symdsl.discovery.read import Asked, Request, read

N = 1000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`good.npz`: vectors, slots, a scalar, labels, velocities; `bad.npz`: what cannot be used."""
    monkeypatch.chdir(tmp_path)
    draw = np.random.default_rng(0).standard_normal
    p, v = draw((N, 2, 4)), draw((N, 3))
    np.savez(
        "good.npz", p=p, v=v, w=draw((N, 3)), dv=draw((N, 3)), y=p[:, 0, 0], label=np.arange(N) % 3, a=draw(N),
        b=draw(N), images=draw((N, 70)),
    )  # fmt: skip
    c = draw((N, 4))
    holed = c.copy()
    holed[7, 2] = np.inf
    np.savez(
        "bad.npz", x=c, y=c[:, 0], constant=np.c_[c, np.ones(N)], same=np.full(N, 2.5), whole=np.arange(N),
        collinear=np.c_[c, 3 * c[:, 1] - 2 * c[:, 2] + 0.5 * c[:, 0]], holed=holed, short=draw(5),
        text=np.array(["a"] * N), flags=c > 0, pairs=np.c_[c[:, :2], c[:, 1] + 1],
    )  # fmt: skip
    np.savez("few.npz", x=draw((12, 4)), y=draw(12))
    return tmp_path


def asked(data: str, x: str, y: str = "", **flags: Any) -> Asked:
    return read(Request(data, tuple(x.split(",")) if x else (), tuple(y.split(",")) if y else (), **flags))


def refusal(*arguments: str, **flags: Any) -> Diagnostic:
    with pytest.raises(SymdslError) as caught:
        asked(*arguments, **flags)
    assert caught.value.exit_code == 2
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def words(diagnostic: Diagnostic) -> str:
    return " ".join((diagnostic.message, *diagnostic.notes, diagnostic.hint or ""))


@pytest.mark.parametrize(
    ("x", "y", "law", "shape", "classes"),
    [
        ("p", "y", "invariance", (N, 2, 4), None),
        ("p", "label", "invariance", (N, 2, 4), 3),
        ("v", "dv", "dynamics", (N, 3), None),
        ("v", "", "density", (N, 3), None),
        ("v,w", "y", "invariance", (N, 2, 3), None),
        ("a,b", "y", "invariance", (N, 2), None),
    ],
)
def test_the_law_that_makes_sense(
    folder: Path, x: str, y: str, law: str, shape: tuple[int, ...], classes: int | None
) -> None:
    found = asked("good.npz", x, y)
    assert (found.problem.law, found.problem.x.shape, found.problem.classes) == (law, shape, classes)
    assert any(remark.startswith(f"law: {law}") for remark in found.remarks)
    assert len(found.fingerprint) == 64


def test_numbers_are_those_of_the_file(folder: Path) -> None:
    arrays = np.load("good.npz")
    found = asked("good.npz", "v,w", "a").problem
    assert np.array_equal(found.x[:, 0], arrays["v"])
    assert np.array_equal(found.x[:, 1], arrays["w"])
    assert found.y is not None
    assert np.array_equal(found.y, arrays["a"])
    assert asked("good.npz", "v", "w", law="equivariance").problem.y.shape == (N, 3)  # type: ignore[union-attr]


def test_a_simulator_gives_its_training_part_and_advice() -> None:
    found = asked("o5_invariant(training = 400, test = 10)", "x", "y", within="GL(5)", dimensions="1..12")
    assert found.problem.samples == 400
    assert found.problem.basis is not None
    assert found.problem.basis.shape == (25, 5, 5)
    assert found.options.dimensions == (1, 12)
    assert any("`train`" in remark for remark in found.remarks)
    assert any("100 samples are held out" in remark for remark in found.remarks)


FAULTS: dict[str, tuple[tuple[str, str, str], dict[str, Any], str, tuple[str, ...]]] = {
    "too few": (("few.npz", "x", "y"), {}, "SYM1320", ("at least 20", "16 unknown")),
    "constant": (("bad.npz", "constant", "y"), {}, "SYM1321", ("constant[4] = 1", "[..., [0, 1, 2, 3]]")),
    "constant y": (("bad.npz", "x", "same"), {}, "SYM1321", ("`same`",)),
    "collinear": (
        ("bad.npz", "collinear", "y"), {}, "SYM1322",
        ("collinear[0], collinear[1], collinear[2], collinear[4]", "+1 collinear[0] +6 collinear[1] -4 collinear[2]"),
    ),
    "parallel but for a shift": (("bad.npz", "pairs", "y"), {"motions": "affine"}, "SYM1322", ("the same",)),
    "infinite": (("bad.npz", "holed", "y"), {}, "SYM0805", ("holed[7, 2] is inf",)),
    "lengths": (("bad.npz", "x", "short"), {}, "SYM0810", ("short has 5",)),
    "whole numbers moved": (("bad.npz", "whole", "y"), {}, "SYM0809", ("whole numbers", "floating-point")),
    "truths moved": (("bad.npz", "flags", "y"), {}, "SYM0809", ("true and false",)),
    "no classes": (("bad.npz", "x", "whole"), {}, "SYM0809", ("no classes",)),
    "text": (("bad.npz", "x", "text"), {}, "SYM0809", ("text",)),
    "classes that move": (("good.npz", "p", "label"), {"law": "equivariance"}, "SYM0809", ("--law invariance",)),
    "unknown array": (("good.npz", "q", "y"), {}, "SYM0803", ("there are",)),
    "no x": (("good.npz", "", "y"), {}, "SYM1011", ("p (1000, 2, 4)", "--x")),
    "which law": (("good.npz", "v", "w"), {}, "SYM1323", ("3 numbers", "--law equivariance")),
    "velocities of another shape": (("good.npz", "p", "dv"), {"law": "dynamics"}, "SYM1323", ("velocities",)),
    "density of y": (("good.npz", "v", "y"), {"law": "density"}, "SYM1323", ("x alone",)),
    "invariance without y": (("good.npz", "v", ""), {"law": "invariance"}, "SYM1323", ("--y",)),
    "law of another estimator": (("good.npz", "v", "w"), {"law": "views"}, "SYM1324", ("null_space",)),
    "estimator": (("good.npz", "v", "y"), {"by": "null_spaces"}, "SYM1325", ("`null_space`",)),
    "option": (("good.npz", "v", "y"), {"settings": {"membres": 3}}, "SYM1326", ("`members`",)),
    "value": (("good.npz", "v", "y"), {"settings": {"members": 1}}, "SYM1326", ("members",)),
    "too large": (("good.npz", "images", "y"), {}, "SYM1327", ("4,900 unknowns", "4,096")),
    "no group": (("good.npz", "v", "y"), {"within": "GLL(3)"}, "SYM1328", ("GL(3)",)),
    "another size": (("good.npz", "v", "y"), {"within": "GL(4)"}, "SYM1328", ("3 numbers",)),
    "finite": (("good.npz", "v", "y"), {"within": "octahedral()"}, "SYM1328", ("0 dimensions",)),
    "affine": (("good.npz", "v", "y"), {"within": "SO(3)", "motions": "affine"}, "SYM1328", ("3 rows",)),
    "unlike": (("good.npz", "v,a", "y"), {}, "SYM1329", ("a ()",)),
    "law": (("good.npz", "v", "y"), {"law": "invariant"}, "SYM1011", ("`invariance`",)),
    "motions": (("good.npz", "v", "y"), {"motions": "afine"}, "SYM1011", ("`affine`",)),
    "range": (("good.npz", "v", "y"), {"dimensions": "6..1"}, "SYM1011", ("1..6",)),
    "discrete": (("good.npz", "v", "y"), {"discrete": "parity,cylic"}, "SYM1011", ("`cyclic`",)),
    "level": (("good.npz", "v", "y"), {"alpha": 0.0}, "SYM1011", ("alpha",)),
    "decoys": (("good.npz", "v", "y"), {"decoys": 5}, "SYM1011", ("at least 19",)),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(folder: Path, fault: str) -> None:
    arguments, flags, code, said = FAULTS[fault]
    found = refusal(*arguments, **flags)
    assert found.code == code
    for text in said:
        assert text in words(found)


def test_the_least_number_of_samples_is_enough(folder: Path) -> None:
    draw = np.random.default_rng(1).standard_normal
    np.savez("least.npz", x=draw((20, 4)), y=draw(20), u=draw((20, 4)), z=draw((20, 2)))
    assert asked("least.npz", "x", "y").problem.samples == 20
    assert refusal("least.npz", "x", "y", motions="affine").code == "SYM1320"
    assert asked("least.npz", "x", "z", law="equivariance").problem.samples == 20
    assert asked("least.npz", "x", "u", law="dynamics", motions="affine").problem.samples == 20


def test_fingerprints_tell_data_apart() -> None:
    x = np.arange(6.0).reshape(2, 3)
    known = {fingerprint(each) for each in (x, x.T, x.reshape(3, 2), x.astype(np.float32), x + 1e-15)}
    assert len(known) == 5
    assert fingerprint(x) == fingerprint(np.asfortranarray(x)) == fingerprint(x.astype(">f8"))
    assert fingerprint(x, x[0]) != fingerprint(x)
