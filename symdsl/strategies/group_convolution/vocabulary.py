"""The layers that a list may name: `conv(10, k = 3)`, `pool(2)`, `residual(25)`, `group_pool`.

A layer is a frozen dataclass whose fields are its arguments in order; `Rule` in a field's metadata bounds it. The
first field may be given by position, and so may the others in order, as in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from symdsl.check.layers import LayerArgument, LayerCall, LayerValue
from symdsl.diagnostics.diagnostic import Diagnostic, Span
from symdsl.diagnostics.suggest import suggest

ACTIVATIONS = ("relu", "tanh", "sigmoid", "softplus", "silu", "elu", "gelu", "sin", "identity")
LARGEST = 1_000_000


@dataclass(frozen=True)
class Rule:
    """What an argument may be: an integer or a number in [low, high], a switch, or one of `words`."""

    kind: str
    low: float = 0
    high: float = LARGEST
    words: tuple[str, ...] = ()
    alias: str = ""

    def code(self, value: LayerValue) -> str | None:
        """SYM0501 for a value of the wrong kind, SYM0502 for one out of range, None for a good one."""
        if isinstance(value, str):
            return None if value in self.words else "SYM0501"
        if self.kind == "switch" or isinstance(value, bool):
            return None if self.kind == "switch" and isinstance(value, bool) else "SYM0501"
        if self.kind == "word" or not isinstance(value, int if self.kind == "integer" else int | float):
            return "SYM0501"
        return None if self.low <= value <= self.high else "SYM0502"

    def wanted(self) -> str:
        """The allowed values in words."""
        if self.kind == "switch":
            return "true or false"
        words = ", ".join(self.words)
        if self.kind == "word":
            return f"one of {words}"
        bounds = f"from {self.low:g} to {self.high:g}" if self.high < LARGEST else f"of at least {self.low:g}"
        number = f"{'an integer' if self.kind == 'integer' else 'a number'} {bounds}"
        return f"{number}, or {words}" if words else number


def _count(default: Any = MISSING, *, low: int = 1, alias: str = "", words: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"rule": Rule("integer", low, words=words, alias=alias)})


def _switch(default: bool | None) -> Any:
    return field(default=default, metadata={"rule": Rule("switch")})


def _word(default: str | None, words: tuple[str, ...]) -> Any:
    return field(default=default, metadata={"rule": Rule("word", words=words)})


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What every layer has: where it was written, and where each argument was."""

    span: Span
    spans: Mapping[str, Span] = field(default_factory=dict)

    def span_of(self, argument: str) -> Span:
        """Where the argument was written, else the whole layer."""
        return self.spans.get(argument, self.span)


@dataclass(frozen=True)
class Conv(Layer):
    """A convolution, then batch norm and an activation; both are off by default in the last one of a list.

    `pool_rotations` takes the maximum over the group after the activation, so that the next convolution lifts again.
    """

    fields: int = _count()
    kernel: int = _count(3, alias="k")
    stride: int = _count(1)
    padding: int | str = _count(0, low=0, words=("same",))
    norm: bool | None = _switch(None)
    activation: str | None = _word(None, ACTIVATIONS)
    bias: bool = _switch(True)
    pool_rotations: bool = _switch(False)

    @property
    def margin(self) -> int:
        """The padding in pixels; `same` keeps the size of the image at stride 1 (odd kernels)."""
        return (self.kernel - 1) // 2 if isinstance(self.padding, str) else self.padding


@dataclass(frozen=True)
class Pool(Layer):
    """The maximum over windows; the stride is the kernel where it is not given."""

    kernel: int = _count(2, alias="k")
    stride: int | None = _count(None)
    padding: int = _count(0, low=0)


@dataclass(frozen=True)
class AveragePool(Layer):
    """The mean over windows; the stride is the kernel where it is not given."""

    kernel: int = _count(2, alias="k")
    stride: int | None = _count(None)
    padding: int = _count(0, low=0)


@dataclass(frozen=True)
class GroupPool(Layer):
    """The maximum or mean over the group axis: what remains does not turn, it only moves over the grid."""

    kind: str = _word("max", ("max", "mean"))


@dataclass(frozen=True)
class SpacePool(Layer):
    """The maximum or mean over what is left of the grid."""

    kind: str = _word("max", ("max", "mean"))


@dataclass(frozen=True)
class Residual(Layer):
    """x + conv(relu(norm(conv(relu(norm(x)))))), with a 1x1 group convolution on the shortcut where sizes change.

    The pre-activation block (He et al. 2016, 1603.05027); the first convolution carries the stride.
    """

    fields: int = _count()
    stride: int = _count(1)
    kernel: int = _count(3, alias="k")


