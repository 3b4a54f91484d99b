"""`symdsl train`: data in, trained weights out, with the spec, the metrics and a plot in one folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from symdsl.cli.border import command, print_diagnostics, sources_of, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    DeviceOption,
    DType,
    DTypeOption,
    Form,
    FormOption,
    ModelOption,
    Spec,
    TrainingSetOption,
    make_session,
    split_settings,
)

Data = Annotated[str | None, typer.Option("--data", help="Data instead of what the spec names: a file or a source.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The run folder.  [default: runs/MODEL]")]
Epochs = Annotated[int | None, typer.Option(min=1, help="Instead of what the spec says.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the run in the folder.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Fixes weights, split, batches and noise.")]
AllowPath = Annotated[bool, typer.Option("--allow-path", help="Let the spec read data outside its folder.")]


@command
def train(
    spec: Spec,
    data: Data = None,
    output: Output = None,
    backend: BackendOption = None,
    epochs: Epochs = None,
    seed: Seed = None,
    dtype: DTypeOption = DType.float32,
    device: DeviceOption = "cpu",
    resume: Resume = False,
    allow_path: AllowPath = False,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: TrainingSetOption = None,
    limits: LimitOption = None,
) -> None:
    """Train a model; write weights, metrics, manifest and a plot into a run folder."""
    from dataclasses import replace

    from symdsl.data.gather import gather_data
    from symdsl.pipeline import prepare
    from symdsl.training.loop import train as fit
    from symdsl.training.options import read_options

    parameters, training = split_settings(settings)
    made = make_session(backend, parameters, seed or 0, dtype, limits=limits)
    session = replace(made, allow_paths=allow_path, device=device)
    compilation = prepare(spec, session, model)
    flags: dict[str, Any] = {"epochs": epochs, "seed": seed}
    given = {**training, **{name: value for name, value in flags.items() if value is not None}}
    options = read_options(compilation.spec.training, given)
    compilation = replace(compilation, session=replace(session, seed=options.seed))
    arrays = gather_data(compilation.spec, data, folder=spec.parent, allow_path=allow_path, seed=options.data_seed)
    folder = output or Path("runs") / compilation.spec.name
    result = fit(compilation, compilation.instantiate(), arrays, options, folder=folder, resume=resume)
    print_diagnostics(result.warnings, sources_of(result.warnings), "text")
    if form is Form.json:
        print(json.dumps({"folder": str(folder), "metrics": dict(result.metrics)}))
    else:
        print(", ".join(f"{name} {value:.6g}" for name, value in result.metrics.items()))
    talk(f"wrote {folder}")
