"""SYM13xx: learned symmetries and their cards."""

from symdsl.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = (
    Code("SYM1347", "orbits that planes cannot read", "Orbits are not those of rotations of one slot."),
    Code("SYM1348", "too few points on an orbit", "No orbit, or no slab about a plane, has enough points."),
    Code("SYM1349", "no orbits in the data", "Data have neither classes nor one scalar field that varies."),
)
