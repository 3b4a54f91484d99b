"""What `learned(...)` asks of the data of its model, and the command that answers it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from symdsl.check import spec
from symdsl.check.groups import GroupReader
from symdsl.check.layers import LayerCall
from symdsl.check.option_faults import WrittenOption
from symdsl.check.options import evaluate_options, validate_options
from symdsl.diagnostics.diagnostic import Span
from symdsl.groups.group import Group
from symdsl.syntax import ast
from symdsl.syntax.expression_text import expression_text

DEFAULT_ESTIMATOR: Final = "null_space"
STILL: Final = ("label", "scalar")
"""Kinds of fields that no matrix group moves, unless they are derivatives of one that it does."""


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
class SearchReader:
    """Reads what learned symmetries of one model ask, whose `fields` and `predict` line say what of.

    `words` name the spec to `symdsl discover`; there are none of a text.
    """

    reader: GroupReader
    fields: Mapping[str, spec.Field]
    predict: ast.Predict | None
    words: tuple[str, ...] = ()

    def read(self, declaration: ast.SymmetryDeclaration, call: ast.Call) -> spec.Search | None:
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
        inputs, outputs = self._inputs, self._outputs
        sources = [each.source for each in (*inputs, *outputs)]
        actions = {line.field.text: expression_text(line.action) for line in declaration.actions}
        return spec.Search(
            within, options.dim, by[0], by[1], tuple(options.discrete), options.delta, options.alpha,
            lenient=options.on_undecided == "plain",
            references=tuple(f"{source.path}:{source.key or ''}" for source in sources if source is not None),
            actions=actions, laws=laws_of(inputs, outputs, actions, within),
        )  # fmt: skip

    @property
    def _inputs(self) -> tuple[spec.Field, ...]:
        return self._named(() if self.predict is None else self.predict.inputs)

    @property
    def _outputs(self) -> tuple[spec.Field, ...]:
        return self._named(() if self.predict is None else self.predict.outputs)

    def _named(self, names: Sequence[ast.Name]) -> tuple[spec.Field, ...]:
        return tuple(self.fields[each.text] for each in names if each.text in self.fields)

    def _within(self, expression: ast.Expression | None, span: Span) -> Group | None:
        if expression is not None:
            return self.reader.read_group(expression)
        sizes = {each.dimension for each in self._inputs if each.kind in ("vector", "point") and each.dimension}
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

    def command(self, search: spec.Search, name: str) -> str:
        """What makes the card that is missing: `discover` of the spec, or of its data where no file holds it whole."""
        inputs, outputs = self._inputs, self._outputs
        if self.words and all(each.source is not None for each in (*inputs, *outputs)):
            return shlex.join(["symdsl", "discover", *self.words])
        data = next((each.source.path for each in (*inputs, *outputs) if each.source is not None), "DATA.npz")
        plain = LearnedOptions()
        words = ["symdsl", "discover", data]
        words += [word for each in inputs for word in ("--x", _key(each))]
        words += [word for each in outputs for word in ("--y", _key(each))]
        words += ["--within", search.within.name]
        if search.dimensions != plain.dim:
            words += ["--dim", "..".join(map(str, dict.fromkeys(search.dimensions)))]
        if search.by != DEFAULT_ESTIMATOR:
            words += ["--by", search.by]
        words += [word for key, value in search.settings.items() for word in ("--set", f"{key}={value}")]
        for option in ("delta", "alpha"):
            if getattr(search, option) != getattr(plain, option):
                words += [f"--{option}", f"{getattr(search, option):g}"]
        if list(search.discrete) != plain.discrete:
            words += ["--discrete", ",".join(search.discrete) or "none"]
        return shlex.join([*words, "-o", name])


def laws_of(
    inputs: Sequence[spec.Field], outputs: Sequence[spec.Field], actions: Mapping[str, str], within: Group
) -> tuple[str, ...]:
    """The laws that fields leave, the one that says least first; () where none of those that are known fits.

    Outputs without data leave a density. Those that stay are invariant; derivatives of all inputs, in any order, are
    dynamics. A single vector may move by matrices that are found with the group, or, where it has the shape of the only
    input, as that does; `actions` are the words of action lines by field.
    """
    if all(each.source is None for each in outputs):
        return ("density",)
    moving = [each for each in outputs if _moves(each, {each.name: each for each in inputs}, actions)]
    if not moving:
        return ("invariance",)
    if all(each.kind == "derivative" for each in outputs):
        bases = sorted(each.of or "" for each in outputs)
        return ("dynamics",) if bases == sorted(each.name for each in inputs) else ()
    first, word = outputs[0], actions.get(outputs[0].name)
    if len(outputs) > 1 or first.kind not in ("vector", "point") or word not in (None, "defining"):
        return ()
    laws = ["equivariance"] if word is None and first.kind == "vector" and not first.axes else []
    if [each.shape for each in inputs] == [first.shape]:
        laws += ["dynamics"] if first.kind == "vector" or not within.moves_points else []
        laws += ["views"] if first.kind == inputs[0].kind else []
    return tuple(laws)


def _moves(field: spec.Field, inputs: Mapping[str, spec.Field], actions: Mapping[str, str]) -> bool:
    """Whether a group of matrices moves a field, as far as its kind and its action line say."""
    if field.of is not None and field.of in inputs:
        return _moves(inputs[field.of], inputs, actions)
    return field.kind not in STILL and actions.get(field.name) != "trivial"


def _key(field: spec.Field) -> str:
    return (field.source.key if field.source is not None else None) or field.name
