"""`symdsl info`: everything that was inferred, which group acts how, which layers, how many parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symdsl.cli.border import command
from symdsl.cli.limits import LimitOption
from symdsl.cli.options import CardOption, Form, FormOption, ModelOption, SetOption, Spec, make_session
from symdsl.diagnostics.diagnostic import SymdslError

if TYPE_CHECKING:
    from symdsl.groups.group import Group
    from symdsl.ir.graph import Graph

MOST_LISTED = 1_000
"""Elements of a finite group whose irreducible representations are listed."""


@command
def info(
    spec: Spec,
    form: FormOption = Form.text,
    model: ModelOption = None,
    settings: SetOption = None,
    limits: LimitOption = None,
    card: CardOption = None,
) -> None:
    """Say what a spec means: fields, actions, enforcement, layers, parameters; or show a group card."""
    from symdsl.pipeline import prepare

    if spec.suffix == ".json":
        print(card_text(spec, form), end="")
        return

    compilation = prepare(spec, make_session(None, settings, limits=limits, cards=card), model)
    data = describe(compilation)
    if form is Form.json:
        print(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        print(describe_text(data), end="")


def describe(compilation: Any) -> dict[str, Any]:
    """The facts of a model as JSON data."""
    from symdsl.groups.group_invariants import group_invariants
    from symdsl.plan.cost import cost_of_method
    from symdsl.plan.initial import parameter_table

    spec = compilation.spec
    symmetries = {}
    for name, symmetry in spec.symmetries.items():
        actions = {field: action.text for field, action in symmetry.actions.items()}
        symmetries[name] = {"group": symmetry.text, "actions": actions, "inferred": sorted(symmetry.inferred)}
        missing = symmetry.learned is not None and symmetry.learned.missing
        if symmetry.learned is not None:
            symmetries[name]["card"] = symmetry.learned.text
        if symmetry.group is not None and not missing:
            symmetries[name]["invariants"] = group_invariants(symmetry.group)
            irreducible = irreducible_text(symmetry.group)
            if irreducible is not None:
                symmetries[name]["irreducible"] = irreducible
    described = {
        "model": spec.name,
        "fields": {
            name: {"kind": field.kind, "shape": list(field.shape), "role": _role(spec, name)}
            for name, field in spec.fields.items()
        },
        "symmetries": symmetries,
        "facts": list(spec.facts),
    }
    if any(symmetry.learned is not None and symmetry.learned.missing for symmetry in spec.symmetries.values()):
        return described
    program = compilation.lower(channels_last=False)
    parameters = parameter_table(program.root)
    sizes = {name: _size(parameter.shape) for name, parameter in parameters.items()}
    return {
        **described,
        "claims": list(compilation.graph.claims),
        "layers": list(layer_rows(compilation.graph.forward, sizes)),
        "parameters": sum(sizes.values()),
        "multiply_adds": cost_of_method(program.root, "forward").multiply_adds,
    }


def card_text(path: Path, form: Form) -> str:
    """A group card for people, or its own JSON. Raises SymdslError as `read_card`."""
    from symdsl.cards.files import card_hash, read_card

    card = read_card(path)
    if form is Form.json:
        return path.read_text(encoding="utf-8")
    stated, size = card.certificate, card.dimension
    lines = [
        f"{card.name}: {card.text}",
        f"  {len(card.generators)} generators, {len(card.discrete)} discrete elements, {size} x {size}, {card.space}",
        f"  acts by {card.representation or 'a representation without a name'}",
        *([f"  canonical: {card.canonical}"] if card.canonical is not None else []),
        *([f"  the output moves by matrices of size {card.outputs.shape[-1]}"] if card.outputs is not None else []),
        *(["  partial: it holds over a range of its parameters"] if card.partial else []),
        f"{stated.verdict} at delta = {stated.delta:g}, alpha = {stated.alpha:g}, on {stated.samples:,} samples of "
        f"{stated.domain}",
        *(f"  {test.name}: {test.statistic:g}" + (f", bound {test.bound:g}" if test.bound is not None else "")
          + ("" if test.passed is None else ", kept" if test.passed else ", broken") for test in stated.tests),
        f"sha256 {card_hash(card)}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def irreducible_text(group: Group) -> str | None:
    """What `irrep(k)` may be of a finite group that numbers them; None for others, and for those of many elements."""
    from symdsl.groups.representations.finite_irreducible import table_text

    if group.order is None or group.order > MOST_LISTED or group.factors or group.family in ("cyclic", "dihedral"):
        return None
    try:
        return table_text(group)
    except SymdslError:
        return None


def layer_rows(graph: Graph, sizes: Mapping[str, int], prefix: str = "") -> Iterator[dict[str, Any]]:
    """One row a named layer, those inside a gradient's scalar after it; `sizes` are of parameters by path."""
    for node in graph.nodes:
        if not (node.inputs and node.name):
            continue
        name = f"{prefix}{node.name}"
        yield {
            "name": name,
            "operation": node.attributes.op,
            "shape": list(node.type.shape),
            "parameters": sum(size for path, size in sizes.items() if path.startswith(f"{name}.")),
        }
        region = getattr(node.attributes, "region", None)
        if region is not None:
            yield from layer_rows(region, sizes, f"{name}.")


def describe_text(data: dict[str, Any]) -> str:
    """The facts for people."""
    from symdsl.groups.group_invariants import invariants_text

    lines = [f"model {data['model']}"]
    for name, field in data["fields"].items():
        lines.append(f"  {name}: {field['kind']}, shape {tuple(field['shape'])}, {field['role']}")
    for name, symmetry in data["symmetries"].items():
        lines.append(f"symmetry {name}: {symmetry['group']}")
        if "card" in symmetry:
            lines.append(f"  {symmetry['card']}")
        if "invariants" in symmetry:
            lines.append(f"  {invariants_text(symmetry['invariants'])}")
        if "irreducible" in symmetry:
            lines.append(f"  {symmetry['irreducible']}")
        for field, text in symmetry["actions"].items():
            lines.append(f"  {field}: {text}{' (inferred)' if field in symmetry['inferred'] else ''}")
    said = tuple(f"{name}: " for name in data["symmetries"])
    lines += data.get("claims", []) + [fact for fact in data["facts"] if not fact.startswith(said)]
    if "layers" not in data:
        return "\n".join(lines) + "\n"
    lines.append("layers")
    for layer in data["layers"]:
        shape = "x".join(map(str, layer["shape"])) or "one number"
        lines.append(f"  {layer['name']}: {layer['operation']}, {shape}, {layer['parameters']:,} parameters")
    lines.append(f"{data['parameters']:,} parameters, {data['multiply_adds']:,} multiply-adds a sample")
    return "\n".join(lines) + "\n"


def _role(spec: Any, name: str) -> str:
    if name in spec.inputs:
        return "input"
    return "output" if name in spec.outputs else "not used"


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
