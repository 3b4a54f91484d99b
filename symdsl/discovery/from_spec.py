"""From a spec whose symmetry is `learned(...)` to a problem and its options, so that the card answers the spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from symdsl.api import check_from
from symdsl.cards.cache import GENERAL, card_key
from symdsl.check import spec
from symdsl.check.card_sources import settings_of
from symdsl.check.learned import question_of
from symdsl.check.result import CheckResult
from symdsl.data.faults import bad_data, suggestion
from symdsl.data.gather import gather_data
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.arrays import Columns, check_count, check_varies, chosen_rows, side_by_side
from symdsl.discovery.fingerprint import fingerprint_of
from symdsl.discovery.laws import LAWS, target_of
from symdsl.discovery.problem import Law, Options, Problem
from symdsl.discovery.read import Asked, Origin, find_estimator, look_over, read_decoys, read_noise
from symdsl.drafting.fields import free_name
from symdsl.session import Session

Array = NDArray[Any]
MOVED: Final = ("vector", "point")
"""Kinds of inputs that discoveries move."""
LEARN: Final = "write for example symmetry g: learned(dim = 1..6)"


@dataclass(frozen=True)
class SpecRequest:
    """What is asked beside what the spec says: of which of its models and symmetries, and how hard."""

    spec: Path
    model: str | None = None
    symmetry: str | None = None
    law: str | None = None
    noise: float = 0.0
    decoys: int = 20
    session: Session = field(default_factory=Session)


def read_spec(request: SpecRequest) -> Asked:
    """The problem and the options of a learned symmetry of a spec, and the key that the spec looks its card up by.

    Raises SymdslError: the faults of the spec (exit code 1), and with exit code 2 SYM0211 a setting of no parameter,
    SYM0217 which of several models, SYM1314 which symmetry, SYM0813 a field without data, SYM1315 fields that
    discoveries do not take, SYM1323 another law than that of the fields, as `gather_data` and `look_over` do.
    """
    session = request.session
    model = check_spec(request.spec, session).model(request.model)
    symmetry = find_symmetry(model, request.symmetry)
    assert symmetry.learned is not None
    search = symmetry.learned.search
    assert search is not None
    inputs, outputs = (tuple(model.fields[name] for name in names) for names in (model.inputs, model.outputs))
    law = find_law(request.law, search, outputs)
    targets = () if law == "density" else outputs
    for each in (*inputs, *targets):
        check_source(each, output=each in outputs)
    check_inputs(inputs, symmetry, search)
    check_targets(targets)
    columns = read_fields(model, inputs, in_order(inputs, targets), request)
    within = None if GENERAL.fullmatch(search.within.name) else search.within
    options = Options(
        dimensions=search.dimensions, within=None if within is None else within.name, by=search.by,
        settings=search.settings, discrete=search.discrete, delta=search.delta, alpha=search.alpha,
        noise=read_noise(request.noise), decoys=read_decoys(request.decoys, search.alpha), backend=session.backend,
        seed=session.seed,
    )  # fmt: skip
    names = (columns.inputs[0], columns.targets[0] if len(columns.targets) == 1 else free_name("y", columns.inputs))
    problem = Problem(
        x=columns.x, y=target_of(columns, law), law=law, motions="affine" if search.within.moves_points else "linear",
        classes=columns.classes, names=names, source=", ".join(columns.sources),
    )  # fmt: skip
    try:
        problem, advice = look_over(problem, options, columns, within)
    except SymdslError as refusal:
        faults = (replace(each, span=each.span or symmetry.span) for each in refusal.diagnostics)
        raise SymdslError(*faults, exit_code=refusal.exit_code) from refusal
    return Asked(
        problem, options, columns, fingerprint_of(problem),
        key=card_key(search.references, request.spec.parent, question_of(search)),
        remarks=(*columns.remarks, said_law(law, search, inputs, outputs), *advice),
        origin=Origin(request.spec, model.name, symmetry.name, search.lenient, words_of(request), session),
    )  # fmt: skip


def check_spec(path: Path, session: Session) -> CheckResult:
    """The spec as it asks. Raises SymdslError SYM0211 (exit code 2) for a setting that is of no parameter of it."""
    result = check_from(path, session.parameters, session.limits, session.allow_paths, None, unanswered=True)
    foreign = [each for each in result.errors if each.code == "SYM0211"]
    if foreign:
        note = "beside a spec --set is said of its parameters; for an estimator write by = null_space { steps = 2000 }"
        raise SymdslError(*(replace(each, notes=(note,)) for each in foreign), exit_code=2)
    return result


def find_symmetry(model: spec.Model, name: str | None) -> spec.Symmetry:
    """The symmetry that is to be learned, the only one or the one that is named. Raises SymdslError SYM1314."""
    learned = {key: each for key, each in model.symmetries.items() if each.learned and each.learned.search}
    names = ", ".join(learned)
    if name is not None and name not in model.symmetries:
        raise bad_data("SYM1314", f"{model.name} has no symmetry `{name}`",
                       hint=suggestion(name, learned or model.symmetries))  # fmt: skip
    if name is not None and name not in learned:
        raise bad_data("SYM1314", f"`{name}` is not learned", span=model.symmetries[name].span,
                       hint=f"name one that is: {names}" if learned else LEARN)  # fmt: skip
    if not learned:
        raise bad_data("SYM1314", f"no symmetry of {model.name} is learned", span=model.span, hint=LEARN)
    if name is None and len(learned) > 1:
        raise bad_data("SYM1314", f"several symmetries of {model.name} are learned: {names}", span=model.span,
                       hint=f"say which: --symmetry {next(iter(learned))}")  # fmt: skip
    found = learned[name] if name is not None else next(iter(learned.values()))
    if found.learned is not None and found.learned.source:
        raise bad_data("SYM1314", f"the card of `{found.name}` is named: {found.learned.source}", span=found.span,
                       notes=("the spec reads that file, and no card that is found now",),
                       hint=f'leave `from "{found.learned.source}"` out, to learn it anew')  # fmt: skip
    return found


def find_law(asked: str | None, search: spec.Search, outputs: Sequence[spec.Field]) -> Law:
    """The law that the types of fields say, or that of several that is asked for, else the first one that is solved.

    A density is only looked at where it is asked for: outputs without data are more likely a mistake.
    Raises SymdslError SYM1011, SYM1315, SYM1323.
    """
    if asked is not None and asked not in LAWS:
        raise bad_data("SYM1011", f"--law cannot be `{asked}`", hint=suggestion(asked, LAWS))
    names = ", ".join(f"`{each.name}`" for each in outputs)
    if not search.laws:
        raise bad_data("SYM1315", f"no law that is known says how {names} would move", span=outputs[0].span,
                       notes=("outputs may stay (scalar, label, or `trivial`), be the derivatives of all inputs, or be "
                              "one vector that moves",),
                       hint="predict one such output in a spec of its own, and give its card with --card")  # fmt: skip
    if asked is not None and asked not in search.laws:
        raise bad_data("SYM1323", f"the fields of the spec say {' or '.join(search.laws)}, not {asked}",
                       span=outputs[0].span, hint="leave --law out, or change the type of the output")  # fmt: skip
    if asked is not None:
        return cast(Law, asked)
    if search.laws == ("density",):
        check_source(outputs[0], output=True)
    solved = find_estimator(search.by).laws
    return cast(Law, next((law for law in search.laws if law in solved), search.laws[0]))


def said_law(
    law: Law, search: spec.Search, inputs: Sequence[spec.Field], outputs: Sequence[spec.Field]
) -> str:
    """What is looked for, and what else the fields leave."""
    given, said = (", ".join(each.name for each in fields) for fields in (inputs, outputs))
    why = {
        "invariance": f"{said} stays where {given} moves",
        "equivariance": f"{said} moves with {given}, in a way that is found",
        "dynamics": f"{said} moves as {given} does",
        "density": f"of {given} alone",
        "views": f"{said} is {given}, moved",
    }[law]
    others = [each for each in search.laws if each != law and each in find_estimator(search.by).laws]
    return f"law: {law} ({why}" + (f"; --law {' or '.join(others)} is left)" if others else ")")


def check_source(field: spec.Field, output: bool) -> None:
    """Raises SymdslError SYM0813 for a field without data, given or, as an `output`, predicted."""
    if field.source is None:
        raise bad_data("SYM0813", f"no data is named for the field {field.name}", span=field.span,
                       notes=("with --law density the inputs alone are looked at",) if output else (),
                       hint=f'write {field.name}: ... from "file.npz:{field.name}"')  # fmt: skip


def check_inputs(inputs: Sequence[spec.Field], symmetry: spec.Symmetry, search: spec.Search) -> None:
    """Raises SymdslError SYM1315 for an input that does not move by the matrices of the group, as all the others do."""
    affine = search.within.moves_points
    for each in inputs:
        word = search.actions.get(each.name, "defining")
        why = _varies(each)
        if not why and (each.kind not in MOVED or (affine and each.kind != "point")):
            what = "points" if affine else "vectors and points"
            why = f"{each.name} is a {each.kind}, and {search.within.name} is looked for by how it moves {what}"
        elif not why and (word != "defining" or symmetry.actions[each.name].is_trivial):
            why = f"{each.name} does not move as the others do, but by `{word}`"
        if why:
            raise bad_data("SYM1315", f"a discovery cannot take the input `{each.name}`", span=each.span, notes=(why,),
                           hint="predict from fields that all move in a spec of its own, and give its card with "
                           "--card")  # fmt: skip


def check_targets(targets: Sequence[spec.Field]) -> None:
    """Raises SymdslError SYM1315 for outputs that are no samples of one size, or classes beside something else."""
    for each in targets:
        why = _varies(each)
        if not why and each.kind == "label" and len(targets) > 1:
            why = f"{each.name} holds classes, and classes are looked at alone"
        if why:
            raise bad_data("SYM1315", f"a discovery cannot take the output `{each.name}`", span=each.span,
                           notes=(why,), hint="predict it in a spec of its own")  # fmt: skip


def _varies(field: spec.Field) -> str:
    """Why the samples of a field are not of one size each, or not samples; "" where they are."""
    if field.rows or field.is_index or field.varying:
        return f"samples have any number of rows of {field.name}"
    if field.over_time:
        return "states of one trajectory are no samples of their own: what is held out of it has been seen"
    return ""


def in_order(inputs: Sequence[spec.Field], targets: Sequence[spec.Field]) -> tuple[spec.Field, ...]:
    """The outputs; derivatives of several inputs in the order of these."""
    places = {each.name: place for place, each in enumerate(inputs)}
    return tuple(sorted(targets, key=lambda each: places.get(each.of or "", 0)))


def read_fields(
    model: spec.Model, inputs: Sequence[spec.Field], targets: Sequence[spec.Field], request: SpecRequest
) -> Columns:
    """The arrays of fields, as training reads them, of the training part where the data have parts.

    Raises SymdslError as `gather_data` does, SYM0815 for too many numbers, SYM1321 for a constant y.
    """
    folder, session = request.spec.parent, request.session
    names = tuple(each.name for each in (*inputs, *targets))
    found = gather_data(
        model, folder=folder, allow_path=session.allow_paths, seed=session.seed, names=names
    )  # fmt: skip
    check_count(found.name, found.arrays.values())
    remarks: list[str] = []
    rows = chosen_rows(found.partition, remarks)
    arrays = {name: np.asarray(found.arrays[name][rows]) for name in names}
    x, labels = side_by_side(found.name, [(each.name, arrays[each.name]) for each in inputs])
    y = _together(found.name, targets, arrays)
    if y is not None:
        check_varies(found.name, [each.name for each in targets], y)
    return Columns(
        x, y, targets[0].classes if len(targets) == 1 else None, tuple(each.name for each in inputs),
        tuple(each.name for each in targets), {name: array.shape[1:] for name, array in arrays.items()}, labels,
        {each.name: _place(each, folder) for each in (*inputs, *targets)}, remarks=tuple(remarks),
    )  # fmt: skip


def _together(source: str, targets: Sequence[spec.Field], arrays: Mapping[str, Array]) -> Array | None:
    """y of all outputs: derivatives are vectors side by side, all else numbers in a row."""
    if len(targets) < 2:
        return arrays[targets[0].name] if targets else None
    if all(each.kind == "derivative" for each in targets):
        return side_by_side(source, [(each.name, arrays[each.name]) for each in targets])[0]
    return np.concatenate([arrays[each.name].reshape(len(arrays[each.name]), -1) for each in targets], axis=1)


def _place(field: spec.Field, folder: Path) -> tuple[str, str]:
    """The source of a field as a spec in the working folder names it, and the key there."""
    assert field.source is not None
    path = folder / field.source.path
    return (path.as_posix() if path.is_file() else field.source.path), field.source.key or ""


def words_of(request: SpecRequest) -> tuple[str, ...]:
    """How a command is told of the spec, and of its model and parameters where these were said."""
    model = () if request.model is None else ("--model", request.model)
    return (str(request.spec), *model, *settings_of(request.session.parameters))
