"""SYM11xx: verification."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM1101", "symmetry broken", "The measured equivariance error is over its tolerance."),
    Code("SYM1102", "output is constant", "An output does not vary, so that nothing can be concluded."),
    Code("SYM1103", "backends disagree", "Two backends compute different numbers."),
    Code("SYM1104", "folded model differs", "The folded model computes other numbers."),
    Code("SYM1106", "output is not finite", "A model gives NaN or an infinity."),
)
