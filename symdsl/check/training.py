"""The train block: what was written, typed. Defaults belong to the trainer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from symdsl.check.evaluate import Evaluator
from symdsl.check.options import evaluate_options, validate_options
from symdsl.check.reporter import Reporter
from symdsl.check.spec import Field as DataField
from symdsl.diagnostics.diagnostic import Label
from symdsl.syntax import ast

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Fraction = Annotated[float, Field(ge=0, lt=1)]


class TrainOptions(BaseModel):
    """Options of a train block; None where nothing was written. The trainer's own model has the defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    epochs: Count | None = Field(None, description="passes over the training split, from 1 up")
    batch: Count | Literal["full"] | None = Field(None, description="samples in a step, from 1 up, or full for all")
    last_batch: Literal["keep", "drop"] | None = Field(None, description="keep or drop, where it is not full")
    optimiser: Literal["adam", "adamw", "sgd"] | None = Field(None, description="adam, adamw or sgd")
    learning_rate: Annotated[float, Field(gt=0, le=1e6)] | None = Field(None, description="greater than 0")
    schedule: Literal["constant", "cosine"] | None = Field(None, description="constant or cosine")
    weight_decay: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="from 0 up")
    momentum: Fraction | None = Field(None, description="from 0 to below 1; for sgd")
    beta: list[Fraction] | None = Field(
        None, min_length=2, max_length=2, description="decay of the two moments of adam and adamw, such as [0.9, 0.999]"
    )
    epsilon: Annotated[float, Field(gt=0, le=1)] | None = Field(None, description="greater than 0; for adam and adamw")
    split: list[Annotated[float, Field(ge=0, le=1)]] | None = Field(
        None, min_length=3, max_length=3, description="parts for training, validation and test, such as [0.8, 0.1, 0.1]"
    )
    seed: Annotated[int, Field(ge=0, lt=2**53)] | None = Field(None, description="an integer from 0 up")
    data_seed: Annotated[int, Field(ge=0, lt=2**32)] | None = Field(None, description="an integer from 0 to 2^32 - 1")
    split_seed: Annotated[int, Field(ge=0, lt=2**53)] | None = Field(
        None, description="an integer from 0 up; the seed where it is left out"
    )
    evaluate_every: Count | None = Field(None, description="epochs between two evaluations, from 1 up")
    checkpoint_every: Count | None = Field(None, description="epochs between two checkpoints, from 1 up")
    loss: Literal["cross_entropy", "mean_squared_error", "mean_absolute_error"] | None = Field(
        None, description="cross_entropy for labels; mean_squared_error or mean_absolute_error otherwise"
    )


def check_training(
    model: ast.ModelDeclaration, outputs: tuple[DataField, ...], evaluator: Evaluator
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
    options = validate_options("train", written, TrainOptions, blocks[0].span, evaluator)
    if not isinstance(options, TrainOptions):
        return {}
    _verify_together(options, blocks[0], outputs, reporter)
    return {name: getattr(options, name) for name in sorted(written)}


def _verify_together(
    options: TrainOptions, block: ast.TrainBlock, outputs: tuple[DataField, ...], reporter: Reporter
) -> None:
    """Reports options that do not fit each other or the outputs."""
    spans = {option.name.text: option.value.span for option in block.options}
    if options.split is not None and (abs(sum(options.split) - 1) > 1e-6 or options.split[0] <= 0):
        reporter.error(
            "SYM1203", "the parts of `split` must sum to one", spans["split"], f"they sum to {sum(options.split):g}",
            hint="write training, validation and test: [0.8, 0.1, 0.1]",
        )  # fmt: skip
    if options.momentum is not None and options.optimiser != "sgd":
        reporter.error(
            "SYM0513", "`momentum` belongs to sgd", spans["momentum"], f"with {options.optimiser or 'adam'}",
            hint="write `optimiser = sgd`, or leave momentum out",
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
