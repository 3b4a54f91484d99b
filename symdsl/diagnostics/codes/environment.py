"""SYM10xx: backends, devices, plug-ins and the command line."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM1001", "unknown backend", "No installed backend has this name."),
    Code("SYM1002", "backend not installed", "The packages that a backend needs are missing."),
    Code("SYM1003", "device missing", "The device that was asked for is not there."),
    Code("SYM1007", "plug-ins clash", "Two installed packages give the same name."),
    Code("SYM1008", "plug-in does not load", "An installed plug-in cannot be imported or is malformed."),
    Code("SYM1009", "extra missing", "A command needs a package that is not installed."),
    Code("SYM1010", "spec not readable", "The spec file does not exist or cannot be read."),
    Code("SYM1011", "wrong usage", "A command was given arguments that do not fit."),
    Code("SYM1012", "too few devices", "More devices were asked for than there are."),
    Code("SYM1013", "processes do not fit", "Training in several processes was asked for in a way that cannot work."),
)
