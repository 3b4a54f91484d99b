"""Cards on disk: what is written is read, byte for byte, and nothing else is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.cards.card import Certificate, CertificateTest, GroupCard, Verdict
from symdsl.cards.files import arrays_path, card_hash, read_card, write_card
from symdsl.cards.schema import card_schema
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.families.pseudo_orthogonal import special_orthogonal
from symdsl.groups.identification.identify import identify

Change = Callable[[GroupCard], dict[str, Any]]
ROOT = Path(__file__).parents[3]


def lorentz_card(verdict: Verdict = "certified") -> GroupCard:
    generators = special_orthogonal(1, 3).lie_algebra
    found = identify(generators)
    return GroupCard(
        name=found.name, text=found.text, space="linear", generators=generators, discrete=np.zeros((0, 4, 4)),
        constants=found.constants, forms=found.forms, algebra={"dimension": 6, "levi": ("sl(2,C)",)},
        representation=found.representation,
        certificate=Certificate(verdict, 0.02, 0.05, "the data", 100, (CertificateTest("paired", 0.1, 0.2, True, ""),)),
        canonical="SO(1, 3)", frame=np.eye(4), fields={"x": "p", "y": "mass"}, provenance={"seed": np.int64(0)},
    )  # fmt: skip


@pytest.fixture
def card() -> GroupCard:
    return lorentz_card()


def refusal(path: Path) -> str:
    with pytest.raises(SymdslError) as caught:
        read_card(path)
    assert caught.value.exit_code == 2
    assert len(caught.value.diagnostics) == 1
    return caught.value.diagnostics[0].code


def test_what_is_written_is_read(card: GroupCard, tmp_path: Path) -> None:
    path = tmp_path / "found" / "lorentz.card.json"
    write_card(path, replace(card, ranges=np.array([[-np.inf, np.inf]] * 5 + [[-1.0, 2.0]])))
    read = read_card(path)
    assert read.partial
    assert (read.certificate, read.fields, read.outputs) == (card.certificate, dict(card.fields), None)
    assert np.array_equal(read.generators, card.generators)
    again = tmp_path / "again.card.json"
    write_card(again, read)
    assert again.read_bytes() == path.read_bytes()
    assert arrays_path(again).read_bytes() == arrays_path(path).read_bytes()
    assert sorted(each.name for each in path.parent.iterdir()) == ["lorentz.card.json", "lorentz.card.safetensors"]


def test_equal_cards_have_one_hash_and_others_another(card: GroupCard) -> None:
    assert card_hash(card) == card_hash(replace(card, generators=card.generators - 0.0))
    assert card_hash(card) != card_hash(replace(card, generators=-card.generators, constants=-card.constants))
    assert card_hash(card) != card_hash(replace(card, fields={}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"card_version": 2}, "SYM1302"),
        ({"card_version": None}, "SYM1302"),
        ({"space": "curved"}, "SYM1302"),
        ({"more": 1}, "SYM1302"),
        ({"name": "so(4)"}, "SYM1303"),
        ({"hash": "0" * 64}, "SYM1303"),
        ({"arrays": {}}, "SYM1304"),
    ],
)
def test_changed_words_are_refused(card: GroupCard, tmp_path: Path, change: dict[str, object], code: str) -> None:
    path = tmp_path / "g.card.json"
    write_card(path, card)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert refusal(path) == code


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, '{"card_version": NaN}', "\xff"])
def test_what_is_no_card_is_refused(card: GroupCard, tmp_path: Path, text: str) -> None:
    path = tmp_path / "g.card.json"
    path.write_bytes(text.encode("latin-1"))
    assert refusal(path) in ("SYM1301", "SYM1302")
    assert refusal(tmp_path / "none.card.json") == "SYM1301"


def test_sizes_are_verified_before_memory_is_taken(card: GroupCard, tmp_path: Path) -> None:
    path = tmp_path / "g.card.json"
    write_card(path, card)
    found = json.loads(path.read_text())
    for shape in ([10**6, 4, 4], [6, 4], [6, 10**6, 10**6], [6, 4, 5]):
        path.write_text(json.dumps(found | {"arrays": found["arrays"] | {"generators": shape}}))
        assert refusal(path) == "SYM1304"


def test_changed_numbers_are_refused(card: GroupCard, tmp_path: Path) -> None:
    path = tmp_path / "g.card.json"
    write_card(path, card)
    numbers = arrays_path(path)
    whole = numbers.read_bytes()
    for content, code in (
        (whole[:-8], "SYM1304"), (whole + b"\0", "SYM1304"), (b"", "SYM1304"), (b"\xff" * 40, "SYM1304"),
        (whole[:-1] + bytes([whole[-1] ^ 1]), "SYM1303"),
    ):  # fmt: skip
        numbers.write_bytes(content)
        assert refusal(path) == code
    numbers.unlink()
    assert refusal(path) == "SYM1304"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda card: {"generators": card.generators + 1e-6}, "SYM1306"),
        (lambda card: {"constants": card.constants * 1.001}, "SYM1306"),
        (lambda card: {"outputs": card.generators[::-1]}, "SYM1306"),
        (lambda card: {"generators": card.generators * np.nan}, "SYM1305"),
        (lambda card: {"ranges": np.full((6, 2), np.nan)}, "SYM1305"),
        (lambda card: {"discrete": np.zeros((1, 4, 4))}, "SYM1305"),
        (lambda card: {"generators": card.generators[:5]}, "SYM1304"),
        (lambda card: {"forms": np.zeros((1, 3, 3))}, "SYM1304"),
        (lambda card: {"provenance": {"time": float("nan")}}, "SYM1305"),
    ],
)
def test_a_card_that_is_no_group_is_not_written(card: GroupCard, tmp_path: Path, change: Change, code: str) -> None:
    with pytest.raises(SymdslError) as caught:
        write_card(tmp_path / "g.card.json", replace(card, **change(card)))
    assert caught.value.diagnostics[0].code == code
    assert not list(tmp_path.iterdir())


def test_the_schema_is_the_one_that_is_published() -> None:
    for path in ("symdsl/cards/card.schema.json", "docs/reference/card.schema.json"):
        assert (ROOT / path).read_text() == card_schema()
