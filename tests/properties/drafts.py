"""A spec before it has names and a layout: what renaming, reordering and reformatting leave alone."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACE = re.compile(r"<(\w+)>")

ODD_NAMES = (
    *("lambda", "class", "self", "torch", "np", "numpy", "jax", "jnp", "nn", "import", "None", "def", "return"),
    *("forward", "objective", "energy", "params", "state", "inputs", "noise", "weights", "generator", "module", "math"),
    *("lambda_", "lambda__", "print", "print_", "None_", "id", "type_", "input", "max", "np_", "count", "index"),
    *("x1", "X1", "x", "X", "Xx", "xX", "q", "Q", "_", "_x", "x_", "__init__", "x__1", "weight", "bias", "batch"),
    *("time", "data", "from", "per", "label", "image", "model", "symmetry", "predict", "enforce", "by", "axis", "of"),
    *("tensor", "Tensor", "match", "type", "case", "async", "layer_1", "conv1", "gate_1", "linear_1", "velocity", "F"),
    *("sin", "e", "E", "int", "float", "zeros", "array", "constant", "gradient", "trivial", "defining", "dtype"),
    *("super", "last"),
)
COMMENTS = ("// a comment", "// { [ ( \"", "//", "// } // nested", "// x: vector(3)", "// \u03b8 \u2192 \u03c0")


@dataclass(frozen=True)
class Draft:
    """The declarations of one model. A name stands as `<place>`; `derived` fields come below the ones they need.

    `settings` are values for `param` places that are given from outside; `may_refuse` are the codes with which the
    checker may turn the draft down, because it cannot be known without the mathematics under test. Under some groups
    that stretch space no polynomial is invariant: then the output `may_be_constant`.
    """

    fields: tuple[str, ...]
    predict: str
    derived: tuple[str, ...] = ()
    symmetries: tuple[str, ...] = ()
    enforcements: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    may_refuse: tuple[str, ...] = ()
    may_warn: bool = False
    may_be_constant: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """Every place of a name, in the order of first use."""
        lines = (*self.parameters, *self.fields, *self.derived, *self.symmetries, self.predict, *self.enforcements)
        return tuple(dict.fromkeys(PLACE.findall("\n".join(lines))))

    def plain_names(self) -> dict[str, str]:
        """The places themselves as names."""
        return {place: place for place in ("model", *self.places)}

    def random_names(self, generator: random.Random) -> dict[str, str]:
        """Odd names, all different: keywords of Python, names of modules, names that differ by case alone."""
        chosen = generator.sample(ODD_NAMES, len(self.places))
        plain = [place if generator.random() < 0.3 else name for place, name in zip(self.places, chosen, strict=True)]
        unique = plain if len(set(plain)) == len(plain) else chosen
        return {"model": generator.choice(ODD_NAMES), **dict(zip(self.places, unique, strict=True))}

    def text(self, names: Mapping[str, str], layout: random.Random | None = None) -> str:
        """The spec with these names; with `layout`, in a random order of its declarations and with comments."""
        fields, rest = list(self.fields), [*self.symmetries, *self.enforcements, self.predict, *self.options]
        if layout is not None:
            layout.shuffle(fields)
            layout.shuffle(rest)
        data = ["data {", *(f"  {line}" for line in (*fields, *self.derived)), "}"]
        body = [*self.parameters, *data, *rest] if layout is None or layout.random() < 0.5 else [
            *self.parameters, *rest, *data
        ]  # fmt: skip
        lines = ["model <model> {", *(f"  {line}" for line in body), "}"]
        if layout is not None:
            lines = [_relaid(line, layout) for line in lines]
        return PLACE.sub(lambda match: names[match.group(1)], "\n".join(lines)) + "\n"


def _relaid(line: str, layout: random.Random) -> str:
    """The line with other white space and comments, where these mean nothing."""
    if layout.random() < 0.3:
        line = line.replace(", ", layout.choice([",", " ,  ", ",\n      "]))
        line = line.replace(" = ", layout.choice(["=", "  = "]))
    if layout.random() < 0.2:
        line += "  " + layout.choice(COMMENTS)
    if layout.random() < 0.15:
        line = f"{layout.choice(COMMENTS)}\n\n{line}"
    return line
