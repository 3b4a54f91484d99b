"""Where the cards of learned symmetries come from, and how a person makes one that is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

SUFFIX: Final = ".sym"
"""How the name of a spec ends: `symdsl discover` tells specs from data by it."""


@dataclass(frozen=True)
class CardSources:
    """Where cards come from: paths that are `given` by the name of a symmetry, "" for the only one that is learned.

    Paths in a spec are relative to its `folder`, and lie below it unless `allow_paths`. Symmetries that are to be
    learned stay so, whatever cards there are, where they are `unanswered`: a discovery asks what they ask. `words` name
    the spec to `symdsl discover`; there are none of a text, which no command reads.
    """

    folder: Path = Path()
    given: Mapping[str, Path] = field(default_factory=dict)
    allow_paths: bool = False
    unanswered: bool = False
    words: tuple[str, ...] = ()

    def of(self, name: str) -> Path | None:
        """The card that is given for a symmetry."""
        return self.given.get(name, self.given.get(""))

    def with_words(self, *words: str) -> CardSources:
        """The same with more words of the command, where there is one."""
        return replace(self, words=(*self.words, *words)) if self.words else self


def words_of(source: str, parameters: Mapping[str, Any], allow_paths: bool) -> tuple[str, ...]:
    """How `symdsl discover` is told of a spec: its file and what was given with it; () where `source` is no file."""
    if Path(source).suffix.lower() != SUFFIX:
        return ()
    return (source, *settings_of(parameters), *(["--allow-path"] if allow_paths else []))


def settings_of(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of parameters as a command is told of them: --set name=value."""
    return tuple(word for name, value in parameters.items() for word in ("--set", f"{name}={_written(value)}"))


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
