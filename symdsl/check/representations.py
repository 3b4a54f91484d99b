"""Representation expressions on the right of an action line: `defining + 2 * trivial`, `regular`, `tensor(1, 1)`."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from symdsl.check.evaluate import Evaluator
from symdsl.check.groups import GroupReader
from symdsl.check.images import read_images
from symdsl.check.irreducible import e3nn_irreps, read_irreducible
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product, Sum, tensor_power
from symdsl.groups.composed import OfLinearPart
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Regular, Representation, Trivial
from symdsl.groups.representations.cosets import Induced, Quotient, Restricted
from symdsl.groups.representations.powers import LARGEST_POWER, AlternatingPower, SymmetricPower
from symdsl.syntax import ast
from symdsl.syntax.expression_text import expression_text

ACTION_WORDS = (
    "pixels", "addition", "trivial", "defining", "linear", "dual", "regular", "permutation", "tensor", "sym", "alt",
    "irrep", "quotient", "induced", "restricted", "matrices", "output",
)  # fmt: skip
MAXIMUM_COPIES = 1_000


@dataclass(frozen=True)
class RepresentationReader:
    """Reads representations of one group, no larger than `largest` (the field that they are to act on)."""

    group: Group
    evaluator: Evaluator
    largest: int
    groups: GroupReader

    def read(self, expression: ast.Expression) -> Representation | None:
        """The representation; None where a fault was reported. Nothing over `largest` is ever built."""
        try:
            return self._read(expression)
        except SymdslError as refusal:
            faults = (replace(fault, span=fault.span or expression.span) for fault in refusal.diagnostics)
            self.evaluator.reporter.add(*faults)
            return None

    def _read(self, expression: ast.Expression) -> Representation | None:
        match expression:
            case ast.Name():
                found = self._word(expression)
            case ast.Text():
                found = self._of_linear_part(e3nn_irreps(self.linear, expression.value, self.largest))
            case ast.Call(function=function) if function.text in ("sym", "alt"):
                found = self._symmetrised(expression)
            case ast.Call(function=function) if function.text in ("quotient", "induced", "restricted"):
                found = self._along_subgroup(expression)
            case ast.Call(function=function) if function.text == "irrep":
                found = self._of_linear_part(read_irreducible(expression, self.linear, self.evaluator))
            case ast.Call(function=function) if function.text == "matrices":
                found = read_images(expression, self.group, self.evaluator)
            case ast.Call():
                found = self._tensor(expression)
            case ast.Binary(operator="+"):
                left, right = self.read(expression.left), self.read(expression.right)
                found = Sum((left, right)) if left is not None and right is not None else None
            case ast.Binary(operator="*") if self._is_count(expression.left):
                found = self._copies(expression.left, expression.right, expression)
            case ast.Binary(operator="*"):
                found = self._product(expression)
            case ast.Binary(operator="^"):
                found = self._power(expression)
            case _:
                found = self._refused(expression)
        if found is not None and found.dimension > self.largest:
            self._too_large(expression, found.dimension)
            return None
        return found

    @property
    def linear(self) -> Group:
        """The group whose irreducible representations are written: of affine motions the linear part."""
        return self.group if self.group.linear is None else self.group.linear

    def _of_linear_part(self, found: Representation | None) -> Representation | None:
        return found if found is None or found.group == self.group else OfLinearPart(self.group, found)

    def _word(self, name: ast.Name) -> Representation | None:
        group, reporter = self.group, self.evaluator.reporter
        match name.text:
            case "trivial":
                return Trivial(group)
            case "defining":
                return Defining(group)
            case "linear" if group.linear is not None:
                return LinearPart(group)
            case "linear":
                reporter.error(
                    "SYM0403", f"{group.name} has no translations", name.span, "it is its own linear part",
                    hint="write `defining`",
                )  # fmt: skip
            case "dual":
                return Dual(Defining(group))
            case "permutation" if group.permutes:
                return Permutation(group)
            case "permutation":
                reporter.error(
                    "SYM0403", f"{group.name} does not permute points", name.span, "no permutations here",
                    hint=f"write `defining` for its {group.dimension}x{group.dimension} matrices",
                )  # fmt: skip
            case "regular" if group.order is not None:
                if group.order <= min(self.largest, reporter.limits.group_order):
                    return Regular(group)
                self._too_large(name, group.order)
            case "regular":
                reporter.error(
                    "SYM0403", f"{group.name} has no regular representation", name.span, "the group is infinite",
                    notes=("the regular representation has one number for each element of the group",),
                    hint="use a finite subgroup, such as C(8) of SO(2)",
                )  # fmt: skip
            case _:
                reporter.unknown("SYM0209", "action", name.text, name.span, ACTION_WORDS)
        return None

    def _tensor(self, call: ast.Call) -> Representation | None:
        reporter = self.evaluator.reporter
        if call.function.text == "trivial" and len(call.arguments) == 1:
            count = self.evaluator.integer(call.arguments[0].value, "the number of trivial numbers", 1)
            if count is None:
                return None
            if count > self.largest:
                self._too_large(call, count)
                return None
            return Trivial(self.group, count)
        if call.function.text == "dual" and len(call.arguments) == 1:
            of = self.read(call.arguments[0].value)
            return None if of is None else Dual(of)
        if call.function.text != "tensor" or len(call.arguments) != 2:
            reporter.unknown("SYM0209", "action", call.function.text, call.function.span, ACTION_WORDS)
            return None
        up, down = (self.evaluator.integer(argument.value, "the rank of a tensor", 0) for argument in call.arguments)
        if up is None or down is None:
            return None
        if up + down > 8:
            reporter.error("SYM0405", f"a tensor of rank {up + down}", call.span, "the rank is at most 8")
            return None
        return tensor_power(self.group, up, down)

    def _symmetrised(self, call: ast.Call) -> Representation | None:
        """`sym(V, k)` or `alt(V, k)`."""
        word = call.function.text
        if len(call.arguments) != 2:
            self.evaluator.reporter.error(
                "SYM0404", f"`{word}` takes a representation and a power", call.span,
                f"{len(call.arguments)} arguments are given", hint=f"write {word}(defining, 2)",
            )  # fmt: skip
            return None
        # what is taken to a power may be larger than the power
        inner = replace(self, largest=max(self.largest, self.evaluator.reporter.limits.dimension))
        part = inner.read(call.arguments[0].value)
        power = self.evaluator.integer(call.arguments[1].value, "the power of a representation", 1)
        if part is None or power is None:
            return None
        size = math.comb(part.dimension + (power - 1 if word == "sym" else 0), power) if power <= LARGEST_POWER else 0
        if size > self.largest:
            self._too_large(call, size)
            return None
        return SymmetricPower(part, power) if word == "sym" else AlternatingPower(part, power)

    def _along_subgroup(self, call: ast.Call) -> Representation | None:
        """`quotient(SUBGROUP)`, `induced(SUBGROUP, REPRESENTATION)` or `restricted(GROUP, REPRESENTATION)`."""
        word, wanted = call.function.text, 1 if call.function.text == "quotient" else 2
        if len(call.arguments) != wanted:
            example = {"quotient": "C(2)", "induced": "C(2), irrep(1)", "restricted": "O(3), irrep(2)"}[word]
            self.evaluator.reporter.error(
                "SYM0404", f"`{word}` takes {'a group' if wanted == 1 else 'a group and a representation of it'}",
                call.span, f"{len(call.arguments)} arguments are given", hint=f"write {word}({example})",
            )  # fmt: skip
            return None
        other = self.groups.read_group(call.arguments[0].value)
        if other is None:
            return None
        if word == "quotient":
            return Quotient(self.group, other)
        of = replace(self, group=other).read(call.arguments[1].value)
        if of is None:
            return None
        return Induced(self.group, of) if word == "induced" else Restricted(self.group, of)

    def _is_count(self, expression: ast.Expression) -> bool:
        return isinstance(expression, ast.Number) or (
            isinstance(expression, ast.Name) and expression.text in self.evaluator.constants
        )

    def _copies(self, count: ast.Expression, of: ast.Expression, whole: ast.Expression) -> Representation | None:
        number, part = self.evaluator.integer(count, "the number of copies", 1), self.read(of)
        if number is None or part is None:
            return None
        if number * part.dimension > self.largest:
            self._too_large(whole, number * part.dimension)
            return None
        if isinstance(part, Trivial):
            return Trivial(self.group, number * part.dimension)
        if number > MAXIMUM_COPIES:
            self.evaluator.reporter.error(
                "SYM0405", f"{number:,} copies", count.span, f"at most {MAXIMUM_COPIES:,} are built",
                hint="give the field an axis: vector(3) per 5 has five copies",
            )  # fmt: skip
            return None
        return Sum((part,) * number) if number > 1 else part

    def _product(self, expression: ast.Binary) -> Representation | None:
        left, right = self.read(expression.left), self.read(expression.right)
        return Product((left, right)) if left is not None and right is not None else None

    def _power(self, expression: ast.Binary) -> Representation | None:
        part = self.read(expression.left)
        power = self.evaluator.integer(expression.right, "the power of a representation", 1)
        if part is None or power is None:
            return None
        if power > 8:
            self.evaluator.reporter.error("SYM0405", f"a power of {power}", expression.right.span, "at most 8")
            return None
        return Product((part,) * power) if power > 1 else part

    def _refused(self, expression: ast.Expression) -> None:
        self.evaluator.reporter.error(
            "SYM0209", f"`{expression_text(expression)}` is not an action", expression.span, "an action is wanted here",
            hint="write for example `defining`, `trivial`, `pixels` or `2 * defining + trivial`",
        )  # fmt: skip

    def _too_large(self, expression: ast.Expression, dimension: int) -> None:
        self.evaluator.reporter.error(
            "SYM0403", f"this acts on {dimension} numbers", expression.span, f"the field has {self.largest}",
            hint=f"write an action on {self.largest} numbers",
        )  # fmt: skip
