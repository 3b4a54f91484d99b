"""SYM03xx: fields, their types, and values."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0301", "missing argument", "A type or call lacks an argument that it needs."),
    Code("SYM0302", "unknown argument", "A type or call has no argument of this name, or too many arguments."),
    Code("SYM0303", "value of the wrong kind", "A value of another kind is expected, such as an integer."),
    Code("SYM0304", "value out of range", "A value lies outside what is allowed."),
    Code("SYM0305", "argument given twice", "One argument is written twice."),
    Code("SYM0306", "no data block", "A model declares no data."),
    Code("SYM0307", "nothing to predict", "A model has neither a predict nor a sample statement."),
    Code("SYM0308", "statement given twice", "A model has a statement twice that may stand once."),
    Code("SYM0309", "input is also output", "A field is both given and predicted."),
    Code("SYM0310", "derivative of the wrong field", "A derivative names a field that has none."),
    Code("SYM0312", "field cannot be an input", "A field of this type cannot be an input here."),
    Code("SYM0313", "axis of no fixed size", "A ragged axis stands where a fixed size is needed."),
    Code("SYM0314", "field cannot be normalised", "A field of this type has no scale."),
    Code("SYM0315", "not a constant", "A value must be computable from numbers and parameters alone."),
    Code("SYM0316", "arithmetic without a result", "A division by zero or an overflow in a value."),
    Code("SYM0317", "construct not served yet", "A construct of the language that this version cannot compile."),
    Code("SYM0318", "normalised field is not used", "A field is normalised that is neither given nor predicted."),
    Code("SYM0319", "scale of constant data", "A normalised field does not vary, so that its scale stays 1."),
    Code("SYM0320", "scale out of range", "The numbers of a normalised field are too large or too small for a scale."),
    Code("SYM0321", "field cannot be an output", "A field of this type cannot be predicted."),
)
