"""Group expressions: `C(4)`, `O(3) * S(5)`, `S(bodies)`, `matrix_group { ... }`, `translation(t)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeGuard

from symdsl.check.arguments import Signature, bind
from symdsl.check.declaration import Catalogue
from symdsl.check.evaluate import Evaluator
from symdsl.check.reporter import Reporter
from symdsl.check.spec import Axis, Learned, Ragged
from symdsl.diagnostics.diagnostic import Span, SymdslError
from symdsl.groups.families.catalogue import product
from symdsl.groups.group import Group
from symdsl.groups.representation import Representation
from symdsl.syntax import ast
from symdsl.syntax.expression_text import expression_text

_EXAMPLES: Final[Mapping[str, str]] = {
    "matrix_group": "matrix_group { generators = [[[0, -1], [1, 0]]] }",
    "affine": "affine(O(3))",
    "semidirect": "semidirect(scale(3), O(3))",
    "wreath": "wreath(C(4), S(3))",
    "permutation_group": 'permutation_group(4, ["(1 2)(3 4)", "(1 2 3)"])',
}
LEARNED: Final = ("learned", "card")
BY_GENERATORS = "write the group itself, for example by generators: matrix_group { generators = [...] }"
GAUGE_INVARIANTS = "give numbers that the gauge leaves alone, such as plaquettes, as an image, and its global symmetry"
LATTICE_AS_IMAGE = "give the lattice as an image, whose convolutions follow shifts without being asked"


@dataclass(frozen=True)
class GroupFactor:
    """A factor of a symmetry group with the place where it was written; `axis` is the one that it permutes by name.

    A wreath product with the permutations of an axis moves what lies along the axis as well. Of a learned group,
    `outputs` is how it moves the fields of `output_names`.
    """

    group: Group
    span: Span
    axis: str | None = None
    outputs: Representation | None = None
    output_names: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The group as a spec writes it: S(bodies), A(bodies), wreath(O(2), S(bodies)) for an axis."""
        if self.axis is None:
            return self.group.name
        if self.group.family == "wreath":
            inner, outer = self.group.constituents
            return f"wreath({inner.name}, {_along(outer, self.axis)})"
        return _along(self.group, self.axis)


@dataclass(frozen=True)
class GroupMeaning:
    """What the right-hand side of `symmetry name: ...` means.

    `axis` is the one of a translation along an axis, or the varying axis or the graph that is relabelled.
    """

    kind: Literal["group", "time", "relabel", "shift"]
    factors: tuple[GroupFactor, ...] = ()
    axis: str | None = None
    learned: Learned | None = None


