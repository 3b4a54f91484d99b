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

SETS = """
model sets {
  data {
    axis points = 3
    x: vector(3) per points
    y: scalar
    w: vector(3) per points
  }
  symmetry move: SO(3) * S(points)
  predict y, w from x
  enforce move by equivariant_mlp { hidden = [8], network = scalars }
}
"""

POINTS = """
model points {{
  data {{
    axis points = 3
    x: point({dimension}) per points
    q: scalar per points
    y: scalar
    c: point({dimension})
  }}
  symmetry move: {group}
  predict y, c from x, q
  enforce move by equivariant_mlp {{ hidden = [12], network = {network} }}
}}
"""

GRAPH = """
model graph {{
  data {{
    axis points = 3
    x: point(2) per points
    e: scalar per points per points
    y: scalar
    c: {kind}(2) per points
    s: scalar per points per points
  }}
{symmetries}
  predict y, c, s from x, e
  enforce {names} by graph_network {{ hidden = [8, 8], steps = 2{options} }}
}}
"""

MOTION = """
model motion {{
  data {{
{axis}    z: phase_space(dim = 2){per}
    dz: derivative(z)
  }}
  symmetry time: translation(t)
{symmetry}  predict dz from z
{enforcement}}}
"""

ANGLES = """
model angles {
  data {
    q: angle(2)
    v: derivative(q)
    a: derivative(v)
  }
  symmetry time: translation(t)
  predict a from q, v
  enforce time by lagrangian { hidden = 8, ridge = 0 }
}
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

MOVED_IMAGE = """
model image {{
  data {{
    x: image(channels = 1, size = [9, 9])
    y: label(classes = 3)
  }}
  symmetry turn: {group}
  predict y from x by group_convolution {{ layers = 3, channels = 3 }}
  enforce turn by {objective}
}}
"""

MOVED_VECTORS = """
model vectors {{
  data {{
    x: {field}
    y: scalar
    w: {field}
  }}
  symmetry move: {group}
  predict y, w from x by mlp {{ hidden = [8] }}
  enforce move by {objective}
}}
"""

PRODUCT = "O(2) * S(points)"
MOTION_OF_POINTS = "SO(3) * T(3) * S(points)"
BOOST = "matrix_group { generators = [[[0, 1], [1, 0]]] }"


@dataclass(frozen=True)
class Row:
    """One row: what is enforced, on what, and the spec. What is not `promised` is measured."""

    strategy: str
    group: str
    data: str
    text: str
    promised: bool = True


def _moved(objective: str, group: str, data: str, field: str, text: str | None = None) -> Row:
    words = MOVED_IMAGE if data == "image" else MOVED_VECTORS
    return Row(objective, text or group, data, words.format(field=field, group=group, objective=objective), False)


def _motion(symmetry: str, enforcement: str, several: bool = False) -> str:
    axis, per = ("    axis points = 3\n", " per points") if several else ("", "")
    return MOTION.format(symmetry=symmetry, enforcement=enforcement, axis=axis, per=per)


ROWS = (
    *(Row("group_convolution", group, "image", IMAGE.format(group=group)) for group in ("C(2)", "C(4)", "D(4)")),
    Row("equivariant_mlp", "C(4)", "vectors", VECTORS.format(field="vector(2) per 2", group="C(4)")),
    Row("equivariant_mlp", "S(4)", "scalars", VECTORS.format(field="scalar per points = 4", group="S(points)")),
    Row("equivariant_mlp", "SO(3)", "vectors", VECTORS.format(field="vector(3) per 2", group="SO(3)")),
    Row("equivariant_mlp", "O(3)", "tensor", VECTORS.format(field="tensor(1, 1) of 3", group="O(3)")),
    Row("equivariant_mlp", "Lorentz(4)", "four-vectors", VECTORS.format(field="vector(4) per 2", group="Lorentz()")),
    Row("equivariant_mlp", "matrix_group", "vectors", VECTORS.format(field="vector(2) per 2", group=BOOST)),
    Row("equivariant_mlp", "O(2) * S(3)", "vectors", VECTORS.format(field="vector(2) per points = 3", group=PRODUCT)),
    Row("equivariant_mlp", "SE(2)", "points", POINTS.format(dimension=2, group="SE(2)", network="tensors")),
    Row("equivariant_mlp, scalars", "SO(3) * S(3)", "vectors", SETS),
    Row(
        "equivariant_mlp, scalars", "E(3) * S(3)", "points",
        POINTS.format(dimension=3, group="E(3) * S(points)", network="scalars"),
    ),
    Row(
        "graph_network", "S(3), E(2)", "points and pairs",
        GRAPH.format(kind="point", symmetries="  symmetry r: S(points)\n  symmetry g: E(2)", names="r, g", options=""),
    ),
    Row(
        "graph_network, a chain", "T(2)", "points and pairs",
        GRAPH.format(kind="vector", symmetries="  symmetry g: T(2)", names="g", options=", edges = chain"),
    ),
    Row(
        "hamiltonian with graph_network", "translation(t), S(3)", "phase space",
        _motion(
            "  symmetry relabel: S(points)\n",
            "  enforce time by hamiltonian\n  enforce relabel by graph_network { hidden = [8, 8] }\n",
            several=True,
        ),
    ),
    Row("hamiltonian", "translation(t)", "phase space", _motion("", "  enforce time by hamiltonian { hidden = 8 }\n")),
    Row("lagrangian", "translation(t)", "angles", ANGLES),
    Row(
        "hamiltonian with equivariant_mlp", "translation(t), O(2)", "phase space",
        _motion(
            "  symmetry turn: O(2)\n",
            "  enforce time by hamiltonian\n  enforce turn by equivariant_mlp { hidden = [8] }\n",
        ),
    ),
    Row(
        "hamiltonian with equivariant_mlp", "translation(t), T(2) * S(3)", "phase space",
        _motion(
            "  symmetry turn: T(2) * S(points)\n",
            "  enforce time by hamiltonian\n  enforce turn by equivariant_mlp { hidden = [8] }\n",
            several=True,
        ),
    ),
    *(
        _moved(objective, group, data, field, text)
        for objective in ("augmentation", "invariance_loss")
        for group, data, field, text in (
            ("SO(2)", "image", "", None),
            ("D(4)", "image", "", None),
            ("O(3)", "tensor", "tensor(1, 1) of 3", None),
            ("Lorentz()", "four-vectors", "vector(4) per 2", "Lorentz(4)"),
            (MOTION_OF_POINTS, "points", "point(3) per points = 4", "SO(3) * T(3) * S(4)"),
            (BOOST, "vectors", "vector(2) per 2", "matrix_group"),
        )
    ),
    Row("mlp", "none", "vector", PLAIN),
)  # fmt: skip
