"""`symdsl check`: every fault of every file, in milliseconds and without a framework."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symdsl.cli.border import command, print_diagnostics, talk
from symdsl.cli.options import Form, FormOption, SetOption, make_session

Specs = Annotated[list[Path], typer.Argument(help="Specs, .sym files.", show_default=False)]


@command
def check(specs: Specs, form: FormOption = Form.text, settings: SetOption = None) -> None:
    """Check specs: names, types, groups, actions, shapes and options. Exit code 1 if one is faulty."""
    from symdsl.check.checker import check_file
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
    from symdsl.pipeline import read_spec
    from symdsl.registry import EntryPointCatalogue
    from symdsl.syntax.parser import parse

    session = make_session(settings=settings)
    catalogue = EntryPointCatalogue()
    found: list[Diagnostic] = []
    sources: dict[str, str] = {}
    models = 0
    for path in specs:
        text, name, first_line = read_spec(path)
        sources[name] = text
        try:
            result = check_file(parse(text, name, first_line), catalogue, session.parameters, session.limits)
        except SymdslError as error:
            found.extend(error.diagnostics)
            continue
        found.extend(result.diagnostics)
        models += len(result.models)
    faulty = any(diagnostic.severity == "error" for diagnostic in found)
    print_diagnostics(tuple(found), sources, form.value, out=True)
    if not faulty and form is Form.text:
        talk(f"{models} model{'' if models == 1 else 's'} checked, no faults")
    if faulty:
        raise typer.Exit(1)
