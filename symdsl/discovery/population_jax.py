"""Copies of a network trained at once by jax: one compiled step of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.population import Copies, Fitted, GiveUp, Progress, Schedule, Targets, draw_batches
from symdsl.training.jax_step import pure_function

if TYPE_CHECKING:
    from symdsl.backends.backend import CompiledModel

Array = NDArray[Any]
_AT_ONCE = 4096


@dataclass(frozen=True)
class _Compiled:
    """The predictions of all copies at samples, and their derivatives, compiled once for all states of a training."""

    forward: Any

    @cached_property
    def predict(self) -> Any:
        import jax

        return jax.jit(jax.vmap(self.forward, (0, None)))

    @cached_property
    def gradients(self) -> Any:
        import jax

        def of_sample(variables: Any, sample: Any) -> Any:
            return jax.jacrev(lambda each: self.forward(variables, each[None])[0])(sample)

        return jax.jit(jax.vmap(jax.vmap(of_sample, (None, 0)), (0, None)))


@dataclass(frozen=True)
class JaxFitted:
    """Trained copies: `variables` holds the weights, and the frames where there are some, each with K in front."""

    compiled: _Compiled
    variables: Any
    losses: Array

    @property
    def frames(self) -> tuple[Array, Array | None] | None:
        """P^-1 (K, d, d) and Q (K, m, m)."""
        if "frame" not in self.variables:
            return None
        outputs = self.variables.get("output")
        return np.asarray(self.variables["frame"], np.float64), None if outputs is None else np.asarray(outputs, float)

    def predict(self, x: Array) -> Array:
        """(N, *sample) -> (K, N, m)."""
        return self._in_parts(self.compiled.predict, x)

    def gradients(self, x: Array) -> Array:
        """(N, *sample) -> (K, N, m, *sample)."""
        return self._in_parts(self.compiled.gradients, x)

    def _in_parts(self, function: Any, x: Array) -> Array:
        parts = [
            np.asarray(function(self.variables, np.asarray(x[start : start + _AT_ONCE], np.float32)), np.float64)
            for start in range(0, len(x), _AT_ONCE)
        ]
        return np.concatenate(parts, axis=1)


def fit(
    model: CompiledModel, first: Mapping[str, Array], x: Array, targets: Targets, copies: Copies, schedule: Schedule,
    progress: Progress, give_up: GiveUp | None,
) -> Fitted:  # fmt: skip
    """See `fit_copies`."""
    import jax
    import jax.numpy as jnp
    import optax

    forward = _framed(pure_function(model, "apply"), copies)
    variables = _variables(first, copies)
    frozen = () if copies.learn_frames else ("frame", "output")
    inputs = jnp.asarray(x, jnp.float32)
    wanted = jnp.asarray(targets.values, jnp.int32 if targets.classes else jnp.float32)
    learn, judge = (jnp.asarray(mask, jnp.float32) for mask in (copies.learn, copies.judge))
    offset = None if targets.offset is None else jnp.asarray(targets.offset, jnp.float32)
    direction = optax.adamw(1.0, weight_decay=schedule.decay)

    def loss_of(each: Any, sample: Any, target: Any, shift: Any, mask: Any) -> Any:
        predicted = forward(each, sample) if shift is None else forward(each, sample) + shift
        if targets.classes:
            losses = optax.softmax_cross_entropy_with_integer_labels(predicted, target)
        else:
            losses = jnp.mean((predicted - target) ** 2, axis=-1)
        return jnp.sum(losses * mask) / jnp.maximum(jnp.sum(mask), 1.0)

    @jax.jit
    def run(variables: Any, moments: Any, batches: Any, rates: Any) -> Any:
        def step(carry: Any, given: Any) -> Any:
            variables, moments = carry
            index, rate = given
            shift = None if offset is None else offset[index]
            gradient = jax.vmap(jax.grad(loss_of), (0, None, None, None, 0))(
                variables, inputs[index], wanted[index], shift, learn[:, index]
            )
            change, moments = direction.update(gradient, moments, variables)
            stepped: Any = jax.tree_util.tree_map(lambda value, each: value + rate * each, variables, change)
            moved = {name: variables[name] if name in frozen else value for name, value in stepped.items()}
            return (moved, moments), None

        (variables, moments), _ = jax.lax.scan(step, (variables, moments), (batches, rates))
        return variables, moments, jax.vmap(loss_of, (0, None, None, None, 0))(variables, inputs, wanted, offset, judge)

    moments = direction.init(variables)
    fitted = JaxFitted(_Compiled(forward), variables, np.full(copies.count, np.inf))
    every = max(1, schedule.steps // schedule.checks)
    batches, rates = draw_batches(schedule, len(x)), schedule.rates().astype(np.float32)
    for start in range(0, schedule.steps - every + 1, every):
        chosen = slice(start, start + every)
        variables, moments, found = run(variables, moments, batches[chosen], rates[chosen])
        losses = np.asarray(found, np.float64)
        better = losses < fitted.losses
        best = _chosen(jnp.asarray(better), variables, fitted.variables)
        fitted = replace(fitted, variables=best, losses=np.where(better, losses, fitted.losses))
        progress(every)
        if give_up and give_up.now(start + every, every) and give_up.when(fitted):
            break
    return fitted


def _chosen(better: Any, new: Any, old: Any) -> Any:
    """Of every copy the new variables where `better` (K,) says so, else the old ones."""
    import jax
    import jax.numpy as jnp

    return jax.tree_util.tree_map(
        lambda after, before: jnp.where(better.reshape((-1,) + (1,) * (after.ndim - 1)), after, before), new, old
    )


def _variables(first: Mapping[str, Array], copies: Copies) -> dict[str, Any]:
    """The weights by name, and the frames, as float32 arrays of jax with K in front."""
    import jax.numpy as jnp

    variables: dict[str, Any] = {"weights": {name: jnp.asarray(each, jnp.float32) for name, each in first.items()}}
    for name, each in (("frame", copies.frames), ("output", copies.outputs)):
        if each is not None:
            variables[name] = jnp.asarray(each, jnp.float32)
    return variables


def _framed(apply: Any, copies: Copies) -> Any:
    """(variables of one copy, samples) -> predictions (N, m): Q h(P^-1 x)."""
    import jax.numpy as jnp

    def forward(variables: Any, x: Any) -> Any:
        frame = variables.get("frame")
        if frame is not None:
            if copies.affine:
                frame = frame.at[-1].set(jnp.eye(len(frame))[-1])
            x = x @ frame.T
        if copies.points:
            x = x[..., :-1]
        predicted, _ = apply(variables["weights"], {}, [x], [])
        if copies.tied:
            acting = jnp.linalg.inv(frame)
            predicted = predicted @ (acting[:-1, :-1] if copies.points else acting).T
            predicted = predicted[..., :-1] if copies.affine and not copies.points else predicted
        if "output" in variables:
            predicted = predicted @ variables["output"].T
        return predicted.reshape(len(x), -1)

    return forward
