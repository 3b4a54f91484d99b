"""A plan method as a straight-line Python method."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from symdsl.backends.jax.code import Code, Site
from symdsl.backends.jax.naming import LocalNames
from symdsl.backends.jax.operations import EMITTERS, TAKES_NUMBERS
from symdsl.backends.jax.signature import method_name, signature_order
from symdsl.backends.jax.state_use import takes_state, updates_state
from symdsl.plan.errors import PlanError
from symdsl.plan.initial import parameter_table
from symdsl.plan.interpret import find_module
from symdsl.plan.nodes import Method, Module, Node

INLINE_LIMIT = 70
NOUNS = MappingProxyType(
    {
        "add": "total",
        "subtract": "difference",
        "multiply": "product",
        "divide": "quotient",
        "square": "squared",
        "power": "raised",
        "sum": "total",
        "max": "highest",
        "min": "lowest",
        "slice": "part",
        "one_hot": "chosen",
        "expand": "widened",
        "squeeze": "narrowed",
        "concatenate": "joined",
        "stack": "stacked",
        "broadcast": "stretched",
        "linear": "mapped",
        "einsum": "contracted",
        "convolution": "convolved",
        "max_pool": "pooled",
        "average_pool": "pooled",
        "batch_norm": "normal",
        "batch_norm_inference": "normal",
        "layer_norm": "normal",
        "dropout": "kept",
        "merge": "merged",
        "split": "separated",
        "transpose": "turned",
        "take": "taken",
        "take_rows": "taken",
        "sum_rows": "total",
        "max_rows": "highest",
        "put": "placed",
        "where": "chosen",
        "batch_broadcast": "repeated",
        "segment_max": "highest",
        "triangular_solve": "solved",
    }
)
"""What a value without a name is called, where the name of its operation would not do."""
RESULTS = MappingProxyType({"batch_norm": ("normal", "mean", "variance"), "eigh": ("values", "vectors")})
LEAVES = frozenset({"argument", "parameter", "constant", "state"})


@dataclass(frozen=True, slots=True)
class MethodText:
    """A method as text: its annotated arguments, state first if it takes it, its result, and the lines of its body."""

    name: str
    arguments: tuple[str, ...]
    result: str
    lines: tuple[str, ...]


def emit_method(module: Module, method: Method, reserved: frozenset[str], whole_state: bool) -> MethodText:
    """Straight-line source of `method`: named and repeated values are variables, all others stand where they are used.

    A method that updates state returns (outputs, new values by path), with all other state too if `whole_state`.
    """
    return _Writer(module, method, reserved, whole_state).write()


class _Writer:
    """The text of one method, line by line."""

    def __init__(self, module: Module, method: Method, reserved: frozenset[str], whole_state: bool) -> None:
        self.module = module
        self.whole_state = whole_state
        self.method = method
        self.names = LocalNames(reserved | {"self"})
        self.codes: dict[int, Code] = {}
        self.results: dict[tuple[int, int], Code] = {}
        self.lines: list[str] = []
        self.updates: list[str] = []
        self.nameless = ""
        self.uses = self._count_uses()
        self.arguments = tuple(self.names.take(self._argument_name(index)) for index in method.arguments)
        for index, name in zip(method.arguments, self.arguments, strict=True):
            self.codes[index] = Code(name)
        self.state = self.names.take("state") if takes_state(module, method.name) else ""
        self.dtype = self._dtype()

    def write(self) -> MethodText:
        arguments = [f"{self.arguments[place]}: Array" for place in signature_order(self.method)]
        if self.state:
            arguments.insert(0, f"{self.state}: Mapping[str, Array]")
        for index, node in enumerate(self.method.nodes):
            needed = self.uses[index] or (node.op == "call" and updates_state(*self._callee(node)))
            if needed and index not in self.codes:
                self._emit(index, node)
        returned = self._returned()
        if self.lines and returned == self.nameless and self.lines[-1].startswith(f"{returned} = "):
            returned = self.lines.pop()[len(returned) + 3 :]
        self.lines.append(f"return {returned}")
        return MethodText(
            method_name(self.module, self.method.name), tuple(arguments), self._result(), tuple(self.lines)
        )

    def _result(self) -> str:
        count = len(self.method.outputs)
        outputs = "Array" if count == 1 else f"tuple[{', '.join(['Array'] * count) or '()'}]"
        return f"tuple[{outputs}, dict[str, Array]]" if updates_state(self.module, self.method.name) else outputs

    def _count_uses(self) -> list[int]:
        """How often each value is used; the only item of a node stands for the node itself."""
        nodes = self.method.nodes
        uses = [0] * len(nodes)
        for index in (*self.method.outputs, *(index for _, index in self.method.updates)):
            uses[index] += 1
        for index in reversed(range(len(nodes))):
            node = nodes[index]
            alias = node.op == "item" and len(nodes[node.operands[0]].types) == 1
            if uses[index] or node.op == "call":
                for operand in node.operands:
                    uses[operand] += uses[index] if alias else 1
        return uses

    def _callee(self, node: Node) -> tuple[Module, str]:
        return find_module(self.module, node.attributes["child"]), node.attributes["method"]

    def _argument_name(self, index: int) -> str:
        return self.method.nodes[index].attributes["name"]

    def _dtype(self) -> str:
        """Text of the real dtype: that of a parameter, else of an argument."""
        nodes = self.method.nodes
        used = [node.attributes["path"] for node in nodes if node.op == "parameter" and node.type.dtype == "real"]
        used += list(parameter_table(self.module))
        if used:
            return f"self.{used[0]}.dtype"
        for index, name in zip(self.method.arguments, self.arguments, strict=True):
            if nodes[index].type.dtype == "real":
                return f"{name}.dtype"
        return "float"

    def _emit(self, index: int, node: Node) -> None:
        if node.op == "call":
            self._emit_call(index, node)
        elif node.op == "item":
            self._emit_item(index, node)
        elif node.op in LEAVES:
            self._keep(index, node, self._leaf(node))
        elif len(node.types) > 1:
            self._emit_several(index, node, self._operation(node).text)
        else:
            self._keep(index, node, self._operation(node))

    def _leaf(self, node: Node) -> Code:
        path = node.attributes.get("path", node.attributes.get("name"))
        if node.op == "parameter":
            return Code(f"self.{path}")
        if node.op == "state":
            return Code(f'{self.state}["{path}"]')
        if node.type.dtype == "real":
            return Code(f"jnp.asarray(self.{path}.array, {self.dtype})")
        return Code(f"self.{path}.array" + (".astype(bool)" if node.type.dtype == "boolean" else ""))

    def _operation(self, node: Node) -> Code:
        if node.op not in EMITTERS:
            raise PlanError(f"the jax backend has no emitter for the operation {node.op}")
        operands = tuple(self.codes[operand] for operand in node.operands)
        if node.op not in TAKES_NUMBERS:
            operands = tuple(self._as_array(operand) for operand in operands)
        types = tuple(self.method.nodes[operand].type for operand in node.operands)
        return EMITTERS[node.op](Site(node, operands, types, self.dtype, lambda name: f"self.{name}"))

    def _as_array(self, code: Code) -> Code:
        return Code(f"jnp.asarray({code.text}, {self.dtype})") if code.literal else code

    def _keep(self, index: int, node: Node, code: Code) -> None:
        """Give the value a variable, unless it can stand where it is used."""
        plain = node.op in {"parameter", "state"} or code.literal or code.text.isidentifier()
        stateful = node.op == "call" and takes_state(*self._callee(node))
        single = self.uses[index] == 1 and node.name is None and not stateful and len(code.text) <= INLINE_LIMIT
        cheap = node.op == "constant" and (self.uses[index] == 1 or ".array" in code.text[-6:])
        if plain or single or cheap:
            self.codes[index] = code
            return
        name = self.names.take(self._base_name(node))
        self.lines.append(f"{name} = {code.text}")
        self.codes[index] = Code(name)
        # The last variable whose name is only made up, and that is used once: it may be returned without one.
        self.nameless = name if node.name is None and self.uses[index] == 1 else ""

    def _emit_item(self, index: int, node: Node) -> None:
        (source,) = node.operands
        only = len(self.method.nodes[source].types) == 1
        self.codes[index] = self.codes[source] if only else self.results[(source, node.attributes["index"])]

    def _targets(self, index: int, node: Node) -> list[str]:
        """A variable for each result that is used, "_" for the others."""
        wanted: dict[int, str] = {}
        for place, item in enumerate(self.method.nodes):
            if item.op == "item" and item.operands == (index,) and self.uses[place]:
                position = item.attributes["index"]
                wanted.setdefault(position, item.name or self._result_name(node, position))
        targets = []
        for position in range(len(node.types)):
            name = self.names.take(wanted[position]) if position in wanted else "_"
            targets.append(name)
            self.results[(index, position)] = Code(name)
        return targets

    def _result_name(self, node: Node, position: int) -> str:
        if position == 0 and node.name is not None:
            return node.name
        if node.op in RESULTS:
            return RESULTS[node.op][position]
        return f"{self._base_name(node)}_{position + 1}"

    def _base_name(self, node: Node) -> str:
        if node.name is not None:
            return node.name
        if node.op == "call":
            return node.attributes["child"].rpartition(".")[2] or "result"
        return NOUNS.get(node.op, node.op)

    def _emit_several(self, index: int, node: Node, text: str) -> None:
        self.lines.append(f"{', '.join(self._targets(index, node))} = {text}")

    def _emit_call(self, index: int, node: Node) -> None:
        child, name = node.attributes["child"], node.attributes["method"]
        callee = self._callee(node)
        order = signature_order(callee[0].method(name))
        arguments = [self._as_array(self.codes[node.operands[place]]).text for place in order]
        if takes_state(*callee):
            arguments.insert(0, f'state_below({self.state}, "{child}")' if child else self.state)
        place = f"self.{child}" if child else "self"
        call = f"{place}.{method_name(callee[0], name)}({', '.join(arguments)})"
        if updates_state(*callee):
            self._emit_updating_call(index, node, call)
        elif len(node.types) > 1:
            self._emit_several(index, node, call)
        else:
            self._keep(index, node, Code(call))

    def _emit_updating_call(self, index: int, node: Node, call: str) -> None:
        """A call that returns its outputs and what it updates."""
        child = node.attributes["child"]
        if len(node.types) > 1:
            targets = f"({', '.join(self._targets(index, node))})"
        else:
            targets = self.names.take(node.name or self._base_name(node)) if self.uses[index] else "_"
            self.codes[index] = Code(targets)
        inner = self.names.take(f"{child.replace('.', '_')}_state" if child else "state")
        self.lines.append(f"{targets}, {inner} = {call}")
        self.updates.append(f'**state_above({inner}, "{child}")' if child else f"**{inner}")

    def _returned(self) -> str:
        outputs = [self._as_array(self.codes[index]).text for index in self.method.outputs]
        text = outputs[0] if len(outputs) == 1 else f"({', '.join(outputs)})"
        if not updates_state(self.module, self.method.name):
            return text
        before = [f"**{self.state}"] if self.whole_state else []
        own = [f'"{path}": {self.codes[index].text}' for path, index in self.method.updates]
        updated = self.names.take("new_state")
        self.lines.append(f"{updated} = {{{', '.join([*before, *self.updates, *own])}}}")
        return f"{text}, {updated}"
