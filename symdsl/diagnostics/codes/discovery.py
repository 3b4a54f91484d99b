"""SYM13xx: learned symmetries and their cards."""

from symdsl.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = ()
