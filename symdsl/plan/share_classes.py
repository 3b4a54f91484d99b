"""Which modules of a program are one class with constructor arguments.

Modules of one class name whose structure is equal up to integers become one `SharedClass`: an integer that is equal
everywhere stays a literal, one that varies becomes an expression in the named `dimensions` of the module, and where
no expression fits the class is split into numbered ones. Sizes of activations do not count: only integers that a
parameter, a constant, a state or a sized attribute needs. The template of a class has `Expression` in place of the
integers that vary; its `types` are those of the first instance, of which only rank, dtype and `batched` hold for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from symdsl.plan.nodes import ArrayType, Module, Program
from symdsl.plan.size_expressions import Expression, Size, find_expression
from symdsl.plan.sizes import Hole, Site, map_sizes

Value = int | float


@dataclass(frozen=True, slots=True)
class SharedChild:
    """A child of a class: its attribute name, its class, and what its constructor is given, by argument name."""

    name: str
    class_name: str
    arguments: tuple[tuple[str, Size], ...]


@dataclass(frozen=True, slots=True)
class SharedClass:
    """One class to print.

    `arguments` are the constructor's; `template` is the module with `Expression`s over them (its children are those
    of the first instance: read `children` instead); `paths` are the instances ("" is the root).
    In the template `broadcast` has -1 for an axis that keeps its size, `slice` has stop None for the end of the axis,
    `split` has -1 for the one size that follows from the activation, and batch norms have an attribute
    `copies_are_one`: each field has one channel. Stored tables have no data: take those of the instances.
    """

    name: str
    arguments: tuple[str, ...]
    template: Module
    children: tuple[SharedChild, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedInstance:
    """A module of the program: its class and the constructor arguments that make it."""

    class_name: str
    arguments: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class SharedProgram:
    """`classes` come children before parents, the root's last; `instances` are by path ("" is the root)."""

    program: Program
    classes: tuple[SharedClass, ...]
    instances: Mapping[str, SharedInstance]

    def shared_class(self, name: str) -> SharedClass:
        """The class called `name`. Raises KeyError."""
        for shared in self.classes:
            if shared.name == name:
                return shared
        raise KeyError(f"no class {name}")


@dataclass(slots=True)
class _Instance:
    """A module on its way into a class: every integer that counts, and where it stands."""

    path: str
    module: Module
    values: tuple[Value, ...] = ()
    sites: tuple[Site, ...] = ()
    group: _Group | None = None
    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(slots=True)
class _Group:
    """The instances of one class and, for each of their sites, the literal or expression that stands there."""

    members: list[_Instance]
    entries: tuple[Size, ...]
    arguments: tuple[str, ...]
    name: str = ""


def share_classes(program: Program, reserved: frozenset[str] = frozenset()) -> SharedProgram:
    """The fewest classes that anti-unification of the integers allows; deterministic.

    `reserved` are names that no class may have. Class names must be identifiers. Raises ValueError.
    """
    instances = {path: _Instance(path, module) for path, module in walk_modules(program.root)}
    heights = _heights(instances)
    groups: list[_Group] = []
    for height in sorted(set(heights.values())):
        level = [instance for path, instance in instances.items() if heights[path] == height]
        groups.extend(_group_level(level, instances))
    _name_groups(instances, reserved)
    classes = tuple(_build_class(group, instances) for group in groups)
    made = {path: SharedInstance(_group_of(item).name, item.arguments) for path, item in instances.items()}
    return SharedProgram(program, classes, MappingProxyType(made))


def walk_modules(root: Module) -> list[tuple[str, Module]]:
    """Every module with its path, parents before children, in order."""
    found: list[tuple[str, Module]] = []
    waiting = [("", root)]
    while waiting:
        path, module = waiting.pop()
        found.append((path, module))
        waiting.extend((_join(path, name), child) for name, child in reversed(module.children))
    return found


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _heights(instances: Mapping[str, _Instance]) -> dict[str, int]:
    """The length of the longest chain of children below each module; equal structure has equal height."""
    heights: dict[str, int] = {}
    for path, instance in reversed(list(instances.items())):
        below = [heights[_join(path, name)] for name, _ in instance.module.children]
        heights[path] = 1 + max(below, default=-1)
    return heights


def _group_of(instance: _Instance) -> _Group:
    if instance.group is None:
        raise ValueError(f"module {instance.path!r} has no class yet")
    return instance.group


def _group_level(level: Sequence[_Instance], instances: Mapping[str, _Instance]) -> list[_Group]:
    """The classes of the modules of one height, whose children have their classes."""
    families: dict[tuple[object, ...], list[_Instance]] = {}
    for instance in level:
        key = _read_instance(instance, instances)
        families.setdefault(key, []).append(instance)
    groups: list[_Group] = []
    waiting = list(reversed(families.values()))
    while waiting:
        members = waiting.pop()
        solved = _solve(members)
        if isinstance(solved, int):
            waiting.extend(reversed(_partition(members, solved)))
            continue
        groups.append(solved)
    return groups


