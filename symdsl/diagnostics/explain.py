"""The page of a code: what it means, an example that triggers it, and the mended example."""

from __future__ import annotations

from importlib.resources import files

from symdsl.diagnostics.codes import CODES
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.suggest import did_you_mean


def explain(code: str) -> str:
    """The Markdown page of `code`; letter case and the prefix `SYM` may be left out.

    Raises SymdslError (SYM1011, exit code 2) for a code that does not exist.
    """
    wanted = code.strip().upper()
    wanted = wanted if wanted.startswith("SYM") else f"SYM{wanted}"
    if wanted not in CODES:
        hint = did_you_mean(wanted, CODES)
        raise SymdslError(Diagnostic("SYM1011", f"there is no code `{code}`", hint=hint), exit_code=2)
    return files("symdsl.diagnostics").joinpath("pages", f"{wanted}.md").read_text(encoding="utf-8")
