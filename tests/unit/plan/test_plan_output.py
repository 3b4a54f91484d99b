"""Dumps and counts: text, JSON, costs. All deterministic."""

from __future__ import annotations

import json

from symdsl.plan.cost import cost_of_method, count_operations, count_parameters, parameters_by_module
from symdsl.plan.print import print_method, print_program
from symdsl.plan.serialise import serialise_program
from tests.unit.plan.plan_samples import make_perceptron, make_program

PRINTED = """\
method forward(z: batch (1, 2))
  %1.x = merge(z){axis = 0, count = 2}: batch (2)
  %2.weight0 = parameter(){path = weight0}: (3, 2)
  %3.bias0 = parameter(){path = bias0}: (3)
  %4 = linear(%1.x, %2.weight0, %3.bias0): batch (3)
  %5.h0 = tanh(%4): batch (3)
  %6.weight1 = parameter(){path = weight1}: (1, 3)
  %7.bias1 = parameter(){path = bias1}: (1)
  %8 = linear(%5.h0, %6.weight1, %7.bias1): batch (1)
  %9 = squeeze(%8){axis = 0}: batch ()
  return energy = %9
"""


def test_print_of_a_method() -> None:
    assert print_method(make_perceptron((2, 3, 1)).methods[0]) == PRINTED


def test_print_of_a_program_names_all_modules() -> None:
    text = print_program(make_program())
    assert text == print_program(make_program())
    for line in (
        "program sample",
        "module conv: MirrorConvolution",
        "  constant taps = mirrored_taps(3)",
        "  state variance: (3) from 1.0",
        "    mean <- %13",
        "    %1 = call(x){child = self, method = forward_train}: batch ()",
    ):
        assert line in text.splitlines(), line


def test_json_is_deterministic_and_whole() -> None:
    text = serialise_program(make_program())
    assert text == serialise_program(make_program())
    data = json.loads(text)
    assert data["plan_version"] == 1
    assert [method["name"] for method in data["root"]["methods"]] == ["forward", "forward_train", "objective"]
    children = {child["name"]: child["module"] for child in data["root"]["children"]}
    assert children["norm"]["methods"][1]["updates"][0][0] == "mean"
    assert text != serialise_program(make_program(fields=2))


def test_costs() -> None:
    module = make_perceptron((2, 3, 1))
    cost = cost_of_method(module, "forward")
    assert dict(cost.operations) == {"linear": 2, "merge": 1, "squeeze": 1, "tanh": 1}
    assert cost.multiply_adds == 2 * 3 + 3 + 3 * 1
    assert cost.operation_count == 5
    assert count_operations(module.method("forward")) == dict(cost.operations)
    root = make_program().root
    assert dict(cost_of_method(root, "objective").operations)["convolution"] == 1
    assert count_parameters(root) == 27 + 6 + 3 + 3
    assert parameters_by_module(root) == {"conv": 33, "norm": 6}
