"""SYM09xx: artefacts, weights and cards."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0901", "artefact not readable", "A file is not an artefact, weights file or card, or is damaged."),
    Code("SYM0902", "artefact from a newer version", "An artefact was written by a newer version."),
    Code("SYM0903", "weights do not belong to the model", "Names in a weights file are missing or unknown."),
    Code("SYM0904", "weight of the wrong shape", "An array of a weights file has another shape than the model."),
    Code("SYM0905", "hash does not match", "A file is not the one that was written."),
    Code("SYM0907", "output cannot be written", "A file or folder cannot be written."),
    Code("SYM0909", "output exists", "A file would be overwritten."),
    Code("SYM0910", "export computes other numbers", "An exported file does not compute what the model computes."),
    Code("SYM0911", "export has lost a symmetry", "An exported file breaks a symmetry that the model keeps."),
    Code("SYM0912", "format cannot hold the model", "A tool refuses to write the model in this format."),
    Code("SYM0913", "weights of another model", "A run folder holds the weights of a model with other layers."),
    Code("SYM0914", "no compiler", "An export needs a C++ compiler, and none is installed."),
)
