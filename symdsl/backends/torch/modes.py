"""Training and inference: which classes need two forwards, and under which name a method is called.

`forward` and `forward_train` are two functions of the plan; torch has one `forward` and a flag `training`. A class
whose two functions are equal up to their calls is printed with one. A class whose mode a caller has to choose against
the flag (a forward_train that calls a child's forward) is printed with both, under names of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from symdsl.plan.nodes import Method
from symdsl.plan.share_classes import SharedClass, SharedProgram

INFERENCE, TRAINING = "forward", "forward_train"
TRAINING_CALLERS = frozenset({TRAINING, "objective"})


def find_method(shared: SharedClass, name: str) -> Method | None:
    """The method of that name, or None."""
    return next((method for method in shared.template.methods if method.name == name), None)


@dataclass(slots=True)
class Modes:
    """The forms of the classes of one program.

    `sensitive`: inference and training differ; `merged`: printed with one forward; `explicit`: also printed with
    `forward_inference` and `forward_train`, because a caller has to choose.
    """

    program: SharedProgram
    sensitive: dict[str, bool] = field(default_factory=dict)
    merged: dict[str, bool] = field(default_factory=dict)
    explicit: set[str] = field(default_factory=set)
    _classes: Mapping[str, SharedClass] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._classes = {shared.name: shared for shared in self.program.classes}
        for shared in self.program.classes:
            inference, training = find_method(shared, INFERENCE), find_method(shared, TRAINING)
            same = inference is None or training is None or self._same(shared, inference, training)
            below = any(self.sensitive[called.name] for called in self._called(shared, training))
            self.merged[shared.name] = same and training is not None and inference is not None
            self.sensitive[shared.name] = training is not None and (not same or below)
        self._find_explicit()

    def callee(self, shared: SharedClass, path: str) -> SharedClass:
        """The class of a descendant. Raises KeyError."""
        if not path:
            return shared
        for name in path.split("."):
            (child,) = [child for child in shared.children if child.name == name]
            shared = self._classes[child.class_name]
        return shared

    def target(self, shared: SharedClass, caller: str, path: str, method: str) -> str:
        """What stands before the brackets: "self.child", "self.child.energy" or "self.child.forward_inference"."""
        callee = self.callee(shared, path)
        place = f"self.{path}" if path else "self"
        if method not in (INFERENCE, TRAINING):
            return f"{place}.{method_name(callee, method)}"
        if self._chosen(shared, caller, callee, method):
            return f"{place}.{'forward_inference' if method == INFERENCE else TRAINING}"
        return place if path else "self.forward"

    def updates(self, shared: SharedClass, method_name: str) -> bool:
        """Whether the method, or one that it calls, updates state."""
        waiting, seen = [(shared, method_name)], set()
        while waiting:
            owner, name = waiting.pop()
            if (owner.name, name) in seen:
                continue
            seen.add((owner.name, name))
            method = find_method(owner, name)
            if method is None:
                continue
            if method.updates:
                return True
            for path, called in _calls(method):
                waiting.append((self.callee(owner, path), called))
        return False

    def check_reads(self, shared: SharedClass, method: Method) -> None:
        """Raises ValueError where a method uses the state of a child in one call and updates it in another.

        The plan reads the old state in both; buffers that are written in place would give the new one.
        """
        calls = list(_calls(method))
        for path, called in calls:
            for other, name in calls:
                callee = self.callee(shared, path)
                reads = self.sensitive[callee.name] and not self.updates(callee, called)
                overlap = path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")
                if reads and overlap and self.updates(self.callee(shared, other), name):
                    raise ValueError(f"{shared.name}.{method.name} reads the state of {path} and also updates it")

    def _chosen(self, shared: SharedClass, caller: str, callee: SharedClass, method: str) -> bool:
        """Whether the call has to name its mode, because the flag of the callee may say otherwise."""
        if not self.sensitive[callee.name]:
            return False
        return shared.name in self.explicit or not _follows_flag(caller, method)

    def _called(self, shared: SharedClass, method: Method | None) -> Iterator[SharedClass]:
        for path, name in _calls(method) if method else ():
            if name == TRAINING:
                yield self.callee(shared, path)

    def _find_explicit(self) -> None:
        waiting: list[SharedClass] = []
        for shared in self.program.classes:
            for method in shared.template.methods:
                for path, called in _calls(method):
                    callee = self.callee(shared, path)
                    two = called in (INFERENCE, TRAINING) and self.sensitive[callee.name]
                    if two and not _follows_flag(method.name, called):
                        waiting.append(callee)
        while waiting:
            shared = waiting.pop()
            if shared.name in self.explicit:
                continue
            self.explicit.add(shared.name)
            for method in shared.template.methods:
                for path, called in _calls(method):
                    callee = self.callee(shared, path)
                    if called in (INFERENCE, TRAINING) and self.sensitive[callee.name]:
                        waiting.append(callee)

    def _same(self, shared: SharedClass, inference: Method, training: Method) -> bool:
        """Whether the two are equal up to the mode of their calls and to noise that is only handed on."""
        if training.updates or inference.updates or inference.output_names != training.output_names:
            return False
        noise = {name for name, _ in training.noise}
        match: dict[int, int] = {}
        left = iter(enumerate(inference.nodes))
        for index, node in enumerate(training.nodes):
            if node.op == "argument" and node.attributes["name"] in noise:
                continue
            other_index, other = next(left, (-1, None))
            if other is None or other.op != node.op or len(other.types) != len(node.types):
                return False
            operands = tuple(match[operand] for operand in node.operands if operand in match)
            attributes, others = dict(node.attributes), dict(other.attributes)
            if node.op == "call":
                attributes["method"] = attributes["method"].removesuffix("_train")
            handed_on = node.op == "call" or len(operands) == len(node.operands)
            if not handed_on or operands != other.operands or attributes != others:
                return False
            match[index] = other_index
        outputs = tuple(match.get(index, -1) for index in training.outputs)
        return next(left, None) is None and outputs == inference.outputs


def _calls(method: Method) -> Iterator[tuple[str, str]]:
    for node in method.nodes:
        if node.op == "call":
            yield node.attributes["child"], node.attributes["method"]


def _follows_flag(caller: str, method: str) -> bool:
    """A training method runs with the flag set and means training; all others mean inference."""
    return (caller in TRAINING_CALLERS) == (method == TRAINING)


def method_name(shared: SharedClass, method: str) -> str:
    """The printed name of a method: one that a child has already taken is put into words."""
    owned = {child.name for child in shared.children}
    owned |= {item.name for item in (*shared.template.parameters, *shared.template.constants, *shared.template.state)}
    return f"compute_{method}" if method in owned else method


def signature_order(method: Method) -> list[int]:
    """Places of the plan's arguments in the order of the printed signature: noise last, for it may be left out."""
    noise = {name for name, _ in method.noise}
    names = [method.nodes[index].attributes["name"] for index in method.arguments]
    return sorted(range(len(names)), key=lambda place: names[place] in noise)
