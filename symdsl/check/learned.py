"""Symmetries that are learned: `learned(...)`, `from "lorentz.card.json"`, `card("lorentz.card.json") * S(jets)`."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from symdsl.cards.cache import cached_card, card_key, cards_folder
from symdsl.cards.cache import question as question_of
from symdsl.cards.card import GroupCard
from symdsl.cards.files import card_hash, read_card
from symdsl.cards.group import card_group, output_images
from symdsl.check import spec
from symdsl.check.arguments import Signature, bind
from symdsl.check.fields import leaves_folder
from symdsl.check.groups import GroupFactor, GroupMeaning, GroupReader
from symdsl.check.layers import LayerCall
from symdsl.check.option_faults import WrittenOption
from symdsl.check.options import evaluate_options, validate_options
from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError
from symdsl.groups.containment import is_subgroup
from symdsl.groups.families.affine import affine
from symdsl.groups.families.catalogue import matrix_group, translations
from symdsl.groups.group import Group
from symdsl.groups.representations.images import by_images
from symdsl.syntax import ast

DEFAULT_ESTIMATOR: Final = "null_space"
CERTIFY: Final = "symdsl discover certifies on held-out data: more samples decide more"


def _words(value: Any) -> Any:
    """Bare names in a list are read as layers without arguments."""
    if not isinstance(value, list):
        return value
    return [each.name if isinstance(each, LayerCall) and not each.arguments else each for each in value]


def _bounds(value: Any) -> Any:
    """A single number of generators is the range of it alone."""
    return (value, value) if isinstance(value, int) and not isinstance(value, bool) else value


Count = Annotated[int, Field(ge=1, le=4_096)]
Part = Annotated[float, Field(gt=0.0, lt=1.0)]


class LearnedOptions(BaseModel):
    """What a spec may say of a symmetry that is learned, beside `within` and `by`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    dim: Annotated[tuple[Count, Count], BeforeValidator(_bounds)] = Field(
        default=(1, 64), description="how many generators, a number or a range of it such as 1..6"
    )
    on_undecided: Literal["error", "plain"] = Field(
        default="error", description="what an undecided certificate compiles to: error, or plain, without the symmetry"
    )
    delta: Part = Field(default=0.02, description="what enforcing the symmetry may cost, between 0 and 1")
    alpha: Part = Field(default=0.05, description="how often the certificate may be wrong, between 0 and 1")
    discrete: Annotated[list[Literal["parity", "permutations", "cyclic"]], BeforeValidator(_words)] = Field(
        default=["parity", "permutations", "cyclic"],
        description="kinds of discrete elements to look for: parity, permutations, cyclic",
    )


@dataclass(frozen=True)
class CardSources:
    """Where cards come from: paths that are `given` by the name of a symmetry, "" for the only one that is learned.

    Paths in a spec are relative to its `folder`, and lie below it unless `allow_paths`.
    """

    folder: Path = Path()
    given: Mapping[str, Path] = field(default_factory=dict)
    allow_paths: bool = False

    def of(self, name: str) -> Path | None:
        """The card that is given for a symmetry."""
        return self.given.get(name, self.given.get(""))


