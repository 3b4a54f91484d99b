"""What the root class has beyond a layer's, and the pure functions of the file."""

from __future__ import annotations

from collections.abc import Iterator

from symdsl.backends.jax.layout import indent, wrap, wrap_statement
from symdsl.backends.jax.naming import IMPORTED_NAMES, LocalNames
from symdsl.backends.jax.signature import argument_names, method_name, signature_order
from symdsl.backends.jax.state_use import has_state, takes_state, updates_state
from symdsl.backends.result_names import result_names
from symdsl.plan.nodes import Module, Program
from symdsl.plan.share_classes import SharedProgram


def pure_name(entry: str) -> str:
    """The name of the pure function of an entry point."""
    return {"forward": "apply", "forward_train": "apply_train"}.get(entry, f"apply_{entry}")


def emit_root_constructor(module: Module, assignments: list[str], stored: bool, from_file: bool) -> list[str]:
    """The constructor of the root: parameters drawn from a seed, or taken from weights."""
    default = "WEIGHTS_FILE" if from_file else "None"
    beside = ", read_weights(WEIGHTS_FILE)" if stored else ""
    state = ["self.saved_state = source.state(self.initial_state())"] if has_state(module) else []
    return [
        f"def __init__(self, seed: int = 0, dtype: Any = jnp.float32, weights: Any = {default}) -> None:",
        *indent(
            [
                '"""Parameters are drawn from `seed`, or those of `weights`, a safetensors file or arrays by path."""',
                f"source = Source(seed, dtype, open_weights(weights){beside})",
                *assignments,
                *state,
                "source.finish()",
            ]
        ),
    ]


def emit_root_methods(module: Module, program: Program) -> Iterator[str]:
    """The call, the parameters by path, the pure forms, and the weights file."""
    stateful = has_state(module)
    if "forward" in program.entry_points:
        yield from (_join(_call(module, program)), _join(_pure_method("forward")))
    for entry in ("forward_train", "objective"):
        if entry in program.entry_points:
            yield _join(_pure_method(entry))
    noisy = [entry for entry in ("objective", "forward_train") if module_noise(module, entry)]
    if noisy:
        yield _join(_draw_method(module, noisy[0]))
    yield _join(
        [
            "def parameters(self) -> dict[str, Array]:",
            '    """The trained arrays by path."""',
            "    return parameters_of(self)",
        ]
    )
    if stateful:
        yield _join(
            [
                f"def with_state(self, state: Mapping[str, Array]) -> {module.class_name}:",
                '    """The model that infers with this state."""',
                "    return eqx.tree_at(lambda model: model.saved_state, self, dict(state))",
            ]
        )
    saved = "{**self.parameters(), **self.saved_state}" if stateful else "self.parameters()"
    yield _join(
        [
            "def save_weights(self, path: str | os.PathLike[str]) -> None:",
            f'    """Write the parameters{" and the state" if stateful else ""} as a safetensors file."""',
            f"    write_weights(path, {saved})",
        ]
    )
    yield _join(
        [
            f"def load_weights(self, path: str | os.PathLike[str]) -> {module.class_name}:",
            '    """The model with the arrays of a safetensors file, in the dtype of this one."""',
            "    kinds = [array.dtype for array in self.parameters().values()]",
            f"    return {module.class_name}(dtype=kinds[0] if kinds else None, weights=path)",
        ]
    )


def _join(lines: list[str]) -> str:
    return "\n".join(indent([part for line in lines for part in wrap_statement(line)]))


def _call(module: Module, program: Program) -> list[str]:
    method = module.method("forward")
    free = LocalNames(IMPORTED_NAMES)
    names = [free.take(argument_names(method)[place]) for place in signature_order(method)]
    given = [f"jnp.asarray({name})" for name in names]
    if takes_state(module, "forward"):
        given.insert(0, "jax.lax.stop_gradient(self.saved_state)")
    call = f"self.{method_name(module, 'forward')}({', '.join(given)})"
    if len(method.outputs) > 1:
        call = f"Outputs(*{call})"
    return [
        f"def __call__({', '.join(['self', *(f'{name}: Any' for name in names)])}) -> Any:",
        f'    """{", ".join(program.outputs)} from {", ".join(program.inputs)}; a batch axis leads."""',
        *indent(wrap(f"return {call}")),
    ]


