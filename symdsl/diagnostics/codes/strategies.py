"""SYM05xx: strategies, their options, and how they compose."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0501", "option of the wrong kind", "An option has a value of the wrong kind."),
    Code("SYM0502", "option out of range", "An option has a value outside its range."),
    Code("SYM0503", "option missing", "A strategy needs an option that is not written."),
    Code("SYM0504", "option given twice", "One option is written twice."),
    Code("SYM0505", "strategy does not serve the symmetry", "A strategy cannot enforce this symmetry."),
    Code("SYM0506", "strategy does not serve the field", "A strategy cannot take or give this field."),
    Code("SYM0507", "two structures", "A model has more than one structure."),
    Code("SYM0508", "two networks", "A model has more than one network."),
    Code("SYM0509", "symmetry enforced twice", "A symmetry is enforced by two strategies."),
    Code("SYM0510", "symmetries do not combine", "No network accepts these symmetries together."),
    Code("SYM0512", "strategy not built yet", "The strategy is documented, and this version does not have it."),
    Code("SYM0513", "options contradict", "Two options cannot hold together."),
    Code("SYM0514", "layer in the wrong place", "A layer cannot follow the one before it."),
    Code("SYM0515", "layers do not reach the output", "The last layer does not give what the output needs."),
    Code("SYM0516", "strategy does not serve rows", "A strategy cannot take what samples have any number of."),
    Code("SYM0517", "constraint that is not kept", "A constraint follows from others, or nothing keeps it."),
)
