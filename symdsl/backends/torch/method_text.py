"""A plan method as straight-line Python: named and repeated values are variables, all others stand where used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from symdsl.backends.torch.code import Code, Site
from symdsl.backends.torch.liveness import Uses, count_uses
from symdsl.backends.torch.names import LocalNames, noun, result_noun
from symdsl.backends.torch.operations import EMITTERS
from symdsl.plan.nodes import Method, Node

INLINE_LIMIT = 70
RETURN_LIMIT = 105
LINE_LIMIT = 100
SHORT_OPERAND = 25
OVERWRITABLE = frozenset({"convolution", "linear", "batch_norm", "batch_norm_inference"})
"""Operations whose result is a new tensor that their own derivative does not read."""
LEAVES = frozenset({"argument", "parameter", "constant", "state"})


@dataclass(frozen=True, slots=True)
class MethodText:
    """A method as text: names of its arguments in plan order, the lines of its body, the functions it needs.

    `anchor` is a real tensor whose dtype and device are those of the method.
    """

    arguments: tuple[str, ...]
    lines: tuple[str, ...]
    support: frozenset[str]
    anchor: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a method sees of its class.

    `call(child, method, arguments)` is the text of a call; `updating` says whether a call updates state, so that it
    stays although nothing uses its results; `anchor` is a real tensor of the class, for methods without a real
    argument; `wrap(outputs)` turns the texts of several outputs into one; `made_by(child, method)` is the operation
    that the result of a call comes from, "" where it has several.
    """

    reserved: frozenset[str]
    call: Callable[[str, str, list[str]], str]
    updating: Callable[[str, str], bool]
    anchor: str
    wrap: Callable[[list[str]], str]
    made_by: Callable[[str, str], str]


def print_method(method: Method, surroundings: Surroundings) -> MethodText:
    """Straight-line source of `method`. Raises ValueError for an operation that has no emitter."""
    return _Writer(method, surroundings).write()


