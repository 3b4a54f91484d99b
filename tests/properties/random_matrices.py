"""Random vectors, tensors and scalars under random groups of matrices, by equivariant_mlp."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.properties.drafts import Draft


@dataclass(frozen=True)
class GroupText:
    """A group as a spec writes it, the size of its matrices, and which stated actions it has besides `defining`."""

    text: str
    size: int
    order: int | None = None
    permutes: bool = False


NAMED = (
    *(GroupText(f"C({n})", 2, n) for n in (1, 2, 3, 5, 8)),
    *(GroupText(f"D({n})", 2, 2 * n) for n in (1, 2, 3, 4)),
    *(GroupText(f"S({n})", n, order, True) for n, order in ((2, 2), (3, 6), (4, 24))),
    *(GroupText(f"SO({n})", n) for n in (2, 3, 3, 4)),
    *(GroupText(f"O({n})", n) for n in (1, 2, 3, 3)),
    GroupText("SO(2, 1)", 3),
    GroupText("O(1, 2)", 3),
    GroupText("Lorentz()", 4),
    GroupText("Lorentz(3)", 3),
    GroupText("Lorentz(2, parity = false)", 2),
    GroupText("Lorentz(4, parity = false, time_reversal = false)", 4),
)
ALGEBRAS = (
    ("[[1, 0], [0, -1]]", "[[0, 1], [0, 0]]", "[[0, 0], [1, 0]]"),
    ("[[1, 0], [0, -1]]", "[[0, 1], [0, 0]]"),
    ("[[0, 1, 0], [0, 0, 0], [0, 0, 0]]", "[[0, 0, 0], [0, 0, 1], [0, 0, 0]]", "[[0, 0, 1], [0, 0, 0], [0, 0, 0]]"),
    ("[[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 2], [0, 0, -2, 0]]",),
    ("[[0, 0, -1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, -1, 0, 0]]",
     "[[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]]",
     "[[0, 0, 0, -1], [0, 0, -1, 0], [0, 1, 0, 0], [1, 0, 0, 0]]"),
)  # fmt: skip
"""sl(2), its upper triangular part, Heisenberg's algebra, a torus, quaternions."""


def matrix_draft(generator: random.Random) -> Draft:
    """One to three inputs and one or two outputs under one group, or under its product with permutations of axes."""
    group = random_group(generator)
    others = [size for size in (2, 3, 4) if size != group.size]
    sizes = generator.sample(others, generator.choice([0, 0, 0, 0, 1, 1, 2]))
    axes = [f"axis <n{place}> = {size}" for place, size in enumerate(sizes)]
    text = " * ".join([group.text, *(f"S(<n{place}>)" for place in range(len(sizes)))])
    lines: list[str] = []
    inputs = [f"<x0>: vector({group.size}){''.join(f' per <n{place}>' for place in range(len(sizes)))}"]
    inputs += [_field(generator, f"x{1 + i}", group, len(sizes), lines, True) for i in range(generator.randint(0, 2))]
    outputs = [_field(generator, f"y{i}", group, len(sizes), lines, False) for i in range(generator.choice([1, 1, 2]))]
    braces = f" {{ {'; '.join(lines)} }}" if lines else ""
    least = least_width(group)
    width, count = generator.randint(least, least + 16), generator.choice([0, 1, 1, 2])
    options, parameters, settings = _options(generator, width, count)
    names = [", ".join(f"<{kind}{i}>" for i in range(len(each))) for kind, each in (("y", outputs), ("x", inputs))]
    return Draft(
        fields=(*axes, *inputs, *outputs),
        symmetries=(f"symmetry <g>: {text}{braces}",),
        predict=f"predict {names[0]} from {names[1]}",
        enforcements=(f"enforce <g> by equivariant_mlp{options}",),
        parameters=parameters,
        settings=settings,
        may_refuse=("SYM0413",),
        may_be_constant="generators" in group.text,
    )


