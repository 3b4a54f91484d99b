"""`symdsl train`: data in, trained weights out, with the spec, the metrics and a plot in one folder."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symdsl.cli.border import command, print_diagnostics, sources_of, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    CardOption,
    DeviceOption,
    DevicesOption,
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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symdsl.data.match import FieldArrays
    from symdsl.pipeline import Compilation
    from symdsl.verification.report import Report

Data = Annotated[str | None, typer.Option("--data", help="Data instead of what the spec names: a file or a source.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The run folder.  [default: runs/MODEL]")]
Epochs = Annotated[int | None, typer.Option(min=1, help="Instead of what the spec says.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the run in the folder.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Fixes weights, split, batches and noise.")]
Board = Annotated[bool, typer.Option("--tensorboard", help="Write the records as events of TensorBoard too.")]
Verify = Annotated[bool, typer.Option("--verify/--no-verify", help="Measure the symmetries of the trained model.")]
RESOLVED = "resolved.sym"
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
    devices: DevicesOption = 1,
    resume: Resume = False,
    tensorboard: Board = False,
    verify: Verify = True,
    allow_path: AllowPath = False,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: TrainingSetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Train a model; write weights, metrics, manifest and a plot into a run folder."""
    from dataclasses import replace

    from symdsl.api import parse
    from symdsl.artifact.write import write_text
    from symdsl.comparison.resolved import resolved_spec
    from symdsl.pipeline import prepare
    from symdsl.training.loop import train as fit
    from symdsl.training.options import read_options, with_options
    from symdsl.training.share import find_place

    parameters, training = split_settings(settings)
    made = make_session(backend, parameters, seed or 0, dtype, limits=limits, cards=card, device=device)
    session = replace(made, allow_paths=allow_path, devices=devices)
    make_host_devices(device, devices)
    compilation = prepare(spec, session, model)
    given = {**training, **{name: value for name, value in (("epochs", epochs), ("seed", seed)) if value is not None}}
    options = read_options(compilation.spec.training, given)
    seeded = replace(session, seed=options.seed)
    compilation = replace(compilation, spec=with_options(compilation.spec, options), session=seeded)
    arrays = training_arrays(compilation, data, spec.parent, allow_path, options.data_seed)
    folder = output or Path("runs") / compilation.spec.name
    result = fit(
        compilation, compilation.instantiate(), arrays, options,
        folder=folder, resume=resume, tensorboard=tensorboard,
    )  # fmt: skip
    if not find_place().writes:
        return
    print_diagnostics(result.warnings, sources_of(result.warnings), "text")
    tree = next(each for each in parse(spec, session.limits).models if each.name.text == compilation.spec.name)
    write_text(folder / RESOLVED, resolved_spec(tree, compilation.spec, options, spec.parent, folder))
    report = certify_run(compilation, result.weights, folder) if verify else None
    if form is Form.json:
        print(json.dumps({"folder": str(folder), "metrics": dict(result.metrics)}))
    else:
        print(", ".join(f"{name} {value:.6g}" for name, value in result.metrics.items()))
    talk(f"wrote {folder}")
    if report is not None and not report.passed:
        print_diagnostics(report.diagnostics, {}, "text")
        raise typer.Exit(3)


def training_arrays(
    compilation: Compilation, data: str | None, folder: Path, allow_path: bool, seed: int
) -> FieldArrays:
    """What training compares, from what the spec or the command names."""
    from symdsl.check.fit import needed_names
    from symdsl.data.gather import gather_data

    model = compilation.spec
    names = needed_names(model)
    return gather_data(model, data, folder=folder, allow_path=allow_path, seed=seed, names=names)


def make_host_devices(device: str, count: int) -> None:
    """Let jax, where it is not loaded yet, see the processor as `count` devices, unless the user has said how many."""
    flags = os.environ.get("XLA_FLAGS", "")
    wanted = device == "cpu" and count > 1 and "jax" not in sys.modules
    if wanted and "xla_force_host_platform_device_count" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} --xla_force_host_platform_device_count={count}".strip()


def certify_run(compilation: Compilation, weights: Mapping[str, NDArray[Any]], folder: Path) -> Report:
    """Measure the trained model, end to end and with few samples, and put the report into the run's manifest.

    It is measured on the processor: not every device has float64.
    """
    from dataclasses import replace

    from symdsl.artifact.manifest import FILE_NAME, certify, read_manifest
    from symdsl.verification.verify import VerifyOptions
    from symdsl.verification.verify import verify as measure

    on_cpu = replace(compilation, session=replace(compilation.session, device="cpu"))
    report = measure(on_cpu, weights, VerifyOptions(samples=2, elements=8, words=4, layers=False))
    certify(folder, read_manifest(folder / FILE_NAME), json.loads(report.model_dump_json()))
    for entry in report.measurements:
        if entry.quantity not in ("parity", "fold"):
            talk(f"{entry.title}: {entry.error:.2e}" + (f" (at most {entry.tolerance:g})" if entry.tolerance else ""))
    return report
