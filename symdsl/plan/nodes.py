"""The plan: functions over arrays, held by a tree of modules. It knows no group.

A `Module` owns parameters, constants, state and child modules, and has methods. A method is a list of
nodes in topological order; a node's operands are indices of earlier nodes. Shapes are those of ONE sample:
a batched value has a leading batch axis that no axis number, shape or einsum subscript mentions. That axis counts
the samples, or rows of another kind, such as the nodes of all graphs of a batch, laid one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

DType = Literal["real", "integer", "boolean"]


@dataclass(frozen=True, slots=True)
class ArrayType:
    """The type of a plan value: the shape of one sample, its dtype, and whether a batch axis leads.

    `rows` says what a leading axis counts: "" the samples, else a name for rows of which a sample has any number.
    Batched operands of one operation have the same rows, but for those operations that lead from one kind to another.
    """

    shape: tuple[int, ...]
    dtype: DType = "real"
    batched: bool = False
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Initial:
    """How a parameter is drawn, in NumPy, on either backend.

    normal: standard deviation gain / sqrt(fan); uniform: bound gain / sqrt(fan); orthogonal: gain, rows
    orthonormal after flattening all axes but the first; constant: the value `gain`.
    """

    kind: Literal["normal", "uniform", "orthogonal", "constant"]
    gain: float = 1.0
    fan: int = 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """A trained array."""

    name: str
    shape: tuple[int, ...]
    initial: Initial


@dataclass(frozen=True, slots=True)
class Table:
    """An array as hashable data: row-major bytes of float64 or int64."""

    shape: tuple[int, ...]
    dtype: Literal["float64", "int64"]
    data: bytes

    @classmethod
    def from_array(cls, array: NDArray[Any]) -> Table:
        """Freeze an array; integers and booleans become int64, all else float64."""
        kind: Literal["float64", "int64"] = "int64" if array.dtype.kind in "iub" else "float64"
        return cls(array.shape, kind, np.ascontiguousarray(array, dtype=kind).tobytes())

    def to_array(self) -> NDArray[Any]:
        """A read-only array of `shape`."""
        return np.frombuffer(self.data, dtype=self.dtype).reshape(self.shape)


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed array, either computed or stored.

    Computed: `function(*arguments)`, where `function` is "package.module:name" of a self-contained pure NumPy
    function (its body uses only its arguments, builtins and `np`); the emitter prints the source of that very
    function, so that the emitted file computes its own tables. Arguments are numbers, strings or nested tuples.
    Stored: `table`; printed when it has at most 64 entries, else it lies in the weights file.
    """

    name: str
    function: str | None = None
    arguments: tuple[Any, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class State:
    """An array that training updates outside the optimiser, such as a running mean. Starts filled with `fill`."""

    name: str
    shape: tuple[int, ...]
    fill: float


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a method.

    `op` is "argument", "parameter", "constant", "state" (leaves, with attribute `path` or `name`), "item"
    (attribute `index`: one result of a node with several), "call" (attributes `child`, `method`), or a name in
    the operation table. `types` has one entry for each result. `name` is what the emitted variable is called;
    `origin` is the IR node that this came from.
    """

    op: str
    operands: tuple[int, ...]
    types: tuple[ArrayType, ...]
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    name: str | None = None
    origin: int | None = None

    @property
    def type(self) -> ArrayType:
        """The type of a node with one result."""
        (only,) = self.types
        return only


@dataclass(frozen=True, slots=True)
class Method:
    """A function of arrays: `arguments` are the indices of its argument nodes in call order.

    `outputs` are indices. `updates` pairs a state path with the index of its new value.
    `noise` names the arguments that are noise: (name, "uniform" or "normal").
    """

    name: str
    nodes: tuple[Node, ...]
    arguments: tuple[int, ...]
    outputs: tuple[int, ...]
    output_names: tuple[str, ...] = ()
    updates: tuple[tuple[str, int], ...] = ()
    noise: tuple[tuple[str, Literal["uniform", "normal"]], ...] = ()
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A layer: parameters, constants, state, children and the methods over them.

    Paths in leaves are relative to the module and may reach into children: "energy.weight".
    `dimensions` names the sizes that become constructor arguments of the emitted class.
    """

    class_name: str
    documentation: str
    methods: tuple[Method, ...]
    dimensions: tuple[tuple[str, int], ...] = ()
    parameters: tuple[Parameter, ...] = ()
    constants: tuple[Constant, ...] = ()
    state: tuple[State, ...] = ()
    children: tuple[tuple[str, Module], ...] = ()

    def method(self, name: str) -> Method:
        """The method called `name`. Raises KeyError."""
        for method in self.methods:
            if method.name == name:
                return method
        raise KeyError(f"{self.class_name} has no method {name}")

    def child(self, name: str) -> Module:
        """The child called `name`; "" is the module itself. Raises KeyError."""
        if not name:
            return self
        for key, module in self.children:
            if key == name:
                return module
        raise KeyError(f"{self.class_name} has no child {name}")


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled model: the root module, whose methods named in `entry_points` are callable from outside.

    `inputs` and `outputs` are the field names of `forward` in order. `forward` is inference,
    `forward_train` training (present where it differs), `objective` the training loss of (inputs, targets).
    `claims` are lines that state the exactness of each symmetry; `spec_text` is the spec it came from.
    `row_indices` are the inputs that name rows, with the kind that they name; `row_counts` those that count a sample's.
    """

    name: str
    root: Module
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    targets: tuple[str, ...]
    entry_points: tuple[str, ...]
    claims: tuple[str, ...] = ()
    spec_text: str = ""
    row_indices: tuple[tuple[str, str], ...] = ()
    row_counts: tuple[str, ...] = ()
