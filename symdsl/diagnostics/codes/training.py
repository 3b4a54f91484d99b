"""SYM12xx: training, and what trained models are used for."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM1201", "training diverged", "The loss became NaN or infinite."),
    Code("SYM1202", "batch larger than the data", "A batch asks for more samples than the training split has."),
    Code("SYM1203", "split does not add up", "The parts of a split are not positive or do not sum to one."),
    Code("SYM1204", "run cannot be resumed", "A run folder does not belong to this spec, data or version."),
    Code("SYM1205", "loss does not fit the output", "The loss cannot be computed for this type of field."),
    Code("SYM1206", "no validation part", "An option heeds the validation loss, and the split has no validation part."),
    Code("SYM1207", "no mixed precision", "Mixed precision was asked for where it cannot be had."),
    Code("SYM1208", "no trajectory to fit", "Trajectories are to be fitted, and nothing predicted leads along them."),
    Code("SYM1220", "way of enforcing cannot be read", "--enforce names strategies, or none, separated by commas."),
    Code("SYM1221", "no symmetry to compare", "The spec declares no symmetry, or several of which none is named."),
    Code("SYM1222", "no plain network", "A strategy does not say what its network is without the symmetry."),
    Code("SYM1223", "folder of another comparison", "A run folder holds a run of another spec, data or option."),
    Code("SYM1230", "no format for an output", "The ending of an output file names no format that can be written."),
    Code("SYM1231", "nothing moves", "A rollout needs a model that predicts the time derivative of an input."),
    Code("SYM1232", "no state to start from", "A start of a rollout is no state, or no sample, of the model."),
    Code("SYM1233", "unknown method of integration", "No method that follows a motion has this name."),
    Code("SYM1234", "trajectory diverged", "A trajectory of a model became NaN or infinite."),
    Code("SYM1235", "implicit step not solved", "The iteration for an implicit step does not converge."),
    Code("SYM1236", "rollout too long", "A rollout asks for more numbers or steps than the limits allow."),
    Code("SYM1237", "no true motion", "The source has no motion of its own, or one of other states."),
    Code("SYM1238", "nothing conserves it", "A conserved quantity is asked of a symmetry that is not in the spec."),
)
