"""Representations by the matrices of the generators: `matrices(generators = [...], discrete = [...])`."""

from __future__ import annotations

from typing import Any

import numpy as np

from symdsl.check.arguments import Signature, bind
from symdsl.check.evaluate import Evaluator
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.generators import check_invertible, checked_matrix
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group
from symdsl.groups.representations.images import Images, by_images
from symdsl.syntax import ast

_SIGNATURE = Signature(("generators", "discrete"), 0, "matrices(generators = [...], discrete = [...])")
_NAMES = {"generators": "generator", "discrete": "discrete generator"}


def read_images(call: ast.Call, group: Group, evaluator: Evaluator) -> Images | None:
    """The representation; None where a fault was reported. Raises SymdslError SYM0406, SYM0407, SYM0424 and others."""
    bound = bind("matrices", call.arguments, _SIGNATURE, call.span, evaluator.reporter)
    if bound is None:
        return None
    given: dict[str, list[Array]] = {name: [] for name in _NAMES}
    for name, expression in bound.items():
        entries = evaluator.constant(expression)
        if entries is None:
            return None
        if not isinstance(entries, list):
            evaluator.mismatch(expression, f"`{name}`", "a list of matrices", entries)
            return None
        given[name] = [_read(name, position, entry) for position, entry in enumerate(entries)]
    every = [*given["generators"], *given["discrete"]]
    sizes = sorted({len(matrix) for matrix in every})
    if len(sizes) > 1:
        text = f"the matrices of a representation are of different sizes: {', '.join(map(str, sizes))}"
        raise SymdslError(Diagnostic("SYM0406", text, hint="write one square matrix of one size for each generator"))
    size = sizes[0] if sizes else group.dimension
    stacks = [np.array(given[name]).reshape(-1, size, size) for name in _NAMES]
    return by_images(group, *stacks)


def _read(name: str, position: int, entry: Any) -> Array:
    matrix = checked_matrix("the representation", f"the matrix of {_NAMES[name]}", position, entry)
    if name == "discrete":
        check_invertible("the representation", position, matrix)
    return matrix