@dataclass(slots=True)
class _Writer:
    method: Method
    around: Surroundings
    codes: dict[int, Code] = field(default_factory=dict)
    items: dict[tuple[int, int], Code] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    support: set[str] = field(default_factory=set)
    holders: dict[str, int] = field(default_factory=dict)
    pending: dict[int, Code] = field(default_factory=dict)
    anchor: str = ""
    names: LocalNames = field(init=False)
    uses: Uses = field(init=False)

    def write(self) -> MethodText:
        """The whole text."""
        self.names = LocalNames(self.around.reserved)
        self.uses = count_uses(self.method, self.around.updating)
        arguments = tuple(self._argument(index) for index in self.method.arguments)
        self.anchor = self.anchor or self.around.anchor
        for index in self.uses.order:
            if index in self.uses.for_updates:
                continue
            self._write_node(index)
        self._write_updates()
        self._return()
        return MethodText(arguments, tuple(self.lines), frozenset(self.support), self.anchor)

    def _argument(self, index: int) -> str:
        node = self.method.nodes[index]
        name = self.names.take(node.attributes["name"], as_written=True)
        self.codes[index] = Code(name, reads=frozenset({name}))
        if self.uses.count[index]:
            self.holders[name] = index
        noise = {label for label, _ in self.method.noise}
        if not self.anchor and node.type.dtype == "real" and node.attributes["name"] not in noise:
            self.anchor = name
            # It stands for its dtype and device further down: the name must not move to another value.
            self.holders.pop(name, None)
        return name

    def _write_node(self, index: int) -> None:
        node = self.method.nodes[index]
        if index in self.codes or node.op == "item":
            if node.op == "item":
                self._write_item(index, node)
            return
        code = self._code(index, node)
        if len(code.text) > LINE_LIMIT:
            self._name_operands(node)
            code = self._code(index, node)
        for operand in node.operands:
            self.pending.pop(operand, None)
        if len(node.types) > 1:
            self._unpack(index, node, code)
        elif node.op in LEAVES or (code.literal and not node.name):
            self.codes[index] = code
        else:
            self._keep(index, node, code)

    def _name_operands(self, node: Node) -> None:
        """Give the long operands of a node, which would have stood inside it, lines of their own."""
        for operand in dict.fromkeys(node.operands):
            code = self.pending.get(operand)
            if code is not None and len(code.text) > SHORT_OPERAND:
                del self.pending[operand]
                self._assign(operand, self.method.nodes[operand].name or noun(self.method.nodes[operand].op), code)

    def _keep(self, index: int, node: Node, code: Code) -> None:
        """Assign the value to a variable, or remember its text for the one place that uses it."""
        returned = index in self.uses.returned and len(self.method.outputs) == 1
        short = len(code.text) <= (RETURN_LIMIT if returned else INLINE_LIMIT)
        uses = self.uses.count[index]
        if uses == 0:
            self.lines.append(code.text)
        elif (node.name is None or returned) and uses == 1 and short:
            self.codes[index] = code
            self.pending[index] = code
        else:
            self._assign(index, node.name or noun(node.op), code)

    def _assign(self, index: int, wanted: str, code: Code) -> None:
        text = self._tensor(code)
        self._release_dead(index)
        name = self.names.take(wanted)
        self.holders[name] = index
        self.lines.append(f"{name} = {text}")
        self.codes[index] = Code(name, reads=frozenset({name}))

    def _unpack(self, index: int, node: Node, code: Code) -> None:
        """Assign the results of a node that has several."""
        wanted: list[str | None] = [None] * len(node.types)
        holders: dict[int, int] = {}
        for item in self.uses.items.get(index, ()):
            place = self.method.nodes[item].attributes["index"]
            wanted[place] = self.method.nodes[item].name or result_noun(node.op, place, node.name)
            holders[place] = item
        self._release_dead(index)
        names = ["_" if label is None else self.names.take(label) for label in wanted]
        for place, item in holders.items():
            self.codes[item] = Code(names[place], reads=frozenset({names[place]}))
            self.holders[names[place]] = item
        self.lines.append(f"{', '.join(names)} = {code.text}" if holders else code.text)

    def _write_item(self, index: int, node: Node) -> None:
        source = node.operands[0]
        if index not in self.codes and len(self.method.nodes[source].types) == 1:
            self.codes[index] = self.codes[source]

    def _release_dead(self, index: int) -> None:
        """Free the names whose values nothing after node `index` reads."""
        waiting = frozenset[str]().union(*(code.reads for code in self.pending.values()))
        for name, holder in list(self.holders.items()):
            if self.uses.last[holder] <= self.uses.position[index] and name not in waiting:
                del self.holders[name]
                self.names.release(name)

    def _code(self, index: int, node: Node) -> Code:
        operands = tuple(self.codes[operand] for operand in node.operands)
        reads = frozenset[str]().union(*(code.reads for code in operands))
        if node.op in ("parameter", "constant", "state"):
            text = f"self.{node.attributes['path']}"
            if node.op == "constant" and node.type.dtype == "boolean":
                text += ".bool()"
            return Code(text)
        if node.op == "call":
            texts = [self._tensor(code) for code in operands]
            return Code(self.around.call(node.attributes["child"], node.attributes["method"], texts), reads=reads)
        emitter = EMITTERS.get(node.op)
        if emitter is None:
            raise ValueError(f"the torch backend has no operation {node.op}")
        types = tuple(self.method.nodes[operand].type for operand in node.operands)
        sources = tuple(self.method.nodes[operand].op for operand in node.operands)
        site = Site(
            node,
            operands,
            types,
            sources,
            self.anchor,
            self._observed(index),
            self.support,
            self._body,
            self._fresh(node),
        )
        code = emitter(site)
        return Code(code.text, code.precedence, code.literal, reads)

    def _fresh(self, node: Node) -> bool:
        """Whether the first operand is new, read here alone, and not needed for the derivative of what made it."""
        if not node.operands or self.uses.count[node.operands[0]] != 1:
            return False
        source = self.method.nodes[node.operands[0]]
        if source.op == "call":
            return self.around.made_by(source.attributes["child"], source.attributes["method"]) in OVERWRITABLE
        if source.op == "item":
            source = self.method.nodes[source.operands[0]]
        return source.op in OVERWRITABLE

    def _tensor(self, code: Code) -> str:
        return f"{self.anchor}.new_full((), {code.text})" if code.literal else code.text

    def _body(self, name: str) -> str:
        return f"self.{name}"

    def _observed(self, index: int) -> tuple[bool, ...]:
        """For each result, whether an output depends on it."""
        seen = [False] * len(self.method.nodes[index].types)
        for item in self.uses.items.get(index, ()):
            seen[self.method.nodes[item].attributes["index"]] = item in self.uses.for_outputs
        return tuple(seen) if len(seen) > 1 else (True,)

    def _write_updates(self) -> None:
        """New values of state, written without gradient once all of them are known."""
        if not self.method.updates:
            return
        start = len(self.lines)
        for index in self.uses.order:
            if index in self.uses.for_updates:
                self._write_node(index)
        own = {path: {path} for path, _ in self.method.updates}
        several = any(self.uses.states_read(index) - own[path] for path, index in self.method.updates)
        writes = []
        for path, index in self.method.updates:
            if several and index in self.pending:
                code = self.pending.pop(index)
                self._assign(index, f"new_{path.rpartition('.')[2]}", code)
            writes.append(f"self.{path}.copy_({self._tensor(self.codes[index])})")
        block = [f"    {line}" for line in [*self.lines[start:], *writes]]
        self.lines[start:] = ["with torch.no_grad():", *block]

    def _return(self) -> None:
        updated = {path for path, _ in self.method.updates}
        texts = []
        for index in self.method.outputs:
            text = self._tensor(self.codes[index])
            # An update writes into the buffer: what is returned must be the old value.
            stale = self.method.nodes[index].op == "state" and self.method.nodes[index].attributes["path"] in updated
            texts.append(f"{text}.clone()" if stale else text)
        if texts:
            self.lines.append(f"return {texts[0] if len(texts) == 1 else self.around.wrap(texts)}")
