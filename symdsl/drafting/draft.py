"""The text of a first spec: the first of several candidates that the checker accepts and the compiler can build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symdsl.api import check
from symdsl.data.faults import bad_data
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.drafting.fields import LABELS, DraftField
from symdsl.pipeline import Compilation
from symdsl.syntax.formatter import format_text

TARGETS = ("y", "target", "targets", "energy", "forces", "output", "outputs")
WHOLES = frozenset({"energy", "forces"})
"""What atoms have together is no input of what else they have."""
TURNS = {2: "O(2)", 3: "O(3)", 4: "Lorentz()"}
WIDTHS = "{ hidden = [64, 64] }"
ALTERNATIVES = {
    "image": (
        "`C(4)` turns by quarters; D(4) mirrors as well. In place of group_convolution: `by augmentation`,",
        "`by invariance_loss`. `symdsl compare` trains the ways side by side.",
    ),
    "motion": (
        "The energy is learned and conserved. A symmetry of space beside it: `symmetry turn: O(2)`, and",
        "`enforce turn by equivariant_mlp { hidden = [64, 64] }`.",
    ),
    "space": (
        "Other groups: SO(n) without mirrors, E(n) where no place is special, Lorentz() for four-vectors, S(axis) for",
        "alike parts. In place of equivariant_mlp: `by augmentation`. `symdsl compare` trains the ways side by side.",
    ),
    "plain": (
        "No symmetry is declared: say which fields are vectors or alike parts, and what leaves the law as it is,",
        "such as `symmetry turn: O(3)` and `enforce turn by equivariant_mlp`.",
    ),
}


@dataclass(frozen=True)
class Way:
    """One way to model: the lines of symmetry, prediction and enforcement, and which alternatives there are."""

    about: str
    symmetries: tuple[str, ...]
    network: str
    enforcements: tuple[str, ...]


def draft_spec(name: str, fields: Sequence[DraftField], remarks: Sequence[str]) -> str:
    """A spec that passes `check`, in canonical layout. Raises SymdslError (SYM0834) where nothing can be predicted."""
    target = choose_target(fields)
    inputs = choose_inputs(fields, target)
    if target is None or not inputs:
        found = ", ".join(f"{field.name}: {field.type}" for field in fields) or "no array that a field could be"
        raise bad_data("SYM0834", "there is nothing to predict, or nothing to predict it from", notes=(found,),
                       hint="name files with inputs and with targets: --from images.idx --from labels.idx")  # fmt: skip
    for way in ways(inputs, target):
        text = format_text(spec_text(name, fields, inputs, target, way, remarks), f"{name}.sym")
        if is_sound(text):
            return text
    raise bad_data("SYM0834", f"no network was found that takes {', '.join(each.name for each in inputs)}")


def is_sound(text: str) -> bool:
    """Whether the spec is accepted without a warning, and its graph can be built."""
    result = check(text)
    if result.diagnostics:
        return False
    try:
        Compilation(result.model(None)).graph  # noqa: B018
    except SymdslError:
        return False
    return True


def choose_target(fields: Sequence[DraftField]) -> DraftField | None:
    """A label, a derivative, what is called a target, or the last field."""
    for kind in ("derivative", "label"):
        found = [field for field in fields if field.kind == kind]
        if found:
            return next((field for field in found if field.name in LABELS), found[0])
    named = {field.name: field for field in fields}
    return next((named[name] for name in TARGETS if name in named), fields[-1] if fields else None)


def choose_inputs(fields: Sequence[DraftField], target: DraftField | None) -> tuple[DraftField, ...]:
    """Everything else that can be an input; of an image, or of a motion, that alone."""
    if target is None:
        return ()
    others = [field for field in fields if field is not target and field.kind not in ("label", "derivative")]
    others = [field for field in others if not (target.name in WHOLES and field.name in WHOLES)]
    alone = "phase_space" if target.kind == "derivative" else "image"
    chosen = [field for field in others if field.kind == alone]
    return tuple(chosen[:1] or others)


def ways(inputs: Sequence[DraftField], target: DraftField) -> Iterator[Way]:
    """Candidates, the one with the most symmetry first."""
    kinds = {field.kind for field in inputs}
    if target.kind == "derivative":
        yield Way("motion", ("symmetry time: translation(t)",), "", ("enforce time by hamiltonian",))
    if kinds == {"image"}:
        for options in ("", " { layers = 4 }", " { layers = 3 }"):
            line = f"enforce rotation by group_convolution{options}"
            yield Way("image", ("symmetry rotation: C(4)",), "", (line,))
    axes = axis_names((*inputs, target))
    swaps = [f"S({name})" for name in axes.values()]
    sizes = {field.dimension for field in (*inputs, target) if field.kind in ("vector", "point")}
    turns = [group for size, group in TURNS.items() if size in sizes]
    groups = [" * ".join(each) for turn in turns for each in ([turn, *swaps], [turn])]
    for group in dict.fromkeys((*groups, *([" * ".join(swaps)] if swaps else []))):
        yield Way("space", (f"symmetry move: {group}",), "", (f"enforce move by equivariant_mlp {WIDTHS}",))
    yield Way("plain", (), f" by mlp {WIDTHS}", ())


def axis_names(fields: Sequence[DraftField]) -> dict[int, str]:
    """A name for each size of an axis that fields run along."""
    sizes = sorted({field.count for field in fields if field.count is not None})
    return {size: "parts" if place == 0 else f"parts_{place + 1}" for place, size in enumerate(sizes)}


def spec_text(
    name: str, fields: Sequence[DraftField], inputs: Sequence[DraftField], target: DraftField, way: Way,
    remarks: Sequence[str],
) -> str:  # fmt: skip
    """The spec before it is laid out; fields that are not used are comments."""
    used = {field.name for field in (*inputs, target)}
    axes = axis_names([field for field in fields if field.name in used])
    everything = axis_names(fields)
    lines = ["// A first spec, written by `symdsl init`. Say what the data mean: change types, symmetries, network.",
             *(f"// {remark}" for remark in remarks), f"model {name} {{", "data {"]  # fmt: skip
    lines += [f"axis {axis} = {size}" for size, axis in axes.items()]
    lines += [field.line(axes) for field in fields if field.name in used]
    lines += [f"// {field.line(everything)}" for field in fields if field.name not in used]
    lines += ["}", *(f"// {line}" for line in ALTERNATIVES[way.about]), *way.symmetries]
    lines += [f"predict {target.name} from {', '.join(field.name for field in inputs)}{way.network}"]
    lines += [*way.enforcements, "train {", "epochs = 20", "learning_rate = 0.001", "}", "}"]
    return "\n".join(lines) + "\n"
