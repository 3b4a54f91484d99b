"""Sums of products: einsum and its fast forms, linear layers."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_letters
from types import MappingProxyType

from symdsl.backends.torch.code import ATOM, PRODUCT, Code, Emitter, Site


def _emit_linear(site: Site) -> Code:
    if any(site.batched(position) for position in range(1, len(site.operands))):
        product = site.call("torch.einsum", '"b...i,boi->b...o"', site.operand(0), site.operand(1)).text
        if not site.batched(0):
            product = site.call("torch.einsum", '"...i,boi->b...o"', site.operand(0), site.operand(1)).text
        return Code(product)
    return site.call("F.linear", *(site.operand(position) for position in range(len(site.operands))))


def _emit_einsum(site: Site) -> Code:
    inputs, _, output = site.value("subscripts").replace(" ", "").partition("->")
    terms = inputs.split(",")
    fast = _matrix_product(site, terms, output) if len(terms) == 2 else None
    if fast is not None:
        return fast
    batch = next(letter for letter in "b" + ascii_letters if letter not in inputs)
    terms = [(batch if site.batched(position) else "") + term for position, term in enumerate(terms)]
    output = (batch if site.node.type.batched else "") + output
    operands = [site.operand(position) for position in range(len(terms))]
    return site.call("torch.einsum", f'"{",".join(terms)}->{output}"', *operands)


def _matrix_product(site: Site, terms: list[str], output: str) -> Code | None:
    """The product as `@` or F.linear, where the contraction is one of matrices or of a matrix and a vector."""
    left, right = terms
    shared = set(left) & set(right)
    if len(shared) != 1 or any(len(set(term)) != len(term) for term in (left, right, output)):
        return None
    (index,) = shared
    if index in output:
        return None
    if site.batched(0) and not site.batched(1):
        return _times_matrix(site, left, right, output, index, (0, 1))
    if site.batched(1) and not site.batched(0):
        return _times_matrix(site, right, left, output, index, (1, 0))
    if len(left) == len(right) == 2 and left[1] == right[0] == index and output == left[0] + right[1]:
        return Code(f"{site.operands[0].within(PRODUCT)} @ {site.operands[1].within(PRODUCT + 1)}", PRODUCT)
    return None


def _times_matrix(site: Site, term: str, matrix: str, output: str, index: str, order: tuple[int, int]) -> Code | None:
    """A batched array with the index last times a matrix."""
    if not term.endswith(index) or len(matrix) != 2:
        return None
    free = matrix.replace(index, "")
    if output != term[:-1] + free:
        return None
    array, weight = order
    if matrix == free + index:
        return site.call("F.linear", site.operand(array), site.operand(weight))
    return Code(f"{site.operands[array].within(PRODUCT)} @ {site.operands[weight].within(ATOM)}", PRODUCT)


CONTRACTION: Mapping[str, Emitter] = MappingProxyType({"einsum": _emit_einsum, "linear": _emit_linear})
