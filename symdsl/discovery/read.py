"""From flags to a problem and its options: all that can be wrong with either is said here, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from symdsl.check.declaration import EstimatorDeclaration
from symdsl.data.faults import bad_data, suggestion
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.arrays import Columns, read_columns
from symdsl.discovery.checks import check_features, check_law, check_samples, check_size
from symdsl.discovery.discover import HELD_OUT
from symdsl.discovery.discrete.search import KINDS
from symdsl.discovery.fingerprint import fingerprint_of
from symdsl.discovery.laws import LAWS, law_of, target_of
from symdsl.discovery.problem import Motions, Options, Problem
from symdsl.discovery.within import algebra_within
from symdsl.drafting.fields import free_name
from symdsl.registry import EntryPointCatalogue
from symdsl.session import Limits, limit_diagnostic

MOST_DIMENSIONS: Final = 256
MOTIONS: Final[tuple[Motions, ...]] = ("linear", "affine", "polynomial")
RANGE = re.compile(r"(\d+)(?:\.\.(\d+))?")


@dataclass(frozen=True)
class Request:
    """What is asked for, as flags say it; `dimensions` is the text of `--dim`, `discrete` that of `--discrete`."""

    data: str
    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    law: str | None = None
    motions: str = "linear"
    dimensions: str | None = None
    within: str | None = None
    by: str = "null_space"
    settings: Mapping[str, Any] = field(default_factory=dict)
    discrete: str | None = None
    delta: float = 0.02
    alpha: float = 0.05
    noise: float = 0.0
    decoys: int = 20
    backend: str | None = None
    seed: int = 0
    folder: Path = Path()
    allow_path: bool = True
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Asked:
    """A problem that can be looked at, how, and what is said of it: the arrays it came from, and what was inferred."""

    request: Request
    problem: Problem
    options: Options
    columns: Columns
    fingerprint: str
    remarks: tuple[str, ...]


def read(request: Request) -> Asked:
    """The problem and its options.

    Raises SymdslError (exit code 2): as `read_columns`, `law_of` and the checks do, SYM1011 for wrong values of flags,
    SYM1325 and SYM1326 for an estimator and its options, SYM1328 for a group that cannot hold the motions.
    """
    declaration = find_estimator(request.by)
    settings = check_settings(declaration, request.settings)
    options = _options(request)
    _one_of(request.motions, "motions", MOTIONS)
    if request.law is not None:
        _one_of(request.law, "law", LAWS)
    columns = read_columns(request.data, request.inputs, request.targets, request.seed, folder=request.folder,
                           allow_path=request.allow_path)  # fmt: skip
    law, inferred = law_of(columns, request.law)
    problem = Problem(
        x=columns.x, y=target_of(columns, law), law=law, motions=_motions(request.motions), classes=columns.classes,
        names=_names(columns), source=request.data,
    )  # fmt: skip
    if problem.dimension > request.limits.dimension:
        raise SymdslError(limit_diagnostic(request.limits, "dimension", problem.dimension, None), exit_code=2)
    catalogue = EntryPointCatalogue()
    others = [name for name in catalogue.estimator_names() if law in catalogue.estimator(name).laws]
    check_law(problem, declaration.laws, request.by, others)
    problem = look_within(problem, options)
    degree = int(settings.get("degree", 2))
    check_size(problem, degree)
    check_features(problem, columns.names)
    advice = check_samples(problem, options, HELD_OUT, degree)
    problem = replace(problem, x=np.asarray(problem.x, np.float64))
    remarks = (*columns.remarks, *inferred, *advice)
    return Asked(request, problem, options, columns, fingerprint_of(problem), remarks)


def find_estimator(name: str) -> EstimatorDeclaration:
    """Raises SymdslError SYM1325 for an unknown name."""
    catalogue = EntryPointCatalogue()
    if name not in catalogue.estimator_names():
        raise bad_data("SYM1325", f"no way to learn a symmetry is named `{name}`",
                       hint=suggestion(name, catalogue.estimator_names()))  # fmt: skip
    return catalogue.estimator(name)


def check_settings(declaration: EstimatorDeclaration, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an estimator, all of them. Raises SymdslError SYM1326: an unknown one, or a value out of range."""
    known = declaration.options.model_fields
    for name in settings:
        if name not in known:
            raise bad_data("SYM1326", f"{declaration.name} has no option `{name}`", hint=suggestion(name, known))
    try:
        return declaration.options.model_validate(dict(settings)).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "options"
        raise bad_data("SYM1326", f"{name} of {declaration.name}: {first['msg'].lower()}, not {first['input']}",
                       hint=known[name].description if name in known else None) from None  # fmt: skip


