"""How to train: every option of a `train` block and of `symdsl train --set train.OPTION=VALUE`, with its default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

DEFAULT_BATCH = 128
HORIZON = 5
LONGEST = 1_000
"""How many steps of an integrator an objective may hold."""

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Positive = Annotated[float, Field(gt=0, le=1e6)]
NotNegative = Annotated[float, Field(ge=0, le=1e6)]
Fraction = Annotated[float, Field(ge=0, lt=1)]


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Pair = Annotated[tuple[Fraction, ...], BeforeValidator(_as_tuple), Field(min_length=2, max_length=2)]
Part = Annotated[float, Field(ge=0, le=1)]
Parts = Annotated[tuple[Part, ...], BeforeValidator(_as_tuple), Field(min_length=3, max_length=3)]

Optimiser = Literal["adam", "adamw", "sgd", "rmsprop"]
Schedule = Literal["constant", "cosine", "step", "exponential", "one_cycle", "plateau"]
Integrator = Literal["rk4", "leapfrog"]
Loss = Literal["cross_entropy", "mean_squared_error", "mean_absolute_error"]

OF_OPTIMISERS: Mapping[str, tuple[Optimiser, ...]] = MappingProxyType({
    "momentum": ("sgd",), "beta": ("adam", "adamw"), "alpha": ("rmsprop",),
    "epsilon": ("adam", "adamw", "rmsprop"),
})  # fmt: skip
OF_SCHEDULES: Mapping[str, tuple[Schedule, ...]] = MappingProxyType({
    "decay": ("step", "exponential", "plateau"), "decay_every": ("step", "exponential"), "plateau_after": ("plateau",),
    "warmup": ("constant", "cosine", "step", "exponential", "plateau"),
})  # fmt: skip


class TrainingOptions(BaseModel):
    """The settings of one run; equal settings, data and seed give equal weights (CPU, one thread).

    The one list of options: the checker reads what a spec writes by it, and the trainer takes its defaults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    epochs: Count = Field(100, description="passes over the training part, from 1 up")
    batch: Annotated[int, Field(ge=1, le=2**31)] | Literal["full"] | None = Field(
        None, description="samples in a step, from 1 up, or full for all; 128, or all where there are fewer, by default"
    )
    last_batch: Literal["keep", "drop"] = Field("keep", description="keep or drop the last batch, where it is not full")
    optimiser: Optimiser = Field("adam", description="adam, adamw, sgd or rmsprop; the same on both backends")
    learning_rate: Positive = Field(1e-3, description="greater than 0")
    schedule: Schedule = Field(
        "constant",
        description="constant, cosine to 0, step, exponential, one_cycle, or plateau: lower where validation stalls",
    )
    warmup: NotNegative = Field(0.0, description="epochs, 0.5 is half of one, in which the rate grows from 0")
    decay: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.1, description="factor of step, exponential and plateau, between 0 and 1"
    )
    decay_every: Positive | None = Field(
        None, description="epochs to one factor of step and exponential; a third of the run by default"
    )
    plateau_after: Count = Field(10, description="evaluations without a better validation loss before plateau decays")
    weight_decay: NotNegative = Field(0.0, description="L2 in the gradient, decoupled for adamw, from 0 up")
    momentum: Fraction = Field(0.9, description="from 0 to below 1; for sgd")
    beta: Pair = Field(
        (0.9, 0.999), description="decay of the two moments of adam and adamw, such as [0.9, 0.999]"
    )
    alpha: Fraction = Field(0.99, description="decay of the mean square of rmsprop, from 0 to below 1")
    epsilon: Annotated[float, Field(gt=0, le=1)] = Field(1e-8, description="greater than 0; for all but sgd")
    clip: Positive | None = Field(None, description="the largest norm of the gradient of all parameters together")
    ema: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="decay of a moving average of the parameters, such as 0.999; it is judged and kept"
    )
    precision: Literal["full", "mixed"] = Field(
        "full", description="full, or mixed: bfloat16 inside the model, float32 parameters and optimiser"
    )
    keep: Literal["last", "best"] = Field(
        "last", description="last, or best: the weights of the evaluation with the least validation loss"
    )
    stop_after: Count | None = Field(
        None, description="end after so many evaluations without a better validation loss"
    )
    min_delta: NotNegative = Field(0.0, description="how much less a validation loss must be to count as better")
    split: Parts | None = Field(
        None, description="training, validation, test, such as [0.8, 0.1, 0.1]; the published one by default"
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(0, description="first weights, split, batches, noise")
    split_seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        None, description="the split alone; the seed where it is left out"
    )
    data_seed: Annotated[int, Field(ge=0, lt=2**32)] = Field(0, description="what a source draws")
    evaluate_every: Count | None = Field(
        None, description="epochs between two evaluations, from 1 up; about fifty evaluations a run by default"
    )
    checkpoint_every: Count | None = Field(
        None, description="epochs between two checkpoints, from 1 up; with every evaluation by default"
    )
    checkpoint_steps: Count | None = Field(None, description="steps between two checkpoints, inside epochs too")
    checkpoint_minutes: Positive | None = Field(None, description="minutes between two checkpoints, inside epochs too")
    loss: Loss | None = Field(
        None, description="cross_entropy for labels; mean_squared_error or mean_absolute_error otherwise"
    )

    fit: Literal["derivatives", "trajectories"] = Field(
        "derivatives", description="compare predicted derivatives, or the trajectories that they lead along"
    )
    integrator: Integrator = Field("rk4", description="of a trajectory: rk4, or leapfrog for a separable energy")
    horizon: Annotated[int, Field(ge=1, le=LONGEST)] = Field(
        HORIZON, description="how many states a trajectory is followed for from each one"
    )
    substeps: Annotated[int, Field(ge=1, le=LONGEST)] = Field(
        1, description="steps of the integrator between two states of a trajectory"
    )
    time_step: Positive | None = Field(
        None, description="between two states of a trajectory; what the data call t or time by default"
    )

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

    @property
    def heeds_validation(self) -> bool:
        """Whether the run depends on the validation loss."""
        return self.stop_after is not None or self.keep == "best" or self.schedule == "plateau"


