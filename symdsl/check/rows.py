"""Rows: what a sample has any number of, along a varying axis or in a graph, and the integers that tie them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from symdsl.check.declaration import Catalogue, StrategyDeclaration
from symdsl.check.reporter import Reporter
from symdsl.check.spec import SAMPLE_MASK, Axis, EdgeRule, Enforcement, Field, Model, Ragged
from symdsl.diagnostics.diagnostic import Diagnostic, Label, Span, SymdslError
from symdsl.syntax import ast

ROW_KINDS = ("label", "scalar", "vector", "point", "tensor", "phase_space", "derivative")


def split_rows(
    axes: tuple[Axis, ...], written: ast.FieldType, reporter: Reporter
) -> tuple[str, tuple[Axis, ...]] | None:
    """(the varying axis or "", the axes of one row); None where a fault was reported."""
    varying = [place for place, axis in enumerate(axes) if axis.size is None]
    if not varying:
        return "", axes
    name = axes[varying[0]].name or ""
    if varying != [0]:
        reporter.error(
            "SYM0313", f"`{name}` has no fixed size, and stands behind another axis", written.span,
            "only the first axis may vary",
            hint=f"write `per {name}` first" if len(varying) == 1 else "keep one axis of varying size",
        )  # fmt: skip
        return None
    if written.name.text not in ROW_KINDS:
        reporter.error(
            "SYM0313", f"{written.name.text} cannot lie along an axis of varying size", written.name.span,
            f"`{name}` has no fixed size", hint=f"what can: {', '.join(ROW_KINDS[:-1])}",
        )  # fmt: skip
        return None
    return name, axes[1:]


def index_fields(ragged: Ragged, with_edges: bool) -> Iterator[Field]:
    """The integers that a model of such rows takes besides its fields, in this order: senders and receivers of edges,
    the sample that each row belongs to, and the number of rows of each sample."""
    if with_edges:
        for end in ("senders", "receivers"):
            yield Field(f"{ragged.name}_{end}", "index", ragged.span, rows=ragged.edge_rows, names=ragged.rows)
    yield Field(f"sample_of_{ragged.rows}", "index", ragged.span, rows=ragged.rows, names="")
    yield Field(f"n_{ragged.rows}", "count", ragged.span, names=ragged.rows)


def used_rows(ragged: Mapping[str, Ragged], fields: Iterable[Field]) -> tuple[Ragged, ...]:
    """The varying axes and graphs that some of the fields have rows of, in the order of their declaration."""
    rows = {field.rows for field in fields if field.rows}
    return tuple(each for each in ragged.values() if rows & {each.rows, each.edge_rows})


def points_of_rows(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields of rows that have a place: points, and phase spaces by their positions."""
    return tuple(
        field for field in fields if field.rows and not field.axes and field.kind in ("point", "phase_space")
    )  # fmt: skip


def edge_rules(used: Iterable[Ragged], network: Enforcement, inputs: Iterable[Field]) -> dict[str, EdgeRule]:
    """How the edges of each varying axis or graph come about; an axis has none unless the network needs them."""
    rule = network.strategy.edge_rule
    found = {}
    for each in used:
        if rule is not None:
            made = rule(network.options, each.kind == "graph")
            places = [field.name for field in points_of_rows(inputs) if field.rows == each.rows]
            found[each.name] = replace(made, of=places[0]) if made.kind in ("radius", "nearest") else made
        elif each.kind == "graph":
            found[each.name] = EdgeRule("given")
    return found


def declared_index_fields(
    used: Iterable[Ragged], rules: Mapping[str, EdgeRule], fields: Mapping[str, Field], reporter: Reporter
) -> dict[str, Field]:
    """The index fields by name. A field of the spec that has one of these names is reported."""
    found: dict[str, Field] = {}
    for each in used:
        for index in index_fields(each, each.name in rules):
            if index.name in fields:
                reporter.error(
                    "SYM0207", f"`{index.name}` is the name of integers of `{each.name}`", fields[index.name].span,
                    "declared here", related=(Label(each.span, "what needs the name"),),
                    hint="choose another name for the field",
                )  # fmt: skip
            found[index.name] = index
    if found and SAMPLE_MASK in fields:
        reporter.error(
            "SYM0207", f"`{SAMPLE_MASK}` is what marks the samples of a batch", fields[SAMPLE_MASK].span,
            "declared here", hint="choose another name for the field",
        )  # fmt: skip
    return found


def refuse_rows(model: Model, what: str) -> None:
    """Raises SymdslError (SYM0516, exit code 2) where `what` is not done for samples of any number of rows."""
    for ragged in model.ragged.values():
        message = f"{what} is not built yet for samples of any number of {ragged.rows}"
        hint = f"give the axis one size, such as `axis {ragged.name} = 6`" if ragged.kind == "axis" else None
        raise SymdslError(Diagnostic("SYM0516", message, span=ragged.span, hint=hint), exit_code=2)


def verify_takes_rows(
    declaration: StrategyDeclaration, span: Span, fields: Iterable[Field], catalogue: Catalogue, reporter: Reporter
) -> bool:
    """Whether a strategy serves rows where there are some; a fault is reported, with the strategies that do."""
    rowed = [field for field in fields if field.rows]
    if not rowed or declaration.rows != "none":
        return True
    serving = [
        name for name in catalogue.strategy_names()
        if (other := catalogue.strategy(name)).kind == declaration.kind and other.rows != "none"
    ]  # fmt: skip
    what = "such data" if declaration.kind == "objective" else f"by {' or by '.join(serving)}"
    reporter.error(
        "SYM0516", f"{declaration.name} takes no numbers of varying count", span,
        f"`{rowed[0].name}` has one for each of any number of {rowed[0].rows}",
        related=(Label(rowed[0].span, "this field"),),
        hint=f"leave {declaration.name} out for {what}" if declaration.kind == "objective" else
        f"write {what}, or give the axis one size: `axis bodies = 6`",
    )  # fmt: skip
    return False
