"""Training: a compiled model, its data and options, to a trained model and a run folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from numpy.typing import NDArray

from symdsl.artifact.manifest import Manifest, content_hash
from symdsl.backends.backend import CompiledModel
from symdsl.check.fit import comparison_of
from symdsl.check.rows import refuse_rows
from symdsl.check.training_options import CHECKPOINT_OPTIONS, NO_VALIDATION, TrainingOptions
from symdsl.data.match import FieldArrays
from symdsl.data.split import Split
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.pipeline import Compilation
from symdsl.plan.cost import count_parameters
from symdsl.plan.initial import parameter_table
from symdsl.training.checkpoint import data_hash, shapes_of
from symdsl.training.events import EventFiles
from symdsl.training.progress import Pace, show_progress
from symdsl.training.run import Run
from symdsl.training.run_folder import RunFolder
from symdsl.training.share import find_place
from symdsl.training.statistics import set_statistics
from symdsl.training.step import Stepper, compared_names, objective_noise
from symdsl.training.windows import compared_data

Array = NDArray[Any]


@dataclass
class TrainingResult:
    """A finished run: `metrics` of all parts after the last update, `history` a record for each evaluation.

    The model that was trained holds `weights`. `seconds` is the time of the loop, evaluations and checkpoints included.
    """

    weights: dict[str, Array]
    metrics: dict[str, float]
    history: list[dict[str, float]]
    epochs: int
    steps: int
    seconds: float
    split: Split
    folder: Path | None = None
    warnings: tuple[Diagnostic, ...] = ()


def train(
    compiled: Compilation, model: CompiledModel, data: FieldArrays, options: TrainingOptions, *,
    folder: Path | None = None, resume: bool = False, quiet: bool = False, tensorboard: bool = False,
) -> TrainingResult:  # fmt: skip
    """Minimise the objective of `compiled` over the training part of `data`; `model`, its instance, is changed.

    With `folder` the run is written there as it goes (spec, metrics, checkpoints, weights, manifest); `resume` goes on
    from its last checkpoint, to the same weights that an unbroken run has; `tensorboard` writes its records as events
    too. Raises SymdslError: SYM1201 (exit 5)
    diverged, SYM1202 batch larger than the data, SYM1203 and SYM0814 bad split, SYM1204 not this run, SYM1003 device,
    SYM1012 and SYM1013 several devices. In a torch process that torchrun started, every process gets the same result,
    and the first one writes.
    """
    writes = find_place().writes
    events = EventFiles(folder) if folder and tensorboard and writes else None
    run = prepare_run(compiled, model, data, options, RunFolder(folder, events, writes) if folder else None)
    try:
        if run.folder:
            run.folder.start(compiled.spec.text, resume)
            if resume:
                run.resume()
            run.folder.begin_metrics(run.history)
        start = perf_counter()
        train_epochs(run, quiet or not writes)
        return finish_run(run, compiled, model, data, perf_counter() - start)
    finally:
        run.stepper.close()
        if run.folder:
            run.folder.close()


def train_epochs(run: Run, quiet: bool) -> None:
    """All epochs that are left, with evaluations and checkpoints. Raises SymdslError (SYM1201)."""
    options, clock = run.options, run.clock
    pace = Pace(clock.per_epoch, clock.epochs, len(run.split.train))
    with show_progress(run.model.name, pace, run.steps, quiet=quiet) as run.progress:
        while not run.is_over:
            run.train_epoch()
            last = run.steps >= clock.total
            if last or run.epoch % options.evaluation_period == 0:
                run.record()
            if run.is_over or run.is_due or run.epoch % options.checkpoint_period == 0:
                run.save()


def prepare_run(
    compiled: Compilation, model: CompiledModel, data: FieldArrays, options: TrainingOptions, folder: RunFolder | None
) -> Run:
    """Split the data, move the training part to the device, and make the optimiser."""
    spec = compiled.spec
    data, split = compared_data(spec, data, options)
    batch = options.batch_size(len(split.train))
    scales, warnings = set_statistics(compiled, model, data, split.train)
    if options.heeds_validation and not len(split.validation):
        raise SymdslError(Diagnostic("SYM1206", "there is no validation part to heed", hint=NO_VALIDATION), exit_code=2)
    stepper = make_stepper(compiled, model, options)
    if data.resident:
        stepper.put_data([data.take(name, split.train) for name in compared_names(spec)])
    identity = {
        "spec": content_hash(spec.text),
        "params": dict(spec.parameters),
        "data": data_hash(data.arrays),
        "backend": compiled.backend.name,
        "dtype": compiled.session.dtype,
        "options": options.model_dump(mode="json", exclude=set(CHECKPOINT_OPTIONS)),
        "weights": shapes_of(stepper.weights()),
    }
    return Run(
        options, stepper, data, spec, split, batch, identity, folder, scales=scales, warnings=warnings,
    )  # fmt: skip


def refuse_mixed(compiled: Compilation) -> None:
    """Raises SymdslError (SYM1207, exit code 2) where a model cannot be trained in mixed precision."""
    if compiled.session.dtype != "float32":
        message = "mixed precision keeps float32 parameters, and this model has float64"
        raise SymdslError(Diagnostic("SYM1207", message, hint="use --dtype float32, or precision = full"), exit_code=2)
    if compiled.spec.objectives:
        moved = ", ".join(dict.fromkeys(each.strategy.name for each in compiled.spec.objectives))
        message = f"{moved} would move the data with elements rounded to bfloat16, which are in no group"
        raise SymdslError(Diagnostic("SYM1207", message, hint="write precision = full"), exit_code=2)


def make_stepper(compiled: Compilation, model: CompiledModel, options: TrainingOptions) -> Stepper:
    """The stepper of the model's backend. Raises SymdslError (SYM1001, SYM1207, SYM0516) where it cannot train."""
    noise, device = objective_noise(compiled.program), compiled.session.device
    entry = comparison_of(compiled.spec).entry
    if options.precision == "mixed":
        refuse_mixed(compiled)
    if compiled.backend.name == "torch":
        from symdsl.training.torch_step import TorchStepper

        place = find_place()
        if place.count > 1:
            refuse_rows(compiled.spec, "training by several processes")
        if compiled.session.devices > max(1, place.count):
            raise SymdslError(several_processes(compiled.session.devices), exit_code=2)
        return TorchStepper(model, options, noise, device, place, entry)
    if compiled.backend.name == "jax":
        from symdsl.training.jax_step import JaxStepper

        names, session = parameter_table(compiled.program.root), compiled.session
        return JaxStepper(
            model, names, session.dtype, options, noise, device, session.devices, entry, compiled.program
        )  # fmt: skip
    message = f"the backend {compiled.backend.name} cannot train"
    raise SymdslError(Diagnostic("SYM1001", message, hint="use torch or jax"), exit_code=2)


