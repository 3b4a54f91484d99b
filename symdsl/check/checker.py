"""The checker on one page: a syntax tree becomes typed models, and every fault is collected on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from symdsl.check.card_sources import CardSources, words_of
from symdsl.check.declaration import Catalogue
from symdsl.check.depth import verify_depth
from symdsl.check.enforcements import EnforcementChecker
from symdsl.check.evaluate import Evaluator
from symdsl.check.exactness import check_tolerance
from symdsl.check.facts import model_facts
from symdsl.check.fields import DataBlock, check_data
from symdsl.check.groups import GroupReader
from symdsl.check.names import check_declared_names, check_given_cards, check_given_parameters, check_parameters
from symdsl.check.prediction import MODEL_OPTIONS, Prediction, check_definition, check_prediction
from symdsl.check.reporter import Reporter
from symdsl.check.result import CheckResult
from symdsl.check.rows import declared_index_fields, edge_rules, used_rows
from symdsl.check.spec import Constraint, Enforcement, Model, Symmetry
from symdsl.check.symmetries import SymmetryChecker, is_learned
from symdsl.diagnostics.diagnostic import Label
from symdsl.session import Limits
from symdsl.syntax import ast


def check_file(
    file: ast.File,
    catalogue: Catalogue,
    parameters: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    allow_paths: bool = False,
    folder: Path = Path(),
    cards: Mapping[str, Path] | None = None,
    unanswered: bool = False,
) -> CheckResult:
    """Every model of a file that is sound, and all faults of the file in one run. Never raises for a bad spec.

    `folder` is that of the spec; `cards` are group cards by the names of learned symmetries, "" for the only one. Where
    the spec is `unanswered`, symmetries that are to be learned stay so, whatever cards there are.
    """
    reporter, given = Reporter(limits or Limits()), parameters or {}
    check_given_parameters(file.models, given, reporter)
    if file.models and reporter.over_limit("models", len(file.models), file.models[-1].name.span):
        return CheckResult((), reporter.sorted())
    models: list[Model] = []
    check_given_cards(file.models, cards or {}, reporter)
    words = words_of(file.source, given, allow_paths)
    sources = CardSources(folder, cards or {}, allow_paths, unanswered, words)
    seen: dict[str, ast.ModelDeclaration] = {}
    for declaration in file.models:
        first = seen.setdefault(declaration.name.text, declaration)
        if first is not declaration:
            reporter.error(
                "SYM0207", f"two models are called `{declaration.name.text}`", declaration.name.span, "here again",
                related=(Label(first.name.span, "the first one"),), hint="rename one of the two",
            )  # fmt: skip
        named = sources.with_words("--model", declaration.name.text) if len(file.models) > 1 else sources
        model = check_model(declaration, file, catalogue, given, reporter, named)
        if model is not None:
            models.append(model)
    return CheckResult(tuple(models), reporter.sorted())


def check_model(
    declaration: ast.ModelDeclaration,
    file: ast.File,
    catalogue: Catalogue,
    given: Mapping[str, Any],
    reporter: Reporter,
    sources: CardSources,
) -> Model | None:
    """One model: parameters, data, symmetries, prediction, enforcement, training. None where it has an error."""
    before = reporter.error_count()
    if not verify_depth(declaration, reporter):
        return None
    check_declared_names(declaration, reporter)
    parameters = check_parameters(declaration, given, reporter)
    evaluator = Evaluator(reporter, parameters, _without_value(declaration, parameters))
    data = check_data(declaration, evaluator, sources.allow_paths)
    symmetries, failed = _symmetries(declaration, data, catalogue, evaluator, sources)
    prediction = check_prediction(declaration, data, reporter)
    constraints = _constraints(declaration, data, evaluator)
    enforcements = EnforcementChecker(
        catalogue, evaluator, symmetries, failed,
        prediction.inputs if prediction else (), prediction.outputs if prediction else (), constraints,
    )  # fmt: skip
    parts = enforcements.check(declaration, prediction.statement if prediction else None, judge=prediction is not None)
    tolerance, normalised = _tolerance(declaration, evaluator), _normalised(declaration, data, prediction, reporter)
    training = _training(declaration, prediction, parts.structure if parts else None, normalised, evaluator)
    if parts is None or prediction is None or reporter.error_count() > before:
        return None
    used = used_rows(data.ragged, (*prediction.inputs, *prediction.outputs))
    rules = edge_rules(used, parts.network, prediction.inputs)
    indices = declared_index_fields(used, rules, data.fields, reporter)
    if reporter.error_count() > before:
        return None
    return Model(
        name=declaration.name.text,
        span=declaration.name.span,
        text=file.text,
        source=file.source,
        fields={**data.fields, **indices},
        axes=data.axes,
        symmetries=symmetries,
        inputs=(*(field.name for field in prediction.inputs), *indices),
        outputs=tuple(field.name for field in prediction.outputs),
        network=parts.network,
        structure=parts.structure,
        objectives=parts.objectives,
        training=training,
        parameters=parameters,
        constraints=constraints,
        normalised=normalised,
        tolerance=tolerance,
        facts=(*model_facts(symmetries, data.fields, parts), *parts.facts),
        ragged={each.name: each for each in used},
        edge_rules=rules,
    )


def _without_value(declaration: ast.ModelDeclaration, values: Mapping[str, Any]) -> frozenset[str]:
    """The parameters whose fault is already reported."""
    declared = (entry.name.text for entry in declaration.statements if isinstance(entry, ast.ParameterDeclaration))
    return frozenset(name for name in declared if name not in values)


def _training(
    declaration: ast.ModelDeclaration,
    prediction: Prediction | None,
    structure: Enforcement | None,
    normalised: Collection[str],
    evaluator: Evaluator,
) -> Mapping[str, Any]:
    """The train block's options. Its rules are imported where a block is written: most checks have none."""
    if not any(isinstance(statement, ast.TrainBlock) for statement in declaration.statements):
        return {}
    from symdsl.check.training import check_training

    return check_training(declaration, prediction, structure, normalised, evaluator)


