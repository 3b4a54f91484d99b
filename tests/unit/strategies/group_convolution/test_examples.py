"""The published architectures, as the specs under examples/ write them: their parameter counts and their symmetry."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.passes.lowering.lower import lower_graph
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import draw_parameters, initial_state, parameter_table
from symdsl.plan.interpret import interpret

EXAMPLES = Path(__file__).parents[4] / "examples"

PUBLISHED = {
    "rotated_digits/z2cnn": 21_750,
    "rotated_digits/p4cnn": 24_680,
    "rotated_digits/p4cnn_short": 24_680,
    "rotated_digits/p4cnn_rotation_pooling": 21_750,
    "rotated_fashion/z2cnn": 21_750,
    "rotated_fashion/p4cnn": 24_680,
    "p4m_resnet/p4m_resnet44": 2_622_878,
    "p4m_resnet/p4m_resnet44_published": 2_622_878,
    "p4m_resnet/p4m_resnet26": 7_173_110,
    "p4m_resnet/p4m_resnet26_published": 7_173_110,
    "p4m_resnet/p4m_all_cnn": 1_219_678,
}


def example(name: str) -> Compilation:
    return prepare(EXAMPLES / f"{name}.sym")


def count(compilation: Compilation) -> int:
    module = lower_graph(compilation.graph.forward, "Net", "", False)
    return sum(math.prod(parameter.shape) for parameter in parameter_table(module).values())


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameter_counts_of_the_paper(name: str) -> None:
    compilation = example(name)
    assert count(compilation) == PUBLISHED[name]
    assert any(f"{PUBLISHED[name]:,} parameters" in fact for fact in compilation.spec.facts)


def test_parameter_count_of_the_p4_all_cnn() -> None:
    text = (EXAMPLES / "p4m_resnet" / "p4m_all_cnn.sym").read_text()
    text = text.replace("D(4)", "C(4)").replace("conv(64", "conv(96").replace("conv(32", "conv(48")
    assert count(prepare(text)) == 1_371_006


def test_the_published_form_is_warned_of() -> None:
    compilation = example("p4m_resnet/p4m_resnet26_published")
    (exactness,) = compilation.spec.network.exactness
    assert exactness.kind == "none"
    assert example("p4m_resnet/p4m_resnet26").spec.network.exactness[0].kind == "exact"


@pytest.mark.parametrize(("form", "exact"), [("p4m_resnet26", True), ("p4m_resnet26_published", False)])
def test_slim_residual_networks_are_invariant_or_not(form: str, exact: bool) -> None:
    """The two forms with 2, 2 and 3 fields in place of 25, 50 and 100, and one block a stage."""
    text = (EXAMPLES / "p4m_resnet" / f"{form}.sym").read_text()
    for old, new in (("(25", "(2"), ("(50", "(2"), ("(100", "(3")):
        text = text.replace(f"residual{old}), residual{old}),", "").replace(old, new)
    compilation = prepare(text)
    module = lower_graph(compilation.graph.forward, "Net", "", False)
    generator = np.random.default_rng(0)
    parameters = {
        k: v + (v.ndim == 1) * generator.normal(0, 0.2, v.shape) for k, v in draw_parameters(module, 0).items()
    }
    state = {k: v + generator.uniform(-0.3, 0.3, v.shape) for k, v in initial_state(module).items()}
    symmetry = compilation.spec.symmetries["pose"]
    action, group = symmetry.actions["x"], symmetry.group
    assert group is not None
    x = generator.normal(size=(1, *action.shape))

    def run(image: Any) -> Any:
        return interpret(module, "forward", (image,), parameters, state)[0][0]

    y = run(x)
    assert np.ptp(y) > 1e-2
    errors = [np.abs(run(action.apply(element, x)) - y).max() / np.abs(y).max() for element in group.elements()]
    assert (max(errors) < 1e-11) == exact


def test_a_width_can_be_a_parameter_of_the_spec() -> None:
    text = (EXAMPLES / "rotated_digits" / "p4cnn_short.sym").read_text()
    text = text.replace("  symmetry rotation", "  param width: int = 4\n  symmetry rotation")
    compilation = prepare(text.replace("channels = 10", "channels = width"))
    wide = prepare(
        text.replace("channels = 10", "channels = width"), replace(compilation.session, parameters={"width": 10})
    )
    assert count(wide) == 24_680 > count(compilation)
