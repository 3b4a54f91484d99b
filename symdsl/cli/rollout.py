"""`symdsl rollout`: long trajectories of a trained motion, and what they keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symdsl.cli.border import command, talk
from symdsl.cli.evaluate import run_options
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import BackendOption, CardOption, DType, DTypeOption, Form, FormOption, make_session
from symdsl.cli.train import RESOLVED, AllowPath
from symdsl.session import weights_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symdsl.check.spec import Model
    from symdsl.data.system import System
    from symdsl.pipeline import Compilation
    from symdsl.session import Session
    from symdsl.simulation.rollout import Trajectories

Run = Annotated[Path, typer.Argument(help="A run folder, as `symdsl train` writes it.", show_default=False)]
From = Annotated[
    str | None, typer.Option("--from", "--data", help="Data to start from, instead of the run's: a file or a source.")
]
Start = Annotated[list[int] | None, typer.Option("--start", min=0, help="A sample to start from; may be repeated.")]
State = Annotated[list[str] | None, typer.Option("--state", help='A state to start from, "1.0,0.0"; may be repeated.')]
Count = Annotated[int, typer.Option("--starts", min=1, help="How many samples to start from, where none is named.")]
Steps = Annotated[int | None, typer.Option(min=1, help="How many steps.  [default: as many as fit the duration]")]
Duration = Annotated[float | None, typer.Option(help="How long, in the time of the data.  [default: 20]")]
StepSize = Annotated[float, typer.Option(help="The time between two states.")]
MethodOption = Annotated[str, typer.Option("--method", help="rk45 (adaptive), rk4 or midpoint (symplectic).")]
Relative = Annotated[float, typer.Option(help="Relative tolerance of rk45.")]
Absolute = Annotated[float, typer.Option(help="Absolute tolerance of rk45.")]
Truth = Annotated[
    str | None, typer.Option(help="The simulator whose motion is true.  [default: the source of the data]")
]
Conserved = Annotated[
    list[str] | None, typer.Option("--conserved", help="Report this quantity, and no others; may be repeated.")
]
Output = Annotated[str | None, typer.Option("-o", "--output", help="A .npz, .csv or .parquet file of trajectories.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="A .png file: trajectories, conserved quantities, errors.")]
Animate = Annotated[Path | None, typer.Option("--animate", help="A .gif file: the motion.")]


@command
def rollout(
    run: Run,
    data: From = None,
    start: Start = None,
    state: State = None,
    starts: Count = 5,
    steps: Steps = None,
    duration: Duration = None,
    step_size: StepSize = 0.05,
    method: MethodOption = "rk45",
    rtol: Relative = 1e-9,
    atol: Absolute = 1e-9,
    truth: Truth = None,
    conserved: Conserved = None,
    output: Output = None,
    plot: Plot = None,
    animate: Animate = None,
    backend: BackendOption = None,
    dtype: DTypeOption = DType.float64,
    allow_path: AllowPath = False,
    form: FormOption = Form.text,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Follow the motion that a model has learned, and measure what it conserves and how far it is from the truth."""
    from dataclasses import replace

    import numpy as np

    from symdsl.export.run_weights import read_run
    from symdsl.simulation.methods import Accuracy, find_method
    from symdsl.simulation.motion import Motion, learned_scalars, moving_fields
    from symdsl.simulation.progress import show_time
    from symdsl.simulation.quantities import choose_quantities
    from symdsl.simulation.rollout import check_length, output_times, roll_out

    check_usage(steps, duration, step_size, (rtol, atol), (start, state), output, (plot, animate))
    chosen = find_method(method)
    # what the spec names is not read where the command says where to start
    reads_data = data is None and not state
    made = make_session(backend, dtype=dtype, limits=limits, cards=card)
    session = replace(made, allow_paths=allow_path or not reads_data)
    compilation = compile_run(run, session)
    model = compilation.spec
    moving = moving_fields(model)
    count, width = output_times(steps, 20.0 if steps is None and duration is None else duration, step_size)
    check_length(len(state or start or ()) or starts, count, 1, session.limits)
    weights = read_run(weights_path(run), compilation).arrays
    system = true_system(model, next(iter(moving)), data, truth)
    wanted = choose_quantities(model, learned_scalars(compilation.program), system, conserved or ())
    initial = initial_inputs(model, run, data, (start or [], state or [], starts), allow_path)
    constants = {name: array for name, array in initial.items() if name not in moving}
    motion, times = Motion(model, compilation.instantiate(weights).call, constants), width * np.arange(count + 1.0)
    with show_time(model.name, count * width) as watch:
        found = roll_out(
            motion, initial, times, chosen, accuracy=Accuracy(rtol, atol, float(np.finfo(dtype.value).eps)),
            scalars=learned_scalars(compilation.program), system=system, limits=session.limits, watch=watch,
        ).only(wanted)  # fmt: skip
    write_files(model, found, system, output, plot, animate)
    print_report(model, found, width, method, form)


def compile_run(run: Path, session: Session) -> Compilation:
    """The model of a run folder, with every option that it was trained with."""
    from symdsl.artifact.manifest import FILE_NAME, read_manifest
    from symdsl.pipeline import prepare

    spec = run / RESOLVED if (run / RESOLVED).exists() else run / "spec.sym"
    return prepare(spec, session, read_manifest(run / FILE_NAME).model)


