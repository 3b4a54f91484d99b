"""The report is one page: nothing from elsewhere, the same bytes every time, and whole without pictures."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from symdsl.discovery import report
from symdsl.discovery.report import killing_form, report_html
from symdsl.discovery.summary import MEANING
from tests.unit.discovery.conftest import Found
from tests.unit.discovery.double import rotations

EMPTY = {"meta", "br", "path", "use", "rect", "stop"}


class Page(HTMLParser):
    """Collects text, and fails where tags are not nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.names: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names += [value for name, value in attrs if name == "id" and value]
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names += [value for name, value in attrs if name == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_sound_and_stands_alone(found: Found) -> None:
    asked, discovery = found("x", "y")
    text = report_html(asked, discovery, "symdsl discover data.npz --y 'a < b'")
    page = Page(text)
    assert len(page.names) == len(set(page.names))
    assert set(re.findall(r"https?://[^\"]*", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<script|<link|@import|src=|url\((?!#)", text)
    assert text.count("<svg") >= 5
    said = " ".join(page.words)
    for part in ("so(3)", MEANING["certified"], asked.fingerprint, "a < b", "a <free> network & more", "beats its"):
        assert part in said
    assert str(asked.problem.samples) in said


def test_the_same_discovery_gives_the_same_bytes(found: Found) -> None:
    first = report_html(*found("x", "y"), "symdsl")
    assert report_html(*found("x", "y"), "symdsl") == first


@pytest.mark.parametrize("verdict", ["undecided", "refuted"])
def test_without_matplotlib_tables_say_it_all(
    found: Found, monkeypatch: pytest.MonkeyPatch, verdict: str
) -> None:
    monkeypatch.setattr(report, "can_draw", lambda: False)
    asked, discovery = found("x", "y", verdict=verdict)
    text = report_html(asked, discovery, "symdsl")
    words = " ".join(Page(text).words)
    assert "<svg" not in text
    assert MEANING[verdict] in words
    assert "generator 3" in words
    assert "Killing form" in words
    assert "0.0100" in words


def test_killing_form_of_rotations() -> None:
    generators = rotations(3)
    brackets = np.einsum("iab,jbc->ijac", generators, generators)
    brackets = brackets - brackets.swapaxes(0, 1)
    constants = np.einsum("ijab,kab->ijk", brackets, generators)
    assert np.allclose(killing_form(constants), -np.eye(3))
