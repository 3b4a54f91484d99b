"""Export of one model: serialised, loaded back, compared, its symmetry measured, and only then written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from symdsl.artifact.manifest import content_hash
from symdsl.artifact.write import write_file, write_text
from symdsl.check.rows import refuse_rows
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.export.comparison import batch_sizes, compare, drawn_inputs
from symdsl.export.format import Format, FormatOptions, Port, Subject, verify_installed, versions
from symdsl.export.manifest import SUFFIX, Array, ExportManifest, hash_files
from symdsl.export.run_weights import GivenWeights
from symdsl.export.symmetry import measure_kept
from symdsl.passes.lowering.lower import argument_name
from symdsl.pipeline import Compilation
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.nodes import Program

TRAINING = ("forward_train", "objective")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ExportOptions:
    """What to export and how: the entry point, folded or not, a fixed batch or any, and what the format knows.

    `seed` draws the inputs of the comparison, and the weights where none are given.
    """

    entry: str = "forward"
    folded: bool = True
    batch: int | None = None
    seed: int = 0
    choices: FormatOptions = field(default_factory=FormatOptions)


@dataclass(frozen=True)
class Exported:
    """An artefact that was found to be the model: its files by name, and its manifest."""

    files: Mapping[str, bytes]
    manifest: ExportManifest


def export(
    compilation: Compilation,
    chosen: Format,
    name: str,
    weights: GivenWeights | None = None,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
) -> Exported:
    """The artefact `name` + suffix of a model, after it agreed with the model; without weights, of those of the seed.

    Raises SymdslError: SYM1009 and SYM0914 (exit 4) where a package or compiler is missing, SYM1011 (exit 2) for
    options that do not fit, SYM0912 (exit 2) where the format cannot hold the model; exit 3: SYM0910 where the artefact
    computes other numbers, SYM0911 where it has lost a symmetry.
    """
    options = options or ExportOptions()
    say = progress or (lambda text: None)
    verify_installed(chosen)
    verify_choices(chosen, options.choices)
    refuse_rows(compilation.spec, "an export")
    compilation = for_backend(compilation, chosen)
    root = compilation.program.root
    given = weights or GivenWeights({**draw_parameters(root, options.seed), **initial_state(root)})
    verify_entry(compilation.program, options.entry)
    say("folding" if options.folded else "lowering")
    subject = make_subject(compilation, chosen, given, options)
    with TemporaryDirectory(prefix="symdsl-export-") as place:
        folder = Path(place)
        (folder / "written").mkdir()
        (folder / "read").mkdir()
        say(f"writing {chosen.name}")
        files = chosen.serialise(subject, options.choices, folder / "written")
        say("comparing it with the model")
        measured = measure(compilation, chosen, subject, files, folder / "read", given, options)
    named = {f"{name}{suffix}": content for suffix, content in files.items()}
    manifest = describe(compilation, chosen, subject, given, options).model_copy(
        update={**measured, "settings": chosen.describe(files), "files": hash_files(named)}
    )
    faults = [entry.diagnostic for entry in (*manifest.comparison, *manifest.symmetry) if not entry.passed]
    if faults:
        raise SymdslError(*faults, exit_code=3)
    return Exported(named, manifest)


def measure(
    compilation: Compilation,
    chosen: Format,
    subject: Subject,
    files: Mapping[str, bytes],
    folder: Path,
    given: GivenWeights,
    options: ExportOptions,
) -> dict[str, Any]:
    """The comparison and the symmetry of the files as they load."""
    unfolded = compilation.instantiate(given.arrays)
    inputs = drawn_inputs(subject, np.random.default_rng([options.seed, 1]), max(batch_sizes(subject)))
    program = compilation.program

    def model(arrays: Any) -> tuple[Any, ...]:
        return unfolded.call(subject.entry, *arrays)

    with chosen.load(files, subject, folder) as call:
        return {
            "comparison": compare(subject, call, inputs, unfolded, program, given.arrays),
            "symmetry": measure_kept(
                compilation.spec, subject, call, model, program, given.arrays, options.seed
            ),
        }  # fmt: skip


def describe(
    compilation: Compilation, chosen: Format, subject: Subject, given: GivenWeights, options: ExportOptions
) -> ExportManifest:
    """What is known before anything is measured."""
    inputs, outputs = (
        tuple(Array(name=port.name, shape=port.shape, dtype=subject.dtype) for port in ports)
        for ports in (subject.inputs, subject.outputs)
    )
    return ExportManifest(
        model=compilation.spec.name,
        format=chosen.name,
        backend=subject.backend.name,
        entry=subject.entry,
        folded=options.folded,
        dtype=subject.dtype,
        batch=subject.batch or "dynamic",
        inputs=inputs,
        outputs=outputs,
        spec_hash=content_hash(compilation.spec.text),
        ir_hash=compilation.graph.content_hash(),
        weights=given.hash,
        seed=options.seed,
        claims=compilation.program.claims,
        versions={**versions(chosen), **versions_of(subject)},
        batches=batch_sizes(subject),
        comparison=(),
        symmetry=(),
        certificate=dict(given.certificate) if given.certificate is not None else None,
        files={},
    )


def versions_of(subject: Subject) -> dict[str, str]:
    """The versions of what the backend imports."""
    from importlib.metadata import version

    return {name: version(name) for name in subject.backend.requirements.imports}


def for_backend(compilation: Compilation, chosen: Format) -> Compilation:
    """The compilation on the backend of the format. Raises SymdslError (SYM1011) where another one is asked for."""
    wanted, session = chosen.backend, compilation.session
    if wanted is None or session.backend == wanted:
        return compilation
    if session.backend is not None:
        message = f"{chosen.name} is written by the {wanted} backend, not by {session.backend}"
        raise wrong_usage(message, "leave --backend out: weights do not depend on it")
    return replace(compilation, session=replace(session, backend=wanted))


def verify_choices(chosen: Format, choices: FormatOptions) -> None:
    """Raises SymdslError (SYM1011, exit code 2) for an option of another format."""
    if choices.opset is not None and "opset" not in chosen.options:
        raise wrong_usage(f"{chosen.name} has no operator sets", "--opset goes with --to onnx")
    if choices.text and "text" not in chosen.options:
        raise wrong_usage(f"{chosen.name} has no MLIR text", "--mlir goes with --to stablehlo")


def verify_entry(program: Program, entry: str) -> None:
    """Raises SymdslError (SYM1011, exit code 2) where the model has no such entry point for inference."""
    known = [name for name in program.entry_points if name not in TRAINING]
    if entry not in known:
        raise wrong_usage(f"{program.name} has no entry point `{entry}`", f"there are: {', '.join(known)}")


def wrong_usage(message: str, hint: str) -> SymdslError:
    """SYM1011, exit code 2."""
    return SymdslError(Diagnostic("SYM1011", message, hint=hint), exit_code=2)


def make_subject(
    compilation: Compilation, chosen: Format, given: GivenWeights, options: ExportOptions
) -> Subject:
    """The entry point of the folded program, or of the program as it is, with its weights and its model."""
    program, arrays = compilation.program, dict(given.arrays)
    if options.folded:
        kept = None if chosen.whole_program else (options.entry,)
        program, arrays = compilation.fold(arrays, kept)
    method, spec = program.root.method(options.entry), compilation.spec
    fields = {argument_name(name): name for name in (*spec.inputs, *spec.outputs)}
    arguments = [method.nodes[index] for index in method.arguments]
    inputs = tuple(Port(fields[str(node.attributes["name"])], node.type.shape) for node in arguments)
    shapes = [method.nodes[index].type.shape for index in method.outputs]
    names = spec.outputs if options.entry == "forward" else (scalar_name(options.entry, inputs),)
    return Subject(
        backend=compilation.backend,
        program=program,
        weights=arrays,
        model=compilation.load_model(program, arrays),
        entry=options.entry,
        inputs=inputs,
        outputs=tuple(Port(name, shape) for name, shape in zip(names, shapes, strict=True)),
        dtype=compilation.session.dtype,
        batch=options.batch,
    )


def scalar_name(entry: str, inputs: tuple[Port, ...]) -> str:
    """The output of another entry point is called as the entry point is, unless an input is."""
    return f"{entry}_value" if any(port.name == entry for port in inputs) else entry


def write_export(folder: Path, exported: Exported) -> tuple[Path, ...]:
    """Write the files, then the manifest that has their hashes; each is whole or not there. Raises SYM0907."""
    main = next(iter(exported.files))
    manifest = folder / f"{main}{SUFFIX}"
    paths = tuple(folder / name for name in exported.files)
    for path in (*paths, manifest):
        for unfinished in folder.glob(f".{path.name}.*"):  # what a killed export left
            with suppress(OSError):
                unfinished.unlink()
    for path, content in zip(paths, exported.files.values(), strict=True):
        write_file(path, content)
    write_text(manifest, exported.manifest.to_json())
    return (*paths, manifest)
