"""Field types, axes and data references become shapes."""

from __future__ import annotations

import pytest

import symdsl
from symdsl.session import Limits


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("x: image(channels = 3, size = [28, 30])", (3, 28, 30)),
        ("x: image(3, 28)", (3, 28, 28)),
        ("x: scalar", ()),
        ("x: scalar(4)", (4,)),
        ("x: vector(3)", (3,)),
        ("x: point(2) per 5", (5, 2)),
        ("x: tensor(2, 1) of 3", (3, 3, 3)),
        ("x: phase_space(dim = 1)", (2, 1)),
        ("x: phase_space(dim = 2) per bodies", (6, 2, 2)),
        ("x: vector(3) per bodies per 4", (6, 4, 3)),
        ("x: vector(3, bodies = 6) per 4", (6, 4, 3)),
        ("x: vector(3, particles = 2)", (2, 3)),
        ("x: scalar(width + 1)", (4,)),
    ],
)
def test_shapes(checked, line: str, shape: tuple[int, ...]) -> None:
    result = checked(f"axis bodies = 6\n{line}\ny: scalar", head="param width: int = 3")
    assert result.errors == ()
    assert result.model().fields["x"].shape == shape


def test_a_derivative_is_shaped_as_its_field(checked) -> None:
    model = checked("x: phase_space(dim = 2) per 3\ny: derivative(x)").model()
    derivative = model.fields["y"]
    assert derivative.shape == model.fields["x"].shape == (3, 2, 2)
    assert (derivative.kind, derivative.of, derivative.dimension) == ("derivative", "x", 2)


def test_facts_of_fields(checked) -> None:
    fields = checked("x: image(channels = 3, size = 8)\ny: label(classes = 10)").model().fields
    assert (fields["x"].channels, fields["y"].classes, fields["y"].shape) == (3, 10, ())


@pytest.mark.parametrize("kind", ["U(1)", "SU(2)"])
def test_links_are_typed_before_they_are_refused(checked, kind: str) -> None:
    result = checked(f"x: links(lattice = [8, 4], group = {kind})\ny: scalar")
    assert [error.code for error in result.errors] == ["SYM0317"]


@pytest.mark.parametrize(
    ("written", "path", "key"),
    [
        ("jets.npz:x1", "jets.npz", "x1"),
        ("jets.npz", "jets.npz", None),
        ("a/b/jets.npz:x", "a/b/jets.npz", "x"),
        ("digits(size = 28, rotated = true):images", "digits(size = 28, rotated = true)", "images"),
    ],
)
def test_data_references(checked, written: str, path: str, key: str | None) -> None:
    source = checked(f'x: vector(3) from "{written}"\ny: scalar').model().fields["x"].source
    assert (source.path, source.key) == (path, key)


def test_a_default_file_gives_each_field_its_name_as_key() -> None:
    text = 'model m { data from "jets.npz" { x: vector(3), y: scalar from ":target", z: scalar from "b.npz" }\n'
    result = symdsl.check(text + "predict y from x }")
    sources = {name: field.source for name, field in result.model().fields.items()}
    found = {name: (source.path, source.key) for name, source in sources.items() if source}
    assert found == {"x": ("jets.npz", "x"), "y": ("jets.npz", "target"), "z": ("b.npz", None)}


@pytest.mark.parametrize("path", ["../x.npz", "/x.npz", "a/../../x.npz", "C:/x.npz", "C:x.npz"])
def test_paths_outside_the_folder_need_leave(checked, path: str) -> None:
    text = f'x: vector(3) from "{path}:k"\ny: scalar'
    assert [error.code for error in checked(text).errors] == ["SYM0808"]
    assert checked(text, allow_paths=True).ok


def test_limits_come_before_allocation(checked) -> None:
    small = Limits(dimension=4, image_size=16, array_size=100, fields=2)
    assert [e.code for e in checked("x: vector(5)\ny: scalar", limits=small).errors] == ["SYM0702"]
    assert [e.code for e in checked("x: image(1, 17)\ny: scalar", limits=small).errors] == ["SYM0709"]
    assert [e.code for e in checked("x: vector(4) per 26\ny: scalar", limits=small).errors] == ["SYM0710"]
    assert [e.code for e in checked("x: scalar\ny: scalar\nz: scalar", limits=small).errors] == ["SYM0708"]
    assert checked("x: vector(4) per 25\ny: scalar", limits=small).ok
    (error,) = checked("x: vector(5)\ny: scalar", limits=small).errors
    assert "--limit-dimension 5" in (error.hint or "")


def test_a_fault_in_a_field_is_told_once(checked) -> None:
    body = "symmetry turn: O(3) {\nx: defining\n}\npredict y from x\nenforce turn by equivariant_mlp"
    result = checked("x: vector(3.5)\ny: scalar", body)
    assert [error.code for error in result.errors] == ["SYM0303"]
