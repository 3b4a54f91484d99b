"""SYM02xx: names that are unknown, reserved or declared twice."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0201", "unknown field", "A name is used as a field that the data block does not declare."),
    Code("SYM0202", "unknown symmetry", "A name is used as a symmetry that the model does not declare."),
    Code("SYM0203", "unknown strategy", "No installed strategy has this name."),
    Code("SYM0204", "unknown group", "No installed group has this name."),
    Code("SYM0205", "unknown option", "A strategy, layer or block has no option of this name."),
    Code("SYM0206", "unknown axis", "A name is used as an axis that the data block does not declare."),
    Code("SYM0207", "name declared twice", "Two declarations of one model share a name."),
    Code("SYM0208", "unknown field type", "No field type has this name."),
    Code("SYM0209", "unknown action", "No action of a group on a field has this name."),
    Code("SYM0210", "reserved name", "A name that the language keeps for itself."),
    Code("SYM0211", "unknown parameter", "A value is given for a parameter that the spec does not declare."),
    Code("SYM0212", "parameter without a value", "A parameter has neither a default nor a given value."),
    Code("SYM0214", "unknown name in a value", "A value uses a name that is neither a parameter nor a constant."),
    Code("SYM0217", "unknown model", "A spec has no model of this name, or several and none was chosen."),
)
