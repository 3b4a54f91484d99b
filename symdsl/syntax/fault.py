"""What a syntax error is, in the words of the language: where the grammar stopped, and what should stand there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symdsl.diagnostics.suggest import suggest
from symdsl.syntax.entries import Entry
from symdsl.syntax.lexeme import Lexeme
from symdsl.syntax.vocabulary import BLOCK_NAMES, CONTINUING, ENTRY_FORMS, FORMS, KEYWORDS, PLACES
from symdsl.syntax.wording import expected_words, expects_value, keyword_words, may_end


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `[start, end)` of the text by `replacement`, so that parsing can go on."""

    start: int
    end: int
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One syntax error, by offsets; `repair` is how the parser goes on, None to skip the whole entry.

    `mended` is true where the repair is also what the user most likely meant.
    """

    code: str
    message: str
    start: int
    end: int
    hint: str | None = None
    label: str = ""
    repair: Edit | None = None
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the grammar stopped: the lexemes so far, the next one (None at the end), and what it accepts there."""

    before: Sequence[Lexeme]
    found: Lexeme | None
    accepted: frozenset[str]
    entry: Entry | None
    found_entry: Entry | None
    end: int

    # `entry` is the one to blame, `found_entry` the one that `found` belongs to.

    @property
    def previous(self) -> Lexeme | None:
        """The lexeme before."""
        return self.before[-1] if self.before else None

    @property
    def at(self) -> tuple[int, int]:
        """The unexpected lexeme, or the place after the entry where that ended too early."""
        if self.found is None or (self.entry is not None and self.entry is not self.found_entry):
            place = self.previous.end if self.previous is not None else self.end
            return place, place
        return self.found.start, self.found.end


def describe(stop: Stop) -> Fault:
    """The fault at `stop`: the first of the known mistakes that it is, else what was expected."""
    for known in (_missing_value, _bad_start, _misspelt_word, _wrong_sign, _strange_neighbour, _strange_word):
        fault = known(stop)
        if fault is not None:
            return fault
    return _unexpected(stop)


def _bad_start(stop: Stop) -> Fault | None:
    """The entry starts with a word that starts no entry here: misspelt, out of place, or unknown."""
    entry = stop.entry
    if entry is None or entry.first.kind != "name":
        return None
    first = entry.first
    is_start = stop.found is first or stop.previous is first
    if not is_start or first.text in KEYWORDS[entry.block]:
        return _colon_after_keyword(stop)
    block = BLOCK_NAMES[entry.block]
    near = suggest(first.text, (*KEYWORDS[entry.block], *CONTINUING[entry.block]))
    named = len(entry.lexemes) > 1 and entry.lexemes[1].text in (":", "=")
    if near is not None and not named:
        return _misspelt(first, near)
    if first.text in PLACES and not named:
        message = f"`{first.text}` cannot stand in {block}"
        hint = f"it {PLACES[first.text]}: `{FORMS[first.text]}`"
        return Fault("SYM0115", message, first.start, first.end, hint)
    if entry.block == "model" and stop.found is not None and stop.found.text == ":":
        message = f"`{first.text}` is declared outside the data block"
        hint = f"fields are declared inside `data {{ ... }}`; options are written `{ENTRY_FORMS['model']}`"
        return Fault("SYM0115", message, first.start, first.end, hint)
    if entry.block == "graph" and named:
        message = f"`{first.text}` is neither a `node`, an `edge` nor a `global`"
        return Fault("SYM0101", message, first.start, first.end, f"write `{FORMS['node']}`")
    if entry.block in ("file", "model", "graph") and not named:
        words = ", ".join(f"`{word}`" for word in KEYWORDS[entry.block])
        message = f"`{first.text}` starts no statement of {block}"
        return Fault("SYM0101", message, first.start, first.end, f"a statement starts with {words}")
    return None


def _colon_after_keyword(stop: Stop) -> Fault | None:
    """`data: {` and `train = {`: blocks that are written like fields and options."""
    entry, found = stop.entry, stop.found
    if entry is None or found is None or found.text not in (":", "=") or len(entry.lexemes) < 3:
        return None
    word = entry.first.text
    if stop.previous is not entry.first or entry.lexemes[2].text != "{" or word not in KEYWORDS[entry.block]:
        return None
    message = f"`{word}` takes no `{found.text}`"
    edit = Edit(found.start, found.end)
    return Fault("SYM0101", message, found.start, found.end, f"write `{FORMS[word]}`", repair=edit, mended=True)


def _misspelt(word: Lexeme, near: str) -> Fault:
    edit = Edit(word.start, word.end, near)
    hint = f"did you mean `{near}`?"
    return Fault("SYM0104", f"`{word.text}` is not a keyword", word.start, word.end, hint, repair=edit, mended=True)


