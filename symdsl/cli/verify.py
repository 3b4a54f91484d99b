"""`symdsl verify`: measured equivariance, per symmetry, per layer and end to end. Exit code 3 over tolerance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symdsl.cli.border import command, print_diagnostics, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    CardOption,
    DeviceOption,
    Form,
    FormOption,
    ModelOption,
    SeedOption,
    SetOption,
    Spec,
    WeightsOption,
    make_session,
)
from symdsl.session import weights_path

if TYPE_CHECKING:
    from symdsl.pipeline import Compilation
    from symdsl.verification.report import Measurement, Report

Samples = Annotated[int, typer.Option(min=2, max=4096, help="Random inputs.")]
Elements = Annotated[int, typer.Option(min=1, max=4096, help="Group elements per symmetry.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write the report as JSON.")]


@command
def verify(
    spec: Spec,
    backend: BackendOption = None,
    device: DeviceOption = "cpu",
    weights: WeightsOption = None,
    samples: Samples = 4,
    elements: Elements = 16,
    seed: SeedOption = 0,
    form: FormOption = Form.text,
    output: Output = None,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Measure every symmetry of a spec on the compiled model, in float64."""
    from symdsl.artifact.weights import read_weights
    from symdsl.artifact.write import write_text
    from symdsl.pipeline import prepare
    from symdsl.verification.verify import VerifyOptions
    from symdsl.verification.verify import verify as measure

    compilation = prepare(spec, make_session(backend, settings, limits=limits, cards=card, device=device), model)
    arrays = read_weights(weights_path(weights)) if weights is not None else None
    report = measure(compilation, arrays, VerifyOptions(samples=samples, elements=elements, seed=seed))
    text = report.model_dump_json(indent=1) + "\n"
    if output is not None:
        write_text(output, text)
    if form is Form.json:
        print(text, end="")
    else:
        print(report_text(report), end="")
    if weights is not None and weights.is_dir():
        write_certificate(weights, compilation, json.loads(text))
    if not report.passed:
        print_diagnostics(report.diagnostics, {}, "text")
        raise typer.Exit(3)


def write_certificate(folder: Path, compilation: Compilation, measured: dict[str, Any]) -> None:
    """Put a report into the manifest of a run folder, if the run is one of the very model that was measured.

    Raises SymdslError where the folder's files are not those that training wrote.
    """
    from symdsl.artifact.manifest import FILE_NAME, certify, read_manifest

    if not (folder / FILE_NAME).exists():
        return
    manifest = read_manifest(folder / FILE_NAME)
    if manifest.model == compilation.spec.name and manifest.ir_hash == compilation.graph.content_hash():
        certify(folder, manifest, measured)
        talk(f"wrote the certificate into {folder / FILE_NAME}")
    else:
        talk(f"{folder} is a run of another model; its certificate is left alone")


def report_text(report: Report) -> str:
    """The report as a table for people."""
    head = f"{report.model} on {report.backend}, {report.dtype}, {report.weights} weights, seed {report.seed}\n"
    lines = [head, f"the output varies by {report.variation:.2e} over the samples\n"]
    lines += [f"  {_line(entry)}\n" for entry in report.measurements]
    for subject in dict.fromkeys(entry.subject for entry in report.layers):
        entries = [entry for entry in report.layers if entry.subject == subject]
        worst = max(entries, key=lambda entry: entry.error)
        lines.append(f"  {len(entries)} layers under {subject}: largest error {worst.error:.2e} at {worst.where}\n")
    lines += [f"  {remark}\n" for remark in report.remarks]
    lines.append("every promise holds\n" if report.passed else "a promise is broken\n")
    return "".join(lines)


def _line(entry: Measurement) -> str:
    verdict = "reported" if entry.tolerance is None else ("ok" if entry.passed else "BROKEN")
    bound = "" if entry.tolerance is None else f" (at most {entry.tolerance:g})"
    count = f", {entry.elements} elements" if entry.quantity == "equivariance" else ""
    note = f"; {entry.note}" if entry.note else ""
    return f"{verdict:>8}  {entry.title}{count}: {entry.error:.2e}{bound}{note}"
