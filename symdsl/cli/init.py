"""`symdsl init`: a first spec from data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from symdsl.cli.border import command, talk
from symdsl.cli.options import Form, FormOption

From = Annotated[
    list[str], typer.Option("--from", help="A data file or a source; may be repeated.", show_default=False)
]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The spec to write.  [default: NAME.sym]")]
Name = Annotated[str | None, typer.Option("--name", help="What the model is called.  [default: as the file]")]
Force = Annotated[bool, typer.Option("--force", help="Replace a spec that is there.")]


@command
def init(
    source: From, output: Output = None, name: Name = None, force: Force = False, form: FormOption = Form.text
) -> None:
    """Write a spec for some data: a field for each array, and a prediction and a symmetry that may be meant."""
    from symdsl.artifact.write import write_text
    from symdsl.data.source import load_data, parse_reference
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
    from symdsl.drafting.draft import draft_spec
    from symdsl.drafting.fields import draft_fields, free_name, name_of_file

    model = free_name(name or name_of_file(source[0].partition("(")[0]), ())
    path = output or Path(f"{model}.sym")
    if path.exists() and not force:
        hint = "name another file with -o, or replace it with --force"
        raise SymdslError(Diagnostic("SYM0909", f"{path} exists already", hint=hint), exit_code=2)
    datasets = [(seen_from(each, path.parent), load_data(parse_reference(each, allow_path=True))) for each in source]
    fields, remarks = draft_fields(datasets)
    write_text(path, draft_spec(model, fields, remarks))
    if form is Form.json:
        print(json.dumps({"spec": str(path), "fields": {each.name: each.type for each in fields}}))
        return
    talk(f"wrote {path}: {', '.join(f'{each.name}: {each.type}' for each in fields)}")
    outside = " --allow-path" if any(text.startswith("..") or os.path.isabs(text) for text, _ in datasets) else ""
    talk(f"look at it, then: symdsl check {path}; symdsl train {path}{outside}")


def seen_from(reference: str, folder: Path) -> str:
    """A file as the spec in `folder` names it; a source with options as it is."""
    if "(" in reference or not Path(reference).exists():
        return reference
    return Path(os.path.relpath(reference, folder)).as_posix()
