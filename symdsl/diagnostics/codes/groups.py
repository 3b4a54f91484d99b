"""SYM04xx: groups, representations and actions."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0401", "group does not act on the field", "No action of the group on the field makes sense."),
    Code("SYM0402", "several actions fit", "More than one action fits and none was chosen."),
    Code("SYM0403", "action does not fit the field", "The stated action is not one of this group on this field."),
    Code("SYM0404", "wrong argument of a group", "A group is written with an argument of the wrong kind or number."),
    Code("SYM0405", "group argument out of range", "A group is written with a size that it does not have."),
    Code("SYM0406", "generators do not fit", "Generators are no square matrices of one size, or no permutations."),
    Code("SYM0407", "generator not invertible", "A discrete generator is singular."),
    Code("SYM0408", "group not closed", "Generators make no finite group within the limit, or no Lie algebra."),
    Code("SYM0409", "factors do not combine", "The factors of a product group cannot act together."),
    Code("SYM0411", "dynamics without a derivative", "Time translation needs a field and its derivative."),
    Code("SYM0413", "no equivariant map", "The space of equivariant maps between two fields has dimension 0."),
    Code("SYM0414", "not a group", "A symmetry names something that is not a group."),
    Code("SYM0420", "not an element of the group", "A matrix is not an element of the group it is looked up in."),
    Code("SYM0421", "group is infinite", "A construction needs the list of elements of an infinite group."),
    Code("SYM0422", "rank is unclear", "The equations of equivariance have no clear gap between zero and non-zero."),
    Code("SYM0423", "representations of different groups", "Representations of different groups are combined."),
    Code("SYM0424", "not a representation", "A construction does not apply to this group or representation."),
)
