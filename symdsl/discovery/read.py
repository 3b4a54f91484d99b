"""From flags to a problem and its options: all that can be wrong with either is said here, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from symdsl.cards.cache import card_key, question
from symdsl.check.declaration import EstimatorDeclaration
from symdsl.data.faults import bad_data, suggestion
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.arrays import Columns, read_columns
from symdsl.discovery.checks import check_features, check_law, check_samples, check_size
from symdsl.discovery.coordinates import spread
from symdsl.discovery.discover import HELD_OUT
from symdsl.discovery.discrete.search import KINDS
from symdsl.discovery.fingerprint import fingerprint_of
from symdsl.discovery.laws import LAWS, law_of, target_of
from symdsl.discovery.problem import Motions, Options, Problem
from symdsl.discovery.within import group_within
from symdsl.drafting.fields import free_name
from symdsl.groups.group import Group
from symdsl.registry import EntryPointCatalogue
from symdsl.session import Limits, Session, limit_diagnostic

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
class Origin:
    """The learned symmetry of a spec that asks; an undecided certificate drops it where it is `lenient`.

    `session` is the one in which the spec was read, and `words` name the spec to a command.
    """

    spec: Path
    model: str
    symmetry: str
    lenient: bool
    words: tuple[str, ...]
    session: Session


@dataclass(frozen=True)
class Asked:
    """A problem that can be looked at, how, and what is said of it: the arrays it came from, and what was inferred.

    The card is kept under `key`; `origin` is the spec that asks, if one does.
    """

    problem: Problem
    options: Options
    columns: Columns
    fingerprint: str
    key: str
    remarks: tuple[str, ...]
    origin: Origin | None = None


def read(request: Request) -> Asked:
    """The problem and its options.

    Raises SymdslError (exit code 2): as `read_columns`, `law_of` and the checks do, SYM1011 for wrong values of flags,
    SYM1325 and SYM1326 for an estimator and its options, SYM1328 for a group that cannot hold the motions.
    """
    declaration = find_estimator(request.by)
    check_settings(declaration, request.settings)
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
    within = None if request.within is None else find_within(request.within, problem)
    problem, advice = look_over(problem, options, columns, within)
    references = [f"{request.data}:{name}" for name in (*columns.inputs, *columns.targets)]
    key = card_key(references, request.folder, question(
        options.dimensions, within, options.by, options.settings, options.discrete, options.delta, options.alpha,
    ))  # fmt: skip
    return Asked(problem, options, columns, fingerprint_of(problem), key, (*columns.remarks, *inferred, *advice))


def look_over(
    problem: Problem, options: Options, columns: Columns, within: Group | None
) -> tuple[Problem, tuple[str, ...]]:
    """The problem in float64, with the basis of the group that is to hold the motions, and advice on its samples.

    Raises SymdslError: SYM1324 a law that the estimator does not solve, as `look_within` and the checks do.
    """
    catalogue, declaration = EntryPointCatalogue(), find_estimator(options.by)
    others = [name for name in catalogue.estimator_names() if problem.law in catalogue.estimator(name).laws]
    check_law(problem, declaration.laws, options.by, others)
    problem = look_within(problem, options, within)
    degree = int(check_settings(declaration, options.settings).get("degree", 2))
    check_size(problem, degree)
    check_features(spread(problem, options.seed) if declaration.ranges else problem, columns.names)
    advice = check_samples(problem, options, HELD_OUT, degree)
    return replace(problem, x=np.asarray(problem.x, np.float64)), advice


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


def find_within(text: str, problem: Problem) -> Group:
    """The group that is to hold the motions, as a spec writes it. Raises SymdslError SYM1328."""
    try:
        return group_within(text, problem.dimension)
    except SymdslError as refusal:
        raise bad_data("SYM1328", f"`{text}` is no group that moves {problem.dimension} numbers",
                       notes=[each.message for each in refusal.diagnostics[:2]],
                       hint=f"such as GL({problem.dimension})") from None  # fmt: skip


def look_within(problem: Problem, options: Options, within: Group | None) -> Problem:
    """The problem with the basis of the group that is to hold the motions. Raises SymdslError SYM1328."""
    if within is None:
        return problem
    if problem.motions == "polynomial":
        raise bad_data("SYM1328", "polynomial motions are no matrices, and lie within no matrix group",
                       hint="leave out --within, or --motions polynomial")  # fmt: skip
    size = problem.dimension + (problem.motions != "linear")
    what = f"{problem.motions} motions of {problem.dimension} numbers"
    basis = np.array(within.lie_algebra)
    if basis.ndim != 3 or basis.shape[1:] != (size, size):
        raise bad_data("SYM1328", f"{within.name} has matrices of {basis.shape[-1]} rows, and {what} have {size}",
                       hint=f"such as {'GL' if problem.motions == 'linear' else 'E'}({problem.dimension})")  # fmt: skip
    if len(basis) < options.dimensions[0]:
        raise bad_data("SYM1328", f"{within.name} has {len(basis)} dimensions, and at least {options.dimensions[0]} "
                       "are asked for", hint="look within a larger group, or for a smaller one (`dim`)")  # fmt: skip
    return replace(problem, basis=basis)


def _options(request: Request) -> Options:
    for name, value in (("delta", request.delta), ("alpha", request.alpha)):
        if not 0.0 < value < 1.0:
            raise bad_data("SYM1011", f"--{name} cannot be {value:g}", hint="write a number between 0 and 1")
    return Options(
        dimensions=read_range(request.dimensions), within=request.within, by=request.by, settings=request.settings,
        discrete=read_discrete(request.discrete), delta=request.delta, alpha=request.alpha,
        noise=read_noise(request.noise), decoys=read_decoys(request.decoys, request.alpha), backend=request.backend,
        seed=request.seed,
    )  # fmt: skip


def read_noise(noise: float) -> float:
    """A part of the variance. Raises SymdslError SYM1011."""
    if not 0.0 <= noise < 1.0:
        raise bad_data("SYM1011", f"--noise cannot be {noise:g}", hint="write a part of 1, such as 0.1")
    return noise


def read_decoys(decoys: int, alpha: float) -> int:
    """As many conjugates as the level `alpha` needs. Raises SymdslError SYM1011."""
    least = int(np.ceil(1.0 / alpha)) - 1
    if decoys < least:
        raise bad_data("SYM1011", f"--decoys cannot be {decoys}", notes=(
            f"a candidate beats {1 - alpha:.0%} of them by chance",),
            hint=f"write at least {least}, or a larger alpha")  # fmt: skip
    return decoys


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
