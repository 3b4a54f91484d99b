"""What the checker found out by itself, a line each, for `symdsl info`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symdsl.check.enforcements import Enforcements
from symdsl.check.exactness import exactness_of
from symdsl.check.field_text import field_text
from symdsl.check.spec import Field, Symmetry


def model_facts(
    symmetries: Mapping[str, Symmetry], fields: Mapping[str, Field], parts: Enforcements
) -> tuple[str, ...]:
    """The inferred actions, and how far each symmetry holds."""
    return (*_learned(symmetries), *_inferences(symmetries, fields), *_claims(symmetries, parts))


def _learned(symmetries: Mapping[str, Symmetry]) -> Iterator[str]:
    for symmetry in symmetries.values():
        if symmetry.learned is not None:
            yield f"{symmetry.name}: {symmetry.learned.text}"


def _inferences(symmetries: Mapping[str, Symmetry], fields: Mapping[str, Field]) -> Iterator[str]:
    for symmetry in symmetries.values():
        for name in (name for name in fields if name in symmetry.inferred):
            action = symmetry.actions[name].text
            yield f"{symmetry.name}: {symmetry.text} on {name}: {field_text(fields[name])}, inferred: {action}"


def _claims(symmetries: Mapping[str, Symmetry], parts: Enforcements) -> Iterator[str]:
    enforcements = [part for part in (parts.structure, parts.network, *parts.objectives) if part is not None]
    for symmetry in symmetries.values():
        claim = exactness_of(symmetry, enforcements)
        if claim.kind == "none":
            yield f"{symmetry.name}: enforced by nothing, only measured"
        else:
            by = next(part.strategy.name for part in enforcements if symmetry.name in part.symmetries)
            yield f"{symmetry.name}: {claim.kind} by {by}" + (f", {claim.detail}" if claim.detail else "")
