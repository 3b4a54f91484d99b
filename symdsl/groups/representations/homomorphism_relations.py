"""Whether images of the generators are those of a homomorphism: the relations of the group, each tested."""

from __future__ import annotations

from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.lie_closure import LieClosure, Relation
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array, exponential
from symdsl.groups.arrays.paths import Components, components_of, images_of
from symdsl.groups.group import Group
from symdsl.groups.words import cayley_graph, word_text

TOLERANCE: Final = 1e-9
_TURNS: Final = 12
_LOOPS: Final = 16
_FACTORS: Final = 4


@np.errstate(over="ignore", invalid="ignore")
def check_finite(group: Group, images: Array) -> None:
    """Refuses images (M, n, n) of the generators of a finite group that break a relation.

    The relations are the steps of the Cayley graph off its tree, which present the group. Raises SymdslError SYM0424,
    SYM0701, SYM0704.
    """
    graph = cayley_graph(group)
    count = len(graph.parent)
    check_entries(count * images.shape[-1] ** 2, f"the images of the elements of {group.name}")
    matrices = graph.spread(images, np.arange(count))
    sizes = np.maximum(1.0, np.max(np.abs(matrices), axis=(1, 2)))
    broken: list[tuple[int, Relation]] = []
    for letter, (image, step) in enumerate(zip(images, graph.steps, strict=True)):
        errors = np.max(np.abs(image @ matrices - matrices[step]), axis=(1, 2)) / sizes[step]
        for start in np.flatnonzero(~(errors <= TOLERANCE))[:50]:
            left, right = [letter, *graph.word(int(start))], graph.word(int(step[start]))
            relation = Relation(f"{word_text(left)} = {word_text(right)}", float(errors[start]))
            broken.append((len(left) + len(right), relation))
    if broken:
        raise _refusal(group, min(broken, key=lambda pair: pair[0])[1])


@np.errstate(over="ignore", invalid="ignore")
def check_lie(group: Group, images: Array, discrete: Array) -> tuple[LieClosure, Components]:
    """Refuses images (D, n, n) of the Lie algebra and (M, n, n) of the discrete generators that break a relation.

    Tested are the brackets, the adjoint action of discrete generators, what one-parameter subgroups close, products of
    discrete generators component by component, and random loops. Raises SymdslError SYM0424, SYM0703, SYM0704.
    """
    closure, relations = LieClosure.of(group.lie_algebra, images)
    _demand(group, relations)
    _demand(group, _adjoint_relations(group, closure, discrete))
    for index in range(len(closure.basis)):
        relation = _closing_relation(closure, index)
        if relation is not None and not relation.error <= TOLERANCE:
            raise _refusal(group, relation, _about_covers(group, closure, index))
    components = components_of(closure, group.discrete, discrete)
    _demand(group, _component_relations(group, closure, components, discrete))
    _demand(group, [_loop_relation(closure, components)])
    return closure, components


def _demand(group: Group, relations: list[Relation]) -> None:
    broken = [relation for relation in relations if not relation.error <= TOLERANCE]
    if broken:
        raise _refusal(group, broken[0])


def _refusal(group: Group, relation: Relation, notes: tuple[str, ...] = ()) -> SymdslError:
    """The one diagnostic of images that are no representation."""
    fails = f"fails by {relation.error:.2g}" if np.isfinite(relation.error) else "is beyond the largest number"
    message = f"these matrices are no representation of {group.name}: {relation.text} {fails}"
    parts = "the group" if group.order is not None else "its components"
    kinds = (("A1, A2, ...", "the Lie algebra", group.lie_algebra), ("h1, h2, ...", parts, group.discrete))
    about = " and ".join(f"{names} generate {what}" for names, what, matrices in kinds if len(matrices))
    known = f"{about}, in the order in which the matrices are given"
    how = "the largest difference of an entry, over the largest entry where that is over 1"
    return SymdslError(Diagnostic("SYM0424", message, notes=(known, how, *notes)))


def _adjoint_relations(group: Group, closure: LieClosure, discrete: Array) -> list[Relation]:
    """h A h^-1 in the Lie algebra, for each discrete generator and each of a basis."""
    relations = []
    for position, (element, image) in enumerate(zip(group.discrete, discrete, strict=True)):
        turned = element @ closure.basis @ np.linalg.inv(element)
        expected = closure.image(turned)
        found = image @ closure.images @ np.linalg.inv(image)
        scales = np.maximum(1.0, np.max(np.abs(expected), axis=(1, 2), initial=0.0))
        errors = np.max(np.abs(found - expected), axis=(1, 2), initial=0.0) / scales
        for name, matrix, error in zip(closure.names, turned, errors, strict=True):
            left = f"h{position + 1} {name} h{position + 1}^-1"
            relations.append(Relation(f"{left} = {closure.expression(matrix)}", float(error)))
    return relations


