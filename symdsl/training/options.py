"""The options of one run: those of the spec's `train` block, overridden by those of the command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from symdsl.check.fit import FitRequest, fit_faults
from symdsl.check.spec import Model
from symdsl.check.training_options import OBJECTIVE_OPTIONS, TrainingOptions, find_conflicts
from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError
from symdsl.diagnostics.suggest import did_you_mean


def read_options(stated: Mapping[str, Any], given: Mapping[str, Any] | None = None, span: Span | None = None) -> (
    TrainingOptions
):  # fmt: skip
    """Options of a spec's `train` block (`stated`), overridden by those of the command (`given`).

    Raises SymdslError: SYM0205 unknown option, SYM0502 a value that does not fit, SYM1203 a split that does not add up,
    SYM0513 and SYM1206 options that do not fit together.
    """
    values = {**stated, **(given or {})}
    known = TrainingOptions.model_fields
    faults = [
        Diagnostic("SYM0205", f"training has no option {name}", span, hint=did_you_mean(name, known))
        for name in values
        if name not in known
    ]
    if faults:
        raise SymdslError(*faults, exit_code=1 if set(values) - set(given or {}) - set(known) else 2)
    try:
        options = TrainingOptions.model_validate(values)
    except ValidationError as error:
        raise SymdslError(*distinct(option_fault(fault, span) for fault in error.errors()), exit_code=2) from None
    # what the spec says of an optimiser or a schedule may stay, where the command chooses another
    own = set(values) if not {"optimiser", "schedule"} & set(given or {}) else set(given or {})
    conflicts = [Diagnostic(each.code, f"{each.message} ({each.beside})", span, hint=each.hint)
                 for each in find_conflicts(options, own)]  # fmt: skip
    if conflicts:
        raise SymdslError(*conflicts, exit_code=2)
    return options


def with_options(model: Model, options: TrainingOptions) -> Model:
    """The model whose objective is that of `options`: those of its spec and what a command says instead.

    Raises SymdslError (SYM1208, exit code 2) where they ask for trajectories that it does not predict.
    """
    training = {**model.training, **{name: getattr(options, name) for name in OBJECTIVE_OPTIONS}}
    if options.fit == "trajectories":
        inputs, outputs = ([model.fields[name] for name in names] for names in (model.inputs, model.outputs))
        asked = FitRequest(inputs, outputs, model.structure, bool(model.constraints), model.normalised)
        faults = tuple(fit_faults(asked, options.integrator, {}))
        if faults:
            raise SymdslError(*faults, exit_code=2)
    return replace(model, training=training)


def recorded_options(recorded: Mapping[str, Any]) -> TrainingOptions:
    """The options of a finished run, as its manifest has them, defaults included. Raises SymdslError (SYM0901)."""
    try:
        return TrainingOptions.model_validate(recorded)
    except ValidationError as error:
        faults = distinct(option_fault(fault, None) for fault in error.errors())
        message = "the manifest's training options cannot be read"
        notes = tuple(fault.message for fault in faults)
        raise SymdslError(Diagnostic("SYM0901", message, notes=notes), exit_code=2) from None


def distinct(faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One for each option: a value that fits no member of a union is refused by each."""
    return list({fault.notes: fault for fault in faults}.values())


def option_fault(fault: Mapping[str, Any], span: Span | None) -> Diagnostic:
    """One validation fault as a diagnostic, with what the option is."""
    name = str(fault["loc"][0]) if fault["loc"] else "options"
    code = "SYM1203" if name == "split" else "SYM0502"
    known = TrainingOptions.model_fields.get(name)
    message = f"option {name} of training: {fault['msg'].lower()}, not {fault['input']}"
    return Diagnostic(code, message, span, notes=(f"{name}: {known.description}",) if known else (name,))
