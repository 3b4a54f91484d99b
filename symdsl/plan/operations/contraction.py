"""Products summed over shared indices: einsum, and the affine map `linear`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from string import ascii_letters
from typing import TYPE_CHECKING

import numpy as np

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.elementwise import add_all
from symdsl.plan.operations.linear import make_multilinear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    any_batched,
    require,
)
from symdsl.plan.operations.window import MANY

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def parse_subscripts(subscripts: str) -> tuple[tuple[str, ...], str]:
    """The letters of each operand, and of the result. Raises PlanError unless written "ab,bc->ac"."""
    left, arrow, right = subscripts.partition("->")
    terms = tuple(left.split(","))
    require(arrow == "->" and all(c in ascii_letters for c in "".join(terms) + right), f"subscripts {subscripts!r}")
    require(len(set(right)) == len(right), f"a letter is repeated in the result of {subscripts!r}")
    require(set(right) <= set("".join(terms)), f"the result of {subscripts!r} has a letter that no operand has")
    return terms, right


def letter_sizes(terms: Sequence[str], operands: Sequence[ArrayType]) -> dict[str, int]:
    """The size of each letter. Raises PlanError if the operands disagree."""
    require(len(terms) == len(operands), f"{len(terms)} terms for {len(operands)} operands")
    sizes: dict[str, int] = {}
    for term, value in zip(terms, operands, strict=True):
        require(len(term) == len(value.shape), f"{term!r} does not name the axes of {value.shape}")
        for letter, size in zip(term, value.shape, strict=True):
            require(sizes.setdefault(letter, size) == size, f"letter {letter} has sizes {sizes[letter]} and {size}")
    return sizes


def _infer_einsum(operands: Types, given: Attributes) -> Types:
    terms, right = parse_subscripts(given["subscripts"])
    sizes = letter_sizes(terms, operands)
    require(all(value.dtype == "real" for value in operands), "einsum is of reals")
    return (ArrayType(tuple(sizes[letter] for letter in right), "real", any_batched(operands)),)


def _evaluate_einsum(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    terms, right = parse_subscripts(given["subscripts"])
    fronts = ["..." if value.batched else "" for value in types]
    left = ",".join(front + term for front, term in zip(fronts, terms, strict=True))
    out = ("..." if any(fronts) else "") + right
    return (np.asarray(np.einsum(f"{left}->{out}", *arrays, optimize=True)),)


def _count_einsum(operands: Types, given: Attributes, results: Types) -> int:
    """Pairwise from the left: each step costs the product of the sizes of all its letters."""
    terms, right = parse_subscripts(given["subscripts"])
    sizes = letter_sizes(terms, operands)
    if len(terms) == 1:
        return prod(sizes.values())
    work, current = 0, set(terms[0])
    for position, term in enumerate(terms[1:], start=1):
        joined = current | set(term)
        work += prod(sizes[letter] for letter in joined)
        current = joined & (set(right) | set("".join(terms[position + 1 :])))
    return work


def spread_repeats(subscripts: str, operands: Sequence[Value]) -> tuple[str, list[Value]]:
    """An equal einsum in which no operand repeats a letter: a repeat becomes a product with the unit matrix."""
    terms, right = parse_subscripts(subscripts)
    unused = [letter for letter in ascii_letters if letter not in subscripts]
    new_terms, units, new_operands = [], [], list(operands)
    for term, value in zip(terms, operands, strict=True):
        letters = ""
        for letter, size in zip(term, value.shape, strict=True):
            if letter in letters:
                fresh = unused.pop(0)
                units.append(letter + fresh)
                new_operands.append(value.builder.unit_matrix(size))
                letter = fresh
            letters += letter
        new_terms.append(letters)
    return ",".join([*new_terms, *units]) + "->" + right, new_operands


def _einsum_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    g = cotangents[0]
    if g is None:
        return None
    subscripts, operands = spread_repeats(application.attributes["subscripts"], application.operands)
    terms, right = parse_subscripts(subscripts)
    wanted = terms[position]
    others = [(t, v) for k, (t, v) in enumerate(zip(terms, operands, strict=True)) if k != position]
    known = set(right) | set("".join(term for term, _ in others))
    present = "".join(letter for letter in wanted if letter in known)
    left = ",".join([right, *(term for term, _ in others)])
    result = g.builder.add("einsum", g, *(value for _, value in others), subscripts=f"{left}->{present}")
    if present == wanted:
        return result
    # A letter that only this operand has was summed out: its cotangent is constant along it.
    for axis, letter in enumerate(wanted):
        if letter not in known:
            result = result.apply("expand", axis=axis)
    return result.apply("broadcast", shape=operands[position].shape)


def _infer_linear(operands: Types, given: Attributes) -> Types:
    x, weight = operands[0], operands[1]
    require(all(value.dtype == "real" for value in operands), "linear is of reals")
    require(not any_batched(operands[1:]), "the weight and bias of linear are batch-free")
    require(len(x.shape) >= 1 and len(weight.shape) == 2, f"linear of {x.shape} by {weight.shape}")
    require(x.shape[-1:] == weight.shape[1:], f"linear of {x.shape} by {weight.shape}: sizes differ")
    require(len(operands) == 2 or operands[2].shape == (weight.shape[0],), "the bias does not fit the weight")
    out = weight.shape[0]
    return (ArrayType((*x.shape[:-1], out), "real", x.batched),)


def _evaluate_linear(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    product = arrays[0] @ arrays[1].T
    return (product + arrays[2] if len(arrays) == 3 else product,)


def _count_linear(operands: Types, given: Attributes, results: Types) -> int:
    return prod(operands[0].shape) * operands[1].shape[0]


def _linear_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    g = cotangents[0]
    if g is None:
        return None
    x, weight = application.operands[0], application.operands[1]
    front = ascii_letters[: x.rank - 1].replace("i", "Y").replace("o", "Z")
    if position == 0:
        return g.apply("einsum", weight, subscripts=f"{front}o,oi->{front}i")
    if position == 1:
        return g.apply("einsum", x, subscripts=f"{front}o,{front}i->oi")
    return g.apply("sum", axes=tuple(range(g.rank - 1))) if g.rank > 1 else g


_LINEAR_PRODUCT_JVP = make_multilinear_jvp("linear", 2)


def _linear_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    bias = tangents[2] if len(tangents) == 3 else None
    for _ in range(application.result.rank - 1 if bias is not None else 0):
        assert bias is not None
        bias = bias.apply("expand", axis=0)
    return (add_all([*_LINEAR_PRODUCT_JVP(application, tangents[:2]), bias]),)


CONTRACTION: tuple[Operation, ...] = (
    Operation(
        "einsum",
        "the sum of products over the letters that the result lacks; the batch letter is implicit and kept",
        (1, MANY),
        _infer_einsum,
        _evaluate_einsum,
        _einsum_vjp,
        make_multilinear_jvp("einsum"),
        _count_einsum,
        attributes={"subscripts": "text"},
    ),
    Operation(
        "linear",
        "y[.., o] = sum_i x[.., i] weight[o, i] + bias[o]",
        (2, 3),
        _infer_linear,
        _evaluate_linear,
        _linear_vjp,
        _linear_jvp,
        _count_linear,
    ),
)
