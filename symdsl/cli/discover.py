"""`symdsl discover`: a symmetry learned from data, named and certified, as a card, a report and a spec."""

from __future__ import annotations

import json
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from symdsl.cli.border import command, talk
from symdsl.cli.limits import LimitOption, read_limits
from symdsl.cli.options import BackendOption, Form, FormOption, SeedOption

Data = Annotated[str, typer.Argument(help="A data file or a source.", show_default=False)]
Inputs = Annotated[
    list[str] | None, typer.Option("--x", help="An array that the symmetry moves; may be repeated.")
]
Targets = Annotated[
    list[str] | None, typer.Option("--y", help="What is said of it.  [default: nothing, a density]")
]
Law = Annotated[
    str | None,
    typer.Option("--law", help="invariance, equivariance, dynamics, density or views.  [default: what makes sense]"),
]
MotionsOption = Annotated[str, typer.Option("--motions", help="linear, affine or polynomial.")]
Dimension = Annotated[
    str | None, typer.Option("--dim", help="The dimension of the group, or a range: 1..6.  [default: any]")
]
Within = Annotated[str | None, typer.Option("--within", help="A group that holds the motions, as a spec writes it.")]
By = Annotated[str, typer.Option("--by", help="The estimator.")]
Setting = Annotated[list[str] | None, typer.Option("--set", help="An option of the estimator: name=value.")]
Delta = Annotated[
    float, typer.Option("--delta", help="What enforcing it may cost, as a part of a constant prediction's loss.")
]
Alpha = Annotated[float, typer.Option("--alpha", help="How often a certificate may be wrong.")]
Noise = Annotated[float, typer.Option("--noise", help="The part of the variance of y that no function of x explains.")]
Decoys = Annotated[int, typer.Option("--decoys", help="Conjugate groups that a true one must beat.")]
Discrete = Annotated[
    str | None,
    typer.Option("--discrete", help="Kinds of discrete elements, or none.  [default: parity,permutations,cyclic]"),
]
Output = Annotated[
    str | None, typer.Option("-o", "--output", help="The folder for card, report and spec; - prints the spec.")
]
AllowPath = Annotated[bool, typer.Option("--allow-path", help="Data may lie outside the folder of a spec.")]
NO_SYMMETRY = 6


@command
def discover(
    data: Data,
    inputs: Inputs = None,
    targets: Targets = None,
    law: Law = None,
    motions: MotionsOption = "linear",
    dimension: Dimension = None,
    within: Within = None,
    by: By = "null_space",
    settings: Setting = None,
    delta: Delta = 0.02,
    alpha: Alpha = 0.05,
    noise: Noise = 0.0,
    decoys: Decoys = 20,
    discrete: Discrete = None,
    seed: SeedOption = 0,
    backend: BackendOption = None,
    output: Output = None,
    form: FormOption = Form.text,
    allow_path: AllowPath = False,
    limits: LimitOption = None,
) -> None:
    """Learn a symmetry from data: name it, certify it, and write a card, a report and a spec. Exit code 6: none."""
    from symdsl.discovery.read import Request, read
    from symdsl.discovery.summary import verdict_of
    from symdsl.discovery.write import check_free
    from symdsl.session import parse_setting

    check_output(output, form)
    if output not in (None, "-"):
        check_free(Path(output))
    request = Request(
        data=data, inputs=names_of(inputs), targets=names_of(targets), law=law, motions=motions, dimensions=dimension,
        within=within, by=by, settings=dict(parse_setting(text) for text in settings or []), discrete=discrete,
        delta=delta, alpha=alpha, noise=noise, decoys=decoys, backend=backend, seed=seed,
        limits=read_limits(limits),
    )  # fmt: skip
    asked = read(request)
    for remark in asked.remarks:
        talk(remark)
    discovery = look(asked)
    if discovery.card is not None:
        remember(asked, discovery.card)
    give(asked, discovery, output, form)
    if verdict_of(discovery) != "certified":
        raise typer.Exit(NO_SYMMETRY)


def look(asked: Any) -> Any:
    """The discovery, with bars while it runs."""
    from symdsl.discovery.discover import discover as run
    from symdsl.discovery.progress import show_stages

    with show_stages() as watch:
        return run(asked.problem, asked.options, watch)


def remember(asked: Any, card: Any) -> None:
    """Keep the card for specs that ask the same of the same data; a cache that cannot be written is no fault."""
    from symdsl.cards.cache import card_key, question, store_card
    from symdsl.diagnostics.diagnostic import SymdslError

    request, options = asked.request, asked.options
    names = (*request.inputs, *request.targets) or asked.problem.names
    stated = question(
        options.dimensions, options.within, options.by, options.settings, options.discrete, options.delta, options.alpha
    )
    with suppress(SymdslError):
        store_card(card_key([f"{request.data}:{name}" for name in names], request.folder, stated), card)


def give(asked: Any, discovery: Any, output: str | None, form: Form) -> None:
    """Write the folder, or the spec to stdout, and say what was found and what to do next."""
    from symdsl.discovery.summary import as_json, summary_text
    from symdsl.discovery.write import spec_alone, write_folder

    called = shlex.join(["symdsl", *sys.argv[1:]])
    files: dict[str, str] = {}
    if output == "-":
        print(spec_alone(asked, discovery, called), end="")
        talk(summary_text(asked, discovery))
        return
    if output is not None:
        files = write_folder(Path(output), asked, discovery, called)
    if form is Form.json:
        print(json.dumps(as_json(asked, discovery, files), indent=1, allow_nan=False))
        return
    print(summary_text(asked, discovery), end="")
    if not files:
        talk("keep it with -o FOLDER: the card, a report and a spec")
        return
    talk(f"wrote {', '.join(files.values())}")
    talk(f"next: symdsl compile {files['spec']}")


def names_of(written: list[str] | None) -> tuple[str, ...]:
    """The arrays that flags name; commas part several."""
    return tuple(name.strip() for text in written or [] for name in text.split(",") if name.strip())


def check_output(output: str | None, form: Form) -> None:
    """Raises SymdslError SYM1011 where the spec and JSON would share stdout."""
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

    if output == "-" and form is Form.json:
        hint = "write a folder with -o FOLDER, or leave --format json out"
        raise SymdslError(Diagnostic("SYM1011", "the spec and JSON cannot both go to stdout", hint=hint), exit_code=2)
