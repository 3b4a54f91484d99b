"""A representation from two texts, in the words of a spec: for networks of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symdsl.check.declaration import Catalogue
from symdsl.check.evaluate import Evaluator
from symdsl.check.groups import GroupReader
from symdsl.check.reporter import Reporter
from symdsl.check.representations import RepresentationReader
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.families.catalogue import product
from symdsl.groups.representation import Representation
from symdsl.session import Limits
from symdsl.syntax import ast
from symdsl.syntax.parser import parse


def read_representation(group: str, words: str, catalogue: Catalogue, limits: Limits) -> Representation:
    """What `symmetry g: GROUP { field: WORDS }` means in a spec; a product acts by its block-diagonal matrices.

    Raises SymdslError with the diagnostics of a spec that says so (such as SYM0204, SYM0209, SYM0403, SYM0101).
    """
    where = f"in representation({group!r}, {words!r})"
    symmetry, action = _parse(group, words, limits, where)
    reporter = Reporter(limits)
    evaluator = Evaluator(reporter)
    groups = GroupReader(catalogue, evaluator, {})
    meaning = groups.read(symmetry)
    if meaning is not None and meaning.kind != "group":
        reporter.error(
            "SYM0414", f"`{group}` has no representations of its own", symmetry.span,
            hint="write for example C(4), O(3) or O(3) * S(5)",
        )  # fmt: skip
        meaning = None
    if meaning is None:
        raise _without_places(reporter.found, where)
    factors = tuple(factor.group for factor in meaning.factors)
    whole = factors[0] if len(factors) == 1 else product(*factors)
    found = RepresentationReader(whole, evaluator, limits.dimension, groups).read(action)
    if found is None:
        raise _without_places(reporter.found, where)
    return found


def _parse(group: str, words: str, limits: Limits, where: str) -> tuple[ast.SymmetryDeclaration, ast.Expression]:
    """The two expressions. Raises SymdslError SYM01xx where a text is not one expression."""
    try:
        file = parse(f"model m {{\nsymmetry g: {group}\n{{\nx: {words}\n}}\n}}", limits=limits)
    except SymdslError as refusal:
        raise _without_places(refusal.diagnostics, where) from None
    match file.models:
        case [ast.ModelDeclaration(statements=(ast.SymmetryDeclaration(actions=(line,)) as symmetry,))]:
            return symmetry, line.action
    message = "a group and a representation are wanted, one expression each"
    raise SymdslError(Diagnostic("SYM0101", message, notes=(where,)))


def _without_places(faults: Iterable[Diagnostic], where: str) -> SymdslError:
    """The faults without spans, which would point into a text that nobody wrote."""
    return SymdslError(
        *(replace(fault, span=None, fix=None, related=(), notes=(*fault.notes, where)) for fault in faults)
    )
