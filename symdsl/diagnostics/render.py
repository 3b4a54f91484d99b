"""Diagnostics as text for people: place, source line, the guilty stretch underlined, notes and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.diagnostics.excerpt import Mark, excerpt
from symdsl.diagnostics.style import Style
from symdsl.diagnostics.text_width import shown


def render(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    *,
    colour: bool = False,
    first_lines: Mapping[str, int] | None = None,
) -> str:
    """The diagnostics one after another, a blank line between them, ending with a new line.

    `sources` maps the name of a source to its text; where it lacks a name, the place alone is printed. `first_lines`
    gives the number of the first line of a text where it is not 1 (a spec inside a Python file).
    """
    style = Style(colour)
    return "\n".join("".join(_block(each, sources, first_lines or {}, style)) for each in diagnostics)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many errors and warnings there are, in words: "2 errors, 1 warning"; empty where there are none."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = [(severities.count("error"), "error"), (severities.count("warning"), "warning")]
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count)


def _block(
    diagnostic: Diagnostic, sources: Mapping[str, str], first_lines: Mapping[str, int], style: Style
) -> Iterator[str]:
    """The lines of one diagnostic, each with its new line."""
    severity = "info" if diagnostic.severity == "information" else diagnostic.severity
    head = style.paint(f"{severity}[{diagnostic.code}]", diagnostic.severity)
    yield f"{head}{style.paint(': ' + shown(diagnostic.message), 'strong')}\n"
    marks = _marks(diagnostic)
    gutter = max((len(str(mark.span.line)) for mark in marks), default=1)
    for position, source in enumerate(dict.fromkeys(mark.span.source for mark in marks)):
        here = [mark for mark in marks if mark.span.source == source]
        arrow = style.paint("-->" if position == 0 else ":::", "frame")
        yield f"{' ' * gutter}{arrow} {shown(str(here[0].span))}\n"
        if source in sources:
            for line in excerpt(here, sources[source], first_lines.get(source, 1), gutter, style):
                yield f"{line}\n"
        else:
            for mark in here[1:]:
                yield f"{' ' * gutter}{style.paint(':::', 'frame')} {shown(f'{mark.span}: {mark.text}')}\n"
    sign = style.paint("=", "frame")
    for note in diagnostic.notes:
        yield f"{' ' * gutter} {sign} {style.paint('note:', 'strong')} {shown(note)}\n"
    if diagnostic.hint is not None:
        yield f"{' ' * gutter} {sign} {style.paint('hint:', 'hint')} {shown(diagnostic.hint)}\n"


def _marks(diagnostic: Diagnostic) -> list[Mark]:
    """What to underline, the guilty span first."""
    related = [Mark(label.span, label.text, "-", "frame") for label in diagnostic.related]
    if diagnostic.span is None:
        return related
    return [Mark(diagnostic.span, diagnostic.label, "^", diagnostic.severity), *related]
