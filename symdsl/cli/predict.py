"""`symdsl predict`: the outputs of a trained model on data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from symdsl.cli.border import command, talk
from symdsl.cli.evaluate import Weights
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    CardOption,
    DeviceOption,
    DType,
    DTypeOption,
    Form,
    FormOption,
    ModelOption,
    SetOption,
    Spec,
    make_session,
)
from symdsl.cli.train import AllowPath, Data
from symdsl.session import weights_path

Output = Annotated[str, typer.Option("-o", "--output", help="A .npz, .csv or .parquet file; - is CSV on stdout.")]
Batch = Annotated[int | None, typer.Option(min=1, help="Samples at a time.  [default: up to 1024]")]


@command
def predict(
    spec: Spec,
    weights: Weights,
    data: Data = None,
    output: Output = "-",
    batch: Batch = None,
    backend: BackendOption = None,
    device: DeviceOption = "cpu",
    dtype: DTypeOption = DType.float32,
    allow_path: AllowPath = False,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Write the outputs of a trained model on data, which need hold no targets; labels with their probabilities."""
    from dataclasses import replace

    from symdsl.artifact.tables import STDOUT, check_table_path
    from symdsl.artifact.weights import read_weights
    from symdsl.data.gather import gather_data
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
    from symdsl.inference.predict import write_predictions
    from symdsl.pipeline import prepare

    check_table_path(output)
    if form is Form.json and output == STDOUT:
        hint = "name a file with -o, and the summary is printed as JSON"
        message = "a table and a summary cannot both go to stdout"
        raise SymdslError(Diagnostic("SYM1011", message, hint=hint), exit_code=2)
    made = make_session(backend, settings, dtype=dtype, limits=limits, cards=card, device=device)
    session = replace(made, allow_paths=allow_path)
    compilation = prepare(spec, session, model)
    compiled = compilation.instantiate(read_weights(weights_path(Path(weights))))
    names = compilation.spec.inputs
    arrays = gather_data(compilation.spec, data, folder=spec.parent, allow_path=allow_path, names=names)
    summary = write_predictions(
        compilation.spec, lambda inputs: compiled.call("forward", *inputs), arrays, dtype.value, output, batch
    )
    if summary.not_finite:
        talk(f"warning: {summary.not_finite} of the numbers predicted are not finite")
    if form is Form.json:
        columns = {column.name: {"shape": list(column.shape), "dtype": column.dtype} for column in summary.columns}
        said = {"output": output, "samples": summary.samples, "columns": columns, "not_finite": summary.not_finite}
        print(json.dumps(said))
    elif output != STDOUT:
        talk(f"wrote {summary.samples:,} samples of {', '.join(column.name for column in summary.columns)} to {output}")
