"""What can be said about a text before the grammar sees it: its characters, its brackets, its depth."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from symdsl.diagnostics.diagnostic import Diagnostic, Fix, SymdslError
from symdsl.session import Limits, limit_diagnostic
from symdsl.syntax.brackets import bracket_faults
from symdsl.syntax.lexeme import Lexeme, lexemes
from symdsl.syntax.limits import MAXIMUM_DIGITS, MAXIMUM_FAULTS
from symdsl.syntax.place import Places

# Control characters, lone surrogates, and marks that change the direction of writing and so hide what a text says.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_ESCAPES: Final = {"\\": "\\", '"': '"', "n": "\n", "t": "\t"}
_LOOKALIKES: Final[Mapping[str, tuple[str | None, str]]] = {
    "\u00a0": (" ", "this is a no-break space; write a plain one"),
    "\u2212": ("-", "write the minus of the keyboard, `-`"),
    "\u2013": ("-", "write the minus of the keyboard, `-`"),
    "\u00d7": ("*", "a product is written `*`"),
    "\u00b7": ("*", "a product is written `*`"),
    "\u201c": ('"', 'write the plain quote `"`'),
    "\u201d": ('"', 'write the plain quote `"`'),
    "'": ('"', 'texts stand in double quotes: `"jets.npz:momenta"`'),
    ".": (None, 'a file is named in quotes: `from "jets.npz:momenta"`'),
    "#": ("//", "a comment starts with `//`"),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """The lexemes of a text, what is wrong with them, and the text with faulty lexemes made harmless.

    `readable` is false where brackets or quotes do not match, or faults are too many: the grammar would only find what
    follows from that.
    """

    lexemes: tuple[Lexeme, ...]
    faults: tuple[Diagnostic, ...]
    readable: bool
    repaired: str


def scan(text: str, places: Places, limits: Limits) -> Scan:
    """Checks characters, numbers, quoted texts, brackets and depth; `repaired` has faulty lexemes made harmless.

    Raises SymdslError (SYM0107, SYM0108) where nothing further can be said about the text.
    """
    _check_characters(text, places, limits)
    found = tuple(lexemes(text))
    faults: list[Diagnostic] = []
    pieces: list[str] = []
    for lexeme in found:
        fault = _lexeme_fault(lexeme, places)
        if fault is not None:
            faults.append(fault)
            if len(faults) == MAXIMUM_FAULTS:
                return Scan(found, tuple(faults), False, text)
        pieces.append(lexeme.text if fault is None else _harmless(lexeme))
    # An open text hides the brackets behind it: nothing can be said about them, nor about the syntax.
    hidden = any(lexeme.kind == "open_text" for lexeme in found)
    unmatched = [] if hidden else bracket_faults(found, places, text, limits.depth)
    readable = not hidden and not unmatched
    return Scan(found, (*faults, *unmatched[:MAXIMUM_FAULTS]), readable, "".join(pieces))


def text_value(quoted: str) -> str:
    """The value of a quoted text whose escapes are known to be good."""
    return re.sub(r"\\(.)", lambda match: _ESCAPES[match.group(1)], quoted[1:-1])


def _check_characters(text: str, places: Places, limits: Limits) -> None:
    if len(text) > limits.text_bytes:
        span = places.span(limits.text_bytes, limits.text_bytes + 1)
        raise SymdslError(limit_diagnostic(limits, "text_bytes", len(text), span))
    faults = []
    for match in _FORBIDDEN.finditer(text):
        span = places.span(match.start(), match.end())
        message = f"the character U+{ord(match.group()):04X} may not stand in a spec"
        faults.append(Diagnostic("SYM0107", message, span, hint="delete it"))
        if len(faults) == MAXIMUM_FAULTS:
            break
    if faults:
        raise SymdslError(*faults)


def _lexeme_fault(lexeme: Lexeme, places: Places) -> Diagnostic | None:
    if lexeme.is_blank or lexeme.kind in ("name", "symbol"):
        return None
    span = places.span(lexeme.start, lexeme.end)
    match lexeme.kind:
        case "unknown":
            return _unknown_character(lexeme, places)
        case "open_text":
            opener = places.span(lexeme.start, lexeme.start + 1)
            return Diagnostic(
                "SYM0103",
                "this text has no closing quote",
                opener,
                label="opened here",
                hint='end it with `"` on the same line',
            )
        case "bad_number":
            hint = "a name cannot start with a digit, and a number has no unit"
            return Diagnostic("SYM0110", f"`{_short(lexeme.text)}` is not a number", span, hint=hint)
        case "number":
            return _number_fault(lexeme, places)
        case "text":
            return _escape_fault(lexeme, places)
        case _:
            return None


def _unknown_character(lexeme: Lexeme, places: Places) -> Diagnostic:
    span = places.span(lexeme.start, lexeme.end)
    known = _LOOKALIKES.get(lexeme.text)
    replacement, hint = known if known is not None else (None, None)
    if hint is None and lexeme.text.isalpha():
        hint = "names are made of the letters a-z and A-Z, digits and `_`; spell the letter out, as in `theta`"
    fix = None if replacement is None else Fix(span, replacement)
    message = f"the character `{lexeme.text}` has no meaning here"
    return Diagnostic("SYM0105", message, span, hint=hint, fix=fix)


def _number_fault(lexeme: Lexeme, places: Places) -> Diagnostic | None:
    span = places.span(lexeme.start, lexeme.end)
    if len(lexeme.text) > MAXIMUM_DIGITS:
        return Diagnostic("SYM0110", "this number is too long", span, notes=(f"at most {MAXIMUM_DIGITS} characters",))
    if lexeme.text.isdigit() and int(lexeme.text) >= 2**63:
        return Diagnostic("SYM0110", "this integer is too large", span, notes=("integers are below 2^63",))
    if math.isinf(float(lexeme.text)):
        return Diagnostic("SYM0110", "this number is too large", span, notes=("numbers are below 1.8e308",))
    return None


def _escape_fault(lexeme: Lexeme, places: Places) -> Diagnostic | None:
    for match in re.finditer(r"\\(.)", lexeme.text):
        if match.group(1) not in _ESCAPES:
            span = places.span(lexeme.start + match.start(), lexeme.start + match.end())
            hint = 'write `\\\\` for a backslash and `\\"` for a quote; paths use `/`'
            return Diagnostic("SYM0111", f"`{match.group()}` is not an escape", span, hint=hint)
    return None


def _harmless(lexeme: Lexeme) -> str:
    """Text of the same length that the grammar accepts where the faulty lexeme stood."""
    if lexeme.kind in ("number", "bad_number"):
        return "0".ljust(len(lexeme.text))
    if lexeme.kind in ("text", "open_text"):
        return '""'.ljust(len(lexeme.text)) if len(lexeme.text) > 1 else "0"
    return " "


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:27] + "..."
