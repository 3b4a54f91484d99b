"""A field in words, for messages and `info`."""

from __future__ import annotations

from symdsl.check.spec import Axis, Field


def field_text(field: Field) -> str:
    """`vector(3) per bodies`, `image(1, 28 x 28)`: the type of a field as a spec writes it."""
    own = field.own_shape
    match field.kind:
        case "image":
            text = f"image({field.channels}, {own[1]} x {own[2]})"
        case "label":
            text = f"label({field.classes})"
        case "scalar":
            text = f"scalar({own[0]})" if own else "scalar"
        case "angle":
            text = f"angle({own[0]})" if own else "angle"
        case "tensor":
            up, down = field.rank or (0, 0)
            text = f"tensor({up}, {down}) of {field.dimension}"
        case "derivative":
            return f"derivative({field.of})"
        case "index":
            text = f"index of {field.names or 'samples'}"
        case "count":
            text = f"number of {field.names}"
        case "links":
            text = f"links({field.group})"
        case _:
            text = f"{field.kind}({field.dimension})"
    rows = f" per {field.rows}" if field.rows else ""
    return text + rows + "".join(f" per {axis_text(axis)}" for axis in field.axes)


def with_article(kind: str) -> str:
    """`an image`, `a phase space`."""
    words = kind.replace("_", " ")
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def axis_text(axis: Axis) -> str:
    """The name of an axis, or the count of an anonymous one."""
    return axis.name or str(axis.size)