def check_usage(
    steps: int | None, duration: float | None, step_size: float, tolerances: tuple[float, float],
    starts: tuple[list[int] | None, list[str] | None], output: str | None, pictures: tuple[Path | None, Path | None],
) -> None:  # fmt: skip
    """Before anything is loaded. Raises SymdslError (exit code 2): SYM1011, and as `check_table_path`; SYM1009 (4)."""
    from math import isfinite

    from symdsl.artifact.figure import check_can_draw
    from symdsl.artifact.tables import STDOUT, check_table_path
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

    positive = {"--duration": duration, "--step-size": step_size, "--rtol": tolerances[0], "--atol": tolerances[1]}
    wrong = [name for name, value in positive.items() if value is not None and not (isfinite(value) and value > 0)]
    fault = None
    if wrong:
        fault = Diagnostic("SYM1011", f"{wrong[0]} is no number above zero", hint=f"write {wrong[0]} 0.01")
    elif steps is not None and duration is not None:
        fault = Diagnostic("SYM1011", "--steps and --duration both say how long", hint="give one of them")
    elif starts[0] and starts[1]:
        fault = Diagnostic("SYM1011", "--start and --state both say where to start", hint="give one of them")
    elif output == STDOUT:
        fault = Diagnostic("SYM1011", "a table and a report cannot both go to stdout", hint="name a file with -o")
    for picture, ending in zip(pictures, (".png", ".gif"), strict=True):
        if picture is not None and picture.suffix.lower() != ending:
            hint = f"name a file that ends in {ending}"
            fault = Diagnostic("SYM1230", f"no picture of this kind can be written to {picture}", hint=hint)
    if fault is not None:
        raise SymdslError(fault, exit_code=2)
    if output is not None:
        check_table_path(output)
    if any(picture is not None for picture in pictures):
        check_can_draw("a picture")


def true_system(model: Model, state: str, data: str | None, truth: str | None) -> System | None:
    """The motion that is true: that of --truth, else that of the data, None where these come from no simulator.

    No file is read. Raises SymdslError (exit code 2): SYM1237 where --truth names no simulator; as `parse_reference`.
    """
    from symdsl.data.gather import named_file
    from symdsl.data.source import parse_reference
    from symdsl.data.system import find_system
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

    named = truth or data or (named_file(model.fields[state]) if model.fields[state].source else None)
    found = None if named is None else find_system(parse_reference(named, allow_path=True))
    if truth is not None and found is None:
        hint = "name a simulator, such as spring, pendulum or two_body"
        raise SymdslError(Diagnostic("SYM1237", f"`{truth}` has no motion of its own", hint=hint), exit_code=2)
    return found


def initial_inputs(
    model: Model, run: Path, data: str | None, wanted: tuple[list[int], list[str], int], allow_path: bool
) -> dict[str, NDArray[np.float64]]:
    """The inputs (N, *shape) at the starts: written states, samples by number, or some samples of the test part."""
    import numpy as np

    from symdsl.data.gather import gather_data
    from symdsl.data.split import choose_split
    from symdsl.simulation.starts import choose_samples, read_samples, read_states

    indices, states, count = wanted
    if states:
        return read_states(model, states)
    options = run_options(run, model.training)
    arrays = gather_data(
        model, data, folder=run, allow_path=allow_path, seed=options.data_seed, names=model.inputs
    )  # fmt: skip
    if not indices:
        candidates = np.arange(arrays.count)
        if data is None:
            split = choose_split(arrays.count, arrays.partition, options.split, options.seed_of_split, arrays.points)
            candidates = split.test if len(split.test) else candidates
        indices = choose_samples(candidates, count).tolist()
    return read_samples(model, arrays, indices)


def write_files(
    model: Model,
    found: Trajectories,
    system: System | None,
    output: str | None,
    plot: Path | None,
    animate: Path | None,
) -> None:
    """Write what was asked for, each file whole or not at all."""
    from symdsl.simulation.animate import animate_rollout
    from symdsl.simulation.plot import curves_of, plot_rollout
    from symdsl.simulation.write import write_trajectories

    if output is not None:
        columns = write_trajectories(found, output)
        talk(f"wrote {', '.join(columns)} to {output}")
    if plot is not None:
        plot_rollout(model, found, system, plot)
        talk(f"wrote {plot}")
    if animate is not None:
        animate_rollout(model.name, curves_of(model, found, system), animate)
        talk(f"wrote {animate}")


def print_report(model: Model, found: Trajectories, width: float, method: str, form: Form) -> None:
    """The table, or the record as JSON, on stdout."""
    from symdsl.simulation.report import rollout_record, rollout_text

    said = rollout_record(found)
    if form is Form.json:
        print(json.dumps({"model": model.name, "method": method, "step_size": width, **said}))
        return
    for remark in found.remarks:
        talk(remark)
    count = said["trajectories"]
    what = f"{count} trajector{'y' if count == 1 else 'ies'} of {said['steps']:,} steps of {width:.6g}"
    print(f"{model.name}: {what}, to t = {said['duration']:.6g}, by {method}")
    print(rollout_text(found), end="")
