"""Irreducible representations as a spec writes them: `irrep(2)`, `irrep(1, odd)`, `irrep(1, 0)`, `"8x0e + 8x1o"`."""

from __future__ import annotations

import re

from symdsl.check.evaluate import Evaluator
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.combinations import Product, Sum
from symdsl.groups.group import Group
from symdsl.groups.representation import Representation, Trivial
from symdsl.groups.representations.finite_irreducible import FiniteIrreducible
from symdsl.groups.representations.harmonics import Harmonic, metric_of
from symdsl.groups.representations.lorentz_irreducible import LorentzPair, is_of_spacetime
from symdsl.groups.representations.spin import Spin
from symdsl.syntax import ast

_BY_HARMONICS = ("orthogonal", "special_orthogonal", "lorentz", "cyclic", "dihedral")
LARGEST_LABEL = 1e6
PARITIES = ("even", "odd", "pseudo")
_TERM = re.compile(r"\s*(?:(?P<copies>\d{1,6})\s*x\s*)?(?P<degree>\d{1,3})(?P<parity>[eo]?)\s*")


def irreducible(group: Group, label: float, parity: str | None) -> Representation:
    """The irreducible representation of a group with a label, and a parity where the group has reflections.

    O(n), SO(n), O(p, q), Lorentz: harmonics of degree `label`. C(n), D(n): frequency `label`, at most n/2. SU(2): spin
    `label`. Other finite groups: number `label` of their table. `even` and `odd` are what -1 does to it (O(n), n odd);
    `pseudo` multiplies by the determinant. Raises SymdslError SYM0424, and for finite groups SYM0422, SYM0701, SYM0703.
    """
    if group.family == "special_unitary" and group.dimension == 4 and parity is None and 2 * label == int(2 * label):
        return Spin(group, int(2 * label))
    if group.order is not None and group.family not in _BY_HARMONICS:
        return _of_finite_group(group, label, parity)
    if group.family not in _BY_HARMONICS:
        raise _refusal(
            f"the irreducible representations of {group.name} have no labels here",
            "write powers of its own matrices: sym(defining, 2), alt(defining, 2), tensor(1, 1)",
        )
    if label != int(label):
        hint = "write a whole number, such as irrep(1) for vectors; half-integral spins belong to SU(2): irrep(1/2)"
        raise _refusal(f"{group.name} has no irreducible representation {label:g}", hint)
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


def _of_finite_group(group: Group, label: float, parity: str | None) -> Representation:
    if parity is not None:
        hint = "every irreducible representation has a number of its own: leave the parity out"
        raise _refusal(f"representations of {group.name} are told apart by number, not by parity", hint)
    if label != int(label):
        raise _refusal(f"{group.name} has no irreducible representation {label:g}", "write a whole number: irrep(2)")
    return FiniteIrreducible(group, int(label))


def irreducible_of_spacetime(group: Group, first: float, second: float, parity: str | None) -> Representation:
    """(j1, j2) of a group of a metric of signature (1, 3): real where j1 = j2, else together with (j2, j1).

    (j, j) are the harmonics of degree 2 j, and so `irreducible(group, 2 j)`. Raises SymdslError SYM0424.
    """
    if not is_of_spacetime(group):
        hint = "write one label: irrep(2)"
        raise _refusal(f"two labels are those of Lorentz, SO(1, 3) and O(1, 3), and this is {group.name}", hint)
    name = f"({_fraction(first)}, {_fraction(second)})"
    if any(label < 0 or 2 * label != int(2 * label) for label in (first, second)):
        hint = "write two of 0, 1/2, 1, 3/2, ..., such as irrep(1/2, 1/2)"
        raise _refusal(f"{group.name} has no irreducible representation {name}", hint)
    if first + second != int(first + second):
        raise _refusal(
            f"{name} is a representation of SL(2, C), and not of {group.name}: a whole turn is 1 and goes to -1",
            "j1 + j2 is whole: irrep(1/2, 1/2) is the vector, irrep(1, 0) the field tensor",
        )
    if first == second:
        return irreducible(group, 2 * first, parity)
    pair = (int(2 * max(first, second)), int(2 * min(first, second)))
    if parity is not None:
        message = f"{name} holds ({_fraction(second)}, {_fraction(first)}) as well, and has no parity of its own"
        raise _refusal(message, "leave it out: times the determinant it is itself in another basis")
    return LorentzPair(group, pair)


def _fraction(label: float) -> str:
    return f"{int(2 * label)}/2" if label != int(label) and 2 * label == int(2 * label) else f"{label:g}"


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
    """`irrep(label)`, `irrep(label, label)`, and either with a parity; None where a fault was reported."""
    values = [argument.value for argument in call.arguments]
    parity = None
    last = values[-1] if len(values) > 1 else None
    if isinstance(last, ast.Name) and last.text not in evaluator.constants:
        parity = _parity(last, evaluator)
        if parity is None:
            return None
        values.pop()
    if not 1 <= len(values) <= 2 or any(argument.name for argument in call.arguments):
        evaluator.reporter.error(
            "SYM0404", "`irrep` takes a label, or two of Lorentz, and a parity", call.span,
            f"{len(call.arguments)} arguments are given", hint="write irrep(2), irrep(1, odd) or irrep(1/2, 1/2)",
        )  # fmt: skip
        return None
    labels = [_label(value, evaluator) for value in values]
    if any(label is None for label in labels):
        return None
    numbers = [label for label in labels if label is not None]
    if len(numbers) == 2:
        return irreducible_of_spacetime(group, numbers[0], numbers[1], parity)
    return irreducible(group, numbers[0], parity)


def _parity(word: ast.Name, evaluator: Evaluator) -> str | None:
    if word.text in PARITIES:
        return word.text
    evaluator.reporter.unknown("SYM0209", "parity", word.text, word.span, PARITIES)
    return None


def _label(value: ast.Expression, evaluator: Evaluator) -> float | None:
    label = evaluator.constant(value)
    if label is not None and (isinstance(label, bool) or not isinstance(label, int | float)):
        evaluator.mismatch(value, "the label of an irreducible representation", "a number", label)
        return None
    if label is not None and abs(label) > LARGEST_LABEL:
        raise _refusal(f"no irreducible representation has the label {label:g}", "write a small number: irrep(2)")
    return label
