"""`symdsl evaluate`: the metrics of trained weights on data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symdsl.cli.border import command
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    CardOption,
    DeviceOption,
    Form,
    FormOption,
    ModelOption,
    SetOption,
    Spec,
    make_session,
)
from symdsl.cli.train import AllowPath, Data
from symdsl.session import weights_path

if TYPE_CHECKING:
    from symdsl.check.training_options import TrainingOptions


class Part(StrEnum):
    """The parts of data that can be judged."""

    all = "all"
    train = "train"
    validation = "validation"
    test = "test"


PartOption = Annotated[
    Part | None, typer.Option("--part", help="Which samples.  [default: test for a run folder, all with --data]")
]
Weights = Annotated[str, typer.Option("--weights", help="A .safetensors file, or a run folder.", show_default=False)]


@command
def evaluate(
    spec: Spec,
    weights: Weights,
    data: Data = None,
    part: PartOption = None,
    backend: BackendOption = None,
    device: DeviceOption = "cpu",
    allow_path: AllowPath = False,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Print the metrics of trained weights: on the test part of a run's own data, or on all of what --data names."""
    from dataclasses import replace

    from symdsl.artifact.weights import read_weights
    from symdsl.check.fit import comparison_of, needed_names
    from symdsl.data.gather import gather_data
    from symdsl.passes.scales import output_scales
    from symdsl.pipeline import prepare
    from symdsl.training.metrics import evaluate as measure
    from symdsl.training.options import with_options
    from symdsl.training.windows import compared_data

    session = replace(make_session(backend, settings, limits=limits, cards=card, device=device), allow_paths=allow_path)
    compilation = prepare(spec, session, model)
    names = compilation.spec
    options = run_options(Path(weights), names.training)
    names = with_options(names, options)
    compilation = replace(compilation, spec=names)
    needed = needed_names(names)
    arrays = gather_data(names, data, folder=spec.parent, allow_path=allow_path, seed=options.data_seed, names=needed)
    chosen = part or (Part.test if data is None and Path(weights).is_dir() else Part.all)
    if chosen is Part.all:
        options = options.model_copy(update={"split": (1.0, 0.0, 0.0)})
    arrays, split = compared_data(names, arrays, options)
    samples = split.train if chosen is Part.all else getattr(split, chosen.value)
    given = read_weights(weights_path(Path(weights)))
    compiled = compilation.instantiate(given)
    metrics = measure(
        lambda inputs: compiled.call(comparison_of(names).entry, *inputs),
        arrays,
        names,
        samples,
        options.loss,
        scales=output_scales(compilation.graph, names, given),
    )
    if form is Form.json:
        print(json.dumps(dict(metrics)))
    else:
        print(f"{chosen.value}: " + ", ".join(f"{name} {value:.6g}" for name, value in metrics.items()))


def run_options(weights: Path, stated: Mapping[str, Any]) -> TrainingOptions:
    """The options that a run was trained with, from its manifest; else those of the spec."""
    from symdsl.artifact.manifest import FILE_NAME, read_manifest
    from symdsl.training.options import read_options, recorded_options

    if weights.is_dir() and (weights / FILE_NAME).exists():
        return recorded_options(read_manifest(weights / FILE_NAME).settings["options"])
    return read_options(stated)
