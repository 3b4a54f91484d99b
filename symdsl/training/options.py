"""How to train: the options of a spec's `train` block and of `symdsl train`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError
from symdsl.diagnostics.suggest import did_you_mean

Optimiser = Literal["adam", "adamw", "sgd"]
DEFAULT_BATCH = 128
Schedule = Literal["constant", "cosine"]


class TrainingOptions(BaseModel):
    """The settings of one run; equal settings, data and seed give equal weights (CPU, one thread).

    `batch` "full" is the whole training part, None the smaller of that and 128. `split` None is the published split of
    the data, or 80, 10 and 10 %. `seed` rules split, batches and noise, `split_seed` the split alone where it is given,
    `data_seed` what a simulator draws.
    `evaluate_every` counts epochs, None about fifty times a run; `checkpoint_every` likewise, None with every
    evaluation. `weight_decay` is L2 in the gradient for adam and sgd, decoupled for adamw.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    epochs: int = Field(100, ge=1, le=10_000_000)
    batch: Annotated[int, Field(ge=1, le=2**31)] | Literal["full"] | None = None
    last_batch: Literal["keep", "drop"] = "keep"
    optimiser: Optimiser = "adam"
    learning_rate: float = Field(1e-3, gt=0)
    schedule: Schedule = "constant"
    weight_decay: float = Field(0.0, ge=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    beta: tuple[float, float] = (0.9, 0.999)
    epsilon: float = Field(1e-8, gt=0)
    split: tuple[float, float, float] | None = None
    seed: int = Field(0, ge=0, le=2**63 - 1)
    split_seed: int | None = Field(None, ge=0, le=2**63 - 1)
    data_seed: int = Field(0, ge=0, le=2**32 - 1)
    evaluate_every: int | None = Field(None, ge=1)
    checkpoint_every: int | None = Field(None, ge=1)
    loss: Literal["cross_entropy", "mean_squared_error", "mean_absolute_error"] | None = None

    def batch_size(self, count: int) -> int:
        """The batch for `count` training samples. Raises SymdslError (SYM1202) where it asks for more."""
        if self.batch == "full":
            return count
        if self.batch is None:
            return min(DEFAULT_BATCH, count)
        if self.batch > count:
            message = f"a batch of {self.batch:,} is asked for, and the training part has {count:,} samples"
            raise SymdslError(Diagnostic("SYM1202", message, hint=f'at most {count}, or "full"'), exit_code=2)
        return self.batch

    @property
    def seed_of_split(self) -> int:
        """What rules the split."""
        return self.seed if self.split_seed is None else self.split_seed

    @property
    def evaluation_period(self) -> int:
        """Epochs between two evaluations."""
        return self.evaluate_every or max(1, self.epochs // 50)

    @property
    def checkpoint_period(self) -> int:
        """Epochs between two checkpoints."""
        return self.checkpoint_every or self.evaluation_period


def read_options(stated: Mapping[str, Any], given: Mapping[str, Any] | None = None, span: Span | None = None) -> (
    TrainingOptions
):  # fmt: skip
    """Options of a spec's `train` block (`stated`), overridden by those of the command (`given`).

    Raises SymdslError: SYM0205 unknown option, SYM0502 a value that does not fit, SYM1203 a split that does not add up.
    """
    values = {**stated, **(given or {})}
    known = TrainingOptions.model_fields
    faults = [
        Diagnostic("SYM0205", f"training has no option {name}", span, hint=did_you_mean(name, known))
        for name in values
        if name not in known
    ]
    if faults:
        raise SymdslError(*faults, exit_code=1 if set(values) - set(given or {}) - set(known) else 2)
    if isinstance(values.get("split"), list):
        values["split"] = tuple(values["split"])
    try:
        return TrainingOptions.model_validate(values)
    except ValidationError as error:
        raise SymdslError(*(option_fault(fault, span) for fault in error.errors()), exit_code=2) from None


def option_fault(fault: Mapping[str, Any], span: Span | None) -> Diagnostic:
    """One validation fault as a diagnostic."""
    name = str(fault["loc"][0]) if fault["loc"] else "options"
    code = "SYM1203" if name == "split" else "SYM0502"
    return Diagnostic(code, f"option {name} of training: {fault['msg'].lower()}, not {fault['input']}", span)
