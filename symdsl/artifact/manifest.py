"""The manifest of an artefact: what it was made of, by what, and what it claims."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symdsl.artifact.weights import read_content, unreadable
from symdsl.artifact.write import write_text
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

MANIFEST_VERSION = 1
FILE_NAME = "manifest.json"


class Manifest(BaseModel):
    """What lies beside the weights. Equal manifests have equal JSON, byte for byte: it holds no time and no place.

    `spec_hash` is the SHA-256 of the spec text, `ir_hash` that of the IR; `parameters` counts trained
    numbers; `claims` are the lines that the compiler states about each symmetry; `certificate` is what `verify`
    measured, None before it ran; `files` maps the names of the other files of the artefact to their SHA-256.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants")

    manifest_version: int = MANIFEST_VERSION
    symdsl_version: str = Field(default_factory=lambda: version("symdsl"))
    model: str
    spec_hash: str
    ir_hash: str | None = None
    backend: str
    dtype: Literal["float32", "float64"]
    seed: int
    parameters: int
    claims: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    data: str | None = None
    certificate: dict[str, Any] | None = None
    files: dict[str, str] = {}

    def to_json(self) -> str:
        """Sorted, indented JSON with a final newline. Raises ValueError for a number that is not finite."""
        return json.dumps(self.model_dump(mode="json"), indent=2, sort_keys=True, allow_nan=False) + "\n"


def content_hash(content: str | bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write the JSON whole or not at all. Raises SymdslError (SYM0907)."""
    write_text(path, manifest.to_json())


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file. Raises SymdslError: SYM0901 missing or damaged, SYM0902 of a newer version."""
    try:
        found = json.loads(read_content(path))
    except ValueError as error:
        raise unreadable(path, f"it is not JSON: {error}") from None
    stated = found.get("manifest_version") if isinstance(found, dict) else None
    if not isinstance(stated, int):
        raise unreadable(path, "it states no manifest_version")
    if stated > MANIFEST_VERSION:
        message = f"{path} has version {stated}, and this symdsl reads up to {MANIFEST_VERSION}"
        raise SymdslError(Diagnostic("SYM0902", message, hint="pip install --upgrade symdsl"), exit_code=2)
    try:
        return Manifest.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        raise unreadable(path, f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}") from None


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Raises SymdslError: SYM0901 for a file that is missing, SYM0905 for one that is not what the manifest says."""
    for name, stated in sorted(manifest.files.items()):
        if content_hash(read_content(folder / name)) != stated:
            message = f"{folder / name} is not the file that was written"
            raise SymdslError(Diagnostic("SYM0905", message), exit_code=2)


def certify(folder: Path, stated: Manifest, certificate: Mapping[str, Any]) -> None:
    """Put what was measured on the weights of an artefact into its manifest, instead of an older certificate.

    `stated` is its manifest as it was read. Raises SymdslError: SYM0901 and SYM0905 where its files are not those that
    were written, SYM0907 where the manifest cannot be.
    """
    verify_files(folder, stated)
    write_manifest(folder / FILE_NAME, stated.model_copy(update={"certificate": dict(certificate)}))
