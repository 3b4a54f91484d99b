"""The border of the command line: every fault becomes one message and one exit code."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import typer

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

Arguments = ParamSpec("Arguments")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
INTERNAL = 70
INTERRUPTED = 130


def talk(text: str) -> None:
    """Say something to the person, on stderr."""
    print(text, file=sys.stderr, flush=True)


def coloured(stream: object) -> bool:
    """Whether to colour what goes to `stream`: a terminal, and NO_COLOR is not set."""
    return not os.environ.get("NO_COLOR") and getattr(stream, "isatty", lambda: False)()


def print_diagnostics(
    diagnostics: tuple[Diagnostic, ...], sources: Mapping[str, str], form: str, out: bool = False
) -> None:
    """Diagnostics as text or JSON; JSON and `out` go to stdout, talk to stderr."""
    from symdsl.diagnostics.render import render, summary
    from symdsl.diagnostics.render_json import render_json

    if form == "json":
        print(render_json(diagnostics), end="", flush=True)
        return
    stream = sys.stdout if out else sys.stderr
    if diagnostics:
        print(render(diagnostics, sources, colour=coloured(stream)), end="", file=stream)
        print(summary(diagnostics), file=stream, flush=True)


def sources_of(diagnostics: tuple[Diagnostic, ...]) -> dict[str, str]:
    """The texts of the files that diagnostics point into, as far as they can be read."""
    spans = [diagnostic.span for diagnostic in diagnostics if diagnostic.span is not None]
    found = {}
    for name in {span.source for span in spans}:
        try:
            found[name] = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError):
            continue
    return found


@contextmanager
def faults_reported(form: str) -> Iterator[None]:
    """Turns SymdslError into its message and exit code, an interrupt into 130, anything else into a report and 70."""
    try:
        yield
    except SymdslError as error:
        print_diagnostics(error.diagnostics, sources_of(error.diagnostics), form)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        talk("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except Exception as error:  # the border of the product: an internal fault never shows a traceback
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            print_diagnostics((Diagnostic("SYM0907", f"results cannot be written: {error.strerror}"),), {}, form)
            raise typer.Exit(2) from None
        path = write_report(error)
        fault = Diagnostic(
            "SYM9001",
            f"symdsl failed: {type(error).__name__}: {error}".splitlines()[0],
            notes=(f"the full report is in {path}",) if path else (),
            hint="this is our fault, not the spec's; please send us the report",
        )
        print_diagnostics((fault,), {}, form)
        raise typer.Exit(INTERNAL) from None


def write_report(error: BaseException) -> Path | None:
    """The traceback in a file of the temporary folder, or None where it cannot be written."""
    text = "".join(traceback.format_exception(error))
    try:
        descriptor, name = tempfile.mkstemp(prefix="symdsl-report-", suffix=".txt")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"symdsl {' '.join(sys.argv[1:])}\n\n{text}")
    except OSError:
        return None
    return Path(name)


def command(function: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """A command whose faults are reported; its argument `form` (text or json), if any, says how."""

    @wraps(function)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        form = kwargs.get("form", "text")
        with faults_reported(str(form)):
            function(*args, **kwargs)

    return run
