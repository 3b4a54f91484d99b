"""Variants of one spec: the same data, training and other symmetries, with one symmetry enforced in another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from symdsl.check.checker import check_file
from symdsl.check.declaration import Catalogue, NetworkForm, StrategyDeclaration
from symdsl.check.spec import Enforcement, Model
from symdsl.comparison.entries import Entry
from symdsl.comparison.trees import MADE, merged, name, options, use
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.pipeline import Compilation
from symdsl.session import Session
from symdsl.syntax import ast
from symdsl.syntax.parser import parse
from symdsl.syntax.unparse import unparse


@dataclass(frozen=True)
class Network:
    """The network of a variant: its strategy, the options to write, and the symmetries that it enforces itself."""

    strategy: str
    options: tuple[ast.Option, ...]
    symmetries: tuple[str, ...]


@dataclass(frozen=True)
class Variant:
    """A model that enforces one symmetry by `entry`. `tree` is its whole spec but for what a run adds."""

    entry: Entry
    tree: ast.ModelDeclaration
    network: Network


def choose_symmetry(model: Model, wanted: str | None) -> str:
    """The symmetry to vary: the one named, the only enforced one, or the only one.

    Raises SymdslError, exit code 2: SYM0202 unknown, SYM1221 none or several to choose from.
    """
    known = tuple(model.symmetries)
    if wanted is not None:
        if wanted not in known:
            hint = f"the symmetries of {model.name} are {', '.join(known)}" if known else "declare one in the spec"
            raise SymdslError(Diagnostic("SYM0202", f"unknown symmetry `{wanted}`", hint=hint), exit_code=2)
        return wanted
    enforced = tuple(dict.fromkeys(each for part in model.enforcements for each in part.symmetries))
    candidates = enforced or known
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        message, hint = f"{model.name} declares no symmetry", "add for example `symmetry rotation: C(4)` to the spec"
    else:
        message = f"{model.name} has {len(candidates)} symmetries to compare"
        hint = f"name one: --symmetry {candidates[0]}, or {', '.join(candidates[1:])}"
    raise SymdslError(Diagnostic("SYM1221", message, hint=hint), exit_code=2)


def make_variant(model: Model, tree: ast.ModelDeclaration, symmetry: str, entry: Entry) -> Variant:
    """The model `tree` (checked: `model`) with `symmetry` enforced by `entry` and by nothing else.

    Network strategies take the place of the network, with the options that the spec gives them where it uses them;
    objectives and structures go around the plain network. Raises SymdslError (SYM1222, exit code 2) where the network
    that enforces the symmetry names no plain one.
    """
    strategy = entry.strategy
    if strategy is not None and strategy.kind == "network":
        kept = tuple(each for each in model.network.symmetries if each != symmetry)
        own = written_options(model.network) if model.network.strategy.name == strategy.name else ()
        network = Network(strategy.name, merged(own, entry.options), (*kept, symmetry))
        return Variant(entry, rebuilt(model, tree, symmetry, network, ()), network)
    network = plain_network(model, symmetry)
    if strategy is None:
        return Variant(entry, rebuilt(model, tree, symmetry, network, ()), network)
    own = next((written_options(each) for each in enforcing(model, symmetry, strategy)), ())
    line = enforce((symmetry,), strategy.name, merged(own, entry.options))
    return Variant(entry, rebuilt(model, tree, symmetry, network, (line,)), network)


def enforcing(model: Model, symmetry: str, strategy: StrategyDeclaration) -> tuple[Enforcement, ...]:
    """The enforcements of the symmetry by that very strategy in the spec as it is."""
    return tuple(
        each for each in model.enforcements if each.strategy.name == strategy.name and symmetry in each.symmetries
    )


def plain_network(model: Model, symmetry: str) -> Network:
    """The network of the model without the symmetry: as it is where it does not enforce it, with the others where it
    enforces several, else the plain form that its strategy names. Raises SymdslError (SYM1222)."""
    part = model.network
    kept = tuple(each for each in part.symmetries if each != symmetry)
    if symmetry not in part.symmetries or kept:
        return Network(part.strategy.name, written_options(part), kept)
    form = _plain_form(part.strategy, part.options)
    return Network(form.strategy, options(form.options), ())


def _plain_form(strategy: StrategyDeclaration, written: BaseModel) -> NetworkForm:
    if strategy.plain is not None:
        return strategy.plain(written)
    diagnostic = Diagnostic(
        "SYM1222",
        f"{strategy.name} names no network without the symmetry",
        notes=("none, augmentation and the like are compared on the plain network of the same architecture",),
        hint="compare network strategies with each other; or start from a spec whose network enforces nothing",
    )
    raise SymdslError(diagnostic, exit_code=2)


def rebuilt(
    model: Model, tree: ast.ModelDeclaration, symmetry: str, network: Network, lines: tuple[ast.Enforce, ...]
) -> ast.ModelDeclaration:
    """The tree with this network, the enforcements that do not concern the symmetry, and `lines`."""
    others = [
        enforce(kept, part.strategy.name, written_options(part))
        for part in (*((model.structure,) if model.structure is not None else ()), *model.objectives)
        if (kept := tuple(each for each in part.symmetries if each != symmetry))
    ]
    if network.symmetries:
        others.append(enforce(network.symmetries, network.strategy, network.options))
    plain = None if network.symmetries else use(network.strategy, network.options)
    statements: list[ast.Statement] = []
    for statement in tree.statements:
        if isinstance(statement, ast.Predict):
            statements += [replace(statement, network=plain), *others, *lines]
        elif not isinstance(statement, ast.Enforce):
            statements.append(statement)
    return replace(tree, statements=tuple(statements))


def enforce(symmetries: tuple[str, ...], strategy: str, written: tuple[ast.Option, ...]) -> ast.Enforce:
    """`enforce symmetries by strategy { options }`."""
    return ast.Enforce(tuple(map(name, symmetries)), use(strategy, written), MADE)


def written_options(part: Enforcement) -> tuple[ast.Option, ...]:
    """The options that the spec gives a strategy, evaluated."""
    return options({key: getattr(part.options, key) for key in part.option_spans})


def with_network(variant: Variant, values: Mapping[str, Any]) -> Variant:
    """The variant whose network has these options."""
    network = replace(variant.network, options=options(values))

    def changed(statement: ast.Statement) -> ast.Statement:
        if isinstance(statement, ast.Predict) and not network.symmetries:
            return replace(statement, network=use(network.strategy, network.options))
        if isinstance(statement, ast.Enforce) and statement.strategy.name.text == network.strategy:
            return replace(statement, strategy=use(network.strategy, network.options))
        return statement

    tree = replace(variant.tree, statements=tuple(map(changed, variant.tree.statements)))
    return replace(variant, tree=tree, network=network)


def compile_tree(
    tree: ast.ModelDeclaration, entry: Entry, session: Session, catalogue: Catalogue, comments: tuple[str, ...] = ()
) -> Compilation:
    """The checked model of a tree that was made. Raises SymdslError, exit code 2, with the faults and the entry."""
    text = unparse(tree, comments)
    result = check_file(parse(text, MADE.source, limits=session.limits), catalogue, {}, session.limits, True)
    if result.errors:
        raise in_variant(entry, result.errors)
    return Compilation(result.model(), replace(session, parameters={}))


def in_variant(entry: Entry, faults: tuple[Diagnostic, ...]) -> SymdslError:
    """Faults of a spec that the user did not write: without its places, and with the entry that it comes from."""
    note = f"in the variant `{entry.label}`"
    return SymdslError(
        *(replace(fault, span=None, label="", related=(), fix=None, notes=(*fault.notes, note)) for fault in faults),
        exit_code=2,
    )
