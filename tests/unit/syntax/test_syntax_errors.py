"""The wording of syntax errors, pinned: each spec of `tests/specs/syntax_errors` beside its rendered text.

`python tests/unit/syntax/test_syntax_errors.py` writes the texts anew; read the difference before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from symdsl.diagnostics.codes.syntax import CODES
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.diagnostics.render import render
from symdsl.syntax.parser import decode, parse

FOLDER = Path(__file__).parents[2] / "specs" / "syntax_errors"
SPECS = sorted(FOLDER.glob("*.sym"))


def rendered(path: Path) -> str:
    data = path.read_bytes()
    try:
        parse(decode(data, path.name), path.name)
    except SymdslError as error:
        return render(error.diagnostics, {path.name: data.decode("utf-8", errors="replace")})
    raise AssertionError(f"{path.name} parses")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_rendered_text(path: Path) -> None:
    assert rendered(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_code_of_syntax_has_a_spec_but_the_one_for_huge_texts() -> None:
    texts = "".join(path.with_suffix(".txt").read_text(encoding="utf-8") for path in SPECS)
    assert [code.code for code in CODES if code.code not in texts] == ["SYM0108"]


if __name__ == "__main__":
    for spec in SPECS:
        spec.with_suffix(".txt").write_text(rendered(spec), encoding="utf-8")