@dataclass(frozen=True)
class Dropout(Layer):
    """Sets each entry to 0 with probability `rate` in training, and scales the others up."""

    rate: float = field(metadata={"rule": Rule("number", 0.0, 0.999)})


@dataclass(frozen=True)
class Norm(Layer):
    """Batch normalisation with one statistic for each field."""


@dataclass(frozen=True)
class Activation(Layer):
    """A scalar function at every entry."""

    function: str = _word("relu", ACTIVATIONS)


@dataclass(frozen=True)
class Dense(Layer):
    """A free matrix on what is left after pooling over group and space."""

    width: int = _count()
    activation: str = _word("identity", ACTIVATIONS)


@dataclass(frozen=True)
class FlattenGroup(Layer):
    """Turns the group axis into plain channels. What follows no longer keeps the symmetry."""


LAYERS: Mapping[str, type[Layer]] = {
    "conv": Conv,
    "pool": Pool,
    "average_pool": AveragePool,
    "group_pool": GroupPool,
    "space_pool": SpacePool,
    "residual": Residual,
    "dropout": Dropout,
    "batch_norm": Norm,
    "activation": Activation,
    "dense": Dense,
    "flatten_group": FlattenGroup,
}


def arguments_of(kind: type[Layer]) -> tuple[Field[Any], ...]:
    """The arguments of a layer, in order."""
    return tuple(each for each in fields(kind) if "rule" in each.metadata)


def layer_name(layer: Layer) -> str:
    """The name under which a list writes it."""
    return next(name for name, kind in LAYERS.items() if kind is type(layer))


def read_layer(call: LayerCall) -> tuple[Layer | None, tuple[Diagnostic, ...]]:
    """The layer that a call means, or None with the faults of its arguments."""
    kind = LAYERS.get(call.name)
    if kind is None:
        near = suggest(call.name, LAYERS)
        hint = f"did you mean `{near}`?" if near else f"write one of: {', '.join(LAYERS)}"
        return None, (Diagnostic("SYM0501", f"unknown layer `{call.name}`", call.span, hint=hint),)
    faults: list[Diagnostic] = []
    values: dict[str, LayerValue] = {}
    spans: dict[str, Span] = {}
    for position, argument in enumerate(call.arguments):
        target = _target(call, kind, position, argument, values)
        if isinstance(target, Diagnostic):
            faults.append(target)
            continue
        rule: Rule = target.metadata["rule"]
        code = rule.code(argument.value)
        if code is not None:
            shown = str(argument.value).lower() if isinstance(argument.value, bool) else argument.value
            message = f"{target.name} of {call.name} is {shown}"
            faults.append(Diagnostic(code, message, argument.span, label=f"must be {rule.wanted()}"))
            continue
        values[target.name], spans[target.name] = argument.value, argument.span
    missing = [each.name for each in arguments_of(kind) if each.default is MISSING and each.name not in values]
    if missing and not faults:
        hint = f"write for example {call.name}({'0.3' if missing[0] == 'rate' else '10'})"
        faults.append(Diagnostic("SYM0503", f"{call.name} needs {missing[0]}", call.span, hint=hint))
    if faults:
        return None, tuple(faults)
    return kind(**values, span=call.span, spans=spans), ()


def _target(
    call: LayerCall, kind: type[Layer], position: int, argument: LayerArgument, seen: Mapping[str, LayerValue]
) -> Field[Any] | Diagnostic:
    known = arguments_of(kind)
    if argument.name is None:
        if position < len(known):
            return known[position]
        count = f"at most {len(known)}" if known else "no"
        plural = "" if len(known) == 1 else "s"
        return Diagnostic("SYM0501", f"{call.name} takes {count} argument{plural}", argument.span, label="one too many")
    for each in known:
        if argument.name in (each.name, each.metadata["rule"].alias):
            if each.name in seen:
                return Diagnostic(
                    "SYM0504", f"{each.name} of {call.name} is given twice", argument.span, label="here again"
                )
            return each
    shown = {each.name: each.metadata["rule"].alias or each.name for each in known}
    near = shown.get(suggest(argument.name, shown) or "")
    names = tuple(shown.values())
    listed = f"{call.name} takes: {', '.join(names)}" if names else f"{call.name} takes no arguments"
    hint = f"did you mean `{near}`?" if near else listed
    return Diagnostic("SYM0501", f"unknown argument `{argument.name}` of {call.name}", argument.span, hint=hint)
