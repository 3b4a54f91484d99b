"""The table of codes and its pages."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

import symdsl
from symdsl.diagnostics.codes import CODES
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.diagnostics.explain import explain

PAGES = files("symdsl.diagnostics").joinpath("pages")
USED = re.compile(r'"(SYM\d{4})"')


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {page.name for page in PAGES.iterdir()} == {f"{code}.md" for code in CODES}


@pytest.mark.parametrize("code", CODES)
def test_page_has_title_meaning_and_cure(code: str) -> None:
    page = explain(code)
    assert page.startswith(f"# {code}: {CODES[code].title}\n\n")
    assert "\n## Wrong\n" in page
    assert "\n## Right\n" in page
    assert len(page.split("## Wrong")[0].split()) > 12


def test_titles_are_terse_and_unlike() -> None:
    titles = [code.title for code in CODES.values()]
    assert len(set(titles)) == len(titles)
    for code in CODES.values():
        assert len(code.title) <= 48
        assert code.title[0].islower()
        assert not code.title.endswith(".")
        assert code.summary.endswith(".")


def test_the_package_raises_every_code_of_the_table_and_no_other() -> None:
    folder = Path(symdsl.__file__).parent
    sources = [path for path in folder.rglob("*.py") if path.parent != folder / "diagnostics" / "codes"]
    named = {code for path in sources for code in USED.findall(path.read_text(encoding="utf-8"))}
    assert named == set(CODES)


def test_explain_takes_short_forms_and_refuses_unknown_codes() -> None:
    assert explain("0101") == explain("sym0101") == explain(" SYM0101 ")
    for wrong in ("SYM0199", "../SYM0101", ""):
        with pytest.raises(SymdslError) as caught:
            explain(wrong)
        assert caught.value.exit_code == 2
        assert caught.value.diagnostics[0].code == "SYM1011"
