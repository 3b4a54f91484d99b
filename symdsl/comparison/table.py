"""The table of a comparison: plain text, Markdown, and for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symdsl.comparison.results import ComparisonResult, Measured, ResultRow

if TYPE_CHECKING:
    from rich.table import Table

NOTHING = "-"


def headings(result: ComparisonResult) -> tuple[str, ...]:
    """The columns."""
    return (
        "enforced by", "parameters", "ratio", "multiply-adds", metric_title(result.metric),
        "equivariance error", "its mean", "training, s",
    )  # fmt: skip


def metric_title(metric: str) -> str:
    """`test.error` as "test error"."""
    return metric.replace(".", " ")


def cells(row: ResultRow) -> tuple[str, ...]:
    """One row of the table."""
    return (
        row.enforced_by, f"{row.parameters:,}", f"{row.ratio:.2f}", f"{row.multiply_adds:,}", number(row.metric),
        number(row.symmetry_error), number(row.mean_symmetry_error), number(row.seconds),
    )  # fmt: skip


def number(value: Measured | None) -> str:
    """Mean ± spread, three digits of the mean and as many places of the spread; - where nothing was measured."""
    if value is None:
        return NOTHING
    if value.spread is None:
        return short(value.mean)
    if value.mean != 0 and not 1e-3 <= abs(value.mean) < 1e6:
        return f"{value.mean:.1e} ± {value.spread:.1e}"
    places = decimals(value.mean)
    return f"{value.mean:.{places}f} ± {value.spread:.{places}f}"


def short(value: float) -> str:
    """Three digits, with an exponent where the number is very small or large."""
    return f"{value:.{decimals(value)}f}" if value == 0 or 1e-3 <= abs(value) < 1e6 else f"{value:.1e}"


def decimals(value: float) -> int:
    """How many places behind the point show three digits, at least those of 1 %."""
    return 4 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0


def title(result: ComparisonResult) -> str:
    """What is compared, with what equal."""
    equal = {
        "parameters": f"at equal parameters ({result.reference_parameters:,})",
        "compute": f"at equal multiply-adds a sample ({result.reference_multiply_adds:,})",
        "none": "as written",
    }[result.equal]
    seeds = len(result.rows[0].seeds)
    return f"{result.model}: {result.symmetry}, {result.group}, {equal}; {seeds} seed{'s' if seeds > 1 else ''}"


def table_text(result: ComparisonResult) -> str:
    """The table in aligned columns, the title above and the remarks below."""
    rows = [headings(result), *map(cells, result.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([title(result), *lines, *result.remarks]) + "\n"


def table_markdown(result: ComparisonResult) -> str:
    """The table in Markdown, with where the runs are."""
    rows = [headings(result), *map(cells, result.rows)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" + "|---:" * (len(rows[0]) - 1) + "|")
    notes = [
        "Mean ± standard deviation over seeds. The equivariance error is the largest |f(gx) - g f(x)| / max(|f(gx)|, "
        "|g f(x)|) over samples of the data and group elements, on the trained weights; then its mean.",
        f"Numbers are {result.dtype}, on {result.backend}; multiply-adds are for one sample, after folding.",
        "Each run has its whole spec, `spec.sym`, in its folder: "
        + ", ".join(f"`{run}`" for row in result.rows for run in row.runs[:1]) + ", and the other seeds beside it.",
    ]  # fmt: skip
    remarks = [f"- {remark}" for remark in result.remarks]
    return "\n".join([f"# {title(result)}", "", *lines, "", *notes, *(["", *remarks] if remarks else [])]) + "\n"


def table_rich(result: ComparisonResult) -> Table:
    """The table for a terminal."""
    from rich.table import Table

    table = Table(title=title(result), caption="\n".join(result.remarks) or None)
    for column, heading in enumerate(headings(result)):
        table.add_column(heading, justify="left" if column == 0 else "right")
    for row in result.rows:
        table.add_row(*cells(row))
    return table
