"""The rows of the support table: a strategy, a group, and a small spec that uses both."""

from __future__ import annotations

from dataclasses import dataclass

BACKENDS = ("torch", "jax")
CAPABILITIES = ("compile", "verify", "train", "fold")

IMAGE = """
model image {{
  data {{
    x: image(channels = 1, size = [9, 9])
    y: label(classes = 3)
  }}
  symmetry turn: {group}
  predict y from x
  enforce turn by group_convolution {{ layers = 3, channels = 3 }}
}}
"""

VECTORS = """
model vectors {{
  data {{
    x: {field}
    y: scalar
  }}
  symmetry move: {group}
  predict y from x
  enforce move by equivariant_mlp {{ hidden = [16] }}
}}
"""

MOTION = """
model motion {{
  data {{
    z: phase_space(dim = 2)
    dz: derivative(z)
  }}
  symmetry time: translation(t)
{symmetry}  predict dz from z
{enforcement}}}
"""

PLAIN = """
model plain {
  data {
    x: vector(3)
    y: scalar
  }
  predict y from x by mlp { hidden = [8] }
}
"""

PRODUCT = "O(2) * S(points)"
BOOST = "matrix_group { generators = [[[0, 1], [1, 0]]] }"


@dataclass(frozen=True)
class Row:
    """One row: what is enforced, on what, and the spec."""

    strategy: str
    group: str
    data: str
    text: str


def _motion(symmetry: str, enforcement: str) -> str:
    return MOTION.format(symmetry=symmetry, enforcement=enforcement)


ROWS = (
    *(Row("group_convolution", group, "image", IMAGE.format(group=group)) for group in ("C(2)", "C(4)", "D(4)")),
    Row("equivariant_mlp", "C(4)", "vectors", VECTORS.format(field="vector(2) per 2", group="C(4)")),
    Row("equivariant_mlp", "S(4)", "scalars", VECTORS.format(field="scalar per points = 4", group="S(points)")),
    Row("equivariant_mlp", "SO(3)", "vectors", VECTORS.format(field="vector(3) per 2", group="SO(3)")),
    Row("equivariant_mlp", "O(3)", "tensor", VECTORS.format(field="tensor(1, 1) of 3", group="O(3)")),
    Row("equivariant_mlp", "Lorentz(4)", "four-vectors", VECTORS.format(field="vector(4) per 2", group="Lorentz()")),
    Row("equivariant_mlp", "matrix_group", "vectors", VECTORS.format(field="vector(2) per 2", group=BOOST)),
    Row("equivariant_mlp", "O(2) * S(3)", "vectors", VECTORS.format(field="vector(2) per points = 3", group=PRODUCT)),
    Row("hamiltonian", "translation(t)", "phase space", _motion("", "  enforce time by hamiltonian { hidden = 8 }\n")),
    Row(
        "hamiltonian with equivariant_mlp", "translation(t), O(2)", "phase space",
        _motion(
            "  symmetry turn: O(2)\n",
            "  enforce time by hamiltonian\n  enforce turn by equivariant_mlp { hidden = [8] }\n",
        ),
    ),
    Row("mlp", "none", "vector", PLAIN),
)  # fmt: skip
