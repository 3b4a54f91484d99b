"""Specs that every end-to-end test runs: the three families and the compositions of this version."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

SMALL_IMAGE = """
model small_image {{
  data {{
    x: image(channels = {channels}, size = [{size}, {size}])
    y: label(classes = 3)
  }}
  symmetry turn: {group}
  predict y from x
  enforce turn by group_convolution {{
    layers = [conv(4, k = 3), conv(4, k = 3, padding = 1), conv(3, k = 3), group_pool, space_pool]
  }}
}}
"""

INERTIA = """
model inertia {
  data {
    m: scalar per 3
    r: vector(3) per 3
    I: tensor(2, 0) of 3
  }
  symmetry turn: O(3)
  predict I from m, r
  enforce turn by equivariant_mlp { hidden = [24, 24] }
}
"""

LORENTZ = """
model scattering {
  data {
    p: vector(4) per 3
    y: scalar
  }
  symmetry boost: Lorentz()
  predict y from p
  enforce boost by equivariant_mlp { hidden = [30, 30] }
}
"""

PENDULUM = """
model pendulum {
  data {
    z: phase_space(dim = 1)
    dz: derivative(z)
  }
  symmetry time: translation(t)
  predict dz from z
  enforce time by hamiltonian { hidden = [16, 16], activation = tanh }
}
"""

TURNING = """
model turning {
  data {
    z: phase_space(dim = 3)
    dz: derivative(z)
  }
  symmetry time: translation(t)
  symmetry turn: O(3)
  predict dz from z
  enforce time by hamiltonian
  enforce turn by equivariant_mlp { hidden = [16, 16] }
}
"""

CLOUD = """
model cloud {
  data {
    axis bodies = 3
    m: scalar(2) per bodies
    z: vector(3) per bodies
    y: scalar(2)
    v: vector(3)
  }
  symmetry swap: S(bodies)
  symmetry turn: SO(3)
  predict y, v from m, z
  enforce swap by equivariant_mlp { hidden = [16, 16] }
  normalise m, z, y, v
}
"""


TURNED = """
model turned {
  data {
    x: image(channels = 2, size = [9, 8])
    y: label(classes = 3)
  }
  symmetry turn: SO(2)
  symmetry mirror: D(4)
  predict y from x by group_convolution {
    layers = [conv(4, k = 3), dropout(0.2), conv(3, k = 3), space_pool]
  }
  enforce turn by augmentation { copies = 2 }
  enforce mirror by invariance_loss { weight = 0.3 }
}
"""

ORBITS = """
model orbits {
  data {
    axis bodies = 3
    z: phase_space(dim = 3) per bodies
    dz: derivative(z)
  }
  symmetry time: translation(t)
  symmetry motion: O(3) * T(3) * S(bodies)
  predict dz from z
  enforce time by hamiltonian { hidden = [16] }
  enforce motion by augmentation
  enforce motion by invariance_loss { weight = 0.5 }
  normalise z, dz
}
"""

BOOSTED = """
model boosted {
  data {
    axis particles = 3
    p: vector(4) per particles
    q: vector(4)
  }
  symmetry swap: S(particles)
  symmetry boost: Lorentz()
  predict q from p
  enforce swap by equivariant_mlp { hidden = [16] }
  enforce boost by augmentation { bound = 0.5 }
  enforce boost by invariance_loss { weight = 0.1, bound = 0.5 }
}
"""

OBJECTIVES = {"image, turned": TURNED, "orbits, moved": ORBITS, "particles, boosted": BOOSTED}


def normalised(text: str, *fields: str) -> str:
    """The spec with a `normalise` line for these fields."""
    return f"{text.rstrip().removesuffix('}')}  normalise {', '.join(fields)}\n}}\n"


MOTION = """
model motion {
  data {
    axis atoms = 3
    x: point(3) per atoms
    o: point(3)
    q: scalar per atoms
    energy: scalar
    later: point(3) per atoms
  }
  symmetry motion: E(3) * S(atoms)
  predict energy, later from x, o, q
  enforce motion by equivariant_mlp { hidden = [8], network = scalars }
}
"""

NORMALISED = {
    "image, normalised": normalised(SMALL_IMAGE.format(channels=2, size=9, group="C(4)"), "x"),
    "inertia, normalised": normalised(INERTIA, "m", "r", "I"),
    "scattering, normalised": normalised(LORENTZ, "p", "y"),
    "pendulum, normalised": normalised(PENDULUM, "z", "dz"),
    "pendulum in space, normalised": normalised(TURNING, "z", "dz"),
    "cloud, normalised": CLOUD,
    "motion, normalised": normalised(MOTION, "x", "later"),
}

SCALARS = """
model scalars {
  data {
    axis bodies = 3
    m: scalar per bodies
    z: vector(3) per bodies
    u: vector(3)
    y: scalar
    v: vector(3) per bodies
    c: tensor(2, 0) of 3
  }
  symmetry motion: SO(3) * S(bodies)
  predict y, v, c from m, z, u
  enforce motion by equivariant_mlp { hidden = [8], network = scalars }
}
"""

DOUBLE_PENDULUM = """
model double_pendulum {
  data {
    m: scalar
    q: angle(2)
    v: derivative(q)
    a: derivative(v)
  }
  symmetry time: translation(t)
  predict a from q, v, m
  enforce time by lagrangian { hidden = [12, 12] }
  normalise v, a
}
"""

SPECS = {
    "scalars of points": SCALARS,
    "image C(4)": SMALL_IMAGE.format(channels=1, size=12, group="C(4)"),
    "image D(4), odd size": SMALL_IMAGE.format(channels=2, size=13, group="D(4)"),
    # Maxima over rotations after batch norm: what XLA computes twice, rounded differently, if it is let.
    "image C(4), rotations pooled": SMALL_IMAGE.format(channels=1, size=12, group="C(4)").replace(
        "conv(4, k = 3)", "conv(4, k = 3, pool_rotations = true)"
    ),
    "image C(2)": SMALL_IMAGE.format(channels=1, size=10, group="C(2)"),
    "inertia": INERTIA,
    "scattering": LORENTZ,
    "pendulum": PENDULUM,
    "pendulum in space": TURNING,
    "double pendulum": DOUBLE_PENDULUM,
    **NORMALISED,
    **OBJECTIVES,
}
