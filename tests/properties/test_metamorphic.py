"""Laws between two specs: what must not change anything, and what can only add or take parameters."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import parameter_table
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.syntax.formatter import format_text
from symdsl.verification.samples import random_weights
from tests.properties.random_specs import ORDER, random_spec
from tests.random_batch import random_batch

SEEDS = range(24)

IMAGES = """
model m {{
  data {{
    x: image(channels = 2, size = [9, 9])
    y: label(classes = 3)
  }}
  symmetry turn: {group}
  predict y from x
  enforce turn by group_convolution {{ layers = [conv(8, k = 3), conv(8, k = 3), conv(3, k = 1)], norm = false }}
}}
"""
VECTORS = """
model m {{
  data {{
    x: vector({size}) per 2
    a: tensor(1, 1) of {size}
    y: vector({size})
  }}
  symmetry turn: {group}
  predict y from x, a
  enforce turn by equivariant_mlp {{ hidden = [] }}
}}
"""
HIDDEN = """
model m {{
  data {{
    x: vector(2)
    y: vector(2)
  }}
  symmetry turn: C(1)
  predict y from x
  enforce turn by equivariant_mlp {{ hidden = {hidden} }}
}}
"""


def graph_hash(text: str, settings: dict[str, object]) -> str:
    return prepare(text, Session(parameters=settings)).graph.content_hash()


def parameters(text: str) -> int:
    """The number of trained parameters."""
    table = parameter_table(prepare(text, Session(backend="torch")).program.root)
    return sum(int(np.prod(entry.shape)) for entry in table.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_names_order_and_layout_keep_the_hash(seed: int) -> None:
    spec = random_spec(seed)
    plain, generator = spec.draft.plain_names(), random.Random(seed)
    other = spec.draft.random_names(generator)
    known = graph_hash(spec.text, spec.settings)
    assert graph_hash(format_text(spec.text), spec.settings) == known
    assert graph_hash(spec.draft.text(plain), spec.settings_for(plain)) == known
    assert graph_hash(spec.draft.text(other, generator), spec.settings_for(other)) == known


def test_different_models_have_different_hashes() -> None:
    """Of the drafts above, and of one spec changed in one place."""
    texts = [random_spec(seed) for seed in SEEDS]
    hashes = [graph_hash(spec.text, spec.settings) for spec in texts]
    assert len(set(hashes)) == len(hashes)
    pairs = [("C(4)", "D(4)"), ("k = 3", "k = 5"), ("classes = 3", "classes = 3 + 0"), ("norm = false", "norm = true")]
    known = graph_hash(IMAGES.format(group="C(4)"), {})
    changed = [graph_hash(IMAGES.format(group="C(4)").replace(old, new, 1), {}) == known for old, new in pairs]
    assert changed == [False, False, True, False]


def test_the_hash_sees_which_input_and_which_symmetry() -> None:
    text = """
    model m {
      data {
        axis a = 3
        axis b = 3
        x: vector(2) per a
        y: vector(2) per b
        u: scalar
      }
      symmetry f: S(a) * S(b)
      predict u from x, y
      enforce f by equivariant_mlp { hidden = 8 }
    }
    """
    known = graph_hash(text, {})
    assert graph_hash(text.replace("S(a) * S(b)", "S(a)"), {}) != known
    assert graph_hash(text.replace("from x, y", "from y"), {}) != known


@pytest.mark.parametrize(
    ("smaller", "larger"), [("C(1)", "C(2)"), ("C(2)", "C(4)"), ("C(4)", "D(4)"), ("D(2)", "D(4)")]
)
def test_a_subgroup_has_at_least_as_many_parameters_on_images(smaller: str, larger: str) -> None:
    """With `fields x order` channels held fixed, so that every layer of the larger group is one of the smaller."""

    def count(group: str) -> int:
        order = int(group[2:-1]) * (2 if group.startswith("D") else 1)
        return parameters(IMAGES.format(group=group).replace("conv(8,", f"conv({16 // order},"))

    assert count(smaller) > count(larger)


@pytest.mark.parametrize(
    ("size", "smaller", "larger"),
    [
        (3, "SO(3)", "O(3)"), (4, "SO(4)", "O(4)"), (2, "C(2)", "C(4)"), (2, "C(4)", "D(4)"), (2, "D(4)", "O(2)"),
        (2, "C(5)", "SO(2)"), (2, "SO(2)", "O(2)"), (4, "Lorentz(4, parity = false)", "Lorentz()"), (3, "S(3)", "O(3)"),
        (3, "matrix_group { generators = [[[0, -1, 0], [1, 0, 0], [0, 0, 0]]] }", "SO(3)"), (2, "C(1)", "C(2)"),
    ],
)  # fmt: skip
def test_a_subgroup_has_at_least_as_many_parameters_on_vectors(size: int, smaller: str, larger: str) -> None:
    few, many = (parameters(VECTORS.format(size=size, group=group)) for group in (larger, smaller))
    assert few <= many


def test_the_trivial_group_gives_the_layer_without_constraint() -> None:
    """C(1) on images is a plain convolution; on vectors every matrix and every bias is allowed."""
    plain = IMAGES.format(group="C(1)").replace("symmetry turn: C(1)", "").replace("enforce turn ", "")
    plain = plain.replace("predict y from x\n", "predict y from x ", 1)
    lines = [line for line in plain.split("\n") if line.strip()]
    assert parameters("\n".join(lines).replace("x \n  by", "x by")) == parameters(IMAGES.format(group="C(1)"))
    assert parameters(VECTORS.format(size=2, group="C(1)")) == (2 * 2 + 4) * 2 + 2
    assert parameters(HIDDEN.format(hidden=[5])) == (2 * 5 + 5) + (5 * 2 + 2)


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_equal_seeds_give_equal_weights_on_both_backends(seed: int) -> None:
    spec = random_spec(seed)

    def weights(backend: str, draw: int) -> dict[str, np.ndarray]:
        session = Session(parameters=spec.settings, backend=backend, dtype="float64", seed=draw)
        return prepare(spec.text, session).instantiate().weights()

    first, second, other = weights("torch", 7), weights("jax", 7), weights("torch", 8)
    assert list(first) == list(second) or set(first) == set(second)
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)
    assert any(first[name].tobytes() != other[name].tobytes() for name in first)


def test_a_parameter_is_the_number_that_it_stands_for() -> None:
    written = HIDDEN.format(hidden="[6, 12]")
    named = written.replace("model m {", "model m {\n  param width: int = 4").replace("[6, 12]", "[width, 2 * width]")

    def source(text: str, settings: dict[str, object]) -> tuple[str, str]:
        compilation: Compilation = prepare(text, Session(parameters=settings, backend="torch"))
        code = [line for line in compilation.source.split("\n") if not line.startswith("#")]
        return compilation.graph.content_hash(), "\n".join(code)

    assert source(named, {"width": 6}) == source(written, {})
    assert source(named, {}) != source(written, {})
    with pytest.raises(SymdslError):
        source(named, {"width": 6.5})


@pytest.mark.parametrize("seed", [seed for seed in range(60) if ORDER[seed % len(ORDER)] == "matrix"][:12])
def test_a_symmetry_that_the_network_keeps_has_no_penalty(seed: int) -> None:
    """f(g x) = g f(x) for every g that the objective draws, so the loss is that of the spec without the line."""
    spec = random_spec(seed)
    draft = replace(spec.draft, enforcements=tuple(line for line in spec.draft.enforcements if "_mlp" in line))
    penalty = "enforce <g> by invariance_loss { weight = 1000, bound = 1 }"
    names = draft.plain_names()
    with_penalty = replace(draft, enforcements=(*draft.enforcements, penalty)).text(names)
    settings = spec.settings_for(names)
    losses = [loss_of(text, settings) for text in (draft.text(names), with_penalty)]
    assert abs(losses[0] - losses[1]) <= 1e-9 * abs(losses[0])


def loss_of(text: str, settings: dict[str, object]) -> float:
    """The objective in float64, at random weights, data and elements, the same for equal inputs and targets."""
    compilation = prepare(text, Session(parameters=settings, dtype="float64"))
    root = compilation.program.root
    weights = random_weights(root, 1)
    (loss,), _ = interpret(root, "objective", random_batch(compilation, 5).arrays, weights, weights)
    return float(loss)
