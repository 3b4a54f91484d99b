"""`symdsl`: the table of commands."""

from __future__ import annotations

import gc
import os
import sys

import typer

from symdsl.cli.check import check
from symdsl.cli.compare import compare
from symdsl.cli.compile import compile_
from symdsl.cli.discover import discover
from symdsl.cli.doctor import doctor
from symdsl.cli.evaluate import evaluate
from symdsl.cli.explain import explain
from symdsl.cli.export import export
from symdsl.cli.format import fmt
from symdsl.cli.info import info
from symdsl.cli.init import init
from symdsl.cli.limits import CommandWithLimits
from symdsl.cli.predict import predict
from symdsl.cli.rollout import rollout
from symdsl.cli.show import show
from symdsl.cli.train import train
from symdsl.cli.verify import verify

app = typer.Typer(
    name="symdsl",
    help="Compile a spec of data and symmetry into a PyTorch or JAX model, and measure the symmetry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(init)
app.command("check", cls=CommandWithLimits)(check)
app.command("fmt")(fmt)
app.command("info", cls=CommandWithLimits)(info)
app.command("compile", cls=CommandWithLimits)(compile_)
app.command("show", cls=CommandWithLimits)(show)
app.command("verify", cls=CommandWithLimits)(verify)
app.command("discover", cls=CommandWithLimits)(discover)
app.command("train", cls=CommandWithLimits)(train)
app.command("evaluate", cls=CommandWithLimits)(evaluate)
app.command("predict", cls=CommandWithLimits)(predict)
app.command("rollout", cls=CommandWithLimits)(rollout)
app.command("export", cls=CommandWithLimits)(export)
app.command("compare", cls=CommandWithLimits)(compare)
app.command("explain")(explain)
app.command("doctor")(doctor)


def main() -> None:
    """The entry point of the command `symdsl`.

    Short commands neither collect garbage while they import nor tear the interpreter down: that is a fifth of
    `symdsl check`. Where a framework was loaded the usual exit runs, with its handlers.
    """
    gc.set_threshold(200_000)
    try:
        app()
    except SystemExit as done:
        sys.stdout.flush()
        sys.stderr.flush()
        if "torch" not in sys.modules and "jax" not in sys.modules and isinstance(done.code, int | None):
            os._exit(done.code or 0)
        raise
