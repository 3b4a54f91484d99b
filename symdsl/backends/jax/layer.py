"""A class of a shared program as the source of an Equinox module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symdsl.backends.jax.code import print_value
from symdsl.backends.jax.constants import emit_constant
from symdsl.backends.jax.layout import docstring, indent, wrap
from symdsl.backends.jax.method import emit_method
from symdsl.backends.jax.model import emit_root_constructor, emit_root_methods
from symdsl.backends.jax.signature import check_names
from symdsl.backends.jax.state_use import has_state
from symdsl.plan.nodes import Module
from symdsl.plan.share_classes import SharedClass, SharedProgram
from symdsl.plan.sizes import is_stored


class LayerWriter:
    """Writes the class of one layer; `functions` are the printed names of the functions that compute constants."""

    def __init__(
        self,
        shared: SharedClass,
        program: SharedProgram,
        functions: Mapping[str, str],
        reserved: frozenset[str],
        from_file: bool,
    ) -> None:
        self.shared = shared
        self.program = program
        self.module: Module = shared.template
        check_names(self.module)
        self.functions = functions
        self.from_file = from_file
        self.is_root = "" in shared.paths
        self.methods = [
            (method, emit_method(self.module, method, reserved, self.is_root)) for method in self.module.methods
        ]

    def write(self) -> str:
        """The source of the class."""
        blocks = [self._head(), self._constructor(), *self._methods()]
        if has_state(self.module):
            blocks.append(self._initial_state())
        if self.is_root:
            blocks += emit_root_methods(self.module, self.program.program)
        return "\n\n".join(blocks) + "\n"

    def _used_arguments(self) -> list[str]:
        """Constructor arguments that a method or the initial state reads."""
        text = "\n".join("\n".join(method.lines) for _, method in self.methods)
        text += "\n".join(print_value(state.shape) for state in self.module.state)
        return [name for name in self.shared.arguments if f"self.{name}" in text]

    def _head(self) -> str:
        lines = [f"class {self.shared.name}(eqx.Module):"]
        lines += indent(docstring(self.module.documentation or self.shared.name))
        fields = [f"{name}: {self._kind(name)} = eqx.field(static=True)" for name in self._used_arguments()]
        fields += [f"{constant.name}: Table = eqx.field(static=True)" for constant in self.module.constants]
        fields += [f"{parameter.name}: Array" for parameter in self.module.parameters]
        fields += [f"{child.name}: {child.class_name}" for child in self.shared.children]
        if self.is_root and has_state(self.module):
            fields.append("saved_state: dict[str, Array]")
        return "\n".join([*lines, *([""] if fields else []), *indent(fields)])

    def _constructor(self) -> str:
        assignments = list(self._assignments())
        if self.is_root:
            stored = any(is_stored(constant) for kind in self.program.classes for constant in kind.template.constants)
            return "\n".join(indent(emit_root_constructor(self.module, assignments, stored, self.from_file)))
        arguments = [f"{name}: {self._kind(name)}" for name in self.shared.arguments]
        signature = f"def __init__({', '.join(['self', 'source: Source', *arguments])}) -> None:"
        return "\n".join(indent([*wrap(signature), *indent(assignments or ["pass"])]))

    def _kind(self, argument: str) -> str:
        """The Python type of a constructor argument."""
        values = (dict(self.program.instances[path].arguments)[argument] for path in self.shared.paths)
        return "float" if any(isinstance(value, float) for value in values) else "int"

    def _assignments(self) -> Iterator[str]:
        for name in self._used_arguments():
            yield f"self.{name} = {name}"
        for constant in self.module.constants:
            yield from wrap(f"self.{constant.name} = Table({emit_constant(constant, self.functions)})")
        for parameter in self.module.parameters:
            initial = parameter.initial
            given = [parameter.name, parameter.shape, initial.kind, initial.gain, initial.fan]
            arguments = ", ".join(print_value(value, "") for value in given)
            yield from wrap(f"self.{parameter.name} = source.parameter({arguments})")
        for child in self.shared.children:
            arguments = "".join(f", {name}={print_value(value, '')}" for name, value in child.arguments)
            yield from wrap(f'self.{child.name} = {child.class_name}(source.below("{child.name}"){arguments})')

    def _methods(self) -> Iterator[str]:
        for method, text in self.methods:
            signature = f"def {text.name}({', '.join(['self', *text.arguments])}) -> {text.result}:"
            body = [*docstring(method.documentation)] if method.documentation else []
            for line in text.lines:
                body += wrap(line)
            yield "\n".join(indent([*wrap(signature), *indent(body)]))

    def _initial_state(self) -> str:
        dtype = f", self.{self.module.parameters[0].name}.dtype" if self.module.parameters else ""
        entries = [
            f'"{state.name}": jnp.full({print_value(state.shape)}, {print_value(float(state.fill))}{dtype})'
            for state in self.module.state
        ]
        entries += [
            f'**state_above(self.{child.name}.initial_state(), "{child.name}")'
            for child in self.shared.children
            if has_state(self.module.child(child.name))
        ]
        lines = ["def initial_state(self) -> dict[str, Array]:", '    """The state before training."""']
        return "\n".join(indent([*lines, *indent(wrap(f"return {{{', '.join(entries)}}}"))]))
