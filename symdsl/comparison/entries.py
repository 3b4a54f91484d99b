"""What `--enforce` names: ways of enforcing, each a strategy with options as a spec writes them, or `none`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from symdsl.check.declaration import Catalogue, StrategyDeclaration
from symdsl.check.reporter import Reporter
from symdsl.check.strategy_names import find_strategy
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.session import Limits
from symdsl.syntax import ast
from symdsl.syntax.parser import parse

NONE = "none"
OPENING, CLOSING = "([{", ")]}"
EXAMPLE = "for example --enforce 'group_convolution, augmentation { copies = 2 }, none'"


@dataclass(frozen=True)
class Entry:
    """One way of enforcing. `strategy` is None for `none`: the symmetry is declared, and nothing enforces it."""

    label: str
    strategy: StrategyDeclaration | None
    options: tuple[ast.Option, ...] = ()

    @property
    def folder(self) -> str:
        """The label as the name of a folder."""
        return re.sub(r"[^a-z0-9_.]+", "-", self.label.lower()).strip("-")


def read_entries(text: str, catalogue: Catalogue) -> tuple[Entry, ...]:
    """The entries of a list such as `augmentation { copies = 2 }, none`, in its order.

    Raises SymdslError, exit code 2: SYM1220 what cannot be read or stands twice, SYM0203 and SYM0512 no such strategy.
    """
    entries = tuple(read_entry(part, catalogue) for part in split_entries(text) if part)
    if not entries:
        raise usage("no way of enforcing is named", EXAMPLE)
    seen: set[str] = set()
    for entry in entries:
        if entry.folder in seen:
            raise usage(f"`{entry.label}` stands twice in --enforce", "name each way of enforcing once")
        seen.add(entry.folder)
    return entries


def split_entries(text: str) -> Iterator[str]:
    """The parts between commas that stand in no bracket and no text."""
    depth, quoted, part = 0, False, ""
    for character in text:
        quoted ^= character == '"'
        depth += (character in OPENING) - (character in CLOSING) if not quoted else 0
        if character == "," and depth == 0 and not quoted:
            yield part.strip()
            part = ""
        else:
            part += character
    yield part.strip()


def read_entry(text: str, catalogue: Catalogue) -> Entry:
    """One entry, by the language's own parser: what may follow `by` in a spec. Raises SymdslError, exit code 2."""
    try:
        (model,) = parse(f"model m {{ enforce s by {text}\n}}", "--enforce").models
    except SymdslError as refusal:
        reason = refusal.diagnostics[0]
        raise usage(f"`{text}` cannot be read: {reason.message}", reason.hint or EXAMPLE) from None
    except ValueError:
        raise usage(f"`{text}` cannot be read", EXAMPLE) from None
    if len(model.statements) != 1 or not isinstance(model.statements[0], ast.Enforce):
        raise usage(f"`{text}` is more than a strategy", f"write its options in braces, {EXAMPLE}")
    use = model.statements[0].strategy
    label = " ".join(text.split())
    if use.name.text == NONE:
        if use.options:
            raise usage("`none` has no options", "write none alone")
        return Entry(NONE, None)
    reporter = Reporter(Limits())
    strategy = find_strategy(use.name, catalogue, reporter)
    if strategy is None:
        faults = (replace(fault, span=None, label="") for fault in reporter.sorted())
        raise SymdslError(*faults, exit_code=2)
    return Entry(label, strategy, use.options)


def usage(message: str, hint: str) -> SymdslError:
    """SYM1220, exit code 2."""
    return SymdslError(Diagnostic("SYM1220", message, hint=hint), exit_code=2)