def _missing_value(stop: Stop) -> Fault | None:
    """`layers =` with nothing behind it."""
    entry, previous = stop.entry, stop.previous
    if entry is None or previous is None:
        return None
    if expects_value(stop.accepted) and previous.text in ("=", ":"):
        ended = stop.found_entry is not entry or stop.found is None or stop.found.text in ("}", ")", "]", ",", ";")
        if ended:
            hint = f"write a value, as in `{_form(entry)}`"
            message = f"nothing is written after `{previous.text}`"
            return Fault("SYM0116", message, previous.start, previous.end, hint)
    return None


def _misspelt_word(stop: Stop) -> Fault | None:
    """A word that resembles a keyword that may stand here, or that should have stood one word earlier."""
    found, previous, entry = stop.found, stop.previous, stop.entry
    if found is not None and found.kind == "name":
        near = suggest(found.text, keyword_words(stop.accepted))
        if near is not None and near != found.text:
            return _misspelt(found, near)
    if entry is None or previous is None or previous.kind != "name" or previous is entry.first:
        return None
    if not stop.accepted <= {"COLON", "EQUAL"}:
        return None
    near = suggest(previous.text, CONTINUING[entry.block])
    return _misspelt(previous, near) if near is not None and near != previous.text else None


def _strange_word(stop: Stop) -> Fault | None:
    """A word behind a finished line, which the grammar took for the start of the next entry."""
    previous, entry = stop.previous, stop.entry
    if entry is None or previous is None or previous.kind != "name" or not stop.accepted <= {"COLON", "EQUAL"}:
        return None
    if entry.before is not None and previous is entry.first and _after_per(entry.before):
        hint = "several axes are written `per bodies per times`"
        return Fault("SYM0101", "`per` takes one axis", previous.start, previous.end, hint)
    if previous is entry.first:
        return None
    message = f"`{previous.text}` does not go on with this line"
    return Fault("SYM0101", message, previous.start, previous.end, f"the line is written `{_form(entry)}`")


def _wrong_sign(stop: Stop) -> Fault | None:
    """`=` for `:` and the reverse."""
    found, entry = stop.found, stop.entry
    if found is None or entry is None or found.text not in (":", "="):
        return None
    wanted = ":" if found.text == "=" else "="
    if {"=": "EQUAL", ":": "COLON"}[wanted] not in stop.accepted:
        return None
    reason = "a type, group or action follows" if wanted == ":" else "a value follows"
    message = f"`{wanted}` is expected, not `{found.text}`"
    edit = Edit(found.start, found.end, wanted)
    hint = f"{reason} `{wanted}`, as in `{_form(entry)}`"
    return Fault("SYM0101", message, found.start, found.end, hint, repair=edit, mended=True)


def _after_per(entry: Entry) -> bool:
    return len(entry.lexemes) > 1 and entry.lexemes[-2].text == "per"


def _strange_neighbour(stop: Stop) -> Fault | None:
    """Signs that other languages write."""
    found, previous = stop.found, stop.previous
    if found is None or previous is None:
        return None
    if found.text == "*" and previous.text == "*" and previous.end == found.start:
        edit = Edit(previous.start, found.end, "^")
        hint = "a power is written `^`"
        return Fault("SYM0101", "`**` is not a sign", previous.start, found.end, hint, repair=edit, mended=True)
    if {found.text, previous.text} <= {":", "="} and previous.end == found.start:
        edit = Edit(found.start, found.end)
        message = f"`{previous.text}{found.text}` is not a sign"
        return Fault("SYM0101", message, previous.start, found.end, f"write `{previous.text}`", repair=edit)
    if found.text == "+" and expects_value(stop.accepted):
        edit = Edit(found.start, found.end)
        return Fault("SYM0101", "a value has no sign `+`", found.start, found.end, "leave it out", repair=edit)
    if found.text == "(" and "LBRACE" in stop.accepted and len(stop.before) > 1 and stop.before[-2].text == "by":
        hint = f"options stand in braces: `by {previous.text} {{ hidden = [64, 64] }}`"
        return Fault("SYM0101", "options do not stand in parentheses", found.start, found.end, hint)
    if found.kind == "text" and "NAME" in stop.accepted and not expects_value(stop.accepted):
        hint = "names are written without quotes"
        return Fault("SYM0101", "a name is expected, not a quoted text", found.start, found.end, hint)
    return None


def _unexpected(stop: Stop) -> Fault:
    """What was expected, and what stands there instead."""
    start, end = stop.at
    hint = None if stop.entry is None else f"the line is written `{_form(stop.entry)}`"
    if stop.found is not None and may_end(stop.accepted) and start < end:
        after = f" after `{stop.previous.text}`" if stop.previous is not None else ""
        return Fault("SYM0101", f"`{_short(stop.found.text)}` cannot stand here{after}", start, end, hint)
    expected = expected_words(stop.accepted)
    if start < end and stop.found is not None:
        return Fault("SYM0101", f"expected {expected}, found `{_short(stop.found.text)}`", start, end, hint)
    return Fault("SYM0101", f"expected {expected}", start, end, hint, label="here")


def _form(entry: Entry) -> str:
    """One right line of the kind that the entry is."""
    word = entry.first.text
    return FORMS[word] if word in KEYWORDS[entry.block] else ENTRY_FORMS[entry.block]


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:27] + "..."