OBJECTIVE_OPTIONS = ("loss", "fit", "integrator", "horizon", "substeps")
"""The options that the compiled objective depends on."""
OF_TRAJECTORIES = ("integrator", "horizon", "substeps", "time_step")

CHECKPOINT_OPTIONS = frozenset({"checkpoint_every", "checkpoint_steps", "checkpoint_minutes"})
"""The options that a run's weights do not depend on."""


@dataclass(frozen=True)
class Conflict:
    """An option that does not fit the others: its code, what is wrong, what it stands with, and what to do."""

    option: str
    code: str
    message: str
    beside: str
    hint: str


def find_conflicts(options: TrainingOptions, written: Iterable[str]) -> Iterator[Conflict]:
    """What does not fit together among the options that were `written`; those of another optimiser, say."""
    stated = set(written)
    for name in sorted(stated & OF_OPTIMISERS.keys()):
        if options.optimiser not in OF_OPTIMISERS[name]:
            yield _belongs(name, "optimiser", OF_OPTIMISERS[name], options.optimiser)
    for name in sorted(stated & OF_SCHEDULES.keys()):
        if options.schedule not in OF_SCHEDULES[name]:
            yield _belongs(name, "schedule", OF_SCHEDULES[name], options.schedule)
    for name in OF_TRAJECTORIES:
        if name in stated and options.fit != "trajectories":
            yield _belongs(name, "fit", ("trajectories",), options.fit)
    steps = options.horizon * options.substeps
    if steps > LONGEST:
        option = "substeps" if "substeps" in stated else "horizon"
        message = f"a trajectory of {steps:,} steps, and the limit is {LONGEST:,}"
        yield Conflict(option, "SYM0513", message, "horizon times substeps", "make one of them smaller")
    if "min_delta" in stated and not options.heeds_validation:
        hint = "write `stop_after`, `keep = best` or `schedule = plateau` too, or leave min_delta out"
        yield Conflict("min_delta", "SYM0513", "`min_delta` belongs to what heeds the validation loss", "alone", hint)
    split = options.split
    if split is not None and (abs(sum(split) - 1) > 1e-6 or split[0] <= 0):
        hint = "write training, validation and test: [0.8, 0.1, 0.1]"
        yield Conflict("split", "SYM1203", "the parts of `split` must sum to one", f"they sum to {sum(split):g}", hint)
    elif split is not None and split[1] == 0 and options.heeds_validation:
        yield Conflict("split", "SYM1206", "there is no validation part to heed", "the second part is 0", NO_VALIDATION)


def _belongs(name: str, what: str, owners: Sequence[str], chosen: str) -> Conflict:
    listed = " or ".join((", ".join(owners[:-1]), owners[-1]) if len(owners) > 1 else owners)
    hint = f"write `{what} = {owners[0]}`, or leave {name} out"
    return Conflict(name, "SYM0513", f"`{name}` belongs to {listed}", f"with {chosen}", hint)


NO_VALIDATION = "give validation samples in `split`, or leave out stop_after, keep = best and schedule = plateau"
