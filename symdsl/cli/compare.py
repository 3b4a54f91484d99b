"""`symdsl compare`: the same symmetry, enforced in several ways at equal size, as one table and one plot."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from symdsl.cli.border import coloured, command, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    CardOption,
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
from symdsl.cli.train import AllowPath, Data, Epochs


class Equal(StrEnum):
    """What all variants have as much of as the spec as it is written."""

    parameters = "parameters"
    compute = "compute"
    none = "none"


Enforce = Annotated[
    str,
    typer.Option("--enforce", help="Strategies with their options, or none: 'augmentation { copies = 2 }, none'."),
]
Symmetry = Annotated[str | None, typer.Option("--symmetry", help="Which symmetry, where the spec enforces several.")]
Seeds = Annotated[int, typer.Option(min=1, max=1000, help="Runs of each variant, from the seed of the spec on.")]
EqualOption = Annotated[Equal, typer.Option("--equal", help="What the widths are scaled to make equal.")]
FirstSeed = Annotated[int | None, typer.Option("--seed", min=0, help="The first seed.  [default: that of the spec]")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The folder.  [default: runs/compare-MODEL]")]
FAILED, DIVERGED = 3, 5


@command
def compare(
    spec: Spec,
    enforce: Enforce,
    symmetry: Symmetry = None,
    seeds: Seeds = 3,
    equal: EqualOption = Equal.parameters,
    data: Data = None,
    output: Output = None,
    backend: BackendOption = None,
    epochs: Epochs = None,
    seed: FirstSeed = None,
    dtype: DTypeOption = DType.float32,
    allow_path: AllowPath = False,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: TrainingSetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Train a model with one symmetry enforced in several ways, and compare them; finished runs are not run again."""
    from dataclasses import replace

    from symdsl.check.fit import needed_names
    from symdsl.comparison.comparison import Request, prepare_comparison
    from symdsl.comparison.results import collect
    from symdsl.comparison.runs import run_all
    from symdsl.comparison.write import write_comparison
    from symdsl.data.gather import gather_data
    from symdsl.training.options import read_options

    parameters, training = split_settings(settings)
    session = replace(make_session(backend, parameters, dtype=dtype, limits=limits, cards=card), allow_paths=allow_path)
    flags: dict[str, Any] = {"epochs": epochs, "seed": seed}
    training |= {name: value for name, value in flags.items() if value is not None}
    comparison = prepare_comparison(
        Request(spec, enforce, output, model, symmetry, seeds, equal.value, training), session
    )
    stated = comparison.reference.spec
    drawn = read_options(stated.training, training).data_seed
    needed = needed_names(stated)
    arrays = gather_data(stated, data, folder=spec.parent, allow_path=allow_path, seed=drawn, names=needed)
    for planned in comparison.variants:
        talk(f"{planned.label}: {planned.size.parameters:,} parameters, {planned.size.multiply_adds:,} multiply-adds")
    outcomes = run_all(comparison.runs, arrays, comparison.symmetry, talk)
    result = collect(comparison, outcomes)
    write_comparison(result, comparison.folder)
    show(result, form)
    talk(f"wrote {comparison.folder}")
    if any(outcome.diverged for outcome in outcomes):
        raise typer.Exit(DIVERGED)
    if any(outcome.broken for outcome in outcomes):
        raise typer.Exit(FAILED)


def show(result: Any, form: Form) -> None:
    """The table on stdout: JSON, rich on a terminal, or plain text."""
    from symdsl.comparison.table import table_rich, table_text

    if form is Form.json:
        print(result.model_dump_json())
    elif sys.stdout.isatty():
        from rich.console import Console

        Console(no_color=not coloured(sys.stdout)).print(table_rich(result))
    else:
        print(table_text(result), end="")