def look_within(problem: Problem, options: Options) -> Problem:
    """The problem with the basis of the group that is to hold the motions. Raises SymdslError SYM1328."""
    if options.within is None:
        return problem
    if problem.motions == "polynomial":
        raise bad_data("SYM1328", "polynomial motions are no matrices, and lie within no matrix group",
                       hint="leave out --within, or --motions polynomial")  # fmt: skip
    size = problem.dimension + (problem.motions != "linear")
    what = f"{problem.motions} motions of {problem.dimension} numbers"
    try:
        basis = algebra_within(options.within, problem.dimension)
    except SymdslError as refusal:
        raise bad_data("SYM1328", f"`{options.within}` is no group that moves {problem.dimension} numbers",
                       notes=[each.message for each in refusal.diagnostics[:2]],
                       hint=f"such as GL({problem.dimension})") from None  # fmt: skip
    if basis.ndim != 3 or basis.shape[1:] != (size, size):
        raise bad_data("SYM1328", f"{options.within} has matrices of {basis.shape[-1]} rows, and {what} have {size}",
                       hint=f"such as {'GL' if problem.motions == 'linear' else 'E'}({problem.dimension})")  # fmt: skip
    if len(basis) < options.dimensions[0]:
        raise bad_data("SYM1328", f"{options.within} has {len(basis)} dimensions, and at least {options.dimensions[0]} "
                       "are asked for", hint="look within a larger group, or for a smaller one with --dim")  # fmt: skip
    return replace(problem, basis=basis)


def _options(request: Request) -> Options:
    for name, value in (("delta", request.delta), ("alpha", request.alpha)):
        if not 0.0 < value < 1.0:
            raise bad_data("SYM1011", f"--{name} cannot be {value:g}", hint="write a number between 0 and 1")
    if not 0.0 <= request.noise < 1.0:
        raise bad_data("SYM1011", f"--noise cannot be {request.noise:g}", hint="write a part of 1, such as 0.1")
    least = int(np.ceil(1.0 / request.alpha)) - 1
    if request.decoys < least:
        raise bad_data("SYM1011", f"--decoys cannot be {request.decoys}", notes=(
            f"a candidate beats {1 - request.alpha:.0%} of them by chance",),
            hint=f"write at least {least}, or a larger --alpha")  # fmt: skip
    return Options(
        dimensions=read_range(request.dimensions), within=request.within, by=request.by, settings=request.settings,
        discrete=read_discrete(request.discrete), delta=request.delta, alpha=request.alpha, noise=request.noise,
        decoys=request.decoys, backend=request.backend, seed=request.seed,
    )  # fmt: skip


def read_range(text: str | None) -> tuple[int, int]:
    """`3` or `1..6` as bounds. Raises SymdslError SYM1011."""
    if text is None:
        return Options().dimensions
    match = RANGE.fullmatch(text.strip())
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= least <= most <= MOST_DIMENSIONS:
        raise bad_data("SYM1011", f"--dim cannot be `{text}`",
                       hint=f"write a dimension or a range from 1 to {MOST_DIMENSIONS}, such as 3 or 1..6")  # fmt: skip
    return least, most


def read_discrete(text: str | None) -> tuple[str, ...]:
    """`parity,cyclic`, or `none`. Raises SymdslError SYM1011."""
    if text is None:
        return KINDS
    names = tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    if names in (("none",), ()):
        return ()
    for name in names:
        _one_of(name, "discrete", (*KINDS, "none"))
    if "none" in names:
        raise bad_data("SYM1011", f"--discrete cannot be `{text}`", hint=f"write {', '.join(KINDS)}, or none")
    return names


def _one_of(value: str, flag: str, known: Sequence[str]) -> None:
    if value not in known:
        raise bad_data("SYM1011", f"--{flag} cannot be `{value}`", hint=suggestion(value, known))


def _motions(text: str) -> Motions:
    return next(each for each in MOTIONS if each == text)


def _names(columns: Columns) -> tuple[str, str]:
    """Names of fields for x and y."""
    first = free_name(columns.inputs[0] if len(columns.inputs) == 1 else "x", ())
    second = columns.targets[0] if len(columns.targets) == 1 else "y"
    return first, free_name(second, (first,))
