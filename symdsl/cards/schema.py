"""The JSON of a group card as pydantic models, which are also its JSON Schema."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from symdsl.cards.card import CARD_VERSION

MOST_ARRAYS = 16
Length = Annotated[int, Field(ge=0, le=1_000_000)]
Text = Annotated[str, Field(max_length=10_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TestJson(_Part):
    """One test of the certificate; `passed` is null for a figure that decides nothing."""

    name: Text
    statistic: FiniteFloat
    bound: FiniteFloat | None
    passed: bool | None
    detail: Text


class CertificateJson(_Part):
    """What held-out data say of the group."""

    verdict: Literal["certified", "refuted", "undecided"]
    delta: Annotated[FiniteFloat, Field(ge=0.0)]
    alpha: Annotated[FiniteFloat, Field(gt=0.0, lt=1.0)]
    domain: Text
    samples: Annotated[int, Field(ge=0)]
    tests: Annotated[list[TestJson], Field(max_length=1_000)]


class CardJson(_Part):
    """A learned matrix group. The numbers are in the safetensors file of the same name beside this one.

    `arrays` are the shapes of that file, all float64: `generators` (D, d, d), `discrete` (M, d, d), `constants`
    (D, D, D), `forms` (F, d, d) always; `frame` (d, d), `outputs` (D, m, m), `discrete_outputs` (M, m, m) and `ranges`
    (D, 2) where the card has them. `hash` is the SHA-256 of everything else here and of the numbers.
    """

    card_version: Literal[1]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    name: Text
    text: Text
    space: Literal["linear", "affine", "polynomial", "codes"]
    representation: Text
    canonical: Text | None
    algebra: dict[str, Any]
    certificate: CertificateJson
    fields: dict[str, Text]
    provenance: dict[str, Any]
    arrays: Annotated[
        dict[str, Annotated[list[Length], Field(min_length=2, max_length=3)]], Field(max_length=MOST_ARRAYS)
    ]


def card_schema() -> str:
    """The JSON Schema of `NAME.card.json`, as `card.schema.json` holds it: sorted, indented, a final newline."""
    schema = CardJson.model_json_schema()
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"symdsl group card {CARD_VERSION}"}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
