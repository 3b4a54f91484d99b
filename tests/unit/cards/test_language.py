"""Learned symmetries in specs: cards, what they refuse, the cache, and models that are those of the given group."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import symdsl
from symdsl.api import check
from symdsl.cards.cache import card_key, question, store_card
from symdsl.cards.card import Verdict
from symdsl.cards.files import arrays_path, card_hash, read_card, write_card
from symdsl.cli.discover import remember
from symdsl.cli.main import app
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.read import Request, read
from symdsl.pipeline import prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.samples import random_inputs, random_weights
from tests.unit.cards.test_files import lorentz_card

SPEC = """model m {{
  data {{
    p: vector(4) per 2 from "jets.npz:momenta"
    y: {output} from "jets.npz:label"
  }}
  symmetry g: {group}
  predict y from p
  enforce g by equivariant_mlp {{ hidden = [8] }}
}}
"""
LEARNED = "learned(dim = 1..6, within = GL(4){more})"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYMDSL_CACHE", str(tmp_path / "cache"))
    write_card(tmp_path / "lorentz.card.json", lorentz_card())
    return write(tmp_path, 'from "lorentz.card.json"')


def write(folder: Path, group: str, output: str = "scalar") -> Path:
    path = folder / "m.sym"
    path.write_text(SPEC.format(group=group, output=output))
    return path


def values(path: Path, **session: object) -> np.ndarray:
    compilation = prepare(path, Session(backend="torch", dtype="float64", **session))  # type: ignore[arg-type]
    weights = random_weights(compilation.program.root, 3)
    inputs = random_inputs(compilation.spec, np.random.default_rng(3), 4)
    found, _ = interpret(compilation.program.root, "forward", [inputs["p"]], weights, weights)
    return found[0]


def code_of(path: Path, **session: object) -> tuple[str, int]:
    with pytest.raises(SymdslError) as caught:
        prepare(path, Session(**session)).graph  # type: ignore[arg-type]  # noqa: B018
    return caught.value.diagnostics[0].code, caught.value.exit_code


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_card_of_a_group_is_that_group(spec: Path, backend: str) -> None:
    report = symdsl.verify(spec, backend=backend)
    assert report.passed
    assert max(entry.error for entry in report.measurements if entry.quantity == "equivariance") < 1e-10


def test_a_vector_output_moves_as_the_card_says(spec: Path) -> None:
    card = lorentz_card()
    dual = -card.generators.transpose(0, 2, 1)
    moved = replace(card, outputs=dual, discrete_outputs=np.zeros((0, 4, 4)), fields={"p": "defining", "y": "output"})
    write_card(spec.parent / "lorentz.card.json", moved)
    path = write(spec.parent, 'from "lorentz.card.json"', "vector(4)")
    model = check(path).model()
    assert "matrices" in model.symmetries["g"].actions["y"].text
    assert symdsl.verify(path, backend="torch").passed


def test_the_compiled_model_names_the_card_and_needs_it_no_more(spec: Path) -> None:
    compilation = prepare(spec, Session(backend="torch"))
    mentioned = card_hash(lorentz_card())
    assert mentioned in compilation.source
    assert mentioned in compilation.graph.to_json()
    assert any(mentioned in fact for fact in compilation.spec.facts)
    shutil.move(spec.parent / "lorentz.card.json", spec.parent / "gone.json")
    assert compilation.instantiate() is not None


def test_learned_needs_a_card_to_compile_and_none_to_be_checked(spec: Path) -> None:
    path = write(spec.parent, LEARNED.format(more=""))
    result = check(path)
    assert result.ok
    assert code_of(path) == ("SYM1307", 1)
    command = f"symdsl discover {path}"
    shown = CliRunner().invoke(app, ["info", str(path)])
    assert shown.exit_code == 0
    assert command in shown.output
    failed = CliRunner().invoke(app, ["compile", str(path)])
    assert failed.exit_code == 1
    assert command in failed.output + failed.stderr


def test_a_card_is_given_or_found_in_the_cache(spec: Path) -> None:
    wanted = values(spec)
    path = write(spec.parent, LEARNED.format(more=""))
    card = spec.parent / "lorentz.card.json"
    assert np.array_equal(values(path, cards={"": card}), wanted)
    assert np.array_equal(values(path, cards={"g": card}), wanted)
    np.savez(spec.parent / "jets.npz", momenta=np.ones(3))
    asked = question((1, 6), None, "null_space", {}, ("parity", "permutations", "cyclic"), 0.02, 0.05)
    store_card(card_key(["jets.npz:label", "jets.npz:momenta"], spec.parent, asked), lorentz_card())
    assert np.array_equal(values(path), wanted)
    np.savez(spec.parent / "jets.npz", momenta=np.zeros(3))
    assert code_of(path) == ("SYM1307", 1)


@pytest.mark.parametrize("cards", [{"h": Path("x")}, {"g": Path("x"), "k": Path("y")}])
def test_a_card_for_no_symmetry_is_refused(spec: Path, cards: dict[str, Path]) -> None:
    assert code_of(write(spec.parent, LEARNED.format(more="")), cards=cards)[0] in ("SYM1312", "SYM1301")
    assert code_of(write(spec.parent, 'from "lorentz.card.json"'), cards={"": Path("x")})[0] == "SYM1312"


@pytest.mark.parametrize("verdict", ["undecided", "refuted"])
def test_what_is_not_certified_is_refused_with_a_code_of_its_own(spec: Path, verdict: Verdict) -> None:
    card = spec.parent / "lorentz.card.json"
    write_card(card, lorentz_card(verdict))
    assert code_of(write(spec.parent, 'from "lorentz.card.json"')) == ("SYM1308", 6)
    path = write(spec.parent, LEARNED.format(more=""))
    assert code_of(path, cards={"g": card}) == ("SYM1308", 6)
    assert CliRunner().invoke(app, ["check", str(path), "--card", str(card)]).exit_code == 6
    path = write(spec.parent, LEARNED.format(more=", on_undecided = plain"))
    if verdict == "refuted":
        assert code_of(path, cards={"g": card}) == ("SYM1308", 6)
    else:
        assert any("dropped" in fact for fact in prepare(path, Session(cards={"g": card})).spec.facts)
        assert values(path, cards={"g": card}).shape == (4,)


def test_a_card_is_shown(spec: Path) -> None:
    path = spec.parent / "lorentz.card.json"
    shown = CliRunner().invoke(app, ["info", str(path)]).output
    assert "so(1,3)" in shown
    assert "certified" in shown
    assert card_hash(read_card(path)) in shown
    assert CliRunner().invoke(app, ["info", str(path), "--format", "json"]).output == path.read_text()
    arrays_path(path).unlink()
    assert CliRunner().invoke(app, ["info", str(path)]).exit_code == 2


def test_a_discovery_leaves_its_card_for_the_spec_that_asked(spec: Path) -> None:
    generator = np.random.default_rng(0)
    np.savez(spec.parent / "jets.npz", momenta=generator.standard_normal((500, 2, 4)), label=generator.random(500))
    asked = read(Request("jets.npz", ("momenta",), ("label",), dimensions="1..6", within="GL(4)", folder=spec.parent))
    remember(asked, lorentz_card())
    wanted = values(spec)
    assert np.array_equal(values(write(spec.parent, LEARNED.format(more=""))), wanted)


PRODUCT = """model m {{
  data {{
    axis jets = 3
    p: vector(4) per jets
    y: scalar
  }}
  symmetry g: {group}
  predict y from p
  enforce g by equivariant_mlp {{ hidden = [8], network = auto }}
}}
"""


def product(folder: Path, group: str) -> Path:
    path = folder / "product.sym"
    path.write_text(PRODUCT.format(group=group))
    return path


def test_a_card_is_a_factor_of_a_product_as_the_group_itself_is(spec: Path) -> None:
    folder = spec.parent
    given = values(product(folder, "SO(1, 3) * S(jets)"))
    assert np.ptp(given) > 1e-6
    assert np.allclose(values(product(folder, 'card("lorentz.card.json") * S(jets)')), given, atol=1e-12)
    asked = product(folder, "S(jets) * learned(dim = 6)")
    with pytest.raises(SymdslError) as refusal:
        values(asked)
    assert refusal.value.diagnostics[0].code == "SYM1307"
    assert values(asked, cards={"": folder / "lorentz.card.json"}).shape == given.shape
    alone = values(product(folder, 'card("lorentz.card.json")'))
    assert np.allclose(values(product(folder, 'from "lorentz.card.json"')), alone, atol=0.0)


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ('card("lorentz.card.json") * card("lorentz.card.json")', "SYM1312"),
        ('card("lorentz.card.json") from "lorentz.card.json"', "SYM1312"),
        ("card(lorentz) * S(jets)", "SYM0404"),
        ("card() * S(jets)", "SYM0301"),
        ('card("nowhere.card.json") * S(jets)', "SYM1301"),
        ('card("../lorentz.card.json") * S(jets)', "SYM0808"),
        ('card("lorentz.card.safetensors") * S(jets)', "SYM1301"),
        ('affine(card("lorentz.card.json"))', "SYM0317"),
    ],
)
def test_factors_that_are_no_cards_are_refused(spec: Path, group: str, code: str) -> None:
    found = check(product(spec.parent, group)).errors
    assert [each.code for each in found] == [code]
    assert found[0].span is not None


def test_the_hint_for_two_symmetries_is_a_spec(spec: Path) -> None:
    path = product(spec.parent, 'from "lorentz.card.json"\n  symmetry s: S(jets)')
    path.write_text(path.read_text().replace("enforce g", "enforce g, s"))
    (fault,) = check(path).errors
    assert fault.hint is not None
    written = fault.hint.rpartition("both: ")[2]
    assert check(product(spec.parent, written)).errors == ()


def test_a_card_that_holds_in_part_is_no_factor(spec: Path) -> None:
    whole = [[-np.inf, np.inf]] * 5
    part = replace(lorentz_card(), ranges=np.array([*whole, [-1.0, 1.0]]))
    write_card(spec.parent / "part.card.json", part)
    found = check(product(spec.parent, 'card("part.card.json") * S(jets)')).errors
    assert [each.code for each in found] == ["SYM1309"]
