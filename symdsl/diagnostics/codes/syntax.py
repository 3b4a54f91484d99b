"""SYM01xx: the input text and its syntax."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0101", "unexpected text", "Something else was expected at this place."),
    Code("SYM0102", "bracket never closed", "A brace, bracket or parenthesis is opened and never closed."),
    Code("SYM0103", "text never closed", "A quoted text has no closing quote on its line."),
    Code("SYM0104", "misspelt keyword", "A word stands where a keyword is expected and resembles one."),
    Code("SYM0105", "character outside the language", "A character that has no meaning outside comments and texts."),
    Code("SYM0106", "file is not UTF-8", "The bytes of a spec cannot be read as UTF-8."),
    Code("SYM0107", "control character", "A NUL byte, control character or lone surrogate in a spec."),
    Code("SYM0108", "text too large", "A spec is longer than the limit."),
    Code("SYM0109", "nesting too deep", "Brackets or operators are nested deeper than the limit."),
    Code("SYM0110", "malformed number", "A number is badly written or out of range."),
    Code("SYM0111", "unknown escape", "A backslash in a quoted text is followed by something unknown."),
    Code("SYM0112", "closing bracket without opener", "A closing bracket matches no opening one."),
    Code("SYM0113", "no model", "A spec declares no model."),
    Code("SYM0114", "missing separator", "Two entries stand on one line with nothing between them."),
    Code("SYM0115", "declaration in the wrong place", "A statement that belongs to another block."),
    Code("SYM0116", "value missing", "A value is expected and nothing is written."),
)
