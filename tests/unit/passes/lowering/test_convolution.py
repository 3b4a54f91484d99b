"""Group convolutions as plan: their operations are pinned, so that none creeps in."""

from __future__ import annotations

from collections import Counter

import pytest

from symdsl.groups.actions.action import Action, Pixels
from symdsl.groups.families.catalogue import cyclic
from symdsl.groups.group import Group
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.batch_normalisation import BatchNormalisation
from symdsl.ir.operations.convolution import Convolution
from symdsl.ir.operations.image_layout import EnterImage
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.lower import lower_graph
from symdsl.plan.nodes import Module

LEAVES = {"argument", "parameter", "constant", "state"}


def lowered(group: Group | None, channels_last: bool) -> Module:
    """Two convolutions, the second with batch norm."""
    shape = (3, 8, 8)
    actions = {"turn": Action(group, shape, geometry=Pixels())} if group else {}
    symmetry = "turn" if group else None
    builder = GraphBuilder()
    value = builder.add(EnterImage(), builder.input("x", ValueType(shape=shape, actions=actions)))
    value = builder.add(Convolution(symmetry=symmetry, fields=4, kernel=3), value, name="conv1")
    value = builder.add(Convolution(symmetry=symmetry, fields=5, kernel=3), value, name="conv2")
    value = builder.add(BatchNormalisation(symmetry=symmetry), value, name="norm2")
    return lower_graph(builder.build({"y": value}), "Net", "", channels_last)


def operations(module: Module, method: str = "forward") -> dict[str, int]:
    return dict(Counter(node.op for node in module.method(method).nodes if node.op not in LEAVES))


BIAS = {"expand": 1, "broadcast": 1}


@pytest.mark.parametrize("channels_last", [False, True])
def test_an_exact_bank_is_one_gather(channels_last: bool) -> None:
    net = lowered(cyclic(4), channels_last)
    found = {"merge": 4, "transpose": 2 if channels_last else 3, "take": 1, "convolution": 1, **BIAS}
    for name in ("conv1", "conv2"):
        assert operations(net.child(name)) == found
    assert net.child("conv1").class_name == "LiftingConvolution"
    assert net.child("conv2").class_name == "GroupConvolution"
    assert net.child("conv2").parameters[0].shape == (5, 4, 4, 3, 3)


@pytest.mark.parametrize("channels_last", [False, True])
def test_an_interpolated_bank_is_one_product(channels_last: bool) -> None:
    net = lowered(cyclic(8), channels_last)
    shared = {"merge": 4, "transpose": 1 if channels_last else 2, "einsum": 1, "split": 1, "convolution": 1, **BIAS}
    assert operations(net.child("conv1")) == shared
    assert operations(net.child("conv2")) == shared | {"take": 1}


def test_a_plain_convolution_is_a_convolution() -> None:
    for group in (None, cyclic(1)):
        net = lowered(group, False)
        assert operations(net.child("conv2")) == {"convolution": 1}
        assert operations(lowered(group, True).child("conv2")) == {"transpose": 1, "convolution": 1}
        assert net.child("conv2").parameters[0].shape == (5, 4, 3, 3)


@pytest.mark.parametrize("channels_last", [False, True])
def test_the_image_is_laid_out_once(channels_last: bool) -> None:
    net = lowered(cyclic(4), channels_last)
    assert operations(net) == {"transpose" if channels_last else "memory_format": 1, "call": 3}
    assert [child for child, _ in net.children] == ["conv1", "conv2", "norm2"]


def test_batch_norm_has_one_statistic_for_each_field() -> None:
    norm = lowered(cyclic(4), False).child("norm2")
    assert [state.shape for state in norm.state] == [(5,), (5,)]
    assert [parameter.shape for parameter in norm.parameters] == [(5,), (5,)]
    (node,) = (node for node in norm.method("forward_train").nodes if node.op == "batch_norm")
    assert (node.attributes["fields"], node.attributes["epsilon"]) == (5, 1e-5)
    assert [path for path, _ in norm.method("forward_train").updates] == ["mean", "variance"]
    assert operations(norm) == {"batch_norm_inference": 1}