def _symmetries(
    declaration: ast.ModelDeclaration,
    data: DataBlock,
    catalogue: Catalogue,
    evaluator: Evaluator,
    sources: CardSources,
) -> tuple[dict[str, Symmetry], frozenset[str]]:
    """The sound symmetries by name, and the names of the others."""
    images = tuple(name for name, field in data.fields.items() if field.kind == "image")
    reader = GroupReader(catalogue, evaluator, data.axes, images, frozenset(data.failed_axes), data.ragged)
    predict = next((each for each in declaration.statements if isinstance(each, ast.Predict)), None)
    found: dict[str, Symmetry] = {}
    failed: set[str] = set()
    declared = [statement for statement in declaration.statements if isinstance(statement, ast.SymmetryDeclaration)]
    several = sum(is_learned(statement) and statement.group is not None for statement in declared) > 1
    if evaluator.reporter.over_limit("symmetries", len(declared), declaration.name.span):
        return {}, frozenset(statement.name.text for statement in declared)
    for statement in declared:
        named = sources.with_words("--symmetry", statement.name.text) if several else sources
        symmetry = SymmetryChecker(reader, data, predict, named).check(statement)
        if symmetry is None:
            failed.add(statement.name.text)
        else:
            found.setdefault(symmetry.name, symmetry)
    return found, frozenset(failed)


def _constraints(
    declaration: ast.ModelDeclaration, data: DataBlock, evaluator: Evaluator
) -> tuple[Constraint, ...]:
    """The constraints of a model. Their rules are imported where one is written: most checks have none."""
    if not any(isinstance(statement, ast.ConstraintDeclaration) for statement in declaration.statements):
        return ()
    from symdsl.check.constraints import check_constraints

    return check_constraints(declaration, data, evaluator)


def _tolerance(declaration: ast.ModelDeclaration, evaluator: Evaluator) -> float | None:
    """The tolerance of a model, where one is written; other definitions are judged on the way."""
    tolerance = None
    for statement in declaration.statements:
        if isinstance(statement, ast.Definition):
            if statement.name.text in MODEL_OPTIONS:
                tolerance = check_tolerance(statement.value, evaluator)
            else:
                check_definition(statement, evaluator.reporter)
    return tolerance


def _normalised(
    declaration: ast.ModelDeclaration, data: DataBlock, prediction: Prediction | None, reporter: Reporter
) -> tuple[str, ...]:
    """The fields of the `normalise` lines. Their rules are imported where a line is written: most checks have none."""
    if not any(isinstance(statement, ast.Normalise) for statement in declaration.statements):
        return ()
    from symdsl.check.normalisation import check_normalised

    return check_normalised(declaration, data, prediction, reporter)
