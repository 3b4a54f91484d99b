"""The folder of a discovery: its card, its report and a spec that compiles as it is; whole, or not there at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from symdsl.api import check
from symdsl.artifact.write import cannot_write, current_umask, force_folder, write_text
from symdsl.cards.files import write_card
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.discover import Discovery
from symdsl.discovery.read import Asked
from symdsl.discovery.report import report_html
from symdsl.discovery.spec_text import Way, group_text, spec_fields, spec_text, ways
from symdsl.drafting.fields import free_name
from symdsl.pipeline import Compilation

SPEC, REPORT = "model.sym", "report.html"


def check_free(folder: Path) -> None:
    """Raises SymdslError SYM0909 where a folder holds anything, SYM0907 where it is a file."""
    if folder.exists() and not folder.is_dir():
        raise SymdslError(Diagnostic("SYM0907", f"{folder} is not a folder"), exit_code=2)
    if folder.exists() and any(folder.iterdir()):
        hint = "name another folder with -o, or move this one away"
        raise SymdslError(Diagnostic("SYM0909", f"{folder} exists already", hint=hint), exit_code=2)


def write_folder(folder: Path, asked: Asked, discovery: Discovery, command: str) -> dict[str, str]:
    """What was written, by kind: card, report, spec. Raises SymdslError SYM0907 and SYM0909."""
    check_free(folder)
    name, reference = free_name(folder.name, ()), seen_from(asked.columns.sources, folder)
    files = {"report": REPORT, "spec": SPEC}
    with whole_folder(folder) as stage:
        groups: list[str | None] = [group_text(discovery, spec_fields(asked, discovery)[1].name)]
        if discovery.card is not None:
            files["card"] = f"{name}.card.json"
            write_card(stage / files["card"], discovery.card)
            groups.insert(0, f'from "{files["card"]}"')
        write_text(stage / REPORT, report_html(asked, discovery, command))
        for group, way in _uses(groups, discovery):
            write_text(stage / SPEC, spec_text(asked, discovery, way, name, group, reference, command))
            if is_sound(stage / SPEC):
                break
    return {kind: str(folder / each) for kind, each in sorted(files.items())}


def spec_alone(asked: Asked, discovery: Discovery, command: str) -> str:
    """A spec that needs no card beside it: the group stands in it by its matrices."""
    text, name = "", free_name(asked.problem.names[1] if discovery.problem.y is not None else "model", ())
    sources = asked.columns.sources
    reference = sources[0] if len(sources) == 1 else None
    for group, way in _uses([group_text(discovery, spec_fields(asked, discovery)[1].name)], discovery):
        text = spec_text(asked, discovery, way, name, group, reference, command)
        if is_sound(text):
            break
    return text


def _uses(groups: Sequence[str | None], discovery: Discovery) -> Iterator[tuple[str, Way]]:
    """The group as a spec may write it, with every way to use it; the last needs no group."""
    for way in ways(discovery):
        if not way.enforcement:
            yield "", way
        yield from ((group, way) for group in groups if group is not None and way.enforcement)


def is_sound(spec: str | Path) -> bool:
    """Whether the spec is accepted without a warning, and its graph can be built."""
    try:
        result = check(spec)
        if result.diagnostics:
            return False
        Compilation(result.model(None)).graph  # noqa: B018
    except SymdslError:
        return False
    return True


def seen_from(sources: Sequence[str], folder: Path) -> str | None:
    """Data as a spec in the folder names them: a source as it is, a file by its path.

    None where that leads out, or where there are several sources.
    """
    if len(sources) > 1:
        return None
    (reference,) = sources
    if not Path(reference).exists():
        return reference
    path = Path(os.path.relpath(reference, folder))
    return None if path.is_absolute() or ".." in path.parts else path.as_posix()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `folder` when the block ends well, and vanishes where it does not."""
    stage: Path | None = None
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name}."))
        yield stage
        stage.chmod(0o777 & ~current_umask())
        force_folder(stage)
        os.replace(stage, folder)
        force_folder(folder.absolute().parent)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