def _pure_method(entry: str) -> list[str]:
    name = pure_name(entry)
    return [
        f"def {name}(self, params: Mapping[str, Array], state: Mapping[str, Array], inputs: Any, noise: Any = ()) "
        "-> tuple[Any, Mapping[str, Array]]:",
        f'    """As the function `{name}` of this file."""',
        f"    return {name}(params, state, inputs, noise)",
    ]


def module_noise(module: Module, entry: str) -> tuple[tuple[str, str], ...]:
    """(name, distribution) of the noise of a method; () where there is no such method."""
    return next((method.noise for method in module.methods if method.name == entry), ())


def _draw_method(module: Module, entry: str) -> list[str]:
    method, kinds = module.method(entry), dict(module_noise(module, entry))
    types = {method.nodes[index].attributes["name"]: method.nodes[index].type for index in method.arguments}
    shapes = {name: (None, *types[name].shape) if types[name].batched else types[name].shape for name in kinds}
    table = ", ".join(f'"{name}": ("{kind}", {shapes[name]})' for name, kind in kinds.items())
    return [
        "def draw_noise(self, key: Array, batch: int) -> dict[str, Array]:",
        f'    """The noise of `{entry}` by name, for a batch of this size."""',
        f"    return draw_arrays(key, batch, next(iter(self.parameters().values())).dtype, {{{table}}})",
    ]


def emit_pure_functions(shared: SharedProgram) -> Iterator[str]:
    """One function for each entry point: (params, state, inputs, noise) -> (outputs, state')."""
    program, root = shared.program, shared.classes[-1]
    module = root.template
    outputs = module.method("forward").outputs if "forward" in program.entry_points else ()
    if len(outputs) > 1:
        names = [f"{name}: Array" for name in result_names(program.outputs)]
        yield "\n".join(["class Outputs(NamedTuple):", '    """What the model predicts."""', "", *indent(names)])
    for entry in dict.fromkeys(program.entry_points):
        yield "\n".join(_pure_function(root.name, module, entry))


def _pure_function(class_name: str, module: Module, entry: str) -> Iterator[str]:
    method = module.method(entry)
    noise = [name for name in argument_names(method) if name in dict(method.noise)]
    ordered = [argument_names(method)[place] for place in signature_order(method)]
    inputs = [name for name in ordered if name not in noise]
    yield f"def {pure_name(entry)}("
    yield "    params: Mapping[str, Array], state: Mapping[str, Array], inputs: Any, noise: Any = ()"
    yield ") -> tuple[Any, Mapping[str, Array]]:"
    yield f'    """`{entry}` as a pure function of arrays by path; inputs and noise in order or by name."""'
    yield f"    model = {class_name}(dtype=None, weights=params)"
    given = {name: f"inputs[{place}]" for place, name in enumerate(inputs)}
    given |= {name: f"noise[{place}]" for place, name in enumerate(noise)}
    if inputs:
        yield f"    inputs = in_order(inputs, {_names(inputs)})"
    if noise:
        yield f"    noise = in_order(noise, {_names(noise)})"
    arguments = [given[name] for name in ordered]
    if takes_state(module, entry):
        arguments.insert(0, "state")
    call = f"model.{method_name(module, entry)}({', '.join(arguments)})"
    if updates_state(module, entry):
        yield f"    outputs, state = {call}"
    else:
        yield f"    outputs = {call}"
    wrapped = "Outputs(*outputs)" if entry in ("forward", "forward_train") and len(method.outputs) > 1 else "outputs"
    yield f"    return {wrapped}, state"


def _names(names: list[str]) -> str:
    return "(" + ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "") + ")"
