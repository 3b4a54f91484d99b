"""Irreducible representations as a spec writes them: `irrep(2)`, `irrep(1, odd)`, and e3nn's `"8x0e + 8x1o"`."""

from __future__ import annotations

import re

from symdsl.check.evaluate import Evaluator
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.combinations import Product, Sum
from symdsl.groups.group import Group
from symdsl.groups.harmonics import Harmonic, metric_of
from symdsl.groups.representation import Representation, Trivial
from symdsl.groups.spin import Spin
from symdsl.syntax import ast

PARITIES = ("even", "odd", "pseudo")
_TERM = re.compile(r"\s*(?:(?P<copies>\d{1,6})\s*x\s*)?(?P<degree>\d{1,3})(?P<parity>[eo]?)\s*")


def irreducible(group: Group, label: float, parity: str | None) -> Representation:
    """The irreducible representation of a group with a label, and a parity where the group has reflections.

    O(n), SO(n), O(p, q), Lorentz: harmonics of degree `label`. C(n), D(n): frequency `label`, at most n/2. SU(2): spin
    `label`. `even` and `odd` are what -1 does to it (O(n), n odd); `pseudo` multiplies by the determinant.
    Raises SymdslError SYM0424.
    """
    if group.family == "special_unitary" and group.dimension == 4 and parity is None and 2 * label == int(2 * label):
        return Spin(group, int(2 * label))
    if group.family not in ("orthogonal", "special_orthogonal", "lorentz", "cyclic", "dihedral"):
        raise _refusal(
            f"the irreducible representations of {group.name} have no labels here",
            "write powers of its own matrices: sym(defining, 2), alt(defining, 2), tensor(1, 1)",
        )
    if label != int(label):
        raise _refusal(f"{group.name} has no irreducible representation {label:g}", "write a whole number: irrep(2)")
    degree = int(label)
    pseudo = _is_pseudo(group, degree, parity)
    if group.family not in ("cyclic", "dihedral"):
        return Harmonic(group, degree, pseudo)
    parts = (group.order or 1) // (2 if group.family == "dihedral" else 1)
    if not 0 <= 2 * degree <= parts:
        raise _refusal(
            f"{group.name} has no irreducible representation of frequency {degree}",
            f"write a frequency from 0 to {parts // 2}; n - k is k again",
        )
    return Harmonic(group, degree, pseudo, half=0 < 2 * degree == parts)


def _is_pseudo(group: Group, degree: int, parity: str | None) -> bool:
    if parity is None:
        return False
    if group.family in ("special_orthogonal", "cyclic"):
        raise _refusal(f"{group.name} has no reflections, so that its representations have no parity", "leave it out")
    if parity == "pseudo":
        return True
    if group.family != "orthogonal" or not group.orthogonal or group.dimension % 2 == 0:
        hint = f"write irrep({degree}) or irrep({degree}, pseudo), which is times the determinant"
        raise _refusal(f"-1 tells even from odd in O(n) with n odd, and this is {group.name}", hint)
    return (parity == "odd") != (degree % 2 == 1)


def e3nn_irreps(group: Group, text: str, largest: int) -> Representation:
    """A sum such as "8x0e + 8x1o + 2e" in the notation of e3nn (2207.09453), for O(3), and for SO(3) without parities.

    Raises SymdslError SYM0424 for anything else, and for more than `largest` dimensions.
    """
    if metric_of(group) != (1, 1, 1) or group.family not in ("orthogonal", "special_orthogonal"):
        hint = "write irrep(k), or an action such as 2 * defining + trivial"
        raise _refusal(f"e3nn's notation is for O(3) and SO(3), and this is {group.name}", hint)
    parts: list[Representation] = []
    size = 0
    for term in text.split("+"):
        match = _TERM.fullmatch(term)
        if match is None or (group.family == "orthogonal" and not match["parity"]):
            raise _refusal(f"`{term.strip()}` is not a term of e3nn's notation", 'write for example "8x0e + 8x1o + 2e"')
        copies, degree = int(match["copies"] or 1), int(match["degree"])
        size += copies * (2 * degree + 1)
        if size > largest:
            hint = "degree l has 2 l + 1 numbers: write fewer copies, or a lower degree"
            raise _refusal(f"{text} acts on {size} numbers or more, the field has {largest}", hint)
        parity = {"e": "even", "o": "odd"}.get(match["parity"]) if group.family == "orthogonal" else None
        if copies:
            parts.append(_copies(copies, irreducible(group, degree, parity)))
    if not parts:
        raise _refusal(f"{text} is empty", 'write for example "8x0e + 8x1o"')
    return parts[0] if len(parts) == 1 else Sum(tuple(parts))


def _copies(count: int, of: Representation) -> Representation:
    return of if count == 1 else Product((Trivial(of.group, count), of))


def _refusal(message: str, hint: str) -> SymdslError:
    return SymdslError(Diagnostic("SYM0424", message, hint=hint))


def read_irreducible(call: ast.Call, group: Group, evaluator: Evaluator) -> Representation | None:
    """`irrep(label)` or `irrep(label, parity)`; None where a fault was reported."""
    reporter = evaluator.reporter
    values = [argument.value for argument in call.arguments]
    if not 1 <= len(values) <= 2 or any(argument.name for argument in call.arguments):
        reporter.error(
            "SYM0404", "`irrep` takes a label, and a parity", call.span, f"{len(values)} arguments are given",
            hint="write irrep(2), or irrep(1, odd)",
        )  # fmt: skip
        return None
    label, parity = evaluator.constant(values[0]), None
    if label is None:
        return None
    if isinstance(label, bool) or not isinstance(label, int | float):
        evaluator.mismatch(values[0], "the label of an irreducible representation", "a number", label)
        return None
    if len(values) == 2:
        word = values[1]
        if not isinstance(word, ast.Name) or word.text not in PARITIES:
            text = word.text if isinstance(word, ast.Name) else "this"
            reporter.unknown("SYM0209", "parity", text, word.span, PARITIES)
            return None
        parity = word.text
    return irreducible(group, label, parity)
