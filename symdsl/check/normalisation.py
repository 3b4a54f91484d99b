"""`normalise`: which fields are scaled, and by which statistics, so that every declared symmetry stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symdsl.check.action_rules import own_axes
from symdsl.check.field_text import with_article
from symdsl.check.fields import DataBlock
from symdsl.check.prediction import Prediction
from symdsl.check.reporter import Reporter
from symdsl.check.spec import Field, Model
from symdsl.diagnostics.diagnostic import Label
from symdsl.groups.actions.action import Action
from symdsl.groups.actions.blocks import Blocks, common_blocks, keeps_constants
from symdsl.syntax import ast


@dataclass(frozen=True)
class FieldScale:
    """The statistics of a field: one scale for each block of entries, and where `shifted` one mean."""

    blocks: Blocks
    shifted: bool


def field_scale(model: Model, name: str) -> FieldScale:
    """The finest statistics of a field that no symmetry of the model breaks, whether it is enforced or not."""
    actions = [each.actions[name] for each in model.symmetries.values() if name in each.actions]
    field = like = model.fields[name]
    while like.of is not None:
        like = model.fields[like.of]
    return scale_of(field, like, actions)


def scale_of(field: Field, like: Field, actions: Iterable[Action]) -> FieldScale:
    """The statistics of a field under these actions; a derivative is scaled `like` its field.

    The components of a vector, point, tensor, q or p are of one unit and share a scale in any case, as do the pixels
    of a channel. Only scalars and pixels are shifted, and only where every action does no more than move them about.
    """
    known = tuple(actions)
    own = own_axes(field)
    together = {"scalar": (), "angle": (), "image": own[1:], "phase_space": own[1:]}.get(like.kind, own)
    blocks = common_blocks(field.shape, known).joined(together)
    return FieldScale(blocks, like.kind in ("scalar", "image") and all(map(keeps_constants, known)))


def check_normalised(
    declaration: ast.ModelDeclaration, data: DataBlock, prediction: Prediction | None, reporter: Reporter
) -> tuple[str, ...]:
    """The fields of the `normalise` lines, in order; faults are reported."""
    names: dict[str, ast.Name] = {}
    for statement in declaration.statements:
        for name in statement.fields if isinstance(statement, ast.Normalise) else ():
            field = data.fields.get(name.text)
            if field is None:
                if name.text not in data.failed and not data.missing:
                    reporter.unknown("SYM0201", "field", name.text, name.span, data.fields)
            elif field.kind in ("label", "links", "angle"):
                reporter.error(
                    "SYM0314", f"{with_article(field.kind)} has no scale", name.span, "cannot be normalised",
                    hint="leave it out",
                )  # fmt: skip
            elif name.text in names:
                reporter.error(
                    "SYM0305", f"`{name.text}` is normalised twice", name.span, "here again",
                    related=(Label(names[name.text].span, "the first time"),), hint="name it once",
                )  # fmt: skip
            elif prediction is not None and field not in (*prediction.inputs, *prediction.outputs):
                _report_unused(name, prediction, reporter)
            else:
                names[name.text] = name
    return tuple(names)


def _report_unused(name: ast.Name, prediction: Prediction, reporter: Reporter) -> None:
    reporter.error(
        "SYM0318", f"`{name.text}` is neither given nor predicted", name.span, "has no use to be scaled for",
        related=(Label(prediction.statement.span, "what the model uses"),),
        hint="leave it out, or give it: `predict "
        f"{', '.join(field.name for field in prediction.outputs)} from "
        f"{', '.join((*(field.name for field in prediction.inputs), name.text))}`",
    )  # fmt: skip


def scale_facts(model_fields: Mapping[str, FieldScale]) -> tuple[str, ...]:
    """One line a field, for `symdsl info`."""
    return tuple(f"{name} is normalised by {scale_text(scale)}" for name, scale in model_fields.items())


def scale_text(scale: FieldScale) -> str:
    """`one scale about 0`, `3 means and scales`."""
    count = scale.blocks.count
    if scale.shifted:
        return "one mean and scale" if count == 1 else f"{count} means and scales"
    return f"{'one scale' if count == 1 else f'{count} scales'} about 0"
