"""The spec of what was found: it compiles as it is, and its fields are those of the data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.cards.card import GroupCard
from symdsl.discovery.discover import Discovery
from symdsl.discovery.read import Asked
from symdsl.discovery.summary import figure_of
from symdsl.drafting.fields import free_name
from symdsl.syntax.formatter import format_text

Array = NDArray[np.float64]
WIDTHS = "hidden = [64, 64]"
COMMENT_WIDTH = 115
TRAINING = (
    "train {", "epochs = 200", "optimiser = adamw", "learning_rate = 0.003", "schedule = cosine", "keep = best", "}",
)  # fmt: skip


@dataclass(frozen=True)
class SpecField:
    """A field: its name, its type, and the key of the array that it is read from; "" of a file that has but one, None
    where no single array holds it."""

    name: str
    type: str
    key: str | None


@dataclass(frozen=True)
class Way:
    """How a spec uses the group: the lines that enforce it, or none, and what is said of that."""

    enforcement: tuple[str, ...]
    network: str = ""
    remark: str = ""


def ways(discovery: Discovery) -> Iterator[Way]:
    """Ways to use the group, the exact one first; the last one always stands."""
    card = discovery.card
    if card is not None and card.certificate.verdict == "certified" and card.space in ("linear", "affine"):
        if not card.partial:
            yield Way((f"enforce g by equivariant_mlp {{ {WIDTHS}, network = auto }}",))
            yield Way((f"enforce g by equivariant_mlp {{ {WIDTHS} }}",))
        why = "The group holds over a part of its parameters" if card.partial else "No network keeps it exactly here"
        remark = f"{why}: it is trained, not enforced."
        yield Way(("enforce g by augmentation",), f" by mlp {{ {WIDTHS} }}", remark)
    yield Way((), f" by mlp {{ {WIDTHS} }}")


def spec_text(
    asked: Asked, discovery: Discovery, way: Way, name: str, group: str, reference: str | None, command: str
) -> str:
    """The spec in canonical layout: `group` stands after `symmetry g:`.

    `reference` is the data as this spec may name them; None where they lie outside its folder, or in several files.
    """
    inputs, target = spec_fields(asked, discovery)
    lines = [*_comment(asked, discovery, way, command, reference), f"model {name} {{", "data {"]
    for each in (*inputs, target):
        key = f":{each.key}" if each.key else ""
        source = "" if each.key is None or reference is None else f' from "{reference}{key}"'
        lines.append(f"{each.name}: {each.type}{source}")
    lines.append("}")
    if way.enforcement:
        lines.append(f"symmetry g: {group}")
    lines.append(f"predict {target.name} from {', '.join(each.name for each in inputs)}{way.network}")
    lines += [*way.enforcement, *TRAINING, "}"]
    return format_text("\n".join(lines) + "\n", f"{name}.sym")


def group_text(discovery: Discovery, target: str) -> str | None:
    """The group of the card by its matrices, for a spec that stands alone; None of motions that need the card."""
    card = discovery.card
    if card is None or card.space != "linear":
        return None
    moved = ""
    if card.outputs is not None:
        moved = f" {{ {target}: {_matrices('matrices(', ')', card.outputs, card.discrete_outputs)} }}"
    return _matrices("matrix_group { ", " }", card.generators, card.discrete) + moved


def _matrices(begin: str, end: str, generators: Array, discrete: Array | None) -> str:
    parts = [("generators", generators), ("discrete", discrete)]
    given = [(name, np.asarray(each) + 0.0) for name, each in parts if each is not None and len(each)]
    listed = [f"{name} = {each.tolist()!r}" for name, each in given]
    return f"{begin}{', '.join(listed)}{end}"


def spec_fields(asked: Asked, discovery: Discovery) -> tuple[tuple[SpecField, ...], SpecField]:
    """The fields of x, one for each array where arrays are vectors, and that of y."""
    problem, columns = discovery.problem, asked.columns
    kind = "vector" if problem.motions == "linear" else "point"
    size = problem.dimension
    alone = len(columns.inputs) == 1
    taken: list[str] = []
    inputs: list[SpecField] = []
    if alone or all(columns.shapes[key] == () for key in columns.inputs):
        name = problem.names[0]
        fits = alone and columns.shapes[columns.inputs[0]] == problem.x.shape[1:]
        type_ = _along(f"{kind}({size})", problem.x.shape[1:-1])
        inputs.append(SpecField(name, type_, columns.places[columns.inputs[0]][1] if fits else None))
        taken.append(name)
    else:
        for key in columns.inputs:
            name = free_name(key, taken)
            inputs.append(SpecField(name, _along(f"{kind}({size})", columns.shapes[key][:-1]), columns.places[key][1]))
            taken.append(name)
    name = free_name(columns.targets[0] if len(columns.targets) == 1 else "y", taken)
    key = columns.places[columns.targets[0]][1] if len(columns.targets) == 1 else None
    return tuple(inputs), SpecField(name, _target_type(discovery), key)


def _target_type(discovery: Discovery) -> str:
    problem = discovery.problem
    if problem.classes is not None:
        return f"label(classes = {problem.classes})"
    if problem.law == "dynamics":
        return _along(f"vector({problem.dimension})", problem.x.shape[1:-1])
    if problem.y is None or problem.law == "views" or problem.y.ndim == 1:
        return "scalar"
    width = int(problem.y.shape[1])
    moved = problem.law == "equivariance" and discovery.card is not None and discovery.card.outputs is not None
    return f"vector({width})" if moved else f"scalar({width})"


def _along(kind: str, slots: tuple[int, ...]) -> str:
    return kind + "".join(f" per {count}" for count in slots)


def _comment(
    asked: Asked, discovery: Discovery, way: Way, command: str, reference: str | None
) -> Iterator[str]:
    """What the group is, and what is known of it."""
    card = discovery.card
    said = [f"Written by `{command}`."]
    if card is None:
        said.append("No symmetry was found that these data do not refute, so none is enforced.")
    else:
        said += _about(card)
    if way.remark:
        said.append(way.remark)
    if card is not None and not way.enforcement:
        if card.certificate.verdict != "certified":
            said.append("Since that is no certificate, it is not enforced here.")
        else:
            said.append("No strategy takes it, so it is not enforced here.")
    if discovery.problem.law in ("density", "views"):
        said.append("The data name nothing to predict: `y` stands for what is to be invariant.")
    if reference is None:
        said.append(f"The data lie outside this folder: {_where(asked)}")
    for line in said:
        for part in textwrap.wrap(line, COMMENT_WIDTH):
            yield f"// {part}"


def _where(asked: Asked) -> str:
    """The command that trains with the data, where they are one file with arrays of the names of the fields."""
    columns = asked.columns
    alike = all(key in (name, "") for name, (_, key) in columns.places.items())
    if alike and len(columns.sources) == 1:
        return f"symdsl train model.sym --data {columns.sources[0]}"
    found = (f"{name} is {source}{f':{key}' if key else ''}" for name, (source, key) in columns.places.items())
    return ", ".join(found) + "."


def _about(card: GroupCard) -> Iterator[str]:
    certificate = card.certificate
    yield f"g is {card.text}" + (f"; in coordinates of its own {card.canonical}." if card.canonical else ".")
    yield (
        f"{certificate.verdict.upper()} (delta = {certificate.delta:g}, alpha = {certificate.alpha:g}) on "
        f"{certificate.samples:,} held-out samples: "
        + "; ".join(f"{test.name} {figure_of(test)}" for test in certificate.tests) + "."
    )  # fmt: skip
