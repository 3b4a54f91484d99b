"""One table of cases for every operation of the plan: the interpreter, torch and jax are tested on the same rows.

A `Case` has the operation's name, its operands (`types[k]` and `arrays[k]`: float64, int64 or bool; a batched
operand has a leading batch axis of BATCH), canonical or canonicalisable `attributes`, and what may be tested on it:
`smooth` (twice differentiable at these operands) and `moving` (operand positions with a derivative).
`make_module(case)` is a plan module whose method "forward" has the arguments x0, x1, ... and the outputs y0, ...
Rows of operations whose result is not unique (eigenvectors) have `unique=False`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, DType, Module

BATCH = 3
ROWS = {"": BATCH, "nodes": 5, "edges": 7}


@dataclass(frozen=True)
class Operand:
    """What an operand of a row is: shape of one sample, batched or not, and how its numbers are drawn."""

    shape: tuple[int, ...]
    batched: bool = True
    kind: str = "normal"  # normal, positive, unit, noise, gram, regular, boolean, ties, values; or "below N"
    values: tuple[float, ...] = ()
    rows: str = ""

    @property
    def type(self) -> ArrayType:
        dtype: DType = "real"
        if self.kind.startswith("below"):
            dtype = "integer"
        elif self.kind == "boolean":
            dtype = "boolean"
        return ArrayType(self.shape, dtype, self.batched, self.rows)

    def draw(self, generator: np.random.Generator) -> NDArray[Any]:
        shape = (ROWS[self.rows], *self.shape) if self.batched else self.shape
        if self.kind.startswith("below"):
            return generator.integers(0, int(self.kind.split()[1]), shape)
        if self.kind == "boolean":
            return generator.integers(0, 2, shape).astype(bool)
        if self.kind == "ties":
            return generator.integers(-1, 2, shape).astype(np.float64)
        if self.kind == "values":
            return np.resize(np.asarray(self.values), shape)
        if self.kind in ("unit", "noise"):
            return generator.uniform(-0.9 if self.kind == "unit" else 0.0, 0.9 if self.kind == "unit" else 1.0, shape)
        normal = generator.standard_normal(shape)
        if self.kind == "positive":
            return np.abs(normal) + 0.5
        if self.kind == "gram":
            return normal @ np.swapaxes(normal, -1, -2) + 2.0 * np.eye(shape[-1])
        if self.kind == "regular":
            return normal + 3.0 * np.eye(shape[-2], shape[-1])
        # Away from 0, where piecewise functions bend.
        return normal + 0.1 * np.sign(normal)


@dataclass(frozen=True)
class Case:
    """A row of the table."""

    name: str
    operation: str
    types: tuple[ArrayType, ...]
    arrays: tuple[NDArray[Any], ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    smooth: bool = True
    moving: tuple[int, ...] = ()
    unique: bool = True


def make_module(case: Case) -> Module:
    """A module whose `forward` applies the operation to its arguments."""
    builder = MethodBuilder("forward")
    operands = [builder.argument(f"x{k}", type) for k, type in enumerate(case.types)]
    for k, result in enumerate(builder.add_many(case.operation, *operands, **case.attributes)):
        builder.output(f"y{k}", result)
    return Module("Row", "", (builder.build(),))


def result_batch(case: Case) -> int:
    """How many samples, or rows, a batched result has."""
    if case.operation in ("take_rows", "sum_rows", "max_rows"):
        return ROWS[case.types[-1].rows]
    if case.operation == "batch_concatenate":
        return BATCH * len(case.types)
    return BATCH // case.attributes["parts"] if case.operation == "batch_part" else BATCH


def _case(
    label: str,
    operation: str,
    *operands: Operand,
    smooth: bool = True,
    moving: tuple[int, ...] | None = None,
    unique: bool = True,
    **attributes: Any,
) -> Case:
    name = f"{operation}-{label}" if label else operation
    generator = np.random.default_rng(list(name.encode()))
    arrays = tuple(operand.draw(generator) for operand in operands)
    real = tuple(k for k, operand in enumerate(operands) if operand.type.dtype == "real")
    types = tuple(operand.type for operand in operands)
    return Case(name, operation, types, arrays, attributes, smooth, real if moving is None else moving, unique)


def _real(*shape: int, free: bool = False, kind: str = "normal") -> Operand:
    return Operand(shape, not free, kind)


def _index(bound: int, *shape: int, free: bool = True) -> Operand:
    return Operand(shape, not free, f"below {bound}")


def _points(*values: float) -> Operand:
    return Operand((len(values),), False, "values", values)


def _unary() -> list[Case]:
    names = ["negate", "exp", "square", "sin", "cos", "erf", "tanh", "sigmoid", "softplus", "silu", "gelu"]
    rows = [_case("", name, _real(3, 2)) for name in names]
    rows += [_case("free", name, _real(4, free=True)) for name in ("tanh", "exp")]
    rows += [_case("", name, _real(3, 2, kind="positive")) for name in ("log", "sqrt", "reciprocal")]
    rows += [_case("", name, _real(3, 2), smooth=False) for name in ("absolute", "relu", "elu")]
    rows += [_case("", name, _real(3, 2), smooth=False, moving=()) for name in ("sign", "step", "floor")]
    bends = ("sign", "step", "relu")
    rows += [_case("at zero", name, _points(-1.0, 0.0, 1.0), smooth=False, moving=()) for name in bends]
    rows += [
        _case("alpha", "elu", _real(3), smooth=False, alpha=0.7),
        _case("large", "softplus", _points(-800.0, -30.0, 20.5, 30.0, 800.0), moving=()),
        _case("large", "sigmoid", _points(-800.0, -30.0, 30.0, 800.0), moving=()),
        _case("", "acos", _real(4, kind="unit")),
        _case("outside", "acos", _points(-1.5, -1.0, 1.0, 1.5), smooth=False, moving=()),
        _case("half", "power", _real(3, kind="positive"), exponent=0.5),
        _case("cube", "power", _real(3), exponent=3),
        _case("inverse", "power", _real(3, kind="positive"), exponent=-1.5),
        _case("", "stop_gradient", _real(3), moving=()),
        _case("to integer", "cast", _real(3), moving=(), dtype="integer"),
        _case("from boolean", "cast", Operand((4,), True, "boolean"), moving=(), dtype="real"),
        _case("", "logical_not", Operand((4,), True, "boolean"), moving=()),
    ]
    return rows


def _binary() -> list[Case]:
    rows = []
    for name in ("add", "subtract", "multiply", "maximum", "minimum", "atan2", "tanh_slope"):
        smooth = name not in ("maximum", "minimum")
        rows += [
            _case("", name, _real(3, 2), _real(3, 2), smooth=smooth),
            _case("stretched", name, _real(3, 1), _real(1, 2), smooth=smooth),
            _case("mixed", name, _real(3, 2), _real(1, 2, free=True), smooth=smooth),
            _case("scalar", name, _real(free=True), _real(3), smooth=smooth),
        ]
    rows += [
        _case("", "divide", _real(3), _real(3, kind="positive")),
        _case("mixed", "divide", _real(3), _real(3, free=True, kind="positive")),
        _case("scalar", "divide", _real(free=True), _real(3, kind="positive")),
        _case("origin", "atan2", _points(0.0, 0.0, 1.0), _points(0.0, 1.0, 0.0), moving=()),
        _case("scalars", "multiply", _real(), _real()),
    ]
    for name in ("less", "less_equal", "equal"):
        rows += [
            _case("", name, _real(6, kind="ties"), _real(6, kind="ties"), smooth=False, moving=()),
            _case("integers", name, _index(3, 6, free=False), _index(3, 6), smooth=False, moving=()),
        ]
    rows.append(_case("", "logical_and", Operand((6,), True, "boolean"), Operand((6,), False, "boolean"), moving=()))
    rows.append(_case("integers", "add", _index(3, 6, free=False), _index(3, 6), moving=()))
    return rows


def _choice() -> list[Case]:
    return [
        _case("", "where", Operand((3, 2), True, "boolean"), _real(3, 2), _real(3, 2)),
        _case("mixed", "where", Operand((3, 1), False, "boolean"), _real(1, 2), _real(free=True)),
        _case("", "full", shape=(2, 3), value=1.5),
        _case("", "full_like", _real(2, 3), moving=(), value=-2.0),
        _case("", "one_hot", _index(4, 2, 3, free=False), moving=(), classes=4),
        _case("outside", "one_hot", _index(6, 8), moving=(), classes=4),
    ]


def _shape() -> list[Case]:
    return [
        _case("", "transpose", _real(2, 3, 4), permutation=(2, 0, 1)),
        _case("free", "transpose", _real(2, 3, free=True), permutation=(1, 0)),
        _case("", "merge", _real(2, 3, 4), axis=1, count=2),
        _case("one", "merge", _real(2, 3), axis=0, count=1),
        _case("", "split", _real(2, 6), axis=1, sizes=(3, 2)),
        _case("", "expand", _real(2, 3), axis=2),
        _case("scalar", "expand", _real(), axis=0),
        _case("", "squeeze", _real(2, 1, 3), axis=1),
        _case("", "broadcast", _real(2, 1, 3), shape=(2, 4, 3)),
        _case("scalar", "broadcast", _real(), shape=(2, 3)),
        _case("free", "broadcast", _real(1, 3, free=True), shape=(2, 3)),
        _case("", "memory_format", _real(2, 4, 4), format="channels_last"),
        _case("", "slice", _real(3, 7), axis=1, start=2, stop=6),
        _case("step", "slice", _real(8, 2), axis=0, start=1, stop=8, step=3),
        _case("empty", "slice", _real(3), axis=0, start=1, stop=1),
        _case("", "pad", _real(2, 3), low=(1, 0), high=(0, 2)),
        _case("value", "pad", _real(2), low=(1,), high=(2,), value=-1.5),
        _case("", "concatenate", _real(2, 3), _real(2, 1), _real(2, 2), axis=1),
        _case("mixed", "concatenate", _real(2), _real(3, free=True), axis=0),
        _case("", "stack", _real(2, 3), _real(2, 3), axis=1),
        _case("mixed", "stack", _real(free=True), _real(), axis=0),
        _case("", "flip", _real(2, 3, 4), axes=(0, 2)),
        _case("", "roll", _real(2, 5), axis=1, shift=2),
        _case("back", "roll", _real(5, free=True), axis=0, shift=-7),
    ]


def _index_rows() -> list[Case]:
    return [
        _case("", "take", _real(2, 5), _index(5, 4), axis=1),
        _case("table", "take", _real(3, 6, free=True), _index(6, 2, 4), axis=1),
        _case("samples", "take", _real(5, 2), _index(5, 3, free=False), axis=0),
        _case("embedding", "take", _real(5, 2, free=True), _index(5, free=False), axis=0),
        _case("", "put", _real(2, 4), _index(5, 4), axis=1, size=5),
        _case("table", "put", _real(3, 2, 4, free=True), _index(6, 2, 4), axis=1, size=6),
        _case("samples", "put", _real(3, 2), _index(5, 3, free=False), axis=0, size=5),
        _case("", "argsort", _real(5, 2), moving=(), axis=0),
        _case("ties", "argsort", _real(2, 9, kind="ties"), moving=(), axis=1),
        _case("", "segment_sum", _real(6, 2), _index(4, 6), axis=0, count=4),
        _case("free", "segment_sum", _real(2, 6, free=True), _index(7, 6), axis=1, count=7),
        _case("", "segment_max", _real(6, 2), _index(4, 6), smooth=False, axis=0, count=4),
        _case("free", "segment_max", _real(2, 6, free=True), _index(7, 6), smooth=False, axis=1, count=7),
        _case("ties", "segment_max", _real(8, kind="ties"), _index(3, 8), smooth=False, moving=(), axis=0, count=3),
        _case("", "batch_sum", _real(2, 3)),
        _case("", "batch_mean", _real(2, 3)),
        _case("", "batch_broadcast", _real(2, 3, free=True), _real(4), moving=(0,)),
        _case("", "batch_concatenate", _real(2, 3), _real(2, 3), _real(2, 3)),
        _case("numbers", "batch_concatenate", _real(), _real()),
        _case("", "batch_part", _real(2, 3), index=1, parts=BATCH),
    ]


def _rows() -> list[Case]:
    senders, graphs = Operand((), True, "below 5", rows="edges"), Operand((), True, "below 3", rows="nodes")
    nodes, edges = Operand((2,), rows="nodes"), Operand((2, 3), rows="edges")
    ties = Operand((3,), True, "ties", rows="edges")
    return [
        _case("", "take_rows", nodes, senders),
        _case("samples", "take_rows", _real(), graphs),
        _case("integers", "take_rows", Operand((), True, "below 3", rows="nodes"), senders, moving=()),
        _case("", "sum_rows", edges, senders, nodes, moving=(0,)),
        _case("samples", "sum_rows", nodes, graphs, _real(4), moving=(0,)),
        _case("", "max_rows", edges, senders, nodes, smooth=False, moving=(0,)),
        _case("ties", "max_rows", ties, senders, nodes, smooth=False, moving=()),
    ]


def _contraction() -> list[Case]:
    return [
        _case("", "einsum", _real(3), _real(4, 3, free=True), subscripts="i,oi->o"),
        _case("batched", "einsum", _real(2, 3), _real(3, 4), subscripts="ij,jk->ik"),
        _case("outer", "einsum", _real(2), _real(3), subscripts="a,b->ab"),
        _case("three", "einsum", _real(2), _real(3), _real(4, 2, 3, free=True), subscripts="i,j,oij->o"),
        _case("one", "einsum", _real(2, 3, 4), subscripts="abc->ca"),
        _case("summed", "einsum", _real(2, 3), _real(3, 5), subscripts="ij,jk->i"),
        _case("diagonal", "einsum", _real(3, 3), subscripts="ii->i"),
        _case("trace", "einsum", _real(3, 2, 3), _real(2, free=True), subscripts="iji,j->"),
        _case("free", "einsum", _real(2, 3, free=True), _real(3, free=True), subscripts="ij,j->i"),
        _case("many", "einsum", _real(2, 2, free=True), _real(2, 2), _real(2, 2), subscripts="ab,bc,cd->ad"),
        _case("", "linear", _real(3), _real(4, 3, free=True), _real(4, free=True)),
        _case("plain", "linear", _real(2, 3), _real(4, 3, free=True)),
        _case("deep", "linear", _real(2, 5, 3), _real(4, 3, free=True), _real(4, free=True)),
        _case("free", "linear", _real(3, free=True), _real(4, 3, free=True), _real(4, free=True)),
    ]


def _convolution() -> list[Case]:
    last = {"layout": "channels_last"}
    bent = {"stride": (2, 1), "padding": (1, 2)}
    image, weight = _real(2, 6, 5), _real(3, 2, 3, 2, free=True)
    return [
        _case("", "convolution", image, weight, _real(3, free=True)),
        _case("bent", "convolution", image, weight, **bent),
        _case("last", "convolution", _real(6, 5, 2), _real(3, 2, 2, 3, free=True), _real(3, free=True), **last, **bent),
        _case("leftover", "convolution", _real(1, 6, 6), _real(2, 1, 3, 3, free=True), stride=2),
        _case("", "convolution_input", _real(3, 4, 4), weight, size=(6, 5)),
        _case("bent", "convolution_input", _real(3, 3, 8), weight, size=(6, 5), **bent),
        _case("last", "convolution_input", _real(3, 8, 3), _real(3, 2, 2, 3, free=True), size=(6, 5), **last, **bent),
        _case("", "convolution_weight", image, _real(3, 4, 4), size=(3, 2)),
        _case("bent", "convolution_weight", image, _real(3, 3, 8), size=(3, 2), **bent),
        _case("last", "convolution_weight", _real(6, 5, 2), _real(3, 8, 3), size=(3, 2), **last, **bent),
    ]


def _reduction() -> list[Case]:
    rows = []
    for name in ("sum", "mean", "logsumexp", "norm", "max", "min"):
        smooth = name not in ("max", "min")
        rows += [
            _case("", name, _real(2, 3, 4), smooth=smooth, axes=(0, 2)),
            _case("all", name, _real(2, 3, free=True), smooth=smooth, axes=(0, 1)),
        ]
    rows += [
        _case("ties", "max", _real(5, kind="ties"), smooth=False, moving=(), axes=0),
        _case("ties", "min", _real(5, kind="ties"), smooth=False, moving=(), axes=0),
        _case("zero", "norm", Operand((3, 2), True, "values", (0.0, 0.0, 1.0, 0.0, 2.0, 1.0)), moving=(), axes=(1,)),
        _case("", "argmax", _real(3, 4), moving=(), axis=1),
        _case("ties", "argmax", _real(6, kind="ties"), smooth=False, moving=(), axis=0),
        _case("large", "logsumexp", _points(1000.0, 1001.0), moving=(), axes=0),
    ]
    return rows


def _normalisation() -> list[Case]:
    fields = [_real(2, free=True), _real(2, free=True)]
    statistics = [_real(2, free=True), _real(2, free=True, kind="positive")]
    return [
        _case("", "softmax", _real(2, 4), axis=1),
        _case("first", "softmax", _real(4, 2, free=True), axis=0),
        _case("", "log_softmax", _real(2, 4), axis=1),
        _case("", "dropout", _real(3, 4), _real(3, 4, kind="noise"), moving=(0,), rate=0.4),
        _case("", "layer_norm", _real(2, 4), _real(4, free=True), _real(4, free=True), axes=(1,)),
        _case("two", "layer_norm", _real(3, 2, 4), _real(3, 4, free=True), _real(3, 4, free=True), axes=(0, 2)),
        _case("", "batch_norm", _real(6, 3, 2), *fields, fields=2),
        _case("last", "batch_norm", _real(3, 2, 4), *fields, fields=2, layout="channels_last", epsilon=1e-3),
        _case("vector", "batch_norm", _real(2), *fields, fields=2),
        _case("", "batch_norm_inference", _real(6, 3, 2), *statistics, *fields, fields=2),
        _case("last", "batch_norm_inference", _real(3, 4), *statistics, *fields, fields=2, layout="channels_last"),
    ]


def _pooling() -> list[Case]:
    even = {"size": (2, 2), "stride": (2, 2)}
    bent = {"size": (3, 2), "stride": (2, 1), "padding": (1, 0)}
    last = {"layout": "channels_last"}
    rows = []
    for name in ("max_pool", "average_pool"):
        smooth = name == "average_pool"
        rows += [
            _case("", name, _real(2, 4, 6), smooth=smooth, **even),
            _case("bent", name, _real(2, 6, 5), smooth=smooth, **bent),
            _case("last", name, _real(6, 5, 2), smooth=smooth, **bent, **last),
        ]
    rows += [
        _case("ties", "max_pool", _real(1, 4, 4, kind="ties"), smooth=False, moving=(), **even),
        _case("", "max_pool_gradient", _real(2, 4, 6), _real(2, 2, 3), moving=(1,), **even),
        _case("bent", "max_pool_gradient", _real(2, 6, 5), _real(2, 3, 4), moving=(1,), **bent),
        _case("ties", "max_pool_gradient", _real(1, 4, 4, kind="ties"), _real(1, 2, 2), moving=(1,), **even),
        _case("last", "max_pool_gradient", _real(6, 5, 2), _real(3, 4, 2), moving=(1,), **bent, **last),
        _case("", "average_pool_gradient", _real(2, 2, 3), **even, input_size=(4, 6)),
        _case("bent", "average_pool_gradient", _real(2, 3, 4), **bent, input_size=(6, 5)),
    ]
    return rows


def _linear_algebra() -> list[Case]:
    regular = _real(3, 3, kind="regular")
    triangular = {"lower": True, "transpose": False}
    return [
        _case("", "solve", regular, _real(3, 2)),
        _case("mixed", "solve", _real(3, 3, free=True, kind="regular"), _real(3, 1)),
        _case("stacked", "solve", _real(2, 3, 3, kind="regular"), _real(2, 3, 2)),
        _case("", "inverse", regular),
        _case("free", "inverse", _real(3, 3, free=True, kind="regular")),
        _case("", "triangle", _real(3, 4), lower=True, diagonal=-1),
        _case("upper", "triangle", _real(3, 3, free=True), lower=False, diagonal=1),
        _case("", "triangular_solve", regular, _real(3, 2), **triangular),
        _case("transposed", "triangular_solve", regular, _real(3, 2), lower=True, transpose=True),
        _case("upper", "triangular_solve", regular, _real(3, 2), lower=False, transpose=False),
        _case("both", "triangular_solve", regular, _real(3, 2), lower=False, transpose=True),
        _case("", "cholesky", _real(3, 3, kind="gram")),
        _case("", "eigh", _real(3, 3, kind="gram"), unique=False),
        _case("", "expm", _real(3, 3)),
        _case("free", "expm", _real(2, 2, free=True)),
        _case("", "pinv", _real(4, 2)),
        _case("wide", "pinv", _real(2, 4), cutoff=1e-8),
    ]


CASES: tuple[Case, ...] = tuple(
    _unary()
    + _binary()
    + _choice()
    + _shape()
    + _index_rows()
    + _rows()
    + _contraction()
    + _convolution()
    + _reduction()
    + _normalisation()
    + _pooling()
    + _linear_algebra()
)
