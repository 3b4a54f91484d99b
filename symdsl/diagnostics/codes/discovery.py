"""SYM13xx: learned symmetries and their cards."""

from symdsl.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = (
    Code("SYM1301", "card cannot be read", "A group card is missing, too large, or not JSON."),
    Code("SYM1302", "not a card", "A file is a card of another version, or does not follow the schema of cards."),
    Code("SYM1303", "card was changed", "The hash of a group card is not that of what it says and of its numbers."),
    Code("SYM1304", "arrays of a card", "The numbers of a card are missing, or not of the shapes that it states."),
    Code("SYM1305", "numbers of a card", "Numbers of a card are not finite, or discrete elements have no inverse."),
    Code("SYM1306", "card is no group", "Generators do not close, or the structure constants are not theirs."),
    Code("SYM1307", "card needed", "A symmetry is learned, and no card says yet what it is."),
    Code("SYM1308", "symmetry is not certified", "The certificate of a card does not allow it to be enforced."),
    Code("SYM1309", "partial symmetry", "A group holds over a range of its parameters, and is asked to hold exactly."),
    Code("SYM1310", "card cannot act", "The motions of a card cannot be enforced on this data."),
    Code("SYM1311", "what is learned", "A learned symmetry does not say what it moves, nor do the inputs."),
    Code("SYM1312", "card for no symmetry", "A card is given for a symmetry that the spec does not have."),
    Code("SYM1313", "card of another question", "A card is not within the bounds that the spec states."),
    Code("SYM1320", "too few samples", "Data cannot tell the motions that are looked for from one another."),
    Code("SYM1321", "constant feature", "A number is the same in every sample, so data say nothing of it."),
    Code("SYM1322", "collinear features", "Data lie in a plane, and say nothing of what a motion does off it."),
    Code("SYM1323", "law not determined", "Data fit several laws, or not the law that is asked for."),
    Code("SYM1324", "law not solved", "An estimator does not look for symmetries of this kind of law."),
    Code("SYM1325", "unknown estimator", "No installed way to learn a symmetry has this name."),
    Code("SYM1326", "option of an estimator", "An option of an estimator is unknown or out of range."),
    Code("SYM1327", "search too large", "More motions are looked for than memory and time allow."),
    Code("SYM1328", "group cannot hold the motions", "The group to look within has no motions of these data."),
    Code("SYM1329", "arrays do not go together", "Arrays that are to be moved alike have unlike shapes."),
    Code("SYM1340", "nothing to learn ranges of", "Ranges of augmentation need a given group, or images."),
    Code("SYM1347", "orbits that planes cannot read", "Orbits are not those of rotations of one slot."),
    Code("SYM1348", "too few points on an orbit", "No orbit, or no slab about a plane, has enough points."),
    Code("SYM1349", "no orbits in the data", "Data have neither classes nor one scalar field that varies."),
    Code("SYM1350", "motions an estimator does not look for", "An estimator solves other laws, or linear motions."),
)