def _period(matrix: Array) -> float | None:
    """The least T > 0 with exp(T A) = 1, as far as it is at most 12 turns of the slowest rotation; None for none."""
    speeds = np.linalg.eigvals(matrix)
    size = float(np.max(np.abs(speeds), initial=0.0))
    if size == 0.0 or np.max(np.abs(speeds.real)) > 1e-9 * size:
        return None
    moving = np.abs(speeds.imag)[np.abs(speeds.imag) > 1e-9 * size]
    times = 2.0 * np.pi / float(np.min(moving)) * np.arange(1, _TURNS + 1)
    closing = np.max(np.abs(exponential(times[:, None, None] * matrix) - np.eye(len(matrix))), axis=(1, 2)) < 1e-8
    return float(times[np.argmax(closing)]) if np.any(closing) else None


def _closing_relation(closure: LieClosure, index: int) -> Relation | None:
    """exp(T A) = 1 of a generator of a closed one-parameter subgroup; None where it closes nowhere."""
    period = _period(closure.basis[index])
    if period is None:
        return None
    turns = period / np.pi
    time = f"{round(turns)} pi" if abs(turns - round(turns)) < 1e-9 else f"{period:.6g}"
    image = exponential(period * closure.images[index])
    error = float(np.max(np.abs(image - np.eye(len(image)))))
    return Relation(f"exp({time} {closure.names[index]}) = 1", error)


def _about_covers(group: Group, closure: LieClosure, index: int) -> tuple[str, ...]:
    """The note of images that close after two turns, as those of spinors do."""
    period = _period(closure.basis[index])
    twice = exponential(2.0 * (period or 0.0) * closure.images[index])
    if not np.max(np.abs(twice - np.eye(len(twice)))) <= TOLERANCE:
        return ()
    return (f"two turns do give 1: this is a spinor, a representation of the double cover and not of {group.name}",)


def _component_relations(group: Group, closure: LieClosure, components: Components, discrete: Array) -> list[Relation]:
    """h r in terms of r' and an element of the connected component, for every discrete generator and component."""
    relations = []
    for letter, (element, image) in enumerate(zip(group.discrete, discrete, strict=True)):
        products = element @ components.elements
        expected, places = images_of(closure, components, products)
        found = image @ components.images
        scales = np.maximum(1.0, np.max(np.abs(expected), axis=(1, 2)))
        errors = np.max(np.abs(found - expected), axis=(1, 2)) / scales
        for number, (word, place) in enumerate(zip(components.words, places, strict=True)):
            left, right = word_text([letter, *word]), word_text(list(components.words[place]))
            same = np.max(np.abs(products[number] - components.elements[place])) < 1e-9
            more = "" if same else ", times an element of the connected part,"
            relations.append(Relation(f"{left} = {right}{more}", float(errors[number])))
    return relations


def _loop_relation(closure: LieClosure, components: Components) -> Relation:
    """Random products of exponentials against what the way back from them gives: whether all loops go to 1."""
    generator = np.random.default_rng(1935)
    size, dimension = closure.images.shape[-1], closure.basis.shape[-1]
    elements = np.broadcast_to(np.eye(dimension), (_LOOPS, dimension, dimension)).copy()
    images = np.broadcast_to(np.eye(size), (_LOOPS, size, size)).copy()
    for _ in range(_FACTORS):
        coordinates = generator.standard_normal((_LOOPS, len(closure.basis)))
        exponents = np.tensordot(coordinates, closure.basis, axes=1)
        growth = np.max(np.abs(np.linalg.eigvals(exponents).real), axis=1)
        lengths = np.linalg.norm(exponents, axis=(1, 2))
        cut = np.minimum(5.0 / np.maximum(lengths, 1e-300), 0.5 / np.maximum(growth, 1e-300))
        elements = elements @ exponential(cut[:, None, None] * exponents)
        images = images @ exponential(closure.combined(cut[:, None] * coordinates))
    found, places = images_of(closure, components, elements)
    inside = places >= 0
    scales = np.maximum(1.0, np.max(np.abs(images), axis=(1, 2)))
    errors = (np.max(np.abs(found - images), axis=(1, 2)) / scales)[inside]
    return Relation("rho(g) = rho(g), along two ways from 1 to g,", float(np.max(errors, initial=0.0)))
