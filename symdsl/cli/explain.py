"""`symdsl explain CODE`: the page of a diagnostic."""

from __future__ import annotations

from typing import Annotated

import typer

from symdsl.cli.border import command


@command
def explain(code: Annotated[str, typer.Argument(help="A code such as SYM0401.", show_default=False)]) -> None:
    """Explain a diagnostic: what it means, a spec that has it, and the mended spec."""
    from symdsl.diagnostics.explain import explain as page

    print(page(code.upper()))
