"""What `symdsl check` says of group convolutions: sizes, places, hints, and how far a symmetry holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from symdsl.check import spec
from symdsl.check.declaration import Offer
from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.groups.families.catalogue import cyclic, dihedral, orthogonal, special_orthogonal
from symdsl.groups.group import Group
from symdsl.strategies.group_convolution.declaration import judge
from symdsl.strategies.group_convolution.walk import FeatureMap

Layer = Callable[..., Any]
Make = Callable[..., Offer]


@pytest.fixture
def image() -> spec.Field:
    return _image(28, 28)


def _image(height: int, width: int, channels: int = 1, name: str = "x") -> spec.Field:
    from symdsl.diagnostics.diagnostic import Span

    place = Span("test", 50, 1, 50, 2)
    return spec.Field(name, "image", place, own_shape=(channels, height, width), channels=channels)


def _label(field: spec.Field, classes: int = 10) -> spec.Field:
    return replace(field, name="y", kind="label", own_shape=(), channels=None, classes=classes)


def offer(make: Make, size: tuple[int, int], group: Group | None, **options: Any) -> Offer:
    x = _image(*size)
    return make(x, _label(x), group, **options)


def only(found: Offer) -> Diagnostic:
    (diagnostic,) = judge(found).diagnostics
    return diagnostic


def test_stride_names_the_sizes_that_work(make_offer: Make, make_layer: Layer) -> None:
    """The sizes of the e2cnn issue: a network with two strides of 2 is exact at 33, 37, 41 and not at 32."""
    layers = (
        make_layer("conv", 8, padding="same"),
        make_layer("residual", 16, stride=2, line=2),
        make_layer("residual", 32, stride=2, line=3),
        make_layer("conv", 10, k=1),
    )
    first, second = judge(offer(make_offer, (32, 32), dihedral(4), layers=layers)).diagnostics
    assert (first.code, first.severity, second.code) == ("SYM0601", "error", "SYM0601")
    assert "images of 33, 37, 41 pixels" in (first.hint or "")
    assert first.span is not None
    assert (first.span.line, first.span.column) == (2, 11)
    assert first.label == "1 pixel left over at the far end"
    for size in (33, 37, 41):
        assert not judge(offer(make_offer, (size, size), dihedral(4), layers=layers)).diagnostics


def test_odd_grid_under_pooling(make_offer: Make, make_layer: Layer) -> None:
    layers = (make_layer("conv", 10), make_layer("pool", 2, line=2), make_layer("conv", 10))
    found = only(offer(make_offer, (29, 29), cyclic(4), layers=layers))
    assert found.code == "SYM0605"
    assert found.span is not None
    assert (found.span.line, found.span.column) == (2, 10)
    assert "30, 32, 34" in (found.hint or "")


def test_sizes_below_when_none_fits_above(make_offer: Make, make_layer: Layer) -> None:
    layers = (make_layer("conv", 10, k=1), make_layer("conv", 10, k=1, stride=400))
    found = only(offer(make_offer, (100, 100), cyclic(4), layers=layers))
    assert "images of 1 pixels" in (found.hint or "")


def test_plain_network_may_stride_as_it_likes(make_offer: Make, make_layer: Layer) -> None:
    layers = (make_layer("conv", 8, stride=2, padding=1), make_layer("pool", 3), make_layer("conv", 10))
    verdict = judge(offer(make_offer, (32, 32), None, layers=layers))
    assert (verdict.diagnostics, verdict.exactness) == ((), ())


def test_a_mirror_needs_only_its_own_axis(make_offer: Make, make_layer: Layer) -> None:
    """D(1) flips columns: rows may be left over, columns may not."""
    layers = (make_layer("conv", 4, k=1), make_layer("pool", 2), make_layer("conv", 10, k=1))
    assert not judge(offer(make_offer, (9, 8), dihedral(1), layers=layers)).diagnostics
    assert only(offer(make_offer, (8, 9), dihedral(1), layers=layers)).code == "SYM0605"


@pytest.mark.parametrize(("group", "allowed"), [(cyclic(4), "C(2)"), (dihedral(4), "D(2)"), (cyclic(8), "C(2)")])
def test_quarter_turns_need_square_images(make_offer: Make, group: Group, allowed: str) -> None:
    found = only(offer(make_offer, (28, 32), group))
    assert found.code == "SYM0609"
    assert "28 x 28" in (found.hint or "")
    assert allowed in (found.hint or "")


@pytest.mark.parametrize("group", [cyclic(2), dihedral(2), dihedral(1), cyclic(1)], ids=str)
def test_others_do_not(make_offer: Make, group: Group) -> None:
    verdict = judge(offer(make_offer, (28, 32), group))
    assert not verdict.diagnostics
    assert verdict.exactness[0].kind == "exact"


@pytest.mark.parametrize(("group", "named"), [(special_orthogonal(2), "C(8)"), (orthogonal(2), "D(8)")])
def test_continuous_groups_are_refused_by_name(make_offer: Make, group: Group, named: str) -> None:
    found = only(offer(make_offer, (28, 28), group))
    assert found.code == "SYM0505"
    assert named in (found.hint or "")


@pytest.mark.parametrize(
    ("group", "kind", "detail"),
    [
        (cyclic(4), "exact", "pixels to pixels"),
        (cyclic(8), "subgroup", "exact on C(4)"),
        (dihedral(8), "subgroup", "exact on D(4)"),
        (cyclic(6), "subgroup", "exact on C(2)"),
        (dihedral(3), "subgroup", "exact on D(1)"),
        (cyclic(3), "approximate", "bilinearly"),
    ],
)
def test_exactness(make_offer: Make, group: Group, kind: str, detail: str) -> None:
    (exactness,) = judge(offer(make_offer, (28, 28), group)).exactness
    assert exactness.kind == kind
    assert detail in exactness.detail


def test_approximate_turns_errors_into_warnings(make_offer: Make, make_layer: Layer) -> None:
    layers = (make_layer("conv", 8, stride=2, padding=1), make_layer("flatten_group"), make_layer("conv", 10, k=1))
    refused = judge(offer(make_offer, (32, 32), cyclic(4), layers=layers)).diagnostics
    verdict = judge(offer(make_offer, (32, 32), cyclic(4), layers=layers, exactness="approximate"))
    assert [each.severity for each in refused] == ["error", "error"]
    assert [(each.code, each.severity) for each in verdict.diagnostics] == [
        ("SYM0601", "warning"),
        ("SYM0607", "warning"),
    ]
    assert "images of 33, 35, 37 pixels" in (verdict.diagnostics[0].hint or "")
    assert verdict.exactness[0].kind == "none"


def test_approximate_does_not_excuse_what_cannot_be_built(make_offer: Make, make_layer: Layer) -> None:
    layers = (make_layer("conv", 8, k=40), make_layer("conv", 10))
    found = only(offer(make_offer, (28, 28), cyclic(4), layers=layers, exactness="approximate"))
    assert (found.code, found.severity) == ("SYM0602", "error")
    assert "42, 43, 44" in (found.hint or "")


BAD_LISTS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "unknown layer": ("SYM0501", [("cnov", 10)]),
    "fields of 0": ("SYM0502", [("conv", 0)]),
    "half a pixel": ("SYM0501", [("conv", 10, 2.5)]),
    "a word for a number": ("SYM0501", [("conv", "red")]),
    "a switch for a number": ("SYM0501", [("conv", True)]),
    "no fields": ("SYM0503", [("conv",)]),
    "one too many": ("SYM0501", [("group_pool", "max", 2)]),
    "certain dropout": ("SYM0502", [("dropout", 1.0), ("conv", 10)]),
    "even kernel, same size": ("SYM0603", [("conv", 10, 4, 1, "same")]),
    "wide padding": ("SYM0604", [("conv", 10), ("pool", 2, 1, 2), ("conv", 10)]),
    "two group pools": ("SYM0514", [("conv", 10), ("group_pool",), ("group_pool",)]),
    "group pool before lifting": ("SYM0514", [("group_pool",), ("conv", 10)]),
    "convolution after space": ("SYM0514", [("conv", 10), ("space_pool",), ("conv", 10)]),
    "norm after space": ("SYM0514", [("conv", 10), ("space_pool",), ("batch_norm",)]),
    "dense on a map": ("SYM0514", [("conv", 10), ("dense", 10)]),
    "dense on a group axis": ("SYM0514", [("conv", 10), ("space_pool",), ("dense", 10)]),
    "wrong width": ("SYM0515", [("conv", 10), ("conv", 7)]),
    "wrong dense width": ("SYM0515", [("conv", 4), ("group_pool",), ("space_pool",), ("dense", 7)]),
    "enormous bank": ("SYM0704", [("conv", 10_000), ("conv", 10_000), ("conv", 10)]),
    "no layers": ("SYM0502", []),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_bad_lists(make_offer: Make, make_layer: Layer, name: str) -> None:
    code, calls = BAD_LISTS[name]
    layers = tuple(make_layer(*call, line=index) for index, call in enumerate(calls, start=1))
    found = only(offer(make_offer, (28, 28), cyclic(4), layers=layers))
    assert (found.code, found.severity) == (code, "error")
    assert found.span is not None
    assert found.label or found.hint


def test_unknown_and_repeated_arguments(make_offer: Make, make_layer: Layer) -> None:
    layers = (make_layer("conv", 10, kernal=3), make_layer("conv", 10, fields=3, line=2))
    first, second = judge(offer(make_offer, (28, 28), cyclic(4), layers=layers)).diagnostics
    assert (first.code, first.hint) == ("SYM0501", "did you mean `k`?")
    assert second.code == "SYM0504"


def test_short_options_with_a_list(make_offer: Make, make_layer: Layer) -> None:
    layers = (make_layer("conv", 10),)
    where = make_layer("conv", 10, line=7).span
    found = only(offer(make_offer, (28, 28), cyclic(4), layers=layers, channels=4, spans={"channels": where}))
    assert (found.code, found.span) == ("SYM0513", where)


def test_fields_that_it_cannot_serve(make_offer: Make) -> None:
    x = _image(28, 28)
    vector = replace(x, kind="vector", own_shape=(3,), channels=None, dimension=3)
    two = make_offer(x, _label(x), cyclic(4))
    assert only(make_offer(vector, _label(x), None)).code == "SYM0506"
    assert only(replace(two, inputs=(x, _image(28, 28, name="z")))).code == "SYM0506"
    assert only(replace(two, targets=(_label(x), _label(x)))).code == "SYM0506"


def test_two_symmetries(make_offer: Make) -> None:
    found = offer(make_offer, (28, 28), cyclic(4))
    both = (*found.symmetries, replace(found.symmetries[0], name="turn"))
    assert only(replace(found, symmetries=both)).code == "SYM0510"


def test_facts_write_the_short_form_out(make_offer: Make) -> None:
    facts = judge(offer(make_offer, (28, 28), cyclic(4))).facts
    assert [fact.split()[1:3] for fact in facts[:3]] == [["conv(10):", "1"], ["conv(10):", "10"], ["pool(2):", "10"]]
    assert facts[0].endswith("1 x 28 x 28 -> 10 x 4 x 26 x 26")
    assert facts[-1] == "24,680 parameters"


def test_text_of_feature_maps() -> None:
    assert FeatureMap((3, 4), 5, 8).text == "5 x 8 x 3 x 4"
    assert FeatureMap(None, 5).text == "5"
