"""`symdsl compile`: one readable Python file that needs only the framework."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symdsl.cli.border import command, talk
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import (
    BackendOption,
    CardOption,
    ModelOption,
    SetOption,
    Spec,
    WeightsOption,
    make_session,
)
from symdsl.session import weights_path

Output = Annotated[Path, typer.Option("-o", "--output", help="The file to write; - prints it.", show_default=False)]
FoldFlag = Annotated[bool, typer.Option("--fold", help="Compile the symmetry away; needs --weights.")]


@command
def compile_(
    spec: Spec,
    output: Output = Path("-"),
    backend: BackendOption = None,
    weights: WeightsOption = None,
    fold: FoldFlag = False,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Compile a spec to Python source for PyTorch or JAX."""
    from symdsl.artifact.weights import read_weights
    from symdsl.artifact.write import write_text
    from symdsl.backends.backend import stored_constants
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
    from symdsl.pipeline import prepare

    if fold and weights is None:
        hint = "give the trained weights: --weights run/weights.safetensors"
        raise SymdslError(Diagnostic("SYM1011", "--fold needs weights to fold", hint=hint), exit_code=2)
    compilation = prepare(spec, make_session(backend, settings, limits=limits, cards=card), model)
    program, arrays = compilation.program, None
    if weights is not None:
        arrays = read_weights(weights_path(weights))
        compilation.check_weights(arrays)
        if fold:
            program, arrays = compilation.fold(arrays)
    source = compilation.backend.emit(program, arrays)
    companions = {**stored_constants(program), **(arrays or {})}
    if str(output) == "-":
        print(source, end="")
        if companions:
            talk("this model has tables or weights that belong in a file beside the source: use -o FILE")
        return
    if companions:
        from symdsl.artifact.weights import write_weights

        write_weights(output.with_suffix(".safetensors"), companions)
        talk(f"wrote {output.with_suffix('.safetensors')}")
    write_text(output, source)
    talk(f"wrote {output} for {compilation.backend.name}")
