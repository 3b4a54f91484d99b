"""The train block: what was written, by the list of options that the trainer reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from symdsl.check.evaluate import Evaluator
from symdsl.check.fit import FitRequest, fit_faults
from symdsl.check.options import evaluate_options, validate_options
from symdsl.check.prediction import Prediction
from symdsl.check.reporter import Reporter
from symdsl.check.spec import Enforcement, Field
from symdsl.check.training_options import TrainingOptions, find_conflicts
from symdsl.diagnostics.diagnostic import Label
from symdsl.syntax import ast


def check_training(
    model: ast.ModelDeclaration,
    prediction: Prediction | None,
    structure: Enforcement | None,
    normalised: Collection[str],
    evaluator: Evaluator,
) -> Mapping[str, Any]:
    """The options that a train block writes, by name; empty without one, or where a fault was reported."""
    reporter = evaluator.reporter
    blocks = [statement for statement in model.statements if isinstance(statement, ast.TrainBlock)]
    for extra in blocks[1:]:
        reporter.error(
            "SYM0308", "a second `train` block", extra.span, related=(Label(blocks[0].span, "the first one"),),
            hint="write all options in one block",
        )  # fmt: skip
    if len(blocks) != 1:
        return {}
    written = evaluate_options(blocks[0].options, evaluator)
    if written is None:
        return {}
    options = validate_options("train", written, TrainingOptions, blocks[0].span, evaluator)
    if not isinstance(options, TrainingOptions):
        return {}
    outputs = prediction.outputs if prediction else ()
    _verify_together(options, blocks[0], outputs, reporter)
    if options.fit == "trajectories" and prediction is not None:
        spans = {option.name.text: option.value.span for option in blocks[0].options}
        constrained = any(isinstance(statement, ast.ConstraintDeclaration) for statement in model.statements)
        asked = FitRequest(prediction.inputs, prediction.outputs, structure, constrained, normalised)
        reporter.add(*fit_faults(asked, options.integrator, spans))
    return {name: getattr(options, name) for name in sorted(written)}


def _verify_together(
    options: TrainingOptions, block: ast.TrainBlock, outputs: tuple[Field, ...], reporter: Reporter
) -> None:
    """Reports options that do not fit each other or the outputs."""
    spans = {option.name.text: option.value.span for option in block.options}
    for conflict in find_conflicts(options, spans):
        reporter.error(
            conflict.code, conflict.message, spans[conflict.option], conflict.beside, hint=conflict.hint
        )  # fmt: skip
    labels = [field.name for field in outputs if field.kind == "label"]
    others = [field.name for field in outputs if field.kind != "label"]
    wrong = others if options.loss == "cross_entropy" else labels if options.loss else []
    if wrong:
        fitting = "mean_squared_error" if options.loss == "cross_entropy" else "cross_entropy"
        reporter.error(
            "SYM1205", f"{options.loss} is no loss for `{wrong[0]}`", spans["loss"],
            "this output is no label" if options.loss == "cross_entropy" else "this output is a label",
            hint=f"write loss = {fitting}, or leave it out",
        )  # fmt: skip
