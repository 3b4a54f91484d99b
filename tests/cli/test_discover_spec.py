"""`symdsl discover model.sym`: the spec asks, and compiles from its card; mostly with a double of the search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.cards import cache
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery import discover as pipeline
from symdsl.discovery import report
from tests.cli.conftest import Invoke
from tests.unit.discovery import double

ROTATIONS = "learned(dim = 1..4, within = GL(3), discrete = [])"
SPEC = """model {name} {{
  data {{
    x: vector(3) per 2 from "{data}:places"
    y: scalar from "{data}:heights"
  }}
{symmetries}
  predict y from x
  enforce g by equivariant_mlp {{ hidden = [8] }}
}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`data.npz`; the working folder; a cache of its own; and the double, which says what the test wants."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(pipeline, "discover", double.discover)
    monkeypatch.setattr(report, "can_draw", lambda: False)
    monkeypatch.setenv("SYMDSL_CACHE", str(tmp_path / "cache"))
    x = np.random.default_rng(0).standard_normal((100, 2, 3))
    np.savez("data.npz", places=x, heights=np.sum(x[:, 0] * x[:, 1], axis=1))
    return tmp_path / "work"


def write(*groups: str, data: str = "data.npz", name: str = "asks", path: str = "asks.sym", before: str = "") -> str:
    """A spec whose symmetries g, h, .. are these groups."""
    lines = [f"  symmetry {letter}: {group}" for letter, group in zip("ghk", groups, strict=False)]
    Path(path).write_text(SPEC.format(name=name, data=data, symmetries="\n".join([before, *lines]).strip("\n")))
    return path


def says(monkeypatch: pytest.MonkeyPatch, **answer: Any) -> None:
    monkeypatch.setattr(pipeline, "discover", lambda p, o, w: double.discovery_of(p, o, **answer))


def cards(folder: Path) -> list[Path]:
    return sorted((folder.parent / "cache").rglob("*.card.json"))


def test_the_spec_compiles_from_what_it_asked(invoke: Invoke, folder: Path) -> None:
    spec = write(ROTATIONS)
    refused = invoke("compile", spec)
    assert refused.exit_code == 1
    assert "run: symdsl discover asks.sym\n" in refused.stderr
    found = invoke("discover", spec)
    assert found.exit_code == 0, found.stderr
    assert "CERTIFIED" in found.stdout
    assert "law: invariance (y stays where x moves)" in found.stderr
    assert "symdsl compile asks.sym now works" in found.stderr
    assert "-o FOLDER" not in found.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["asks.sym", "data.npz"]
    assert invoke("compile", spec, "-o", "model.py").exit_code == 0
    assert "so(3)" in (folder / "model.py").read_text()


def test_a_folder_is_written_beside_the_cache(invoke: Invoke, folder: Path) -> None:
    result = invoke("discover", write(ROTATIONS), "-o", "found")
    assert result.exit_code == 0, result.stderr
    assert "next: symdsl compile found/model.sym" in result.stderr
    assert "symdsl compile asks.sym now works" in result.stderr
    text = (folder / "found" / "model.sym").read_text()
    assert "x: vector(3) per 2\n" in text
    assert "x is data.npz:places, y is data.npz:heights." in text.replace("\n// ", " ")
    for command in (("compile", "found/model.sym"), ("compile", "asks.sym")):
        assert invoke(*command).exit_code == 0
    assert invoke("discover", "asks.sym", "-o", "found").exit_code == 2
    printed = invoke("discover", "asks.sym", "-o", "-").stdout
    assert 'x: vector(3) per 2 from "data.npz:places"' in printed


def test_json_names_the_spec(invoke: Invoke) -> None:
    result = invoke("discover", write(ROTATIONS), "--format", "json", "--seed", "4", "--noise", "0.1", "--decoys", "30")
    found = json.loads(result.stdout)
    assert found["spec"] == {"path": "asks.sym", "model": "asks", "symmetry": "g"}
    assert (found["problem"]["x"], found["problem"]["y"]) == (["x"], ["y"])
    options = found["options"]
    assert (options["dim"], options["discrete"], options["delta"], options["alpha"]) == ([1, 4], [], 0.02, 0.05)
    assert (options["seed"], options["noise"], options["decoys"]) == (4, 0.1, 30)


def test_undecided_is_exit_code_6_and_said(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, verdict="undecided")
    result = invoke("discover", write(ROTATIONS))
    assert result.exit_code == 6
    assert "on_undecided = plain" in result.stderr
    assert "now works" not in result.stderr
    assert invoke("compile", "asks.sym").exit_code == 6
    lenient = write(ROTATIONS.replace("dim", "on_undecided = plain, dim"))
    result = invoke("discover", lenient)
    assert result.exit_code == 6
    assert "symdsl compile asks.sym now works without the symmetry" in result.stderr
    assert invoke("compile", lenient).exit_code == 0
    says(monkeypatch)
    assert invoke("discover", write(ROTATIONS)).exit_code == 0
    assert invoke("compile", "asks.sym").exit_code == 0


def test_what_is_refuted_leaves_no_card(invoke: Invoke, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoke("discover", write(ROTATIONS)).exit_code == 0
    assert len(cards(folder)) == 1
    says(monkeypatch, verdict="refuted")
    result = invoke("discover", "asks.sym", "--seed", "1")
    assert result.exit_code == 6
    assert "has no card of `g`" in result.stderr
    assert cards(folder) == []
    assert invoke("compile", "asks.sym").exit_code == 1


def test_a_card_that_is_none_for_the_spec_is_said(invoke: Invoke) -> None:
    result = invoke("discover", write("learned(dim = 1..2, within = GL(3))"))
    assert result.exit_code == 1
    assert "CERTIFIED" in result.stdout
    assert "SYM1313" in result.stderr
    assert "now works" not in result.stderr


def test_one_of_several_symmetries(invoke: Invoke) -> None:
    spec = write(ROTATIONS, "learned(within = O(3))")
    both = invoke("discover", spec)
    assert (both.exit_code, "SYM1314" in both.stderr, "--symmetry g" in both.stderr) == (2, True, True)
    assert f"run: symdsl discover {spec} --symmetry h" in invoke("compile", spec).stderr
    result = invoke("discover", spec, "--symmetry", "h")
    assert result.exit_code == 0, result.stderr
    assert f"next: symdsl discover {spec} --symmetry g" in result.stderr
    assert "now works" not in result.stderr
    assert "now works" in invoke("discover", spec, "--symmetry", "g").stderr


REFUSED: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "none is learned": (("O(3)",), (), "learned(dim"),
    "not there": ((ROTATIONS,), ("--symmetry", "f"), "no symmetry `f`"),
    "not learned": ((ROTATIONS, "O(3)"), ("--symmetry", "h"), "`h` is not learned"),
    "its card is named": ((f'{ROTATIONS} from "g.card.json"',), (), "g.card.json"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_which_symmetry(invoke: Invoke, case: str) -> None:
    groups, flags, said = REFUSED[case]
    result = invoke("discover", write(*groups), *flags)
    assert result.exit_code == 2
    assert "SYM1314" in result.stderr
    assert said in result.stderr


def test_one_of_several_models(invoke: Invoke, folder: Path) -> None:
    first, second = (Path(write(ROTATIONS, name=name)).read_text() for name in ("one", "two"))
    Path("both.sym").write_text(first + second.replace("dim = 1..4", "dim = 1..5"))
    result = invoke("discover", "both.sym")
    assert (result.exit_code, "SYM0217" in result.stderr) == (2, True)
    assert "run: symdsl discover both.sym --model two" in invoke("compile", "both.sym", "--model", "two").stderr
    assert "symdsl compile both.sym --model two now works" in invoke("discover", "both.sym", "--model", "two").stderr
    assert invoke("compile", "both.sym", "--model", "two").exit_code == 0
    assert invoke("compile", "both.sym", "--model", "one").exit_code == 1


FLAGS = (
    ("--x", "places"), ("--y", "heights"), ("--dim", "3"), ("--within", "O(3)"), ("--by", "null_space"),
    ("--delta", "0.02"), ("--alpha", "0.05"), ("--discrete", "none"), ("--motions", "linear"),
)  # fmt: skip


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag[0])
def test_flags_that_the_spec_answers(invoke: Invoke, folder: Path, flag: tuple[str, str]) -> None:
    result = invoke("discover", write(ROTATIONS), *flag)
    assert result.exit_code == 2
    assert "SYM1011" in result.stderr
    assert f"{flag[0]} cannot stand beside a spec" in result.stderr
    assert cards(folder) == []


def test_set_is_said_of_parameters(invoke: Invoke) -> None:
    spec = write(ROTATIONS.replace("1..4", "1..k"), before="  param k: int = 4")
    result = invoke("discover", spec, "--set", "steps=300")
    assert (result.exit_code, "SYM0211" in result.stderr) == (2, True)
    assert "null_space { steps" in result.stderr
    assert f"run: symdsl discover {spec} --set k=5" in invoke("compile", spec, "--set", "k=5").stderr
    assert f"symdsl compile {spec} --set k=5 now works" in invoke("discover", spec, "--set", "k=5").stderr
    assert invoke("compile", spec, "--set", "k=5").exit_code == 0
    assert invoke("compile", spec).exit_code == 1


@pytest.mark.parametrize("flag", [("--symmetry", "g"), ("--model", "m"), ("--allow-path",)], ids=lambda flag: flag[0])
def test_flags_that_only_a_spec_has(invoke: Invoke, flag: tuple[str, ...]) -> None:
    result = invoke("discover", "data.npz", "--x", "places", "--y", "heights", *flag)
    assert result.exit_code == 2
    assert "SYM1011" in result.stderr


def test_a_faulty_spec_has_its_own_faults(invoke: Invoke) -> None:
    result = invoke("discover", write(ROTATIONS.replace("GL", "GLL")))
    assert result.exit_code == 1
    assert "asks.sym:6:" in result.stderr
    assert invoke("discover", "nowhere.sym").exit_code == 2


def test_a_field_without_data(invoke: Invoke) -> None:
    spec = Path(write(ROTATIONS))
    spec.write_text(spec.read_text().replace(' from "data.npz:heights"', ""))
    result = invoke("discover", spec)
    assert result.exit_code == 2
    assert "SYM0813" in result.stderr
    assert "field y" in result.stderr
    assert "run: symdsl discover data.npz --x places --y y" in invoke("compile", spec).stderr
    assert invoke("discover", spec, "--law", "density").exit_code == 0
    assert invoke("compile", spec).exit_code == 0


def test_data_lie_beside_the_spec_unless_allowed(invoke: Invoke, folder: Path) -> None:
    Path("specs").mkdir()
    outside = write(ROTATIONS, data="../data.npz", path="specs/asks.sym")
    result = invoke("discover", outside)
    assert (result.exit_code, "SYM0808" in result.stderr) == (1, True)
    result = invoke("discover", outside, "--allow-path")
    assert result.exit_code == 0, result.stderr
    assert "symdsl train specs/asks.sym --allow-path now works" in result.stderr
    (folder / "data.npz").rename(folder / "specs" / "data.npz")
    beside = write(ROTATIONS, path="specs/asks.sym")
    assert invoke("compile", beside).exit_code == 0, "the same numbers, and the same question"
    assert invoke("discover", beside).exit_code == 0


def test_a_cache_that_cannot_be_written(invoke: Invoke, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise SymdslError(Diagnostic("SYM0907", "no room"), exit_code=2)

    monkeypatch.setattr(cache, "store_card", refuse)
    result = invoke("discover", write(ROTATIONS))
    assert result.exit_code == 2
    assert "CERTIFIED" in result.stdout
    assert "SYM0907" in result.stderr
    result = invoke("discover", "asks.sym", "-o", "found")
    assert result.exit_code == 0
    assert "--card" in result.stderr
    assert invoke("compile", "asks.sym", "--card", "found/found.card.json").exit_code == 0


def test_the_real_search(invoke: Invoke, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sphere is found, certified, and compiled, with nothing said but the spec."""
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SYMDSL_CACHE", str(folder.parent / "cache"))
    x = np.random.default_rng(0).standard_normal((300, 3))
    np.savez("ball.npz", places=x, heights=np.sum(x**2, axis=1))
    group = "learned(dim = 3, by = null_space { members = 2, steps = 100 }, delta = 0.1, alpha = 0.25, discrete = [])"
    spec = Path(write(group, data="ball.npz"))
    spec.write_text(spec.read_text().replace(" per 2", ""))
    assert invoke("compile", spec).exit_code == 1
    result = invoke("discover", spec, "--decoys", "3", "--backend", "torch")
    assert result.exit_code == 0, result.stderr
    assert "so(3)" in result.stdout
    assert invoke("compile", spec, "-o", "ball.py").exit_code == 0
    assert "so(3)" in Path("ball.py").read_text()
