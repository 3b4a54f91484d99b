"""Symmetries that are learned: `learned(...)`, `from "lorentz.card.json"`, `card("lorentz.card.json") * S(jets)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from symdsl.cards.cache import cached_card, card_key, cards_folder, question
from symdsl.cards.card import GroupCard
from symdsl.cards.files import card_hash, read_card
from symdsl.cards.group import card_group, card_ranges, output_images
from symdsl.check import spec
from symdsl.check.arguments import Signature, bind
from symdsl.check.card_sources import CardSources
from symdsl.check.fields import leaves_folder
from symdsl.check.groups import GroupFactor, GroupMeaning, GroupReader
from symdsl.check.search import SearchReader
from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError
from symdsl.groups.containment import is_subgroup
from symdsl.groups.families.affine import affine
from symdsl.groups.families.catalogue import matrix_group, translations
from symdsl.groups.group import Group
from symdsl.groups.representations.images import by_images
from symdsl.syntax import ast

CERTIFY: Final = "symdsl discover certifies on held-out data: more samples decide more"


@dataclass(frozen=True)
class LearnedReader:
    """Reads learned symmetries of one model, whose `fields` and `predict` line say what is to be discovered."""

    reader: GroupReader
    cards: CardSources
    fields: Mapping[str, spec.Field]
    predict: ast.Predict | None

    def read(self, declaration: ast.SymmetryDeclaration) -> GroupMeaning | None:
        """The meaning of a symmetry that is learned as a whole; None where a fault was reported."""
        call, card = declaration.group, declaration.card
        if isinstance(call, ast.Call):
            return self.factor(declaration, call, card)
        assert card is not None
        return self._placed(card.span, lambda: self._of_text(card))

    def factor(
        self, declaration: ast.SymmetryDeclaration, call: ast.Call, card: ast.Text | None = None
    ) -> GroupMeaning | None:
        """The meaning of `learned(...)`, with `from "card"` after it or not, and of `card("file")`."""
        if call.function.text == "card":
            return self._placed(call.span, lambda: self._card(declaration.name.text, call, card))
        return self._placed((card or call).span, lambda: self._learned(declaration, call, card))

    def _placed(self, span: Span, read: Callable[[], GroupMeaning | None]) -> GroupMeaning | None:
        """What `read` gives; what it refuses without a place is reported at the span."""
        try:
            return read()
        except SymdslError as refusal:
            self.reader.reporter.add(*(replace(fault, span=fault.span or span) for fault in refusal.diagnostics))
            return None

    def _card(self, name: str, call: ast.Call, other: ast.Text | None) -> GroupMeaning | None:
        """The meaning of `card("file")`."""
        signature = Signature(("file",), 1, 'card("lorentz.card.json")')
        bound = bind("card", call.arguments, signature, call.span, self.reader.reporter)
        if bound is None:
            return None
        text = bound["file"]
        if not isinstance(text, ast.Text):
            what, example = "`card` takes the file of a card", f"write {signature.example}"
            self.reader.reporter.error("SYM0404", what, text.span, "no quoted text", hint=example)
            return None
        if other is not None:
            self.reader.reporter.error(
                "SYM1312", f"`{name}` names two cards", other.span, "which of the two is it?", hint="leave one out"
            )  # fmt: skip
            return None
        return self._of_text(text)

    def _of_text(self, text: ast.Text) -> GroupMeaning | None:
        card = self._stated(text)
        return None if card is None else self._of_card(card, Path(text.value).name, text.span)

    def _stated(self, text: ast.Text) -> GroupCard | None:
        """The card that a spec names."""
        if not self.cards.allow_paths and leaves_folder(text.value):
            self.reader.reporter.error(
                "SYM0808", f"`{text.value}` lies outside the folder of the spec", text.span, "not below the spec",
                notes=("a spec may only name files in its own folder, so that one from elsewhere cannot read yours",),
                hint="move the card beside the spec, or allow it with --allow-path",
            )  # fmt: skip
            return None
        return read_card(self.cards.folder / text.value, text.value)

    def _learned(
        self, declaration: ast.SymmetryDeclaration, call: ast.Call, text: ast.Text | None
    ) -> GroupMeaning | None:
        searches = SearchReader(self.reader, self.fields, self.predict, self.cards.words)
        search = searches.read(declaration, call)
        if search is None:
            return None
        name = declaration.name.text
        stated = "" if text is None else text.value
        if not self.cards.unanswered:
            card, source = self._answer(name, text, search)
            if card is not None:
                return self._of_card(card, source, (text or call).span, search)
            if stated:
                return None
        factor = GroupFactor(_stand_in(search.within), call.span)
        needed = spec.Learned(source=stated, command=searches.command(search, name), search=search)
        return GroupMeaning("group", (factor,), learned=needed)

    def _answer(self, name: str, text: ast.Text | None, search: spec.Search) -> tuple[GroupCard | None, str]:
        """The card and where it is from: what the spec names, what is given, or what the cache has."""
        given = self.cards.of(name)
        if text is not None:
            return self._stated(text), Path(text.value).name
        if given is not None:
            return read_card(given), given.name
        return self._cached(search), "the cache"

    def _of_card(
        self, card: GroupCard, source: str, span: Span, search: spec.Search | None = None
    ) -> GroupMeaning | None:
        """The group of a card, where its certificate and what was asked allow it."""
        learned = spec.Learned(source, card.name, card_hash(card), card.certificate.verdict, ranges=card_ranges(card))
        if search is not None and not self._answers(card, search, span):
            return None
        plain = search is not None and search.lenient
        verdict = card.certificate.verdict
        if verdict == "undecided" and plain:
            size = card.dimension
            still = matrix_group((), [np.eye(size)], f"no symmetry, as {source} is undecided")
            group = still if card.space == "linear" else _stand_in_of_points(size - 1)
            return GroupMeaning("group", (GroupFactor(group, span),), learned=replace(learned, dropped=True))
        if verdict != "certified":
            self.reader.reporter.add(_not_certified(card, source, span, search is not None))
            return None
        group = card_group(card, source)
        images = output_images(card, group)
        outputs = None if images is None else by_images(group, *images)
        names = frozenset(name for name, word in card.fields.items() if word == "output")
        return GroupMeaning("group", (GroupFactor(group, span, outputs=outputs, output_names=names),), learned=learned)

    def _answers(self, card: GroupCard, search: spec.Search, span: Span) -> bool:
        """Whether a card keeps the bounds of the spec."""
        low, high = search.dimensions
        count, why = len(card.generators), ""
        inside = search.within
        if count and not low <= count <= high:
            why = f"it has {count} generators, and `dim` says {low}..{high}"
        elif card.dimension != inside.dimension:
            why = f"its matrices are of size {card.dimension}, and those of {inside.name} of size {inside.dimension}"
        elif card.space in ("linear", "affine") and not _lies_in(card_group(card), inside):
            why = f"it is not within {inside.name}"
        if why:
            self.reader.reporter.error(
                "SYM1313", f"{card.name} is not what the spec asks for", span, why,
                hint="give another card, or change `dim` and `within`",
            )  # fmt: skip
        return not why

    def _cached(self, search: spec.Search) -> GroupCard | None:
        """The card that a discovery on this machine left; data are only looked at where there is one at all.

        One of another law is none: what moves with x under the one may stay under the other.
        """
        if not cards_folder().is_dir():
            return None
        card = cached_card(card_key(search.references, self.cards.folder, question_of(search)))
        law = None if card is None else card.provenance.get("law")
        return card if law is None or law in search.laws else None


def question_of(search: spec.Search) -> dict[str, Any]:
    """All that a discovery depends on beside the data, as JSON data."""
    return question(
        search.dimensions, search.within, search.by, search.settings, search.discrete, search.delta, search.alpha
    )


def card_needed(symmetry: spec.Symmetry) -> Diagnostic:
    """SYM1307: the symmetry cannot be compiled before its card is there, and the command that makes it."""
    assert symmetry.learned is not None
    return Diagnostic(
        code="SYM1307",
        message=f"`{symmetry.name}` is learned, and there is no card of it yet",
        span=symmetry.span,
        label="which group is not known",
        notes=("compiling never trains; a card is given with --card FILE, or found in the cache",),
        hint=f"run: {symmetry.learned.command}",
    )


def _not_certified(card: GroupCard, source: str, span: Span, asked: bool) -> Diagnostic:
    """SYM1308, with what the certificate says."""
    stated = card.certificate
    refuted = stated.verdict == "refuted"
    plain = "; with `on_undecided = plain` the model is compiled without it" if asked else ""
    says = f"the certificate of {source} says {stated.verdict} at delta = {stated.delta:g}, alpha = {stated.alpha:g}"
    return Diagnostic(
        code="SYM1308",
        message=f"{card.name} is not certified",
        span=span,
        label=stated.verdict,
        notes=(f"{says}, on {stated.samples:,} samples of {stated.domain}",),
        hint="held-out data speak against it: leave the symmetry out" if refuted else CERTIFY + plain,
    )


def _lies_in(group: Group, within: Group) -> bool:
    """Whether the group of a card is a subgroup; of motions of points that have all translations, the linear parts."""
    if group.moves_points and within.linear is not None:
        return group.linear is None or is_subgroup(group.linear, within.linear)
    return is_subgroup(group, within)


def _stand_in(within: Group) -> Group:
    """A small subgroup of what holds the unknown one: it moves what that may move, and has as many invariants."""
    name = f"an unknown subgroup of {within.name}"
    if within.moves_points:
        return replace(_stand_in_of_points(within.dimension - 1), name=name)
    if within.dimension == 1:
        return matrix_group((), [[[-1.0]]], name)
    turn = np.zeros((within.dimension,) * 2)
    turn[0, 1], turn[1, 0] = -1.0, 1.0
    return matrix_group([turn], (), name)


def _stand_in_of_points(size: int) -> Group:
    return affine(matrix_group((), [np.eye(size)], "1")) if size > 1 else translations(size)
