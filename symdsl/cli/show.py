"""`symdsl show --emit STAGE`: what a stage of the compiler makes of a spec."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from symdsl.cli.border import command
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import BackendOption, ModelOption, SetOption, Spec, make_session


class Stage(StrEnum):
    """The stages that can be dumped."""

    ast = "ast"
    spec = "spec"
    ir = "ir"
    plan = "plan"
    source = "source"


StageOption = Annotated[Stage, typer.Option("--emit", help="The stage to print.")]


@command
def show(
    spec: Spec,
    emit: StageOption = Stage.source,
    backend: BackendOption = None,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
) -> None:
    """Print what a stage of the compiler makes of a spec."""
    from pprint import pformat

    from symdsl.pipeline import prepare

    if emit is Stage.ast:
        from symdsl.api import parse

        print(pformat(parse(spec, make_session(limits=limits).limits), width=120))
        return
    compilation = prepare(spec, make_session(backend, settings, limits=limits), model)
    if emit is Stage.spec:
        print(pformat(compilation.spec, width=120))
    elif emit is Stage.ir:
        print(compilation.graph.to_json(), end="")
    elif emit is Stage.plan:
        from symdsl.plan.print import print_program

        print(print_program(compilation.program), end="")
    else:
        print(compilation.source, end="")
