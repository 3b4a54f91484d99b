"""`symdsl export`: a trained model as a file that runs without symdsl, compared with the model before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symdsl.cli.border import command, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    CardOption,
    DType,
    DTypeOption,
    Form,
    FormOption,
    ModelOption,
    SetOption,
    Spec,
    WeightsOption,
    make_session,
)
from symdsl.session import weights_path

if TYPE_CHECKING:
    from symdsl.export.format import Format
    from symdsl.export.manifest import ExportManifest

Target = Annotated[
    str,
    typer.Option("--to", help="The format: pt2, aoti, onnx, stablehlo or safetensors.", show_default=False),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="The file to write.  [default: the model's name and the suffix]")
]
Entry = Annotated[str, typer.Option("--entry", help="The method to export: forward, or for example energy.")]
NoFold = Annotated[bool, typer.Option("--no-fold", help="Export the layers as they are trained.")]
Batch = Annotated[int | None, typer.Option(min=1, help="A fixed batch size.  [default: any]")]
Opset = Annotated[int | None, typer.Option(min=1, help="The operator set of ONNX.  [default: that of torch]")]
Text = Annotated[bool, typer.Option("--mlir", help="Write the text of StableHLO too.")]
Seed = Annotated[
    int | None,
    typer.Option(min=0, help="Draws the inputs of the comparison; without --weights, the weights.  [default: 0]"),
]


@command
def export(
    spec: Spec,
    target: Target,
    weights: WeightsOption = None,
    output: Output = None,
    entry: Entry = "forward",
    no_fold: NoFold = False,
    batch: Batch = None,
    dtype: DTypeOption = DType.float32,
    opset: Opset = None,
    text: Text = False,
    seed: Seed = None,
    backend: BackendOption = None,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Export a trained model, its symmetry compiled away, after comparing the file with the model."""
    from symdsl.export.export import ExportOptions, export, for_backend, write_export, wrong_usage
    from symdsl.export.format import FormatOptions, verify_installed
    from symdsl.export.formats import find_format
    from symdsl.export.run_weights import read_run
    from symdsl.pipeline import prepare

    chosen = find_format(target)
    if weights is None and seed is None:
        raise wrong_usage("export needs trained weights", "give --weights run, or --seed 0 for untrained ones")
    compilation = prepare(spec, make_session(backend, settings, dtype=dtype, limits=limits, cards=card), model)
    verify_installed(chosen)
    compilation = for_backend(compilation, chosen)
    path = output_path(output, compilation.spec.name, chosen)
    given = read_run(weights_path(weights), compilation) if weights is not None else None
    options = ExportOptions(entry, not no_fold, batch, seed or 0, FormatOptions(opset, text))
    exported = export(compilation, chosen, path.stem, given, options, talk)
    written = write_export(path.parent, exported)
    if form is Form.json:
        print(exported.manifest.to_json(), end="")
    else:
        print(export_text(exported.manifest), end="")
    talk(f"wrote {', '.join(map(str, written))}")


def output_path(output: Path | None, name: str, chosen: Format) -> Path:
    """The main file. Raises SymdslError (SYM1011) for a name with another ending: what loads the file looks at it."""
    from symdsl.export.export import wrong_usage

    path = output or Path(f"{name}{chosen.suffix}")
    if path.suffix != chosen.suffix:
        message = f"a {chosen.name} file ends in {chosen.suffix}, and {path} does not"
        raise wrong_usage(message, f"use -o {path.with_suffix(chosen.suffix) if path.name else chosen.suffix}")
    return path


def export_text(manifest: ExportManifest) -> str:
    """What was measured, for people."""
    batch = "any batch" if manifest.batch == "dynamic" else f"batch {manifest.batch}"
    folded = "folded" if manifest.folded else "not folded"
    lines = [f"{manifest.model}.{manifest.entry} as {manifest.format}, {folded}, {manifest.dtype}, {batch}\n"]
    lines += [
        f"  {entry.output} against {entry.reference}: {entry.error:.2e} (at most {entry.bound:.0e})\n"
        for entry in manifest.comparison
    ]
    for entry in manifest.symmetry:
        bound = f"at most {entry.bound:.0e}" if entry.bound is not None else "reported"
        lines.append(
            f"  {entry.quantity} of {entry.subject}, {entry.where}: {entry.error:.2e} ({bound}; "
            f"the model shows {entry.model_error:.2e})\n"
        )
    return "".join(lines)
