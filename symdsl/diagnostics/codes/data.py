"""SYM08xx: data files and sources."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0801", "data file not found", "A data file does not exist or cannot be opened."),
    Code("SYM0802", "data file not readable", "A file is not what its name says, or of an unknown format."),
    Code("SYM0803", "key missing", "A data file has no array of this name."),
    Code("SYM0804", "wrong shape", "An array has another shape than its field."),
    Code("SYM0805", "not a finite number", "An array holds NaN or an infinity."),
    Code("SYM0806", "object array", "An array of Python objects, which is never loaded."),
    Code("SYM0807", "file truncated", "A data file ends too early or is damaged."),
    Code("SYM0808", "path outside the folder", "A data path leaves the folder of the spec."),
    Code("SYM0809", "wrong type of number", "An array holds numbers of the wrong type."),
    Code("SYM0810", "lengths differ", "Arrays of one data set have different numbers of samples."),
    Code("SYM0811", "label out of range", "A label is not a class number of its field."),
    Code("SYM0812", "unknown data source", "No installed data source has this name."),
    Code("SYM0813", "no data", "A command needs data and none was named."),
    Code("SYM0814", "no samples", "A data set is empty, or a split of it is."),
    Code("SYM0815", "data too large", "A data set exceeds the limit."),
    Code("SYM0816", "option of a data source", "An option of a data source is unknown, malformed or out of range."),
    Code("SYM0817", "simulation failed", "A simulator could not integrate its equations to the accuracy asked for."),
    Code("SYM0818", "times do not fit", "Times of a trajectory do not rise, or are uneven where even ones are needed."),
    Code("SYM0826", "samples differ", "Samples of one data set have different shapes."),
    Code("SYM0834", "no array to predict", "Data hold no array to predict, or none to predict it from."),
    Code("SYM0840", "edge outside its graph", "An edge names a node that its graph does not have."),
    Code("SYM0841", "rows not counted", "Data do not say, or say wrongly, how many rows each sample has."),
)