def random_group(generator: random.Random) -> GroupText:
    """A named group, or a matrix group by its generators."""
    if generator.random() < 0.65:
        return generator.choice(NAMED)
    size = generator.choice([2, 2, 3])
    match generator.choice(["one", "algebra", "discrete", "both"]):
        case "one":
            return GroupText(f"matrix_group {{ generators = [{_matrix(generator, size)}] }}", size)
        case "algebra":
            algebra = generator.choice(ALGEBRAS)
            size = algebra[0].split("]")[0].count(",") + 1
            return GroupText(f"matrix_group {{ generators = [{', '.join(algebra)}] }}", size)
        case "discrete":
            found = ", ".join(_signed_permutation(generator, size) for _ in range(generator.choice([1, 1, 2])))
            return GroupText(f"matrix_group {{ discrete = [{found}] }}", size)
    first, second = _matrix(generator, size), _signed_permutation(generator, size)
    return GroupText(f"matrix_group {{ generators = [{first}], discrete = [{second}] }}", size)


def least_width(group: GroupText) -> int:
    """A hidden layer of this width holds a regular copy, or a vector, a covector and scalars; narrower ones may be
    blind to some inputs."""
    if group.order is not None:
        return max(4, group.order)
    return 48 if "discrete = [" in group.text else 4 * group.size + 4


def _matrix(generator: random.Random, size: int) -> str:
    """A matrix of small whole numbers and halves that is not zero."""
    while True:
        rows = [[generator.choice([0, 0, 1, -1, 0.5]) for _ in range(size)] for _ in range(size)]
        if any(map(any, rows)):
            return str(rows)


def _signed_permutation(generator: random.Random, size: int) -> str:
    order = generator.sample(range(size), size)
    signs = [generator.choice([1, -1]) for _ in order]
    rows = zip(order, signs, strict=True)
    return str([[sign if column == place else 0 for column in range(size)] for place, sign in rows])


def _field(
    generator: random.Random, place: str, group: GroupText, axes: int, lines: list[str], is_input: bool
) -> str:
    """A field, and the line that says how it moves where that is a choice."""
    size = group.size
    kinds = ["vector", "vector", "vector", "scalar", "scalars", "tensor", *([] if axes else ["stated", "dual"])]
    match generator.choice(kinds if is_input else [*kinds, "label"]):
        case "label":
            return f"<{place}>: label({generator.randint(2, 4)})"
        case "vector":
            kind = f"vector({size})"
        case "dual":
            kind = f"vector({size})"
            lines.append(f"<{place}>: dual")
        case "tensor":
            up = generator.choice([0, 1, 2])
            down = generator.choice([0, 1]) if up else generator.choice([1, 2])
            kind = f"tensor({up}, {down}) of {size}"
        case "scalars":
            kind = f"scalar({generator.randint(1, 4)})"
        case "stated":
            action, dimension = _stated_action(generator, group)
            kind = f"scalar({dimension})"
            lines.append(f"<{place}>: {action}")
        case _:
            kind = "scalar"
    chosen = [f" per <n{axis}>" for axis in range(axes) if generator.random() < 0.6]
    if generator.random() < 0.2:
        chosen.append(f" per {generator.randint(1, 3)}")
    return f"<{place}>: {kind}{''.join(chosen)}"


def _stated_action(generator: random.Random, group: GroupText) -> tuple[str, int]:
    choices = [
        (f"defining + {generator.randint(1, 2)} * trivial", None),
        ("2 * defining", 2 * group.size),
        ("defining + dual", 2 * group.size),
        ("defining * dual", group.size**2),
        ("defining ^ 2 + trivial", group.size**2 + 1),
        ("tensor(1, 1) + trivial(2)", group.size**2 + 2),
    ]
    if group.order is not None and group.order <= 8:
        choices += [("regular", group.order), ("regular + trivial", group.order + 1)] * 2
    if group.permutes:
        choices += [("permutation + trivial", group.size + 1)]
    text, dimension = generator.choice(choices)
    return text, dimension if dimension is not None else group.size + int(text.split()[2])


def _options(generator: random.Random, width: int, count: int) -> tuple[str, tuple[str, ...], dict[str, object]]:
    match generator.choice(["list", "single", "short", "parameter", "given"]):
        case "single":
            return f" {{ hidden = {width} }}", (), {}
        case "short":
            return f" {{ layers = {count}, channels = {width} }}", (), {}
        case "parameter":
            return " { hidden = [<width>, 2 + <width>] }", (f"param <width>: int = {width}",), {}
        case "given":
            return " { hidden = [<width>] }", ("param <width>: int",), {"width": width}
    return f" {{ hidden = [{', '.join([str(width)] * count)}] }}", (), {}
