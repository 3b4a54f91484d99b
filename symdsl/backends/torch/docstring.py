"""Text that came from elsewhere, made harmless inside Python source."""

from __future__ import annotations

import unicodedata


def _visible(text: str) -> str:
    """The text without control characters, direction marks, surrogates or line separators."""
    kept = []
    for character in text:
        hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        kept.append(" " if hidden else character)
    return "".join(kept).rstrip()


def print_comment(text: str) -> list[str]:
    """Each line behind `# `."""
    return [f"# {_visible(line)}".rstrip() for line in text.splitlines()]


def print_docstring(text: str) -> list[str]:
    """A docstring of the lines of `text`; backslashes and quotes cannot end it."""
    lines = [_visible(line).replace("\\", "\\\\").replace('"""', "'''") for line in text.strip().splitlines()] or [""]
    if lines[-1].endswith('"'):
        lines[-1] += " "
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']
