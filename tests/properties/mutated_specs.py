"""Good specs with a few words changed: the texts on which check, build and lower may fail in one way only."""

from __future__ import annotations

import random
from pathlib import Path

from symdsl.syntax.lexeme import lexemes

GOOD = sorted((Path(__file__).resolve().parents[1] / "specs" / "good").glob("*.sym"))
NUMBERS = ("0", "1", "2", "3", "5", "7", "1.5", "-1", "-0", "1e-300", "1e308", "1e309", "10^30", "4097", "100001")
WORDS = (
    *("C(3)", "C(4)", "D(4)", "S(3)", "SO(3)", "O(2)", "O(3)", "Lorentz()", "T(3)", "SO(2) * S(3)", "translation(t)"),
    *("vector(3)", "scalar", "scalar(4)", "point(3)", "tensor(1, 1) of 3", "label(3)", "image(1, [9, 9])", "per 4"),
    *("phase_space(dim = 2)", "derivative(z)", "pixels", "trivial", "defining", "dual", "regular", "permutation"),
    *("equivariant_mlp", "group_convolution", "hamiltonian", "mlp", "hidden", "layers", "channels", "conv(3)", "pool"),
    *("group_pool", "space_pool", "dense(3)", "residual(2)", "flatten_group", "[", "]", "{", "}", "=", ":", ","),
    *("tanh", "relu", "x", "y", "z", "t", "pi", "sqrt", "from", "predict", "enforce", "symmetry", "train", "sample"),
    *('"text"', "..", "*", "+", "^", "exactness = approximate", "norm = false", "stride = 2", "k = 2"),
    *("padding = same", "true"),
)


def mutated_spec(seed: int) -> str:
    """A good spec, changed in one to three places; equal seeds give equal texts."""
    generator = random.Random(f"mutation {seed}")
    text = generator.choice(GOOD).read_text(encoding="utf-8")
    pieces = [lexeme.text for lexeme in lexemes(text)]
    for _ in range(generator.choice([1, 1, 1, 2, 3])):
        _mutate(pieces, generator, text)
    return "".join(pieces)


def _mutate(pieces: list[str], generator: random.Random, text: str) -> None:
    numbers = [place for place, piece in enumerate(pieces) if piece[:1].isdigit()]
    solid = [place for place, piece in enumerate(pieces) if piece.strip()]
    if not solid:
        return
    place = generator.choice(solid)
    match generator.choice(["small", "small", "small", "number", "word", "delete", "swap", "repeat", "line"]):
        case "small" if numbers:
            pieces[generator.choice(numbers)] = str(generator.randint(1, 9))
        case "number" if numbers:
            pieces[generator.choice(numbers)] = generator.choice(NUMBERS)
        case "word":
            pieces[place] = generator.choice(WORDS)
        case "delete":
            del pieces[place : place + generator.choice([1, 1, 3])]
        case "swap":
            other = generator.choice(solid)
            pieces[place], pieces[other] = pieces[other], pieces[place]
        case "repeat":
            pieces.insert(place, pieces[place])
        case "line":
            lines = text.split("\n")
            pieces.insert(place, "\n" + generator.choice(lines) + "\n")
