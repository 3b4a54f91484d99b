"""What lies beside an exported file: what it was made of, and how far it was measured to be from the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from symdsl.artifact.manifest import content_hash
from symdsl.export.comparison import Agreement
from symdsl.export.symmetry import Kept

EXPORT_VERSION = 1
SUFFIX = ".manifest.json"


class Array(BaseModel):
    """An input or output of the artefact: the shape of one sample, without the batch axis."""

    model_config = ConfigDict(frozen=True)

    name: str
    shape: tuple[int, ...]
    dtype: str


class ExportManifest(BaseModel):
    """Equal exports on one machine have equal manifests, byte for byte: there is no time and no place in it.

    `batch` is "dynamic" or the fixed size; `weights` the SHA-256 of the weights as they were given, None where they
    were drawn from `seed`; `comparison` and `symmetry` were measured on the artefact as it was loaded back, with normal
    inputs drawn from `seed`, at the sizes `batches`; `certificate` is what `verify` measured on the run; `files` maps
    the names of the files to their SHA-256.
    """

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")

    export_version: int = EXPORT_VERSION
    symdsl_version: str = Field(default_factory=lambda: version("symdsl"))
    model: str
    format: str
    backend: str
    entry: str
    folded: bool
    dtype: Literal["float32", "float64"]
    batch: int | Literal["dynamic"]
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    spec_hash: str
    ir_hash: str
    weights: str | None
    seed: int
    claims: tuple[str, ...]
    settings: dict[str, str | int] = {}
    versions: dict[str, str]
    batches: tuple[int, ...]
    comparison: tuple[Agreement, ...]
    symmetry: tuple[Kept, ...]
    certificate: dict[str, Any] | None = None
    files: dict[str, str]

    @property
    def margin(self) -> float:
        """The largest error of the comparison."""
        return max(entry.error for entry in self.comparison)

    def to_json(self) -> str:
        """Sorted, indented JSON with a final newline."""
        return json.dumps(self.model_dump(mode="json"), indent=2, sort_keys=True) + "\n"


def hash_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """Name -> SHA-256."""
    return {name: content_hash(content) for name, content in files.items()}
