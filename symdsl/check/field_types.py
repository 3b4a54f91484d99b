"""The field types of the language, one function a type: its arguments become the shape of one sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from symdsl.check.arguments import Signature, bind
from symdsl.check.evaluate import Evaluator
from symdsl.check.field_text import with_article
from symdsl.check.spec import AngleFeatures, Field, FieldKind
from symdsl.syntax import ast

SIGNATURES: Mapping[str, Signature] = {
    "image": Signature(("channels", "size"), 2, "image(channels = 1, size = [28, 28])"),
    "label": Signature(("classes",), 1, "label(classes = 10)"),
    "scalar": Signature(("size",), 0, "scalar(3)"),
    "angle": Signature(("size", "features"), 0, "angle, angle(2)"),
    "vector": Signature(("dim",), 1, "vector(3)"),
    "point": Signature(("dim",), 1, "point(3)"),
    "tensor": Signature(("up", "down"), 2, "tensor(2, 0) of 3"),
    "phase_space": Signature(("dim",), 1, "phase_space(dim = 1)"),
    "derivative": Signature(("field",), 1, "derivative(z)"),
    "links": Signature(("lattice", "group"), 2, "links(lattice = [8, 8], group = U(1))"),
}

Bound = Mapping[str, ast.Expression]
MAXIMUM_TENSOR_RANK = 8


@dataclass(frozen=True)
class TypeContext:
    """What a field type may look at: the constants, the fields declared so far, and the type as it was written."""

    evaluator: Evaluator
    fields: Mapping[str, Field]
    written: ast.FieldType

    def dimension(self, expression: ast.Expression, what: str) -> int | None:
        """A dimension from 1 up, within the limit."""
        value = self.evaluator.integer(expression, what, minimum=1)
        if value is None or self.evaluator.reporter.over_limit("dimension", value, expression.span):
            return None
        return value


def type_facts(kind: FieldKind, context: TypeContext, arguments: list[ast.Argument]) -> dict[str, Any] | None:
    """The facts of `Field` that the arguments of a type fix; None where a fault was reported."""
    bound = bind(kind, arguments, SIGNATURES[kind], context.written.name.span, context.evaluator.reporter)
    if bound is None:
        return None
    if kind != "tensor" and context.written.of is not None:
        context.evaluator.reporter.error(
            "SYM0302", f"`{kind}` has no `of`", context.written.of.span, "only a tensor has one",
            hint=f"write `{SIGNATURES[kind].example}`",
        )  # fmt: skip
        return None
    return _FACTS[kind](context, bound)


def _image(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    channels = context.dimension(bound["channels"], "the number of channels")
    size = context.evaluator.integers(bound["size"], "the size of an image", 1)
    if channels is None or size is None:
        return None
    if len(size) == 1:
        size = [size[0], size[0]]
    if len(size) != 2:
        context.evaluator.reporter.error(
            "SYM0303", "an image has a height and a width", bound["size"].span, f"{len(size)} numbers",
            hint="write size = [28, 28]",
        )  # fmt: skip
        return None
    if context.evaluator.reporter.over_limit("image_size", max(size), bound["size"].span):
        return None
    return {"own_shape": (channels, *size), "channels": channels}


def _label(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    classes = context.evaluator.integer(bound["classes"], "the number of classes", minimum=2)
    if classes is None or context.evaluator.reporter.over_limit("array_size", classes, bound["classes"].span):
        return None
    return {"own_shape": (), "classes": classes}


def _scalar(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    if "size" not in bound:
        return {"own_shape": ()}
    size = context.evaluator.integer(bound["size"], "the number of scalars", minimum=1)
    return None if size is None else {"own_shape": (size,)}


def _angle(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    own: tuple[int, ...] = ()
    if "size" in bound:
        size = context.evaluator.integer(bound["size"], "the number of angles", minimum=1)
        if size is None:
            return None
        own = (size,)
    written, features = bound.get("features"), get_args(AngleFeatures)
    if written is None:
        return {"own_shape": own, "features": features[0]}
    if not isinstance(written, ast.Name) or written.text not in features:
        context.evaluator.reporter.error(
            "SYM0303", "networks do not see an angle like this", written.span, "not one of these",
            notes=("periodic is cosine and sine; wrapped is the angle itself, cut at pi",),
            hint="write features = periodic, or features = wrapped",
        )  # fmt: skip
        return None
    return {"own_shape": own, "features": written.text}


def _vector(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    dimension = context.dimension(bound["dim"], f"the dimension of a {context.written.name.text}")
    return None if dimension is None else {"own_shape": (dimension,), "dimension": dimension}


def _tensor(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    evaluator, of = context.evaluator, context.written.of
    rank = [evaluator.integer(bound[side], "the rank of a tensor", minimum=0) for side in ("up", "down")]
    if of is None:
        evaluator.reporter.error(
            "SYM0301", "this tensor does not say of which space", context.written.span, "`of` is missing",
            hint="write for example `tensor(2, 0) of 3`",
        )  # fmt: skip
        return None
    dimension = context.dimension(of, "the dimension after `of`")
    up, down = rank
    if up is None or down is None or dimension is None:
        return None
    if not 1 <= up + down <= MAXIMUM_TENSOR_RANK:
        evaluator.reporter.error(
            "SYM0304", f"a tensor of rank {up + down}", context.written.name.span,
            f"the two numbers must add up to 1..{MAXIMUM_TENSOR_RANK}",
            hint="rank 0 is `scalar`" if up + down == 0 else "give contractions of it, such as tensor(2, 0)",
        )  # fmt: skip
        return None
    return {"own_shape": (dimension,) * (up + down), "dimension": dimension, "rank": (up, down)}


def _phase_space(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    dimension = context.dimension(bound["dim"], "the dimension of a phase space")
    return None if dimension is None else {"own_shape": (2, dimension), "dimension": dimension}


def _derivative(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    reporter, expression = context.evaluator.reporter, bound["field"]
    differentiable = [name for name, field in context.fields.items() if field.kind != "label"]
    if not isinstance(expression, ast.Name):
        reporter.error(
            "SYM0303", "`derivative` takes the name of a field", expression.span, hint="write `dz: derivative(z)`"
        )
        return None
    base = context.fields.get(expression.text)
    if base is None:
        reporter.unknown(
            "SYM0201", "field", expression.text, expression.span, differentiable,
            none=f"declare `{expression.text}` above its derivative",
        )  # fmt: skip
        return None
    if base.name not in differentiable or base.kind == "links":
        reporter.error(
            "SYM0310", f"`{base.name}` is {with_article(base.kind)} and has no derivative", expression.span,
            "cannot change smoothly",
            hint="take the derivative of a phase space, point, vector, tensor, scalar, angle or image",
        )  # fmt: skip
        return None
    if context.written.per:
        reporter.error(
            "SYM0302", "a derivative has no `per` of its own", context.written.per[0].span,
            f"it has the axes of `{base.name}`", hint="leave `per` out",
        )  # fmt: skip
        return None
    return {
        "own_shape": base.own_shape,
        "dimension": base.dimension,
        "channels": base.channels,
        "rank": base.rank,
        "of": base.name,
        "axes": base.axes,
        "rows": base.rows,
        "varying": base.varying,
        "over_time": base.over_time,
    }


def _links(context: TypeContext, bound: Bound) -> dict[str, Any] | None:
    evaluator, group = context.evaluator, bound["group"]
    lattice = evaluator.integers(bound["lattice"], "the size of a lattice", 2)
    family = group.function.text if isinstance(group, ast.Call) and len(group.arguments) == 1 else None
    if not isinstance(group, ast.Call) or family not in ("U", "SU"):
        evaluator.reporter.error(
            "SYM0404", "links hold elements of U(1) or SU(N)", group.span, "not one of these",
            hint="write group = U(1), or group = SU(3)",
        )  # fmt: skip
        return None
    size = context.dimension(group.arguments[0].value, f"N of {family}(N)")
    if lattice is None or size is None:
        return None
    if (family == "U") != (size == 1):
        evaluator.reporter.error(
            "SYM0405", f"links of {family}({size})", group.span, "links hold U(1), or SU(N) with N from 2 up",
            hint="write group = U(1), or group = SU(2)",
        )  # fmt: skip
        return None
    own = (len(lattice), *lattice) if family == "U" else (len(lattice), *lattice, size, size, 2)
    return {"own_shape": own, "group": f"{family}({size})"}


_FACTS: Mapping[str, Callable[[TypeContext, Bound], dict[str, Any] | None]] = {
    "image": _image,
    "label": _label,
    "scalar": _scalar,
    "angle": _angle,
    "vector": _vector,
    "point": _vector,
    "tensor": _tensor,
    "phase_space": _phase_space,
    "derivative": _derivative,
    "links": _links,
}
