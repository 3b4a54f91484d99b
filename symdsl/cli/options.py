"""The options that several commands share, and the session they make."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from symdsl.cli.limits import read_limits
from symdsl.session import Session, parse_card, parse_setting


class Form(StrEnum):
    """How results are printed."""

    text = "text"
    json = "json"


class DType(StrEnum):
    """Real numbers of the compiled model."""

    float32 = "float32"
    float64 = "float64"


OF_TRAINING = "train."

Spec = Annotated[Path, typer.Argument(help="The spec, a .sym file.", show_default=False)]
FormOption = Annotated[Form, typer.Option("--format", help="How to print results.")]
BackendOption = Annotated[
    str | None, typer.Option("--backend", help="torch, jax, or an installed plug-in.  [default: what is installed]")
]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="A value for a `param` of the spec: name=value.")]
TrainingSetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="A value for a `param` of the spec, name=value, or for training, train.name=value."),
]
DeviceOption = Annotated[str, typer.Option("--device", help="Where to compute: cpu, cuda, cuda:0, mps, gpu, tpu.")]
DevicesOption = Annotated[
    int, typer.Option("--devices", min=1, max=1024, help="How many devices share each batch (jax).")
]
ModelOption = Annotated[str | None, typer.Option("--model", help="Which model, where the file has several.")]
SeedOption = Annotated[int, typer.Option(min=0, help="Fixes weights, samples and the run.")]
WeightsOption = Annotated[
    Path | None, typer.Option("--weights", help="Trained weights: a .safetensors file, or a run folder.")
]
CardOption = Annotated[
    list[str] | None, typer.Option("--card", help="The group card of a learned symmetry: FILE, or NAME=FILE.")
]
DTypeOption = Annotated[DType, typer.Option("--dtype", help="Real numbers of the model.")]


def make_session(
    backend: str | None = None,
    settings: list[str] | None = None,
    seed: int = 0,
    dtype: DType = DType.float32,
    weights: Path | None = None,
    limits: list[str] | None = None,
    device: str = "cpu",
    cards: list[str] | None = None,
) -> Session:
    """The session of a command. Raises SymdslError (exit code 2) for a malformed setting or limit."""
    parameters = dict(parse_setting(text) for text in settings or [])
    return Session(
        parameters=parameters,
        limits=read_limits(limits),
        backend=backend,
        seed=seed,
        dtype=dtype.value,
        weights=weights,
        device=device,
        cards=dict(parse_card(text) for text in cards or []),
    )


def split_settings(settings: list[str] | None) -> tuple[list[str], dict[str, Any]]:
    """The settings of parameters, as they are written, and the values of `train.name=value` by name.

    Raises SymdslError (exit code 2) for a malformed setting of training.
    """
    written = settings or []
    parameters = [text for text in written if not text.strip().startswith(OF_TRAINING)]
    training = [text.strip().removeprefix(OF_TRAINING) for text in written if text.strip().startswith(OF_TRAINING)]
    return parameters, dict(parse_setting(text) for text in training)
