"""Equivariance of whole networks, in float64 through the interpreter, and mutants that must break it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from symdsl.check import spec
from symdsl.groups.families.catalogue import cyclic, dihedral
from symdsl.groups.group import Group
from symdsl.plan.constants import evaluate_constant
from symdsl.plan.nodes import Module, Table

GROUPS = {
    "C(1)": cyclic(1),
    "C(2)": cyclic(2),
    "C(4)": cyclic(4),
    "D(1)": dihedral(1),
    "D(2)": dihedral(2),
    "D(4)": dihedral(4),
}
TOLERANCE = 1e-12


def worst(network: Any, group: Group, method: str = "forward", *noise: Any) -> float:
    return max(network.error(element, method, *noise) for element in group.elements())


def varies(network: Any) -> bool:
    return bool(network.run(network.images()).std(axis=0).min() > 1e-3)


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("size", [14, 15])
@pytest.mark.parametrize("channels_last", [False, True])
def test_short_form(build_network: Callable[..., Any], name: str, size: int, channels_last: bool) -> None:
    group = GROUPS[name]
    network = build_network(group, (size, size), 2, layers=4, channels=3, channels_last=channels_last)
    assert varies(network)
    assert worst(network, group) < TOLERANCE
    assert worst(network, group, "forward_train") < TOLERANCE


@pytest.mark.parametrize("name", ["C(2)", "D(1)", "D(2)"])
def test_images_that_are_not_square(build_network: Callable[..., Any], name: str) -> None:
    network = build_network(GROUPS[name], (14, 18), layers=4, channels=3)
    assert varies(network)
    assert worst(network, GROUPS[name]) < TOLERANCE


@pytest.mark.parametrize("name", ["C(4)", "D(4)"])
def test_every_layer(build_network: Callable[..., Any], make_layer: Callable[..., Any], name: str) -> None:
    layers = (
        make_layer("conv", 3, k=4, padding=1, activation="tanh"),
        make_layer("average_pool", 2),
        make_layer("residual", 4, stride=2),
        make_layer("residual", 4),
        make_layer("batch_norm"),
        make_layer("activation", "elu"),
        make_layer("conv", 3, pool_rotations=True),
        make_layer("conv", 5, k=1, bias=False, norm=True),
        make_layer("pool", 2, stride=1, padding=1),
        make_layer("group_pool", "mean"),
        make_layer("space_pool", "mean"),
        make_layer("dense", 6, activation="tanh"),
        make_layer("dense", 10),
    )
    network = build_network(GROUPS[name], (19, 19), 2, layers=layers)
    assert varies(network)
    assert worst(network, GROUPS[name]) < TOLERANCE
    assert worst(network, GROUPS[name], "forward_train") < TOLERANCE


def test_image_to_image(build_network: Callable[..., Any], make_layer: Callable[..., Any]) -> None:
    target = spec.Field("y", "image", make_layer("conv", 1).span, own_shape=(2, 9, 9), channels=2)
    layers = (make_layer("conv", 3, padding="same"), make_layer("conv", 2, padding="same"))
    for channels_last in (False, True):
        network = build_network(GROUPS["D(4)"], (9, 9), target=target, layers=layers, channels_last=channels_last)
        assert network.run(network.images()).shape == (2, 2, 9, 9)
        assert worst(network, GROUPS["D(4)"]) < TOLERANCE


def test_layouts_agree(build_network: Callable[..., Any], make_layer: Callable[..., Any]) -> None:
    layers = (make_layer("conv", 3), make_layer("dropout", 0.4), make_layer("pool", 2), make_layer("conv", 10))
    for group in (None, cyclic(4), dihedral(3)):
        first, last = (build_network(group, (8, 8), 2, layers=layers, channels_last=choice) for choice in (False, True))
        assert {k: v.shape for k, v in first.parameters.items()} == {k: v.shape for k, v in last.parameters.items()}
        x = first.images()
        np.testing.assert_allclose(first.run(x), last.run(x), atol=1e-12)
        order = group.order if group else 1
        noise = np.random.default_rng(5).uniform(size=(2, 3 * order, 6, 6))
        np.testing.assert_allclose(
            first.run(x, "forward_train", noise), last.run(x, "forward_train", noise), atol=1e-12
        )


@pytest.mark.parametrize("group", [cyclic(8), dihedral(8), cyclic(12)], ids=str)
def test_finer_rotations_are_exact_on_quarter_turns_only(build_network: Callable[..., Any], group: Group) -> None:
    network = build_network(group, (14, 14), layers=3, channels=3)
    (exactness,) = network.model.network.exactness
    assert exactness.kind == "subgroup"
    assert len(exactness.elements) == (8 if group.name.startswith("D") else 4)
    assert varies(network)
    for index, element in enumerate(group.elements()):
        error = network.error(element)
        assert (error < 1e-10) == (index in exactness.elements), (index, error)


def test_uneven_stride_measurably_breaks_it(build_network: Callable[..., Any], make_layer: Callable[..., Any]) -> None:
    """Facts 1e: a 3x3 convolution with stride 2 and padding 1 is exact on 13 pixels and fails on 12."""
    layers = (make_layer("conv", 4, stride=2, padding=1), make_layer("conv", 10))
    exact = build_network(cyclic(4), (13, 13), layers=layers)
    broken = build_network(cyclic(4), (12, 12), layers=layers, exactness="approximate")
    assert worst(exact, cyclic(4)) < TOLERANCE
    assert worst(broken, cyclic(4)) > 1e-2
    assert broken.model.network.exactness[0].kind == "approximate"


def test_uneven_stride_keeps_the_diagonal_mirror(
    build_network: Callable[..., Any], make_layer: Callable[..., Any]
) -> None:
    layers = (make_layer("conv", 4, stride=2, padding=1), make_layer("conv", 10))
    network = build_network(dihedral(4), (12, 12), layers=layers, exactness="approximate")
    (exactness,) = network.model.network.exactness
    assert (exactness.kind, len(exactness.elements)) == ("subgroup", 2)
    errors = [network.error(element) for element in dihedral(4).elements()]
    assert [error < TOLERANCE for error in errors] == [index in exactness.elements for index in range(8)]


def _wrong_tap(module: Module) -> Module:
    """The filter bank with two taps of one element exchanged."""
    constants = []
    for constant in module.constants:
        table = evaluate_constant(constant).copy()
        table[1, 0, 0], table[1, 0, 1] = table[1, 0, 1].copy(), table[1, 0, 0].copy()
        constants.append(replace(constant, function=None, arguments=(), table=Table.from_array(table)))
    return replace(module, constants=tuple(constants))


def _unshifted(module: Module) -> Module:
    """The filters turned, but the group axis not shifted: each element reads the copies in the same order."""
    (constant,) = module.constants
    table = evaluate_constant(constant)
    kernel = table.shape[1]
    same = table % kernel**2 + kernel**2 * np.arange(table.shape[-1])
    return replace(module, constants=(replace(constant, function=None, arguments=(), table=Table.from_array(same)),))


def _per_channel_statistics(module: Module) -> Module:
    """Batch norm with a statistic for each channel in place of each field."""
    method = module.method("forward")
    (node,) = (each for each in method.nodes if each.op == "batch_norm_inference")
    channels = node.type.shape[0]
    nodes = tuple(
        replace(each, attributes=MappingProxyType({**each.attributes, "fields": channels}))
        if each is node
        else replace(each, types=(replace(each.type, shape=(channels,)),))
        if each.op in ("parameter", "state")
        else each
        for each in method.nodes
    )
    return replace(
        module,
        methods=(replace(method, nodes=nodes),),
        parameters=tuple(replace(each, shape=(channels,)) for each in module.parameters),
        state=tuple(replace(each, shape=(channels,)) for each in module.state),
    )


MUTANTS = {
    "lifting filters": ("conv1", _wrong_tap),
    "group filters": ("conv2", _wrong_tap),
    "group shift": ("conv2", _unshifted),
    "batch norm": ("norm2", _per_channel_statistics),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutants_fail(build_network: Callable[..., Any], mutate_network: Callable[..., Any], name: str) -> None:
    network = build_network(cyclic(4), (14, 14), layers=4, channels=3)
    child, mutation = MUTANTS[name]
    broken = mutate_network(network, child, mutation(network.module.child(child)))
    broken = replace(broken, module=replace(broken.module, methods=broken.module.methods[:1]))
    assert worst(broken, cyclic(4)) > 1e-3
