"""One update of a jax model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.jax.device import find_device
from symdsl.backends.padding import cut_rows, fill_up_rows
from symdsl.check.training_options import TrainingOptions
from symdsl.plan.nodes import Program
from symdsl.training.optimiser import optax_direction
from symdsl.training.step import Batch, Noise

if TYPE_CHECKING:
    from symdsl.backends.backend import CompiledModel

Array = NDArray[Any]
COUNTER, AVERAGE = "counter", "average"


class JaxStepper:
    """Jits the pure `apply_objective(params, state, inputs, noise) -> (loss, state)`, its gradient, and Optax."""

    def __init__(
        self, model: CompiledModel, parameter_names: Iterable[str], dtype: str, options: TrainingOptions,
        noise: Sequence[Noise], device: str, devices: int = 1, entry: str = "forward", program: Program | None = None,
    ) -> None:  # fmt: skip
        import jax

        self.device = find_device(device, devices)
        self.direction = optax_direction(options)
        self.parameter_names = frozenset(parameter_names)
        self.dtype = np.dtype(dtype)
        self.noise = tuple(noise)
        self.rowed = program if program is not None and program.row_indices else None
        self.counter = 0
        self.ema = options.ema
        self.data: tuple[Any, ...] = ()
        with self._precision():
            self._put_weights(model.weights())
            # placed like what an update returns, or the first update would be compiled for it alone
            self.moments = jax.device_put(self.direction.init(self.parameters), self.device)
            self.averages = jax.tree_util.tree_map(lambda each: each.copy(), self.parameters) if self.ema else {}
            self.key = jax.random.key(options.seed % 2**32)
        objective = pure_function(model, "apply_objective")
        if options.precision == "mixed":
            objective = in_bfloat16(objective)
        self._update = jax.jit(make_update(objective, self), donate_argnums=(0, 1, 2, 3))
        self._forward = jax.jit(pure_function(model, "apply" if entry == "forward" else f"apply_{entry}"))

    def _precision(self) -> AbstractContextManager[Any]:
        """64-bit types are on for a float64 model and off for any other, whatever the process has chosen."""
        import jax

        return jax.enable_x64(self.dtype == np.float64)

    def _put_weights(self, weights: Mapping[str, Array]) -> None:
        """Own copies, because an update gives its arguments' memory away."""
        placed = {name: self._place(np.array(array)) for name, array in weights.items()}
        self.state = {name: array for name, array in placed.items() if name not in self.parameter_names}
        self.parameters = {name: array for name, array in placed.items() if name in self.parameter_names}

    def _place(self, array: Array) -> Any:
        import jax

        dtype = np.int32 if array.dtype.kind in "iub" else self.dtype
        return jax.device_put(np.array(array, dtype=dtype), self.device)

    def put_data(self, arrays: Sequence[Array]) -> None:
        """Training data on the device: real arrays of the model's dtype, labels int32."""
        with self._precision():
            self.data = tuple(self._place(array) for array in arrays)

    def step(self, batch: Batch, rate: float) -> Any:
        """One update; returns the loss as a device array."""
        with self._precision():
            data, index = self.data, None
            if isinstance(batch, tuple):
                if self.rowed is not None:
                    batch = tuple(fill_up_rows(self.rowed, self.rowed.root.method("objective"), batch))
                data = tuple(self._place(array) for array in batch)
            elif batch is not None:
                index = batch.astype(np.int32)
            self.parameters, self.state, self.moments, self.averages, loss = self._update(
                self.parameters, self.state, self.moments, self.averages, data, index, rate, np.uint32(self.counter)
            )
        self.counter += 1
        return loss

    def losses(self, handles: Sequence[Any]) -> list[float]:
        """One wait for all."""
        import jax

        return [float(value) for value in jax.device_get(list(handles))]

    def forward(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """Inference. The batch is filled up to a power of two, so that few sizes are compiled."""
        count = len(inputs[0])
        with self._precision():
            if self.rowed is not None:
                filled = fill_up_rows(self.rowed, self.rowed.root.method("forward"), inputs)
            else:
                filled = [fill_up(array, 1 << (count - 1).bit_length()) for array in inputs]
            padded = [self._place(array) for array in filled]
            outputs, _ = self._forward(self.averages or self.parameters, self.state, padded)
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        if self.rowed is not None:
            found = [np.asarray(output) for output in several]
            return tuple(cut_rows(self.rowed.root.method("forward"), found, inputs))
        return tuple(np.asarray(output)[:count] for output in several)

    def weights(self) -> dict[str, Array]:
        """Copies of parameters and state."""
        return {name: np.array(array) for name, array in {**self.parameters, **self.state}.items()}

    def judged_weights(self) -> dict[str, Array]:
        """Copies of the averages, where there are any, and the state."""
        return {name: np.array(array) for name, array in {**(self.averages or self.parameters), **self.state}.items()}

    def judge(self, weights: Mapping[str, Array]) -> None:
        """These weights, and no averages in place of them."""
        self.averages = {}
        with self._precision():
            self._put_weights(weights)

    def optimiser_state(self) -> dict[str, Array]:
        """The leaves of Optax's state in order, averages, and the number of updates, which the noise depends on."""
        import jax

        leaves = jax.tree_util.tree_leaves(self.moments)
        found = {f"leaf_{place:06d}": np.array(leaf) for place, leaf in enumerate(leaves)}
        found |= {f"{AVERAGE}:{name}": np.array(array) for name, array in self.averages.items()}
        return {COUNTER: np.array(self.counter, dtype=np.int64), **found}

    def close(self) -> None:
        """Nothing to do: the module has no modes, and gets its weights from the loop."""

    def restore(self, weights: Mapping[str, Array], optimiser_state: Mapping[str, Array]) -> None:
        """Weights, moments, averages and counter as they were."""
        with self._precision():
            self._put_weights(weights)
            self._put_moments(optimiser_state)
            self.averages = {name: self._place(optimiser_state[f"{AVERAGE}:{name}"]) for name in self.averages}
        self.counter = int(optimiser_state[COUNTER])

    def _put_moments(self, optimiser_state: Mapping[str, Array]) -> None:
        import jax

        structure = jax.tree_util.tree_structure(self.moments)
        leaves = [optimiser_state[f"leaf_{place:06d}"] for place in range(structure.num_leaves)]
        self.moments = jax.tree_util.tree_unflatten(structure, [jax.device_put(leaf, self.device) for leaf in leaves])


def make_update(objective: Callable[..., Any], stepper: JaxStepper) -> Callable[..., Any]:
    """(params, state, moments, averages, data, batch indices or None, rate, counter) -> the first four, and the loss.

    `averages` is empty without EMA.
    """
    import jax
    import optax

    draw = {"uniform": jax.random.uniform, "normal": jax.random.normal}

    def update(
        params: Any, state: Any, moments: Any, averages: Any, data: Any, index: Any, rate: Any, counter: Any
    ) -> tuple[Any, ...]:
        chosen = data if index is None else tuple(array[index] for array in data)
        chosen = tuple(spread(array, stepper.device) for array in chosen)
        keys = jax.random.split(jax.random.fold_in(stepper.key, counter), max(1, len(stepper.noise)))
        noise = [
            spread(draw[each.kind](key, each.shape_for(len(chosen[0])), stepper.dtype), stepper.device)
            for each, key in zip(stepper.noise, keys, strict=False)
        ]
        (loss, after), gradient = jax.value_and_grad(
            lambda given: objective(given, state, chosen, noise), has_aux=True
        )(params)
        direction, moments = stepper.direction.update(gradient, moments, params)
        stepped = jax.tree_util.tree_map(lambda value, change: value - rate * change, params, direction)
        if stepper.ema:
            averages = optax.incremental_update(stepped, averages, 1 - stepper.ema)
        return stepped, after, moments, averages, loss

    return update


def in_bfloat16(objective: Callable[..., Any]) -> Callable[..., Any]:
    """The objective computed in bfloat16 from float32 parameters, inputs and noise; its loss and state are float32."""
    import jax
    import jax.numpy as jnp

    def cast(tree: Any, dtype: Any) -> Any:
        return jax.tree_util.tree_map(
            lambda array: array.astype(dtype) if jnp.issubdtype(array.dtype, jnp.floating) else array, tree
        )

    def mixed(params: Any, state: Any, inputs: Any, noise: Any) -> tuple[Any, Any]:
        # running statistics are sums over many steps, which bfloat16 would stop
        low, data, drawn = (cast(each, jnp.bfloat16) for each in (params, inputs, noise))
        loss, after = objective(low, state, data, drawn)
        return loss.astype(jnp.float32), cast(after, jnp.float32)

    return mixed


def pure_function(model: CompiledModel, name: str) -> Callable[..., Any]:
    """A pure function of the emitted file that the model's class is defined in."""
    return getattr(sys.modules[type(model.module).__module__], name)


def fill_up(array: Array, count: int) -> Array:
    """The array with its last sample repeated until there are `count`."""
    return np.concatenate([array, np.repeat(array[-1:], count - len(array), axis=0)])


def spread(array: Any, device: Any) -> Any:
    """A batch in equal parts on the devices, where they are several and the batch has such parts; the sums that the
    parts need are jax's work, and change no result."""
    import jax
    from jax.sharding import NamedSharding, PartitionSpec

    if not isinstance(device, NamedSharding) or array.ndim == 0 or len(array) % device.mesh.size:
        return array
    return jax.lax.with_sharding_constraint(array, NamedSharding(device.mesh, PartitionSpec(*device.mesh.axis_names)))
