"""`symdsl show --emit STAGE`: what a stage of the compiler makes of a spec."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from symdsl.cli.border import command, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import BackendOption, CardOption, ModelOption, SetOption, Spec, make_session


class Stage(StrEnum):
    """The stages that can be dumped."""

    ast = "ast"
    spec = "spec"
    ir = "ir"
    graph = "graph"
    plan = "plan"
    source = "source"


Picture = Annotated[
    Path | None, typer.Option("-o", "--output", help="With --emit graph: a picture, .png, .svg or .pdf.")
]
StageOption = Annotated[Stage, typer.Option("--emit", help="The stage to print.")]


@command
def show(
    spec: Spec,
    emit: StageOption = Stage.source,
    backend: BackendOption = None,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
    picture: Picture = None,
) -> None:
    """Print what a stage of the compiler makes of a spec; `graph` draws the IR."""
    from pprint import pformat

    from symdsl.pipeline import prepare

    if emit is Stage.ast:
        from symdsl.api import parse

        print(pformat(parse(spec, make_session(limits=limits, cards=card).limits), width=120))
        return
    compilation = prepare(spec, make_session(backend, settings, limits=limits, cards=card), model)
    if emit is Stage.spec:
        print(pformat(compilation.spec, width=120))
    elif emit is Stage.ir:
        print(compilation.graph.to_json(), end="")
    elif emit is Stage.graph:
        from symdsl.ir.network import draw, drawing_text

        if picture is not None:
            draw(compilation.graph.forward, picture)
            talk(f"wrote {picture}")
        else:
            print(drawing_text(compilation.graph.forward), end="")
    elif emit is Stage.plan:
        from symdsl.plan.print import print_program

        print(print_program(compilation.program), end="")
    else:
        print(compilation.source, end="")
