"""`symdsl evaluate`: the metrics of trained weights on data."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from symdsl.cli.border import command
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    Form,
    FormOption,
    ModelOption,
    SetOption,
    Spec,
    make_session,
    weights_path,
)
from symdsl.cli.train import AllowPath, Data

Weights = Annotated[str, typer.Option("--weights", help="A .safetensors file, or a run folder.", show_default=False)]


@command
def evaluate(
    spec: Spec,
    weights: Weights,
    data: Data = None,
    backend: BackendOption = None,
    allow_path: AllowPath = False,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
) -> None:
    """Print the metrics of trained weights on all of the given data."""
    from dataclasses import replace
    from pathlib import Path

    from symdsl.artifact.weights import read_weights
    from symdsl.data.gather import gather_data
    from symdsl.pipeline import prepare
    from symdsl.training.metrics import evaluate as measure

    session = replace(make_session(backend, settings, limits=limits), allow_paths=allow_path)
    compilation = prepare(spec, session, model)
    names = compilation.spec
    data_seed = names.training.get("data_seed", 0)
    arrays = gather_data(names, data, folder=spec.parent, allow_path=allow_path, seed=data_seed)
    compiled = compilation.instantiate(read_weights(weights_path(Path(weights))))
    metrics = measure(
        lambda inputs: compiled.call("forward", *inputs),
        [arrays.arrays[name] for name in names.inputs],
        [arrays.arrays[name] for name in names.outputs],
        [names.fields[name] for name in names.outputs],
        names.training.get("loss"),
    )
    if form is Form.json:
        print(json.dumps(dict(metrics)))
    else:
        print(", ".join(f"{name} {value:.6g}" for name, value in metrics.items()))
