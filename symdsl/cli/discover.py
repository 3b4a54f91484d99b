"""`symdsl discover`: a symmetry learned from data, named and certified, as a card, a report and a spec."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from symdsl.cli.border import command, print_diagnostics, sources_of, talk
from symdsl.cli.limits import LimitOption, read_limits
from symdsl.cli.options import BackendOption, Form, FormOption, ModelOption, SeedOption

if TYPE_CHECKING:
    from symdsl.cards.card import GroupCard
    from symdsl.diagnostics.diagnostic import SymdslError
    from symdsl.discovery.discover import Discovery
    from symdsl.discovery.read import Asked, Origin

Data = Annotated[
    str, typer.Argument(help="A data file, a source, or a spec with a symmetry that is learned.", show_default=False)
]
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
MotionsOption = Annotated[
    str | None, typer.Option("--motions", help="linear, affine or polynomial.  [default: linear]")
]
Dimension = Annotated[
    str | None, typer.Option("--dim", help="The dimension of the group, or a range: 1..6.  [default: any]")
]
Within = Annotated[str | None, typer.Option("--within", help="A group that holds the motions, as a spec writes it.")]
By = Annotated[str | None, typer.Option("--by", help="The estimator.  [default: null_space]")]
Setting = Annotated[
    list[str] | None,
    typer.Option("--set", help="An option of the estimator, name=value; of a spec, a value for one of its `param`s."),
]
Delta = Annotated[
    float | None,
    typer.Option(
        "--delta", help="What enforcing it may cost, as a part of a constant prediction's loss.  [default: 0.02]"
    ),
]
Alpha = Annotated[
    float | None, typer.Option("--alpha", help="How often a certificate may be wrong.  [default: 0.05]")
]
Noise = Annotated[float, typer.Option("--noise", help="The part of the variance of y that no function of x explains.")]
Decoys = Annotated[int, typer.Option("--decoys", help="Conjugate groups that a true one must beat.")]
Discrete = Annotated[
    str | None,
    typer.Option("--discrete", help="Kinds of discrete elements, or none.  [default: parity,permutations,cyclic]"),
]
SymmetryOption = Annotated[
    str | None, typer.Option("--symmetry", help="Which symmetry of a spec, where several are learned.")
]
Output = Annotated[
    str | None, typer.Option("-o", "--output", help="The folder for card, report and spec; - prints the spec.")
]
AllowPath = Annotated[bool, typer.Option("--allow-path", help="Let a spec read data outside its folder.")]
NO_SYMMETRY = 6


@command
def discover(
    data: Data,
    inputs: Inputs = None,
    targets: Targets = None,
    law: Law = None,
    motions: MotionsOption = None,
    dimension: Dimension = None,
    within: Within = None,
    by: By = None,
    settings: Setting = None,
    delta: Delta = None,
    alpha: Alpha = None,
    noise: Noise = 0.0,
    decoys: Decoys = 20,
    discrete: Discrete = None,
    seed: SeedOption = 0,
    backend: BackendOption = None,
    symmetry: SymmetryOption = None,
    model: ModelOption = None,
    output: Output = None,
    form: FormOption = Form.text,
    allow_path: AllowPath = False,
    limits: LimitOption = None,
) -> None:
    """Learn a symmetry from data, or the one that a spec asks for: name it, certify it, and write a card, a report and
    a spec. Exit code 6: none."""
    from symdsl.check.card_sources import SUFFIX
    from symdsl.discovery.write import check_free
    from symdsl.session import Session, parse_setting

    check_output(output, form)
    if output not in (None, "-"):
        check_free(Path(output))
    values = dict(parse_setting(text) for text in settings or [])
    if Path(data).suffix.lower() == SUFFIX:
        from symdsl.discovery.from_spec import SpecRequest, read_spec

        refuse_beside_spec({
            "--x": inputs, "--y": targets, "--motions": motions, "--dim": dimension, "--within": within, "--by": by,
            "--discrete": discrete, "--delta": delta, "--alpha": alpha,
        })  # fmt: skip
        session = Session(values, read_limits(limits), backend, seed=seed, allow_paths=allow_path)
        asked = read_spec(SpecRequest(Path(data), model, symmetry, law, noise, decoys, session))
    else:
        from symdsl.discovery.read import Request, read

        refuse_without_spec({"--symmetry": symmetry, "--model": model, "--allow-path": allow_path or None})
        asked = read(Request(
            data=data, inputs=names_of(inputs), targets=names_of(targets), law=law, motions=motions or Request.motions,
            dimensions=dimension, within=within, by=by or Request.by, settings=values, discrete=discrete,
            delta=Request.delta if delta is None else delta, alpha=Request.alpha if alpha is None else alpha,
            noise=noise, decoys=decoys, backend=backend, seed=seed, limits=read_limits(limits),
        ))  # fmt: skip
    search(asked, output, form)


def search(asked: Asked, output: str | None, form: Form) -> None:
    """Look for the symmetry, keep its card, and say what was found; exit code 6 where none is certified."""
    from symdsl.discovery.summary import verdict_of

    for remark in asked.remarks:
        talk(remark)
    discovery = look(asked)
    unkept = remember(asked, discovery.card)
    give(asked, discovery, output, form)
    verdict = verdict_of(discovery)
    if asked.origin is not None:
        answer(asked.origin, verdict, unkept, output)
    if verdict != "certified":
        raise typer.Exit(NO_SYMMETRY)


def look(asked: Asked) -> Discovery:
    """The discovery, with bars while it runs."""
    from symdsl.discovery.discover import discover as run
    from symdsl.discovery.progress import show_stages

    with show_stages() as watch:
        return run(asked.problem, asked.options, watch)


def remember(asked: Asked, card: GroupCard | None) -> SymdslError | None:
    """Keep the card for specs that ask the same of the same data, or forget the one of a question without an answer.

    A cache that cannot be written is no fault by itself: it is handed back.
    """
    from symdsl.cards.cache import drop_card, store_card
    from symdsl.diagnostics.diagnostic import SymdslError

    if card is None:
        drop_card(asked.key)
        return None
    try:
        store_card(asked.key, card)
    except SymdslError as fault:
        return fault
    return None


def answer(origin: Origin, verdict: str, unkept: SymdslError | None, output: str | None) -> None:
    """Say what the spec that asked makes of the card: it is tried, not promised.

    Ends the command with the exit code of the fault where neither the cache nor a folder keeps the card, and where the
    spec cannot be compiled with it.
    """
    from symdsl.diagnostics.diagnostic import SymdslError
    from symdsl.pipeline import prepare

    allowed = ["--allow-path"] if origin.session.allow_paths else []
    use = shlex.join(["symdsl", "train" if allowed else "compile", *origin.words, *allowed])
    if unkept is not None:
        if output in (None, "-"):
            stop(unkept)
        talk(f"the cache cannot be written: {use} needs --card and the card in {output}")
        return
    if verdict not in ("certified", "undecided"):
        talk(f"no group was found that the data do not refute: {origin.spec} has no card of `{origin.symmetry}`")
        return
    try:
        prepare(origin.spec, origin.session, origin.model).graph  # noqa: B018
    except SymdslError as refusal:
        codes = {each.code for each in refusal.diagnostics}
        if codes == {"SYM1308"}:
            talk(f"the card is in the cache, and undecided, which {use} refuses: take more samples, or, to do without "
                 "the symmetry, write on_undecided = plain in the spec")  # fmt: skip
        elif codes == {"SYM1307"}:
            talk(f"the card of `{origin.symmetry}` is in the cache; others of {origin.spec} are still to be learned")
            for each in refusal.diagnostics:
                talk(f"next: {(each.hint or '').removeprefix('run: ')}")
        else:
            talk(f"the card is in the cache, and {origin.spec} cannot be compiled with it")
            stop(refusal)
        return
    how = " without the symmetry, as on_undecided = plain says" if verdict == "undecided" else ""
    talk(f"the card is in the cache: {use} now works{how}")


def stop(fault: SymdslError) -> NoReturn:
    """End the command with a fault that is said on stderr: stdout has the results already."""
    print_diagnostics(fault.diagnostics, sources_of(fault.diagnostics), "text")
    raise typer.Exit(fault.exit_code)


def give(asked: Asked, discovery: Discovery, output: str | None, form: Form) -> None:
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
    if files:
        talk(f"wrote {', '.join(files.values())}")
        talk(f"next: symdsl compile {files['spec']}")
    elif asked.origin is None:
        talk("keep it with -o FOLDER: the card, a report and a spec")


def names_of(written: list[str] | None) -> tuple[str, ...]:
    """The arrays that flags name; commas part several."""
    return tuple(name.strip() for text in written or [] for name in text.split(",") if name.strip())


def check_output(output: str | None, form: Form) -> None:
    """Raises SymdslError SYM1011 where the spec and JSON would share stdout."""
    if output == "-" and form is Form.json:
        raise wrong_usage("the spec and JSON cannot both go to stdout",
                          "write a folder with -o FOLDER, or leave --format json out")  # fmt: skip


def refuse_beside_spec(flags: Mapping[str, object]) -> None:
    """Raises SymdslError SYM1011 for a flag, None where it is not given, whose answer the spec has."""
    for flag, value in flags.items():
        if value is not None:
            cures = {
                "--x": "the inputs of `predict` are what is moved", "--y": "the outputs of `predict` are what is said",
                "--motions": "points move by affine motions, vectors by linear ones",
            }  # fmt: skip
            cure = cures.get(flag, f"write it in the spec: learned({flag.removeprefix('--')} = ..)")
            raise wrong_usage(f"{flag} cannot stand beside a spec, which says it", cure)


def refuse_without_spec(flags: Mapping[str, object]) -> None:
    """Raises SymdslError SYM1011 for a flag, None where it is not given, that only a spec gives a meaning."""
    for flag, value in flags.items():
        if value is not None:
            hint = "data may lie anywhere: leave it out" if flag == "--allow-path" else "leave it out, or give a spec"
            raise wrong_usage(f"{flag} is said of a spec, and these are data", hint)


def wrong_usage(message: str, hint: str) -> SymdslError:
    """SYM1011, exit code 2."""
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

    return SymdslError(Diagnostic("SYM1011", message, hint=hint), exit_code=2)
