"""Everything in the documentation that can run, runs.

A page has a folder. A `sym` block is sound, and a `sym-wrong` block faulty; where its first line is `// NAME.sym` it is
also written there. `python` blocks run in one namespace a page. In `console` blocks the lines after `$ ` run; the exit
code is 0 unless `[exit N]` follows, and output that is shown is what is said.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from symdsl.api import check
from symdsl.cli.main import app
from tests.child import ROOT
from tests.docs.generated_pages import PAGES, REFERENCE

SKIPPED = {"docs/reference/language.md"}  # has a test of its own: tests/unit/syntax/test_language_page.py
BLOCK = re.compile(r"^```([a-z-]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"// (\S+\.sym)\n")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def pages() -> list[Path]:
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return found + sorted((ROOT / "examples").rglob("*.md"))


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))]


def with_blocks(*kinds: str) -> list[Path]:
    chosen = [page for page in pages() if name_of(page) not in SKIPPED]
    return [page for page in chosen if any(kind in kinds for kind, _ in blocks(page))]


def commands(text: str) -> Iterator[tuple[str, int, str]]:
    """(command, exit code, shown output) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, shown = part.partition("\n")
        code = re.match(r"\[exit (\d+)\]\n", shown)
        yield line, int(code[1]) if code else 0, shown[code.end() :] if code else shown


def run_command(line: str, code: int, shown: str) -> None:
    words = shlex.split(line)
    assert words[0] == "symdsl", f"only symdsl runs in a console block, not {words[0]}"
    result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == code, f"{line}: {result.output}"
    if shown:
        assert shown.rstrip() in (result.stdout + result.stderr).replace("\r", ""), line


def run_block(kind: str, text: str, namespace: dict[str, Any]) -> None:
    name = NAME.match(text)
    if kind in ("sym", "sym-wrong"):
        faults = [each.code for each in check(text).diagnostics if each.severity == "error"]
        assert bool(faults) == (kind == "sym-wrong"), f"{text}\n{faults}"
        if name is not None:
            path = Path(name[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    elif kind == "console":
        for line, code, shown in commands(text):
            run_command(line, code, shown)
    elif kind == "python":
        exec(compile(text, "page.py", "exec"), namespace)


@pytest.mark.parametrize("page", with_blocks("sym", "sym-wrong", "python", "console"), ids=name_of)
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    namespace: dict[str, Any] = {"__name__": "page"}
    known = set(sys.modules)
    for kind, text in blocks(page):
        run_block(kind, text, namespace)
    for module in set(sys.modules) - known:
        if str(getattr(sys.modules[module], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[module]


def test_the_readme_shows_what_is_emitted() -> None:
    source = CliRunner().invoke(app, ["show", str(ROOT / "examples" / "rotated_digits" / "p4cnn.sym")]).stdout
    shown = [text for kind, text in blocks(ROOT / "README.md") if kind == "py"]
    assert shown
    assert all(text in source for text in shown), "paste the method again from: symdsl show p4cnn.sym"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name](), "run: python -m tests.docs.generated_pages"


def test_every_page_is_in_the_navigation() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"[\w./-]+\.md", configuration))
    assert listed == {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}


def test_a_broken_page_would_fail() -> None:
    with pytest.raises(AssertionError):
        run_block("sym", "model m {\n}\n", {})
    with pytest.raises(AssertionError):
        run_block("console", "$ symdsl explain SYM9999\n", {})
    with pytest.raises(AssertionError):
        run_block("console", "$ symdsl explain SYM0401\nsomething else\n", {})
