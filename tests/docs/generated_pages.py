"""The pages of the documentation that are made from the code: commands, strategies, groups, options of training
and codes.

python -m tests.docs.generated_pages    writes them into docs/reference
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.models import ArgumentInfo, OptionInfo

from symdsl.check.declaration import EstimatorDeclaration, StrategyDeclaration
from symdsl.check.training_options import TrainingOptions
from symdsl.cli.main import app
from symdsl.diagnostics.codes import CODES
from symdsl.groups.arrays.limits import MAXIMUM_ORDER
from symdsl.groups.families.catalogue import special_orthogonal, symmetric
from symdsl.groups.families.classical import general_linear, scale
from symdsl.groups.families.finite import alternating, icosahedral, octahedral, quaternion, tetrahedral
from symdsl.groups.group import Group
from symdsl.groups.group_invariants import group_invariants, invariants_text
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining
from symdsl.groups.representations.finite_irreducible import FiniteIrreducible
from symdsl.groups.representations.irreducible_table import DEGREES, MAXIMUM_CLASSES, irreducible_table
from symdsl.groups.representations.powers import SymmetricPower
from symdsl.registry import EntryPointCatalogue
from symdsl.strategies.group_convolution.vocabulary import LAYERS, arguments_of
from tests.child import ROOT

REFERENCE = ROOT / "docs" / "reference"
ARGUMENTS: Mapping[str, tuple[Any, ...]] = {
    "C": (4,), "D": (4,), "S": (4,), "A": (4,), "Q": (8,), "Sp": (4,), "SU": (2,), "U": (2,), "Lorentz": (4,),
    "Poincare": (4,), "Heisenberg": (1,), "permutation_group": (5, ["(1 2 3 4 5)", "(2 3 5 4)"]),
    "affine": (general_linear(2),), "wreath": (special_orthogonal(3), symmetric(2)),
    "semidirect": (scale(3), special_orthogonal(3)),
    "matrix_group": ([[[1, 0], [0, -1]]],),
    **dict.fromkeys(("tetrahedral", "octahedral", "icosahedral", "rubiks_cube"), ()),
}  # fmt: skip
"""The arguments of the examples of groups; (3,) where there are none."""
NOTE = "This page is written by `python -m tests.docs.generated_pages`; a test holds it to the code."


def cell(text: object) -> str:
    """Text in a table: one line, bars escaped."""
    return " ".join(str(text).split()).replace("|", "\\|")


def commands_page() -> str:
    """Every command with its arguments and options."""
    lines = ["# The command line", "", NOTE, "", str(app.info.help), "", *exit_codes()]
    for command in app.registered_commands:
        assert command.callback is not None
        parameters = read_parameters(command.callback)
        arguments = [parameter.written for parameter in parameters if isinstance(parameter.told, ArgumentInfo)]
        lines += [f"## `symdsl {command.name}`", "", cell(inspect.getdoc(command.callback)), ""]
        lines += [f"```\n{' '.join(['symdsl', str(command.name), *arguments, '[OPTIONS]'])}\n```", ""]
        if parameters:
            lines += ["| argument or option | value | default | |", "|---|---|---|---|"]
            lines += [parameter_row(parameter) for parameter in parameters] + [""]
    return "\n".join(lines).rstrip() + "\n"


def exit_codes() -> Iterator[str]:
    """The table of exit codes."""
    meanings = {
        0: "fine", 1: "the spec is faulty", 2: "wrong usage, unreadable input, or bad data", 3: "verification failed",
        4: "a missing package, or plug-ins that clash", 5: "training, or a trajectory, diverged",
        6: "no symmetry was certified", 70: "a fault of symdsl; a report is written", 130: "interrupted",
    }  # fmt: skip
    yield "Results go to stdout, everything else to stderr. The exit codes are the same for every command:"
    yield ""
    yield "| code | meaning |"
    yield "|---|---|"
    yield from (f"| {code} | {meaning} |" for code, meaning in meanings.items())
    yield ""


@dataclass(frozen=True)
class Declared:
    """An argument or option of a command: its name in Python, what it takes, what typer was told, and its default."""

    name: str
    kind: Any
    told: ArgumentInfo | OptionInfo
    default: Any

    @property
    def written(self) -> str:
        """How it is typed: `SPEC`, `SPECS...`, `-o, --output`."""
        if isinstance(self.told, ArgumentInfo):
            return self.name.upper() + ("..." if typing.get_origin(self.kind) is list else "")
        # Inside Annotated, typer keeps the first written name as the `default` of the option.
        first = [self.told.default] if isinstance(self.told.default, str) else []
        return ", ".join([*first, *(self.told.param_decls or [])] or [f"--{self.name.replace('_', '-')}"])

    @property
    def value(self) -> str:
        """What it takes."""
        kinds = [kind for kind in typing.get_args(self.kind) if kind is not type(None)] or [self.kind]
        if kinds == [bool]:
            return ""
        if isinstance(kinds[0], type) and issubclass(kinds[0], Enum):
            return " or ".join(str(choice.value) for choice in kinds[0])
        if self.told.min is not None:
            return f"from {self.told.min} to {self.told.max}" if self.told.max else f"at least {self.told.min}"
        return {str: "text", Path: "path"}.get(kinds[0], "text" if typing.get_origin(kinds[0]) is list else "path")


def read_parameters(callback: Callable[..., object]) -> list[Declared]:
    """The arguments and options of a command, read off its annotations."""
    hints = typing.get_type_hints(inspect.unwrap(callback), include_extras=True)
    found = []
    for name, parameter in inspect.signature(callback).parameters.items():
        kind, told = typing.get_args(hints[name])
        found.append(Declared(name, kind, told, parameter.default))
    return found


def parameter_row(parameter: Declared) -> str:
    """One row of a table of options."""
    match = re.fullmatch(r"(.*?)(?:\s*\[default: (.*)\])?", parameter.told.help or "")
    assert match is not None
    stated = not any(parameter.default is none for none in (inspect.Parameter.empty, None, False))
    default = match[2] or (choice_text(parameter.default) if stated else "")
    return f"| `{parameter.written}` | {cell(parameter.value)} | {cell(default)} | {cell(match[1])} |"


def choice_text(choice: object) -> str:
    """A choice as it is typed."""
    return str(getattr(choice, "value", choice))


def strategies_page() -> str:
    """Every strategy: what it accepts, its options, its source."""
    catalogue = EntryPointCatalogue()
    lines = [
        "# Strategies", "", NOTE, "",
        "A strategy enforces symmetries: a *structure* wraps a scalar, a *network* provides values. An unknown option",
        "is an error.", "",
    ]  # fmt: skip
    for name in catalogue.strategy_names():
        lines += strategy_section(catalogue.strategy(name))
    return "\n".join(lines).rstrip() + "\n"


def strategy_section(declaration: StrategyDeclaration) -> Iterator[str]:
    """The section of one strategy."""
    yield from (f"## `{declaration.name}`", "", f"A {declaration.kind}. {declaration.summary}", "")
    yield from (f"**Accepts.** {cell(inspect.getdoc(declaration.judge))}", "")
    yield from (f"**Source.** {declaration.citation}", "")
    yield from option_table(declaration.options)
    if declaration.name == "group_convolution":
        yield from layer_table()


def option_table(options: type[BaseModel]) -> Iterator[str]:
    """The options of a strategy or an estimator; nothing where it has none."""
    if not options.model_fields:
        return
    yield from ("| option | default | |", "|---|---|---|")
    for name, field in options.model_fields.items():
        yield f"| `{name}` | {default_text(field)} | {cell(field.description)}{bounds(field)} |"
    yield ""


def estimators_page() -> str:
    """Every way to learn a symmetry: the problems that it solves, its source, its limits, its options."""
    catalogue = EntryPointCatalogue()
    lines = [
        "# Estimators", "", NOTE, "",
        "An estimator finds candidates for a symmetry in data: `symdsl discover --by NAME`, `learned(by = NAME)`.",
        "What it finds is closed to an exact algebra, named, and certified on held-out data, whichever it was.", "",
    ]  # fmt: skip
    for name in catalogue.estimator_names():
        lines += estimator_section(catalogue.estimator(name))
    return "\n".join(lines).rstrip() + "\n"


def estimator_section(declaration: EstimatorDeclaration) -> Iterator[str]:
    """The section of one estimator."""
    yield from (f"## `{declaration.name}`", "", declaration.summary, "")
    yield from (f"**Problems.** {', '.join(sorted(declaration.laws))}.", "")
    yield from (f"**Source.** {declaration.citation}", "")
    for note in declaration.notes:
        yield from (note, "")
    yield from option_table(declaration.options)


def default_text(field: FieldInfo) -> str:
    """The default of an option as a spec writes it."""
    value = field.default
    if value is PydanticUndefined:
        return "needed"
    return "" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def bounds(field: FieldInfo) -> str:
    """The choices of an option, where it has some."""
    if typing.get_origin(field.annotation) is typing.Literal:
        return cell(": " + ", ".join(f"`{choice}`" for choice in typing.get_args(field.annotation)))
    return ""


def layer_table() -> Iterator[str]:
    """The layers of `layers = [...]`."""
    yield from ("The layers of `layers = [...]`:", "", "| layer | arguments | |", "|---|---|---|")
    for name, kind in LAYERS.items():
        arguments = ", ".join(
            f"`{argument.name}`" + (f" or `{alias}`" if (alias := argument.metadata["rule"].alias) else "")
            + f" ({argument.metadata['rule'].wanted()})"
            for argument in arguments_of(kind)
        )  # fmt: skip
        yield f"| `{name}` | {cell(arguments)} | {cell(inspect.getdoc(kind))} |"
    yield ""


def training_page() -> str:
    """Every option of training."""
    lines = [
        "# Options of training", "", NOTE, "",
        "They stand in the `train` block of a spec, `train { epochs = 20 }`, or on the command line, `symdsl train",
        "model.sym --set train.epochs=20`. What is not written has its default.", "",
        "| option | default | |", "|---|---|---|",
    ]  # fmt: skip
    for name, field in TrainingOptions.model_fields.items():
        value = list(field.default) if isinstance(field.default, tuple) else field.default
        default = "" if value is None else f"`{value}`"
        lines.append(f"| `{name}` | {default} | {cell(field.description)} |")
    return "\n".join(lines) + "\n"


def groups_page() -> str:
    """Every constructor of a group, with its defining matrices."""
    catalogue = EntryPointCatalogue()
    lines = [
        "# Groups", "", NOTE, "",
        "Every group is a group of matrices. What moves a field is an *action*: representations along its axes, and at",
        "most one geometric part; the [language](language.md) has the list.", "",
        "| written | is |", "|---|---|",
    ]  # fmt: skip
    for name in catalogue.group_names():
        constructor = catalogue.group(name)
        summary = (inspect.getdoc(constructor) or "").partition("Raises SymdslError")[0]
        lines.append(f"| `{group_signature(name, constructor)}` | {cell(summary)} |")
    lines += ["| `G * H` | The direct product: block-diagonal matrices, one block a factor. |", ""]
    lines += [
        "What does not depend on how a group acts, as `symdsl info` shows it: of a finite group its order, classes and",
        "exponent (the least n with g^n = 1 for all g); of others the dimension of the Lie algebra, of its derived",
        "algebra, centre and radical, and the positive, negative and zero squares of its Killing form.", "",
        "| group | invariants |", "|---|---|",
    ]  # fmt: skip
    lines += [f"| `{group}` | {invariants_text(group_invariants(group))} |" for group in example_groups()]
    return "\n".join([*lines, ""])


def example_groups() -> Iterator[Group]:
    """One group of each constructor, by name."""
    catalogue = EntryPointCatalogue()
    for name in catalogue.group_names():
        yield catalogue.group(name)(*ARGUMENTS.get(name, (3,)))


def irreducible_page() -> str:
    """The irreducible representations of small finite groups by their numbers."""
    lines = [
        "# Irreducible representations of finite groups", "", NOTE, "",
        "`irrep(k)` of a finite group is number k of its irreducible real representations: by dimension, the trivial",
        "one first, then by falling characters. C(n) and D(n) have frequencies instead; groups of at most",
        f"{MAXIMUM_ORDER:,} elements and {MAXIMUM_CLASSES} conjugacy classes have numbers. The type says what commutes",
        "with all its matrices: the real or complex numbers, or the quaternions. Traces are those of the first two",
        "generators of the group; the last columns say how often it is in `defining` and `sym(defining, 2)`. A number",
        "that is too large is refused with the dimensions of all.", "",
        "| group | written | dimension | type | traces of h1, h2 | in `defining` | in `sym(defining, 2)` |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    solids = [solid(mirrors) for solid in (tetrahedral, octahedral, icosahedral) for mirrors in (False, True)]
    for group in (symmetric(3), symmetric(4), symmetric(5), alternating(4), alternating(5), quaternion(8), *solids):
        lines += [f"| `{group.name}` | {row}" for row in irreducible_rows(group)]
    return "\n".join(lines) + "\n"


def irreducible_rows(group: Group) -> Iterator[str]:
    """The rest of the row of each irreducible representation."""
    for index, entry in enumerate(irreducible_table(group)):
        irrep = FiniteIrreducible(group, index)
        traces = ", ".join(f"{trace + 0.0:.4g}" for trace in np.round(irrep.character(group.discrete[:2]), 12))
        wholes = (Defining(group), SymmetricPower(Defining(group), 2))
        copies = [hom_dimension(irrep, whole) // DEGREES[entry.kind] for whole in wholes]
        yield f"`{irrep.text}` | {entry.dimension} | {entry.kind} | {traces} | {copies[0]} | {copies[1]} |"


def group_signature(name: str, constructor: Callable[..., object]) -> str:
    """The constructor as a spec writes it."""
    parameters = inspect.signature(constructor).parameters.values()
    if name == "matrix_group":
        return "matrix_group(generators = [...], discrete = [...])"
    written = [
        each.name if each.default is inspect.Parameter.empty else f"{each.name} = {str(each.default).lower()}"
        for each in parameters
    ]
    return f"{name}({', '.join(written)})"


def diagnostics_page() -> str:
    """The index of codes."""
    lines = [
        "# Diagnostics", "", NOTE, "",
        "`symdsl explain CODE` prints the page of a code: what it means, a spec that has it, and the mended spec.", "",
        "| code | title | meaning |", "|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {code.code} | {cell(code.title)} | {cell(code.summary)} |" for _, code in sorted(CODES.items())]
    return "\n".join(lines) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": commands_page,
    "strategies.md": strategies_page,
    "estimators.md": estimators_page,
    "groups.md": groups_page,
    "irreducible_representations.md": irreducible_page,
    "training_options.md": training_page,
    "diagnostics.md": diagnostics_page,
}


def main() -> None:
    """Write the pages."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