@dataclass(frozen=True)
class GroupReader:
    """Reads group expressions with the groups of a catalogue, and the axes of a model as arguments.

    `learned` reads `learned(...)` and `card("file")`, which may be a factor.
    """

    catalogue: Catalogue
    evaluator: Evaluator
    axes: Mapping[str, Axis]
    images: tuple[str, ...] = ()
    failed: frozenset[str] = frozenset()
    ragged: Mapping[str, Ragged] = field(default_factory=dict)
    learned: Callable[[ast.Call], GroupMeaning | None] | None = None

    @property
    def reporter(self) -> Reporter:
        """Where faults go."""
        return self.evaluator.reporter

    def read(self, declaration: ast.SymmetryDeclaration) -> GroupMeaning | None:
        """The meaning of a symmetry's group; None where a fault was reported."""
        expression = declaration.group
        if declaration.local or expression is None:
            self._not_built("local (gauge) symmetries are", (expression or declaration.name).span, GAUGE_INVARIANTS)
            return None
        if declaration.card is not None:
            self.reporter.error(
                "SYM1312", f"`{declaration.name.text}` names a group and a card", declaration.card.span,
                "which of the two is it?",
                hint=f'write symmetry {declaration.name.text}: from "{declaration.card.value}"',
            )  # fmt: skip
            return None
        if isinstance(expression, ast.Call) and expression.function.text == "local":
            self._not_built("local symmetries are", expression.span)
            return None
        if isinstance(expression, ast.Call) and expression.function.text == "translation":
            return self._translation(expression)
        relabelled = _only_name(expression)
        if relabelled in self.ragged:
            return GroupMeaning("relabel", axis=relabelled)
        return self._product(expression)

    def _product(self, expression: ast.Expression) -> GroupMeaning | None:
        """The factors of a product, of which one may be learned."""
        factors: list[GroupFactor] = []
        learned: Learned | None = None
        for part in product_parts(expression):
            if self.learned is None or not is_learned_call(part):
                factor = self._factor(part)
                meaning = None if factor is None else GroupMeaning("group", (factor,))
            elif learned is not None:
                self.reporter.error(
                    "SYM1312", "two factors of the product are learned", part.span, "one can be",
                    hint="write them as symmetries of their own",
                )  # fmt: skip
                return None
            else:
                meaning = self.learned(part)
            if meaning is None:
                return None
            factors += meaning.factors
            learned = learned or meaning.learned
        if learned is not None and learned.partial and len(factors) > 1:
            self.reporter.error(
                "SYM1309", f"{learned.name} holds in part, and a product is a whole group", expression.span,
                f"{learned.source} has `ranges`", hint="write it as a symmetry of its own, enforced by augmentation",
            )  # fmt: skip
            return None
        return GroupMeaning("group", tuple(factors), learned=learned)

    def read_group(self, expression: ast.Expression) -> Group | None:
        """A group inside another expression, such as a subgroup; None where a fault was reported."""
        factor = self._nested(expression)
        return None if factor is None else factor.group

    def _nested(self, expression: ast.Expression) -> GroupFactor | None:
        """A group, or product of groups, with the axis of a group that is no product."""
        parts = [self._factor(part) for part in product_parts(expression)]
        factors = [part for part in parts if part is not None]
        if len(factors) < len(parts):
            return None
        if len(factors) == 1:
            return factors[0]
        try:
            return GroupFactor(product(*(factor.group for factor in factors)), expression.span)
        except SymdslError as refusal:
            self.reporter.add(*(replace(fault, span=fault.span or expression.span) for fault in refusal.diagnostics))
            return None

    def _not_built(self, what: str, span: Span, hint: str = BY_GENERATORS) -> None:
        self.reporter.error(
            "SYM0317", f"{what} not built yet", span, "not in this version",
            notes=("what works: " + ", ".join(self.catalogue.group_names()) + ", products with *, and translation(t)",),
            hint=hint,
        )  # fmt: skip

    def _translation(self, call: ast.Call) -> GroupMeaning | None:
        signature = Signature(("along",), 1, "translation(t)")
        bound = bind("translation", call.arguments, signature, call.span, self.reporter)
        if bound is None:
            return None
        along = bound["along"]
        if isinstance(along, ast.Name):
            if along.text == "t":
                return GroupMeaning("time")
            if along.text in self.axes or along.text in self.images:
                return GroupMeaning("shift", axis=along.text)
            if along.text == "lattice":
                self._not_built("translations of a lattice are", call.span, LATTICE_AS_IMAGE)
                return None
            self.reporter.unknown("SYM0206", "axis", along.text, along.span, ["t", *self.axes, *self.images])
            return None
        self.reporter.error(
            "SYM0404", "`translation` takes time, an axis or an image", along.span, "neither of these",
            hint="write translation(t) for time; T(n) translates points of an n-dimensional space",
        )  # fmt: skip
        return None

    def _factor(self, expression: ast.Expression) -> GroupFactor | None:
        if isinstance(expression, ast.Name):
            call = ast.Call(expression, (), expression.span)
        elif isinstance(expression, ast.Call):
            call = expression
        else:
            self.reporter.error(
                "SYM0414", f"`{expression_text(expression)}` is not a group", expression.span, "a group is wanted here",
                hint="write for example C(4), O(3) or O(3) * S(bodies)",
            )  # fmt: skip
            return None
        name = call.function.text
        if name in LEARNED:
            self._not_built(f"groups made of `{name}` other than products with * are", call.span)
            return None
        if name in ("translation", "local"):
            self._not_built(f"products with `{name}` are", call.span)
            return None
        if name in self.catalogue.group_names():
            return self._construct(call, self.catalogue.group(name))
        self.reporter.unknown("SYM0204", "group", name, call.function.span, self.catalogue.group_names())
        return None

    def _construct(self, call: ast.Call, constructor: Callable[..., object]) -> GroupFactor | None:
        """Calls a constructor with evaluated arguments; an axis name stands for its size where the group permutes."""
        name = call.function.text
        bound = bind(name, call.arguments, _signature(name, constructor), call.span, self.reporter)
        if bound is None:
            return None
        values = self._values(bound, constructor)
        if values is None:
            return None
        try:
            group = constructor(**{key: value for key, (value, _) in values.items()})
        except SymdslError as refusal:
            span = next(iter(bound.values())).span if len(bound) == 1 else call.span
            self.reporter.add(*(replace(fault, span=fault.span or span) for fault in refusal.diagnostics))
            return None
        assert isinstance(group, Group)
        axes = {axis: key for key, (_, axis) in values.items() if axis is not None}
        for axis, key in axes.items():
            if not _permutes_axis(group, key, self.axes[axis].size):
                self.reporter.error(
                    "SYM0404", f"{name} does not permute the axis `{axis}`", bound[key].span, "this is an axis",
                    notes=(f"{group.name} acts by {group.dimension}x{group.dimension} matrices on vectors",),
                    hint=f"S({axis}) relabels the axis; for {name}, write a number",
                )  # fmt: skip
                return None
        return self._within_limits(GroupFactor(group, call.span, next(iter(axes), None)))

    def _values(
        self, bound: Mapping[str, ast.Expression], constructor: Callable[..., object]
    ) -> dict[str, tuple[Any, str | None]] | None:
        """Each argument with the axis that it names; None where a fault was reported."""
        groups = _group_parameters(constructor)
        values: dict[str, tuple[Any, str | None]] = {}
        for key, expression in bound.items():
            axis = None
            if key in groups:
                factor = self._nested(expression)
                value, axis = (None, None) if factor is None else (factor.group, factor.axis)
            elif isinstance(expression, ast.Name) and expression.text in self.axes:
                value, axis = self._axis_size(expression), expression.text
            elif isinstance(expression, ast.Name) and self._is_unknown(expression):
                return None
            else:
                value = self.evaluator.constant(expression)
            if value is None or self._too_large(value, expression):
                return None
            values[key] = value, axis
        return values

    def _is_unknown(self, name: ast.Name) -> bool:
        """Whether a name is neither axis nor parameter; then this is reported, if its own fault is not."""
        evaluator = self.evaluator
        if name.text in evaluator.constants or name.text in evaluator.failed or name.text in ("pi", *self.failed):
            return name.text in self.failed
        self.reporter.unknown(
            "SYM0206", "axis or parameter", name.text, name.span, {*self.axes, *evaluator.constants},
            none=f"declare it in the data block: axis {name.text} = 6",
        )  # fmt: skip
        return True

    def _axis_size(self, name: ast.Name) -> int | None:
        size = self.axes[name.text].size
        if size is None:
            self.reporter.error(
                "SYM0313", f"axis `{name.text}` has no fixed size", name.span, "a size is needed here",
                notes=(f"S({name.text}), alone, relabels it in samples of any size",),
                hint=f"write S({name.text}) as a symmetry of its own, or give the axis one size: axis {name.text} = 6",
            )  # fmt: skip
        return size

    def _too_large(self, value: Any, expression: ast.Expression) -> bool:
        """Whether a number is over the limit on sizes, before a constructor can allocate by it."""
        number = isinstance(value, int) and not isinstance(value, bool)
        return number and self.reporter.over_limit("group_size", value, expression.span)

    def _within_limits(self, factor: GroupFactor) -> GroupFactor | None:
        """Permutations and wreath products need no list of elements, so that their order is no cost; others must fit
        the limit."""
        group = factor.group
        if self.reporter.over_limit("dimension", group.dimension, factor.span):
            return None
        listed = group.order is not None and not group.permutes and group.family != "wreath"
        if listed and self.reporter.over_limit("group_order", group.order or 0, factor.span):
            return None
        return factor


