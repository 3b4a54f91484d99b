"""`symdsl check`: every fault of every file, in milliseconds and without a framework."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from symdsl.cli.border import command, print_diagnostics, sources_of, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import CardOption, Form, FormOption, SetOption, make_session

Specs = Annotated[list[Path], typer.Argument(help="Specs, .sym files.", show_default=False)]


@command
def check(
    specs: Specs,
    form: FormOption = Form.text,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Check specs: names, types, groups, actions, shapes and options.

    Exit code 1 if one is faulty, 6 where all that is wrong is a certificate.
    """
    # A pool of threads that nothing here uses would cost a fifth of the command.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from symdsl.api import check_from
    from symdsl.check.result import CheckResult
    from symdsl.diagnostics.diagnostic import Diagnostic

    session = make_session(settings=settings, limits=limits, cards=card)
    found: list[Diagnostic] = []
    models = 0
    for path in specs:
        result = check_from(path, session.parameters, session.limits, session.allow_paths, None, session.cards)
        found.extend(result.diagnostics)
        models += len(result.models)
    faulty = any(diagnostic.severity == "error" for diagnostic in found)
    print_diagnostics(tuple(found), sources_of(tuple(found)), form.value, out=True)
    if not faulty and form is Form.text:
        talk(f"{models} model{'' if models == 1 else 's'} checked, no faults")
    if faulty:
        raise typer.Exit(CheckResult((), tuple(found)).exit_code)
