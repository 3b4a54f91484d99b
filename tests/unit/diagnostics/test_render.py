"""Diagnostics as text and as JSON."""

from __future__ import annotations

import json
import re

from symdsl.diagnostics.diagnostic import Diagnostic, Fix, Label, Span
from symdsl.diagnostics.render import render, summary
from symdsl.diagnostics.render_json import render_json
from symdsl.diagnostics.text_width import shown, width

TEXT = "model m {\n\tx: 幾何(3)\n  y: z\n}\n"


def span(line: int, column: int, end_column: int, source: str = "m.sym") -> Span:
    return Span(source, line, column, line, end_column)


def test_whole_block() -> None:
    diagnostic = Diagnostic(
        "SYM0201",
        "no field is called `z`",
        span(3, 6, 7),
        label="not declared",
        related=(Label(span(1, 7, 8), "in this model"),),
        notes=("fields are declared in `data`",),
        hint="did you mean `x`?",
    )
    assert render([diagnostic], {"m.sym": TEXT}) == (
        "error[SYM0201]: no field is called `z`\n"
        " --> m.sym:3:6\n"
        "  |\n"
        "1 | model m {\n"
        "  |       - in this model\n"
        "...\n"
        "3 |   y: z\n"
        "  |      ^ not declared\n"
        "  = note: fields are declared in `data`\n"
        "  = hint: did you mean `x`?\n"
    )


def test_underline_is_right_behind_tabs_and_under_wide_characters() -> None:
    text = render([Diagnostic("SYM0208", "unknown", span(2, 5, 7))], {"m.sym": TEXT})
    line, underline = text.splitlines()[3:5]
    assert line == "2 |     x: 幾何(3)"
    assert underline == "  |        ^^^^"


def test_places_without_a_line() -> None:
    at_end = Diagnostic("SYM0102", "open", Span("m.sym", 5, 1, 5, 1))
    assert render([at_end], {"m.sym": TEXT}).endswith("5 |\n  | ^\n")
    elsewhere = Diagnostic("SYM0801", "not found", span(99, 1, 2))
    assert render([elsewhere], {"m.sym": TEXT}) == "error[SYM0801]: not found\n  --> m.sym:99:1\n   |\n"
    assert render([elsewhere], {}) == "error[SYM0801]: not found\n  --> m.sym:99:1\n"
    assert render([Diagnostic("SYM1002", "no torch", hint="install it")], {}) == (
        "error[SYM1002]: no torch\n  = hint: install it\n"
    )


def test_several_lines_are_underlined_to_the_end_of_the_first() -> None:
    text = render([Diagnostic("SYM0301", "long", Span("m.sym", 1, 7, 4, 2))], {"m.sym": TEXT})
    assert "1 | model m {\n  |       ^^^\n" in text


def test_two_sources() -> None:
    diagnostic = Diagnostic("SYM0207", "twice", span(1, 1, 6), related=(Label(span(1, 1, 2, "other.sym"), "first"),))
    text = render([diagnostic], {"m.sym": TEXT, "other.sym": "abc"})
    assert text.index("--> m.sym:1:1") < text.index("::: other.sym:1:1") < text.index("1 | abc")


def test_first_line_of_a_spec_in_a_python_file() -> None:
    text = render([Diagnostic("SYM0201", "x", span(43, 6, 7))], {"m.sym": TEXT}, first_lines={"m.sym": 41})
    assert "43 |   y: z\n" in text


def test_long_lines_are_cut_around_the_fault() -> None:
    line = "a" * 1000 + "!" + "b" * 1000
    text = render([Diagnostic("SYM0105", "x", Span("m.sym", 1, 1001, 1, 1002))], {"m.sym": line})
    shown_line, underline = text.splitlines()[3:5]
    assert len(shown_line) < 160
    assert shown_line[underline.index("^")] == "!"


def test_colour_only_when_asked() -> None:
    diagnostics = [Diagnostic("SYM0201", "x", span(1, 1, 2), severity=severity) for severity in ("error", "warning")]
    plain = render(diagnostics, {"m.sym": TEXT})
    coloured = render(diagnostics, {"m.sym": TEXT}, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain != coloured


def test_a_terminal_never_gets_control_characters() -> None:
    text = render([Diagnostic("SYM0107", "evil \x1b[2J", span(1, 1, 2))], {"m.sym": "\x1b]0;title\x07 \u202e"})
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", text)


def test_width_and_shown() -> None:
    assert width("幾何") == 4
    assert width("e\u0301") == 1
    assert width("\t") == 4
    assert shown("a\x00\u202eb") == "a\ufffd\ufffdb"


def test_summary() -> None:
    error = Diagnostic("SYM0201", "x")
    warning = Diagnostic("SYM0215", "x", severity="warning")
    assert summary([error, warning, error]) == "2 errors, 1 warning"
    assert summary([]) == ""


def test_json() -> None:
    fix = Fix(span(3, 6, 7), "x", "safe")
    diagnostic = Diagnostic("SYM0201", "no `z`", span(3, 6, 7), related=(Label(span(1, 7, 8), "here"),), fix=fix)
    data = json.loads(render_json([diagnostic]))
    place = {"source": "m.sym", "line": 3, "column": 6, "end_line": 3, "end_column": 7}
    assert data["version"] == 1
    assert data["diagnostics"] == [
        {
            "code": "SYM0201",
            "title": "unknown field",
            "severity": "error",
            "message": "no `z`",
            "span": place,
            "label": None,
            "related": [{"span": place | {"line": 1, "end_line": 1, "column": 7, "end_column": 8}, "text": "here"}],
            "notes": [],
            "hint": None,
            "fix": {"span": place, "replacement": "x", "applicability": "safe"},
        }
    ]
    assert json.loads(render_json([])) == {"version": 1, "diagnostics": []}
