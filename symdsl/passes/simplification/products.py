"""Rules of einsum: uniform operands and transposes vanish into it; without a product it is a sum or a transpose."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from symdsl.passes.simplification.uniform import make_uniform, number_of, witness_of_batch
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.contraction import letter_sizes, parse_subscripts
from symdsl.plan.operations.operation import Attributes, common_rows
from symdsl.plan.value import Value


def simplify_einsum(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """One step of simplification of an einsum; None where nothing applies."""
    if operation != "einsum":
        return None
    terms, right = parse_subscripts(attributes["subscripts"])
    if any(len(set(term)) != len(term) for term in terms):
        return None
    for place, value in enumerate(operands):
        number = number_of(value)
        if number is not None:
            return _drop_uniform(builder, operands, terms, right, place, number)
    if len(operands) == 1:
        return _without_product(operands[0], terms[0], right)
    if len(operands) == 2 and terms[0] == terms[1] == right:
        return operands[0] * operands[1]
    for place, value in enumerate(operands):
        absorbed = _absorb(value, terms[place])
        if absorbed is not None:
            new_operands = (*operands[:place], absorbed[0], *operands[place + 1 :])
            new_terms = (*terms[:place], absorbed[1], *terms[place + 1 :])
            return builder.add("einsum", *new_operands, subscripts=f"{','.join(new_terms)}->{right}")
    return None


def _absorb(value: Value, term: str) -> tuple[Value, str] | None:
    """The operand before a transpose, with its letters in that order."""
    node = value.builder.node_at(value.index)
    if node.op != "transpose":
        return None
    letters = [""] * len(term)
    for letter, axis in zip(term, node.attributes["permutation"], strict=True):
        letters[axis] = letter
    return value.builder.value(node.operands[0]), "".join(letters)


def _without_product(x: Value, term: str, right: str) -> Value:
    """The einsum of one operand without repeated letters: sum, then transpose."""
    lost = tuple(axis for axis, letter in enumerate(term) if letter not in right)
    summed = x.apply("sum", axes=lost) if lost else x
    left = [letter for letter in term if letter in right]
    return summed.apply("transpose", permutation=tuple(left.index(letter) for letter in right))


def _drop_uniform(
    builder: MethodBuilder, operands: tuple[Value, ...], terms: Sequence[str], right: str, place: int, number: float
) -> Value | None:
    """The product without a uniform operand: a number times the product of the others, stretched where needed."""
    sizes = letter_sizes(terms, [value.type for value in operands])
    batched = any(value.type.batched for value in operands)
    rows = common_rows([value.type for value in operands])
    result = ArrayType(tuple(sizes[letter] for letter in right), "real", batched, rows)
    others = [(term, value) for k, (term, value) in enumerate(zip(terms, operands, strict=True)) if k != place]
    known = set("".join(term for term, _ in others))
    number *= prod(sizes[letter] for letter in set(terms[place]) if letter not in known and letter not in right)
    if not others or number == 0.0:
        return make_uniform(builder, result, number)
    present = "".join(letter for letter in right if letter in known)
    subscripts = ",".join(term for term, _ in others) + "->" + present
    product = builder.add("einsum", *(value for _, value in others), subscripts=subscripts) * number
    for axis, letter in enumerate(right):
        if letter not in known:
            product = product.apply("expand", axis=axis)
    product = product.apply("broadcast", shape=result.shape)
    if batched and not product.type.batched:
        witness = witness_of_batch(builder, rows)
        return None if witness is None else product.apply("batch_broadcast", witness)
    return product
