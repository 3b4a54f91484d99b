"""SYM90xx: faults of symdsl itself; they never blame the user."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM9001", "internal fault", "symdsl failed in a way that it did not foresee."),
    Code("SYM9002", "graph fails its own check", "A pass produced a graph that breaks the typing rules."),
    Code("SYM9003", "lowering missing", "An operation has no lowering."),
)