def _read_instance(instance: _Instance, instances: Mapping[str, _Instance]) -> tuple[object, ...]:
    """Collect the integers of a module into `instance`; return its structure without them, as a key."""
    values: list[Value] = []
    sites: list[Site] = []

    def collect(value: Value, site: Site) -> Hole:
        values.append(value)
        sites.append(site)
        return Hole()

    skeleton = _structure(map_sizes(instance.module, collect))
    children: list[tuple[str, int]] = []
    for name, _ in instance.module.children:
        child = instances[_join(instance.path, name)]
        children.append((name, id(_group_of(child))))
        for argument, value in child.arguments:
            collect(value, Site(argument, fallback=argument))
    instance.values, instance.sites = tuple(values), tuple(sites)
    return (instance.module.class_name, repr(skeleton), tuple(children))


def _structure_of_type(type: ArrayType) -> ArrayType:
    return replace(type, shape=(0,) * len(type.shape), rows="")


def _structure(module: Module) -> Module:
    """What a class is keyed on: no documentation, names of values, origins, sizes or rows of activations."""
    methods = tuple(
        replace(
            method,
            documentation="",
            nodes=tuple(
                replace(node, name=None, origin=None, types=tuple(map(_structure_of_type, node.types)))
                for node in method.nodes
            ),
        )
        for method in module.methods
    )
    dimensions = tuple((name, 0) for name, _ in module.dimensions)
    return replace(module, methods=methods, documentation="", children=(), dimensions=dimensions)


def _partition(members: Sequence[_Instance], column: int) -> list[list[_Instance]]:
    parts: dict[Value, list[_Instance]] = {}
    for instance in members:
        parts.setdefault(instance.values[column], []).append(instance)
    return list(parts.values())


def _solve(members: list[_Instance]) -> _Group | int:
    """An expression for every site, or the column of the first site that has none."""
    dimensions = {
        name: tuple(dict(member.module.dimensions)[name] for member in members)
        for name, _ in members[0].module.dimensions
    }
    varying = {name: column for name, column in dimensions.items() if len(set(column)) > 1}
    extra: dict[str, tuple[Value, ...]] = {}
    freed: set[str] = set()
    entries: list[Size] = []
    for index, site in enumerate(members[0].sites):
        column = tuple(member.values[index] for member in members)
        if len(set(column)) == 1:
            entries.append(column[0])
            continue
        expression = find_expression(column, varying)
        if expression is None and site.free and site.free not in freed:
            freed.add(site.free)
            expression = -1
        if expression is None and site.fallback:
            expression = _extra_argument(site.fallback, column, extra, dimensions)
        if expression is None:
            return index
        entries.append(expression)
    used = {name for entry in entries if isinstance(entry, Expression) for name in entry.names}
    arguments = tuple(name for name in varying if name in used) + tuple(extra)
    group = _Group(members, tuple(entries), arguments)
    for position, member in enumerate(members):
        member.group = group
        columns = {**varying, **extra}
        member.arguments = tuple((name, columns[name][position]) for name in arguments)
    return group


def _extra_argument(
    wanted: str, column: tuple[Value, ...], extra: dict[str, tuple[Value, ...]], dimensions: Mapping[str, object]
) -> Expression:
    """A constructor argument for an attribute that no dimension explains; equal columns share one."""
    name, number = wanted, 1
    while name in dimensions or extra.get(name, column) != column:
        number += 1
        name = f"{wanted}_{number}"
    extra[name] = column
    return Expression.of(name)


def _name_groups(instances: Mapping[str, _Instance], reserved: frozenset[str]) -> None:
    """Give each class its name, numbered after the first: the root's class is first."""
    wanted = {instance.module.class_name for instance in instances.values()}
    taken = set(reserved)
    for instance in instances.values():
        group = _group_of(instance)
        if group.name:
            continue
        base = instance.module.class_name
        if not base.isidentifier():
            raise ValueError(f"class name {base!r} is not an identifier")
        name, number = base, 1
        while name in taken or (number > 1 and name in wanted):
            number += 1
            name = f"{base}{number}"
        taken.add(name)
        group.name = name


def _build_class(group: _Group, instances: Mapping[str, _Instance]) -> SharedClass:
    first = group.members[0]
    remaining = iter(group.entries)
    template = map_sizes(first.module, lambda _value, _site: next(remaining))
    children: list[SharedChild] = []
    for name, _ in first.module.children:
        child = instances[_join(first.path, name)]
        given = tuple((argument, next(remaining)) for argument, _ in child.arguments)
        children.append(SharedChild(name, _group_of(child).name, given))
    modules = [member.module for member in group.members]
    methods = tuple(
        replace(method, documentation=_common_lines([module.methods[index].documentation for module in modules]))
        for index, method in enumerate(template.methods)
    )
    documentation = _common_lines([module.documentation for module in modules])
    template = replace(template, documentation=documentation, methods=methods, class_name=group.name)
    return SharedClass(group.name, group.arguments, template, tuple(children), tuple(m.path for m in group.members))


def _common_lines(texts: Sequence[str]) -> str:
    """The lines that every instance has: a line that names the size of one instance is not true of the class."""
    others = [set(text.splitlines()) for text in texts[1:]]
    return "\n".join(line for line in texts[0].splitlines() if all(line in lines for lines in others))
