"""SYM06xx: shapes, strides and exactness."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0601", "stride breaks the symmetry", "A stride keeps points that the symmetry does not keep."),
    Code("SYM0602", "kernel larger than its input", "A kernel does not fit into the grid it moves over."),
    Code("SYM0603", "kernel without a centre", "An even kernel where the symmetry needs an odd one."),
    Code("SYM0604", "padding breaks the symmetry", "The padding is not the same on all sides."),
    Code("SYM0605", "pooling breaks the symmetry", "Pooling windows are not mapped to each other by the symmetry."),
    Code("SYM0606", "nothing left of the grid", "Layers shrink a grid to nothing."),
    Code("SYM0607", "symmetry is approximate", "The enforcement is not exact, and its error is measured."),
    Code("SYM0609", "grid is not square", "The symmetry turns a grid whose sides differ."),
    Code("SYM0610", "shapes do not agree", "Two arrays meet whose shapes differ."),
)