@dataclass(frozen=True)
class LearnedReader:
    """Reads learned symmetries of one model, whose `fields` and `predict` line say what is to be discovered."""

    reader: GroupReader
    cards: CardSources
    fields: Mapping[str, spec.Field]
    predict: ast.Predict | None

    def read(self, declaration: ast.SymmetryDeclaration) -> GroupMeaning | None:
        """The meaning of a symmetry that is learned as a whole; None where a fault was reported."""
        name, call, card = declaration.name.text, declaration.group, declaration.card
        if isinstance(call, ast.Call):
            return self.factor(name, call, card)
        assert card is not None
        return self._placed(card.span, lambda: self._of_text(card))

    def factor(self, name: str, call: ast.Call, card: ast.Text | None = None) -> GroupMeaning | None:
        """The meaning of `learned(...)`, with `from "card"` after it or not, and of `card("file")`."""
        if call.function.text == "card":
            return self._placed(call.span, lambda: self._card(name, call, card))
        return self._placed((card or call).span, lambda: self._learned(name, call, card))

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

    def _learned(self, name: str, call: ast.Call, text: ast.Text | None) -> GroupMeaning | None:
        question = self._question(call)
        if question is None:
            return None
        given = self.cards.of(name)
        if text is not None:
            card, source = self._stated(text), Path(text.value).name
            if card is None:
                return None
        elif given is not None:
            card, source = read_card(given), given.name
        else:
            card, source = self._cached(question), "the cache"
        if card is not None:
            return self._of_card(card, source, (text or call).span, question)
        factor = GroupFactor(_stand_in(question.within), call.span)
        needed = spec.Learned(source="", command=self._command(question, name))
        return GroupMeaning("group", (factor,), learned=needed)

    def _question(self, call: ast.Call) -> Question | None:
        """What is to be learned; None where a fault was reported."""
        reporter = self.reader.reporter
        for argument in call.arguments:
            if argument.name is None:
                reporter.error(
                    "SYM0302", "`learned` takes its options by name", argument.span, "which option is this?",
                    hint="write for example learned(dim = 1..6, within = GL(4))",
                )  # fmt: skip
                return None
        named = {each.name.text: each for each in call.arguments if each.name is not None}
        plain = [ast.Option(each.name, each.value, each.span) for key, each in named.items()
                 if each.name is not None and key not in ("within", "by")]  # fmt: skip
        twice = len(named) < len(call.arguments)
        if twice:
            every = [ast.Option(each.name, each.value, each.span) for each in call.arguments if each.name is not None]
            evaluate_options(every, self.reader.evaluator)
            return None
        written = evaluate_options(plain, self.reader.evaluator)
        if written is None:
            return None
        options = validate_options(
            "`learned`", written, LearnedOptions, call.span, self.reader.evaluator, ("within", "by")
        )
        within = self._within(named["within"].value if "within" in named else None, call.span)
        by = self._estimator(named["by"].value) if "by" in named else (DEFAULT_ESTIMATOR, {})
        if options is None or within is None or by is None:
            return None
        assert isinstance(options, LearnedOptions)
        return Question(options, within, by[0], by[1], call.span)

    def _within(self, expression: ast.Expression | None, span: Span) -> Group | None:
        if expression is not None:
            return self.reader.read_group(expression)
        names = [name.text for name in self.predict.inputs] if self.predict is not None else []
        inputs = [self.fields[name] for name in names if name in self.fields]
        sizes = {each.dimension for each in inputs if each.kind in ("vector", "point") and each.dimension}
        if len(sizes) != 1:
            self.reader.reporter.error(
                "SYM1311", "what the learned symmetry moves is not said", span, "no `within`",
                notes=("without `within`, it is looked for among all matrices of the one dimension of the inputs",),
                hint="write for example learned(within = GL(4))",
            )  # fmt: skip
            return None
        size = sizes.pop()
        constructor = self.reader.catalogue.group("GL")
        group = constructor(size)
        assert isinstance(group, Group)
        return group

    def _estimator(self, expression: ast.Expression) -> tuple[str, dict[str, Any]] | None:
        """The name of an estimator and what was written of its options."""
        catalogue, reporter = self.reader.catalogue, self.reader.reporter
        if isinstance(expression, ast.Name):
            name, arguments = expression, ()
        elif isinstance(expression, ast.Call) and all(each.name is not None for each in expression.arguments):
            name, arguments = expression.function, expression.arguments
        else:
            reporter.error(
                "SYM1325", "`by` names a way to learn a symmetry", expression.span, "no name",
                hint=f"write for example by = {DEFAULT_ESTIMATOR}",
            )  # fmt: skip
            return None
        if name.text not in catalogue.estimator_names():
            reporter.unknown("SYM1325", "way to learn a symmetry", name.text, name.span, catalogue.estimator_names())
            return None
        options = [ast.Option(each.name, each.value, each.span) for each in arguments if each.name is not None]
        written: dict[str, WrittenOption] | None = evaluate_options(options, self.reader.evaluator)
        model = catalogue.estimator(name.text).options
        if written is None or validate_options(name.text, written, model, name.span, self.reader.evaluator) is None:
            return None
        return name.text, {key: option.value for key, option in written.items()}

    def _of_card(
        self, card: GroupCard, source: str, span: Span, question: Question | None = None
    ) -> GroupMeaning | None:
        """The group of a card, where its certificate and the question allow it."""
        learned = spec.Learned(source, card.name, card_hash(card), card.certificate.verdict, partial=card.partial)
        if question is not None and not self._answers(card, question, span):
            return None
        plain = question is not None and question.options.on_undecided == "plain"
        verdict = card.certificate.verdict
        if verdict == "undecided" and plain:
            size = card.dimension
            still = matrix_group((), [np.eye(size)], f"no symmetry, as {source} is undecided")
            group = still if card.space == "linear" else _stand_in_of_points(size - 1)
            return GroupMeaning("group", (GroupFactor(group, span),), learned=replace(learned, dropped=True))
        if verdict != "certified":
            self.reader.reporter.add(_not_certified(card, source, span, question is not None))
            return None
        group = card_group(card, source)
        images = output_images(card, group)
        outputs = None if images is None else by_images(group, *images)
        names = frozenset(name for name, word in card.fields.items() if word == "output")
        return GroupMeaning("group", (GroupFactor(group, span, outputs=outputs, output_names=names),), learned=learned)

    def _answers(self, card: GroupCard, question: Question, span: Span) -> bool:
        """Whether a card keeps the bounds of the spec."""
        low, high = question.options.dim
        count, why = len(card.generators), ""
        inside = question.within
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

    def _cached(self, question: Question) -> GroupCard | None:
        """The card that a discovery on this machine left; data are only looked at where there is one at all."""
        if not cards_folder().is_dir():
            return None
        return cached_card(card_key(self._references(), self.cards.folder, question.asked()))

    def _references(self) -> list[str]:
        """The data of the fields that are predicted and given, as the spec writes them."""
        names = () if self.predict is None else (*self.predict.inputs, *self.predict.outputs)
        sources = [self.fields[name.text].source for name in names if name.text in self.fields]
        return [f"{source.path}:{source.key or ''}" for source in sources if source is not None]

    def _command(self, question: Question, name: str) -> str:
        """What makes the card that is missing."""
        predict = self.predict
        inputs = [] if predict is None else [each.text for each in predict.inputs]
        outputs = [] if predict is None else [each.text for each in predict.outputs]
        known = {each: self.fields[each].source for each in (*inputs, *outputs) if each in self.fields}
        data = next((source.path for source in known.values() if source is not None), "DATA.npz")
        keys = {each: (source.key or each) if source is not None else each for each, source in known.items()}
        options, plain = question.options, LearnedOptions()
        words = ["symdsl", "discover", data]
        words += [word for each in inputs if each in keys for word in ("--x", keys[each])]
        words += [word for each in outputs if each in keys for word in ("--y", keys[each])]
        words += ["--within", question.within.name]
        if options.dim != plain.dim:
            words += ["--dim", "..".join(map(str, dict.fromkeys(options.dim)))]
        if question.by != DEFAULT_ESTIMATOR:
            words += ["--by", question.by]
        words += [word for key, value in question.settings.items() for word in ("--set", f"{key}={value}")]
        for option in ("delta", "alpha"):
            if getattr(options, option) != getattr(plain, option):
                words += [f"--{option}", f"{getattr(options, option):g}"]
        if options.discrete != plain.discrete:
            words += ["--discrete", ",".join(options.discrete) or "none"]
        return shlex.join([*words, "-o", name])


@dataclass(frozen=True)
class Question:
    """What `learned(...)` asks for: its options, the group to look within, and the estimator with what is set of it."""

    options: LearnedOptions
    within: Group
    by: str
    settings: Mapping[str, Any]
    span: Span

    def asked(self) -> dict[str, Any]:
        """All that a discovery depends on beside the data, as JSON data."""
        options = self.options
        return question_of(
            options.dim, self.within.name, self.by, self.settings, options.discrete, options.delta, options.alpha
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
