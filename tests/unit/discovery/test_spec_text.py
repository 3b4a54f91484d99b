"""The spec of what was found compiles as it is, and enforces what is certified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.api import check
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery import report
from symdsl.discovery.write import SPEC, spec_alone, whole_folder, write_folder
from tests.unit.discovery.conftest import Found

EXACT = "enforce g by equivariant_mlp"
CASES: dict[str, tuple[tuple[str, str], dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "invariance": (("x", "y"), {}, {}, ("x: vector(3) per 2 from", "y: scalar from", EXACT)),
    "classes": (("x", "label"), {}, {}, ("label: label(classes = 2) from", EXACT)),
    "two vectors": (("a,b", "y"), {}, {"discrete": (-np.eye(3),)}, ("a: vector(3) from", "discrete", EXACT)),
    "dynamics": (("x", "dx"), {}, {}, ("dx: vector(3) per 2 from", EXACT)),
    "equivariance": (("x", "force"), {"law": "equivariance"}, {"moved": True}, ("force: vector(3) from", EXACT)),
    "density": (("a", ""), {}, {}, ("y: scalar\n", EXACT)),
    "undecided": (("x", "y"), {}, {"verdict": "undecided"}, ("UNDECIDED", "by mlp")),
    "refuted": (("x", "y"), {}, {"verdict": "refuted"}, ("No symmetry was found", "by mlp")),
}


@pytest.mark.parametrize("case", CASES)
def test_spec_that_stands_alone(found: Found, case: str) -> None:
    (inputs, targets), flags, answer, parts = CASES[case]
    text = spec_alone(*found(inputs, targets, flags, **answer), "symdsl discover")
    assert check(text).diagnostics == ()
    for part in parts:
        assert part in text
    assert ("\n  enforce" in text) == (EXACT in parts)


def test_folder_holds_card_report_and_a_spec_that_compiles(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "can_draw", lambda: False)
    asked, discovery = found("x", "y")
    files = write_folder(Path("out/turn"), asked, discovery, "symdsl discover")
    assert sorted(path.name for path in Path("out/turn").iterdir()) == [
        SPEC, "report.html", "turn.card.json", "turn.card.safetensors",
    ]  # fmt: skip
    assert [kind for kind, path in files.items() if Path(path).exists()] == ["card", "report", "spec"]
    text = Path(files["spec"]).read_text()
    assert EXACT in text
    assert "--data data.npz" in text
    assert check(Path(files["spec"])).diagnostics == ()
    assert Path("out/turn").stat().st_mode & 0o755 == 0o755


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
def test_nothing_is_left_half_written(tmp_path: Path, fault: type[BaseException]) -> None:
    def fill() -> None:
        with whole_folder(tmp_path / "out") as stage:
            (stage / "part").write_text("half")
            raise fault

    with pytest.raises((KeyboardInterrupt, SymdslError)):
        fill()
    assert list(tmp_path.iterdir()) == []
