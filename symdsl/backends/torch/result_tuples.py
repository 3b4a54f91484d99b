"""The NamedTuples in which a model returns several outputs."""

from __future__ import annotations

from dataclasses import dataclass, field

from symdsl.backends.result_names import result_names
from symdsl.plan.nodes import Method


@dataclass(slots=True)
class ResultTuples:
    """Tuple classes by the names of their fields; `taken` are class names that are in use."""

    taken: set[str]
    _known: dict[tuple[str, ...], str] = field(default_factory=dict)

    def wrap(self, method: Method, texts: list[str], named: bool) -> str:
        """Several outputs as one expression."""
        inside = ", ".join(texts)
        return f"{self._name(method)}({inside})" if named and self._fields(method) else inside

    def annotation(self, method: Method, named: bool) -> str:
        """The type of what the method returns."""
        if not method.outputs:
            return "None"
        if len(method.outputs) == 1:
            return "Tensor"
        if named and self._fields(method):
            return self._name(method)
        return f"tuple[{', '.join(['Tensor'] * len(method.outputs))}]"

    def source(self) -> list[str]:
        """The classes, in order of first use."""
        return [
            "\n".join([f"class {name}(NamedTuple):", '    """What the model returns."""', "", *lines])
            for fields, name in self._known.items()
            for lines in [[f"    {field}: Tensor" for field in fields]]
        ]

    def _fields(self, method: Method) -> tuple[str, ...]:
        """Field names; none where the outputs have no names of their own."""
        return result_names(method.output_names) if len(method.output_names) == len(method.outputs) else ()

    def _name(self, method: Method) -> str:
        fields = self._fields(method)
        if fields not in self._known:
            words = method.name.removesuffix("_train").split("_")
            base = "".join(word.capitalize() for word in words) + "Result"
            name, number = base, 1
            while name in self.taken:
                number += 1
                name = f"{base}{number}"
            self.taken.add(name)
            self._known[fields] = name
        return self._known[fields]
