"""`symdsl fmt`: the canonical layout of specs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symdsl.cli.border import command, talk

Specs = Annotated[list[Path], typer.Argument(help="Specs, .sym files.", show_default=False)]
CheckFlag = Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 if a file would change.")]


@command
def fmt(specs: Specs, check: CheckFlag = False) -> None:
    """Rewrite specs in the canonical layout. Comments stay; the meaning never changes."""
    from symdsl.api import read_spec
    from symdsl.artifact.write import write_text
    from symdsl.session import Limits
    from symdsl.syntax.formatter import format_text

    changed = []
    for path in specs:
        text = read_spec(path, Limits())
        formatted = format_text(text, str(path))
        if formatted != text:
            changed.append(path)
            if not check:
                write_text(path, formatted)
    for path in changed:
        talk(f"{'would change' if check else 'formatted'} {path}")
    if check and changed:
        raise typer.Exit(1)
