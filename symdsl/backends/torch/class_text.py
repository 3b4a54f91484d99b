"""One class of the emitted file: its constructor and its methods."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from symdsl.backends.source_functions import function_source
from symdsl.backends.torch.code import print_value
from symdsl.backends.torch.constructor import check_names, print_constructor
from symdsl.backends.torch.docstring import print_docstring
from symdsl.backends.torch.method_text import MethodText, Surroundings, print_method
from symdsl.backends.torch.modes import INFERENCE, TRAINING, Modes, find_method, method_name, signature_order
from symdsl.backends.torch.result_tuples import ResultTuples
from symdsl.backends.torch.wrap_lines import wrap_line
from symdsl.plan.nodes import ArrayType, Method
from symdsl.plan.share_classes import SharedClass
from symdsl.plan.size_expressions import Expression

NO_TENSOR = "self._like"
"""A buffer without numbers that a class gets when it has no other real tensor and a method needs the dtype."""


@dataclass(slots=True)
class ClassPrinter:
    """Prints the classes of one program; collects the functions and result tuples that the file needs.

    `from_file`: without other weights the model takes those that lie beside the source. `filters_last`: filters that
    are parameters are laid out channels last.
    """

    modes: Modes
    root: str
    reserved: frozenset[str]
    results: ResultTuples
    from_file: bool = False
    filters_last: bool = False
    support: set[str] = field(default_factory=set)
    functions: dict[str, str] = field(default_factory=dict)

    def print_class(self, shared: SharedClass) -> str:
        """The whole class. Raises ValueError for names that a module cannot have."""
        check_names(shared, [method_name(shared, method.name) for method in shared.template.methods])
        bases = self._bases(shared)
        lines = [f"class {shared.name}({', '.join(bases)}):"]
        lines += _indent(print_docstring(shared.template.documentation or f"{shared.name}."))
        if self._draws_noise(shared):
            lines += ["", "    generator: torch.Generator | None = None"]
        methods = list(self._methods(shared))
        follows = any(NO_TENSOR in line for text in methods for line in text)
        kept = self._sizes_kept(shared)
        constructor = print_constructor(shared, kept, self._start(shared), follows, self._function)
        for text in [constructor, *methods]:
            lines += ["", *_indent(_wrapped(text))] if text else []
        return "\n".join(lines)

    def _start(self, shared: SharedClass) -> list[str]:
        """The last lines of the root's constructor."""
        if not self._is_root(shared):
            return []
        beside = ' or Path(__file__).with_suffix(".safetensors")' if self.from_file else ""
        start = f"self.start(seed, dtype, weights{beside}, __file__)"
        if not self.filters_last:
            return [start]
        self.support.add("filters_channels_last")
        return ["filters_channels_last(self)", start]

    def _is_root(self, shared: SharedClass) -> bool:
        return shared.name == self.root

    def _bases(self, shared: SharedClass) -> list[str]:
        bases = ["WeightsModule"] if self._is_root(shared) else []
        if shared.template.constants:
            bases.append("ExactModule")
        self.support.update(bases)
        return bases or ["nn.Module"]

    def _draws_noise(self, shared: SharedClass) -> bool:
        return self._is_root(shared) and any(method.noise for method in shared.template.methods)

    def _function(self, reference: str) -> str:
        name, source = function_source(reference)
        if self.functions.setdefault(name, source) != source:
            raise ValueError(f"two different functions are called {name}")
        return name

    def _sizes_kept(self, shared: SharedClass) -> list[str]:
        """The constructor arguments that methods read."""
        used: set[str] = set()
        for method in shared.template.methods:
            for node in method.nodes:
                for value in node.attributes.values():
                    used |= {name for part in _flatten(value) for name in part.names}
        return [name for name in shared.arguments if name in used]

    def _methods(self, shared: SharedClass) -> Iterator[list[str]]:
        inference, training = find_method(shared, INFERENCE), find_method(shared, TRAINING)
        both = shared.name in self.modes.explicit
        merged = self.modes.merged[shared.name] and not both
        for method in shared.template.methods:
            if method.name == INFERENCE and training is not None:
                if not self.modes.sensitive[shared.name]:
                    yield self._plain(shared, method, INFERENCE)
                elif merged:
                    yield self._plain(shared, training, INFERENCE, only_training=True)
                else:
                    yield self._dispatch(shared, method, training, both)
                    if both:
                        yield self._plain(shared, method, "forward_inference", draws=False)
            elif method.name == TRAINING and inference is not None:
                if self.modes.sensitive[shared.name] and not merged:
                    yield self._plain(shared, method, TRAINING, draws=False)
            else:
                yield self._plain(shared, method, method_name(shared, method.name))

    def _plain(
        self, shared: SharedClass, method: Method, name: str, only_training: bool = False, draws: bool = True
    ) -> list[str]:
        text = self._text(shared, method)
        drawn = self._draw(shared, method, text, only_training) if draws else []
        inference = find_method(shared, INFERENCE)
        described = inference.documentation if only_training and inference else None
        return [*self._signature(shared, method, text, name, described), *_indent([*drawn, *text.lines])]

    def _dispatch(self, shared: SharedClass, inference: Method, training: Method, both: bool) -> list[str]:
        """`forward`, which asks the flag `training`."""
        trained, text = self._text(shared, training), self._text(shared, inference)
        order = signature_order(training)
        given = ", ".join(trained.arguments[place] for place in order)
        lines = self._signature(shared, training, trained, INFERENCE, inference.documentation)
        drawn = self._draw(shared, training, trained, only_training=False)
        lines += _indent(["if self.training:", *_indent([*drawn, f"return self.forward_train({given})"])])
        if both:
            given = ", ".join(text.arguments)
            return [*lines, *_indent([f"return self.forward_inference({given})"])]
        return [*lines, *_indent(list(text.lines))]

    def _text(self, shared: SharedClass, method: Method) -> MethodText:
        self.modes.check_reads(shared, method)
        around = Surroundings(
            reserved=self.reserved,
            call=lambda path, called, texts: self._call(shared, method.name, path, called, texts),
            updating=lambda path, called: self.modes.updates(self.modes.callee(shared, path), called),
            anchor=self._anchor(shared),
            wrap=lambda texts: self.results.wrap(method, texts, self._is_root(shared)),
            made_by=lambda path, called: made_by(find_method(self.modes.callee(shared, path), called)),
        )
        text = print_method(method, around)
        self.support |= text.support
        return text

    def _call(self, shared: SharedClass, caller: str, path: str, called: str, texts: list[str]) -> str:
        callee = find_method(self.modes.callee(shared, path), called)
        ordered = [texts[place] for place in signature_order(callee)] if callee else texts
        return f"{self.modes.target(shared, caller, path, called)}({', '.join(ordered)})"

    def _anchor(self, shared: SharedClass) -> str:
        """A real tensor that the class has, for a method without a real argument."""
        template = shared.template
        for item in (*template.parameters, *template.state):
            return f"self.{item.name}"
        for child in shared.children:
            below = self._anchor(self.modes.callee(shared, child.name))
            if below != NO_TENSOR:
                return below.replace("self.", f"self.{child.name}.", 1)
        return NO_TENSOR

    def _signature(
        self, shared: SharedClass, method: Method, text: MethodText, name: str, documentation: str | None = None
    ) -> list[str]:
        noise = {label for label, _ in method.noise}
        optional = noise if self._can_draw(shared, method) or not self._is_root(shared) else set()
        parts = ["self"]
        for place in signature_order(method):
            label = method.nodes[method.arguments[place]].attributes["name"]
            kind = "Tensor | None = None" if label in optional else "Tensor"
            parts.append(f"{text.arguments[place]}: {kind}")
        result = self.results.annotation(method, self._is_root(shared))
        line = f"def {name}({', '.join(parts)}) -> {result}:"
        lines = (
            [line]
            if len(line) <= 112
            else [f"def {name}(", *_indent([f"{part}," for part in parts]), f") -> {result}:"]
        )
        given = method.documentation if documentation is None else documentation
        described = given or (self._shapes(method) if self._is_root(shared) else "")
        return [*lines, *_indent(print_docstring(described) if described else [])]

    def _shapes(self, method: Method) -> str:
        """The shapes in and out, for the methods that users call."""

        def describe(index: int, name: str) -> str:
            return f"{name} {_shape(method.nodes[index].type)}"

        given = [describe(index, method.nodes[index].attributes["name"]) for index in method.arguments]
        names = method.output_names or ("result",) * len(method.outputs)
        made = [describe(index, name) for index, name in zip(method.outputs, names, strict=True)]
        return f"{', '.join(given)} -> {', '.join(made)}."

    def _can_draw(self, shared: SharedClass, method: Method) -> bool:
        return self._is_root(shared) and self._sample_count(method) is not None

    def _sample_count(self, method: Method) -> int | None:
        """The place of an argument that has the batch axis and is not noise."""
        noise = {name for name, _ in method.noise}
        for place, index in enumerate(method.arguments):
            node = method.nodes[index]
            if node.type.batched and node.attributes["name"] not in noise:
                return place
        return None

    def _draw(self, shared: SharedClass, method: Method, text: MethodText, only_training: bool) -> list[str]:
        """Draw the noise that was not given."""
        if not self._can_draw(shared, method):
            return []
        place = self._sample_count(method)
        like = text.arguments[place if place is not None else 0]
        anchor = text.anchor
        lines: list[str] = []
        for label, kind in method.noise:
            position = next(
                place for place, i in enumerate(method.arguments) if method.nodes[i].attributes["name"] == label
            )
            node = method.nodes[method.arguments[position]]
            name = text.arguments[position]
            sizes = (
                ", ".join([*([f"{like}.shape[0]"] if node.type.batched else []), *map(str, node.type.shape)]) or "()"
            )
            function = {"uniform": "torch.rand", "normal": "torch.randn"}[kind]
            condition = f"self.training and {name} is None" if only_training else f"{name} is None"
            place_and_kind = f"dtype={anchor}.dtype, device={anchor}.device"
            lines += [
                f"if {condition}:",
                f"    {name} = {function}({sizes}, generator=self.generator, {place_and_kind})",
            ]
        return lines


def _shape(kind: ArrayType) -> str:
    sizes = [*([kind.rows or "batch"] if kind.batched else []), *map(print_value, kind.shape)]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _flatten(value: object) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _flatten(part)
    elif isinstance(value, Mapping):
        yield from _flatten(tuple(value.values()))


def _wrapped(lines: list[str]) -> list[str]:
    """The lines of a method, none too long behind the indentation of a class."""
    wrapped: list[str] = []
    for line in lines:
        bare = line.lstrip(" ")
        margin = " " * (len(line) - len(bare))
        wrapped += [margin + part if part else part for part in wrap_line(bare, len(margin) + 4)]
    return wrapped


def _indent(lines: list[str]) -> list[str]:
    return textwrap.indent("\n".join(lines), "    ").split("\n") if lines else []


def made_by(method: Method | None) -> str:
    """The operation that a method's only output comes from, "" where it has several."""
    if method is None or len(method.outputs) != 1:
        return ""
    node = method.nodes[method.outputs[0]]
    return method.nodes[node.operands[0]].op if node.op == "item" else node.op
