"""The weights to export, and what the run that trained them says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from symdsl.artifact.manifest import FILE_NAME, content_hash, read_manifest, verify_files
from symdsl.artifact.weights import read_weights
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.pipeline import Compilation


@dataclass(frozen=True, slots=True)
class GivenWeights:
    """Arrays by path, the hash of their file, and the certificate of their run, if it has one."""

    arrays: Mapping[str, NDArray[Any]]
    hash: str | None = None
    certificate: Mapping[str, Any] | None = None


def read_run(path: Path, compilation: Compilation) -> GivenWeights:
    """The weights of a file; where it lies in a run folder, of a run of this very model.

    Raises SymdslError, exit code 2: SYM0901 not readable, SYM0905 not the files that training wrote, SYM0913 the run is
    of another model, SYM0903 and SYM0904 names and shapes.
    """
    arrays = read_weights(path)
    certificate = None
    beside = path.parent / FILE_NAME
    if beside.exists():
        manifest = read_manifest(beside)
        if path.name in manifest.files:
            if manifest.ir_hash not in (None, compilation.graph.content_hash()):
                raise SymdslError(
                    Diagnostic(
                        "SYM0913",
                        f"{path.parent} is a run of another model",
                        notes=(f"it trained `{manifest.model}`, whose layers are not those of the spec",),
                        hint=f"export the spec of the run: {path.parent / 'spec.sym'}",
                    ),
                    exit_code=2,
                )
            verify_files(path.parent, manifest)
            certificate = manifest.certificate
    compilation.check_weights(arrays)
    return GivenWeights(arrays, content_hash(path.read_bytes()), certificate)