def several_processes(count: int) -> Diagnostic:
    """SYM1013: torch trains on several devices in as many processes."""
    return Diagnostic(
        "SYM1013",
        f"torch uses {count} devices from {count} processes, and this is one",
        hint=f"start them: torchrun --nproc-per-node {count} -m symdsl train ...",
    )


def finish_run(
    run: Run, compiled: Compilation, model: CompiledModel, data: FieldArrays, seconds: float
) -> TrainingResult:
    """Judge all parts, give the model its weights, and close the folder."""
    weights = run.kept_weights()
    run.stepper.judge(weights)
    metrics: dict[str, float] = {}
    for part in ("train", "validation", "test"):
        metrics |= run.evaluate_part(part)
    model.set_weights(weights)
    if run.folder:
        manifest = Manifest(
            model=compiled.spec.name,
            spec_hash=content_hash(compiled.spec.text),
            ir_hash=compiled.graph.content_hash(),
            backend=compiled.backend.name,
            dtype=compiled.session.dtype,
            seed=run.options.seed,
            parameters=count_parameters(compiled.program.root),
            claims=compiled.program.claims,
            settings={"options": run.options.model_dump(mode="json"), "metrics": metrics},
            data=data.name,
        )
        run.folder.finish(weights, run.history, manifest)
    where = run.folder.path if run.folder else None
    return TrainingResult(weights, metrics, run.history, run.epoch, run.steps, seconds, run.split, where, run.warnings)
