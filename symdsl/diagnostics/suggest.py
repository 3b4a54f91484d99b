"""Did-you-mean: the known name that a misspelt one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable


def suggest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate nearest to `name`, or None where none is near.

    Nearness is `difflib`'s ratio, letter case ignored, at least 0.6; ties go to the alphabetically first, so that
    the answer does not depend on the order of the candidates.
    """
    import difflib

    folded: dict[str, str] = {}
    for candidate in sorted(candidates):
        folded.setdefault(candidate.lower(), candidate)
    matches = difflib.get_close_matches(name.lower(), sorted(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """The hint "did you mean `x`?", or None where nothing is near."""
    match = suggest(name, candidates)
    return None if match is None else f"did you mean `{match}`?"
