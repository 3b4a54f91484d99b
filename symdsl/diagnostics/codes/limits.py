"""SYM07xx: limits, checked before anything is allocated; a spec cannot raise its own."""

from symdsl.diagnostics.codes.code import Code

CODES = (
    Code("SYM0701", "group too large", "The order of a finite group exceeds the limit."),
    Code("SYM0702", "dimension too large", "The dimension of a representation or field exceeds the limit."),
    Code("SYM0703", "basis too large", "A basis of equivariant maps exceeds the limit."),
    Code("SYM0704", "memory estimate too large", "A step is expected to need more memory than the limit."),
    Code("SYM0706", "too many parameters", "A model has more parameters than the limit."),
    Code("SYM0707", "too many layers", "A network has more layers than the limit."),
    Code("SYM0708", "too many declarations", "A file has too many models, or a model too many fields or symmetries."),
    Code("SYM0709", "image too large", "A side of an image has more pixels than the limit."),
    Code("SYM0710", "field too large", "One sample of a field holds more numbers than the limit."),
    Code("SYM0711", "list too long", "A list in a spec has more items than the limit."),
)
