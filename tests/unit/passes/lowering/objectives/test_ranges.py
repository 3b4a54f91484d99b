"""Augmentation by a partial symmetry: parameters fill their ranges and never leave them, whatever they move."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from symdsl.cards.card import Certificate, GroupCard
from symdsl.cards.files import write_card
from symdsl.groups.arrays.matrices import exponential
from symdsl.groups.identification.identify import identify
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session

Array = np.ndarray[Any, np.dtype[np.float64]]
TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
COUNT = 4000
CERTIFIED = Certificate("certified", 0.02, 0.05, "the data", 100, ())
LINEAR = """model m {
  data {
    x: vector(2) per 3
    y: vector(2)
  }
  symmetry g: from "g.card.json"
  predict y from x by mlp { hidden = [4] }
  enforce g by augmentation
}"""


def card_of(generators: Array, ranges: Array, **more: Any) -> GroupCard:
    found = identify(generators)
    given: dict[str, Any] = {"space": "linear", "discrete": np.zeros((0, *generators.shape[1:])), **more}
    return GroupCard(
        name=found.name, text=found.text, generators=generators, constants=found.constants, forms=found.forms,
        algebra={}, representation=found.representation, certificate=CERTIFIED, ranges=ranges, **given,
    )  # fmt: skip


def compiled(folder: Path, card: GroupCard, text: str, backend: str = "torch") -> Compilation:
    write_card(folder / "g.card.json", card)
    (folder / "m.sym").write_text(text)
    return prepare(folder / "m.sym", Session(backend=backend, dtype="float64"))


def moved(compilation: Compilation, *fields: Array, side: str = "inputs", seed: int = 0) -> tuple[Array, list[Array]]:
    """The parameters (n, D + M) that the layer draws from uniform noise, and the fields moved by them."""
    layer = compilation.program.root.child("augmentation_g")
    draw, generator = layer.method("draw"), np.random.default_rng(seed)
    noise = [generator.random((len(fields[0]), *draw.nodes[index].type.shape)) for index in draw.arguments]
    (drawn,), _ = interpret(layer, "draw", noise, {}, {})
    found, _ = interpret(layer, f"move_{side}", [drawn, *fields], {}, {})
    return drawn, list(found)


def test_parameters_fill_their_ranges_and_no_more(tmp_path: Path) -> None:
    turns = np.zeros((2, 4, 4))
    turns[0, :2, :2] = turns[1, 2:, 2:] = TURN
    ends = np.array([[-0.4, 0.1], [0.5, 2.0]])
    text = LINEAR.replace("x: vector(2) per 3", "x: vector(4)").replace("y: vector(2)", "y: scalar")
    x = np.tile([1.0, 0.0, 1.0, 0.0], (COUNT, 1))
    drawn, (found,) = moved(compiled(tmp_path, card_of(turns, ends), text), x)
    angles = np.stack([np.arctan2(found[:, 1], found[:, 0]), np.arctan2(found[:, 3], found[:, 2])], axis=1)
    np.testing.assert_allclose(angles, drawn, atol=1e-12)
    place = (angles - ends[:, 0]) / (ends[:, 1] - ends[:, 0])
    assert np.all((place >= 0.0) & (place <= 1.0))
    for each in place.T:  # Kolmogorov and Smirnov: 1.95 / sqrt(n) at 0.001
        levels = (np.arange(COUNT) + 0.5) / COUNT
        assert np.max(np.abs(np.sort(each) - levels)) < 1.95 / np.sqrt(COUNT)
    assert abs(np.mean((place[:, 0] - 0.5) * (place[:, 1] - 0.5)) * 12.0) < 4.0 / np.sqrt(COUNT)


def test_without_an_end_is_a_period_or_the_bound(tmp_path: Path) -> None:
    mixed = np.zeros((2, 4, 4))
    mixed[0, :2, :2], mixed[1, 2:, 2:] = TURN, np.diag([1.0, -1.0])
    card = card_of(mixed, np.array([[-np.inf, np.inf], [-0.3, np.inf]]))
    text = LINEAR.replace("x: vector(2) per 3", "x: vector(4)").replace("y: vector(2)", "y: scalar")
    drawn, _ = moved(compiled(tmp_path, card, text), np.zeros((COUNT, 4)))
    np.testing.assert_allclose(drawn.min(axis=0), [-np.pi, -0.3], atol=0.01)
    np.testing.assert_allclose(drawn.max(axis=0), [np.pi, np.sqrt(2.0)], atol=0.01)


def test_outputs_move_by_their_own_matrices_and_by_discrete_ones(tmp_path: Path) -> None:
    mirror = np.diag([1.0, -1.0])
    card = card_of(
        TURN[None], np.array([[-0.5, 0.5]]), outputs=2.0 * TURN[None], discrete=mirror[None],
        discrete_outputs=mirror[None], fields={"y": "output"},
    )  # fmt: skip
    compilation = compiled(tmp_path, card, LINEAR)
    x, y = np.random.default_rng(1).standard_normal((2, 200, 3, 2))
    drawn, (seen,) = moved(compilation, x)
    _, (said,) = moved(compilation, y[:, 0], side="outputs")
    assert set(np.unique(drawn[:, 1])) == {0.0, 1.0}
    assert 60 < drawn[:, 1].sum() < 140
    letters = np.where(drawn[:, 1, None, None] > 0.5, mirror, np.eye(2))
    turns = [exponential(times * drawn[:, 0, None, None] * TURN) @ letters for times in (1.0, 2.0)]
    np.testing.assert_allclose(seen, np.einsum("nij,nsj->nsi", turns[0], x), atol=1e-12)
    np.testing.assert_allclose(said, np.einsum("nij,nj->ni", turns[1], y[:, 0]), atol=1e-12)


def test_points_turn_about_a_place_of_their_own(tmp_path: Path) -> None:
    generator = np.array([[[0.0, -1.0, 3.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]])
    card = card_of(generator, np.array([[0.0, 0.7]]), space="affine", discrete=np.zeros((0, 3, 3)))
    text = LINEAR.replace("x: vector(2) per 3", "x: point(2) per 3").replace("y: vector(2)", "y: scalar")
    x = np.random.default_rng(1).standard_normal((50, 3, 2))
    drawn, (found,) = moved(compiled(tmp_path, card, text), x)
    whole = exponential(drawn[:, 0, None, None] * generator[0])
    wanted = np.einsum("nij,nsj->nsi", whole[:, :2, :2], x) + whole[:, None, :2, 2]
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert np.all((drawn >= 0.0) & (drawn <= 0.7))


def test_a_card_keeps_its_ranges(tmp_path: Path) -> None:
    card = card_of(TURN[None], np.array([[-0.5, 0.5]]))
    write_card(tmp_path / "g.card.json", card)
    write_card(tmp_path / "h.card.json", replace(card, ranges=np.array([[-0.5, 0.6]])))
    texts = [(tmp_path / f"{each}.card.json").read_text() for each in "gh"]
    assert texts[0] != texts[1]