def is_learned_call(expression: ast.Expression | None) -> TypeGuard[ast.Call]:
    """Whether an expression is `learned(...)` or `card("file")`."""
    return isinstance(expression, ast.Call) and expression.function.text in LEARNED


def _only_name(expression: ast.Expression) -> str:
    """bodies of S(bodies); "" for anything else."""
    if isinstance(expression, ast.Call) and expression.function.text == "S" and len(expression.arguments) == 1:
        value = expression.arguments[0].value
        return value.text if isinstance(value, ast.Name) else ""
    return ""


def product_parts(expression: ast.Expression) -> list[ast.Expression]:
    """The factors of a product in their order, found without recursion."""
    parts: list[ast.Expression] = []
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Binary) and node.operator == "*":
            waiting.extend((node.right, node.left))
        else:
            parts.append(node)
    return parts


def _along(group: Group, axis: str) -> str:
    """The name of a group of permutations with an axis for the number of its points."""
    return group.name.replace(f"({group.dimension}", f"({axis}", 1)


def _permutes_axis(group: Group, argument: str, size: int | None) -> bool:
    """Whether a group permutes an axis that was its argument: its own points, or the points of a wreath product."""
    if group.family == "wreath":
        return argument == "outer" and group.constituents[1].dimension == size
    return group.permutes and group.dimension == size


def _group_parameters(constructor: Callable[..., object]) -> frozenset[str]:
    """The parameters of a constructor that are groups themselves."""
    parameters = inspect.signature(constructor).parameters.values()
    return frozenset(entry.name for entry in parameters if entry.annotation in (Group, "Group"))


def _signature(name: str, constructor: Callable[..., object]) -> Signature:
    """What a constructor takes, read off its Python signature, so that a plugged-in group declares nothing twice."""
    parameters = inspect.signature(constructor).parameters.values()
    needed = tuple(entry.name for entry in parameters if entry.default is inspect.Parameter.empty)
    names = (*needed, *(entry.name for entry in parameters if entry.name not in needed))
    example = f"{name}({', '.join('3' for _ in needed)})" if needed else f"{name}()"
    return Signature(names, len(needed), _EXAMPLES.get(name, example))
