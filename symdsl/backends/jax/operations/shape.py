"""Operations that move, repeat or pick entries."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.jax.code import Code, Emitter, Site, print_value


def _merge(site: Site) -> Code:
    return site.call("merge", str(site.axis(site.node.attributes["axis"])), site.attribute("count"))


def _split(site: Site) -> Code:
    return site.call("split", str(site.axis(site.node.attributes["axis"])), site.attribute("sizes"))


def _transpose(site: Site) -> Code:
    permutation = tuple(axis % site.rank() for axis in site.node.attributes["permutation"])
    if site.batched():
        permutation = (0, *(axis + 1 for axis in permutation))
    return site.call("jnp.transpose", print_value(permutation))


def _expand(site: Site) -> Code:
    return site.call("jnp.expand_dims", str(site.axis(site.node.attributes["axis"], site.rank() + 1)))


def _squeeze(site: Site) -> Code:
    return site.call("jnp.squeeze", str(site.axis(site.node.attributes["axis"])))


def _broadcast(site: Site) -> Code:
    shape: tuple[int, ...] = site.node.attributes["shape"]
    if site.rank() or not shape:
        return site.call("stretch", site.attribute("shape"))
    if not site.batched():
        return site.call("jnp.broadcast_to", site.attribute("shape"))
    return Code(f"stretch({site.operands[0].within()}.reshape({(-1, *(1 for _ in shape))}), {site.attribute('shape')})")


def _slice(site: Site) -> Code:
    attributes = site.node.attributes
    start, stop, step = attributes["start"], attributes["stop"], attributes.get("step", 1)
    axis = site.axis(attributes["axis"])
    text = f"{'' if start == 0 else print_value(start)}:{'' if stop is None else print_value(stop)}"
    if step != 1:
        text += f":{print_value(step)}"
    return Code(f"{site.operands[0].within()}[{', '.join(['...', text, *[':'] * (-axis - 1)])}]")


def _pad(site: Site) -> Code:
    edges = tuple(zip(site.node.attributes["low"], site.node.attributes["high"], strict=True))
    if site.batched():
        edges = ((0, 0), *edges)
    value = site.node.attributes.get("value", 0.0)
    return site.call("jnp.pad", print_value(edges), *([] if value == 0 else [f"constant_values={print_value(value)}"]))


def _together(function: str, new_axis: int) -> Emitter:
    def emit(site: Site) -> Code:
        axis = site.axis(site.node.attributes["axis"], site.rank() + new_axis)
        parts = [operand.text for operand in site.operands]
        if site.node.type.batched and not all(kind.batched for kind in site.types):
            like = next(part for part, kind in zip(parts, site.types, strict=True) if kind.batched)
            parts = [
                part if kind.batched else f"batch_broadcast({part}, {like})"
                for part, kind in zip(parts, site.types, strict=True)
            ]
        return Code(f"{function}([{', '.join(parts)}], axis={axis})")

    return emit


def _flip(site: Site) -> Code:
    return site.call("jnp.flip", site.axes())


def _roll(site: Site) -> Code:
    axis = site.axis(site.node.attributes["axis"])
    return site.call("jnp.roll", site.attribute("shift"), str(axis))


def _take(site: Site) -> Code:
    axis = site.axis(site.node.attributes["axis"])
    if site.batched(1):
        whole = "0" if site.batched() else "None"
        x, index = site.operand(0), site.operand(1)
        return Code(f'jax.vmap(lambda x, k: jnp.take(x, k, {axis}, mode="clip"), ({whole}, 0))({x}, {index})')
    return site.call("jnp.take", f"axis={axis}", 'mode="clip"')


def _argsort(site: Site) -> Code:
    return site.call("jnp.argsort", f"axis={site.axis(site.node.attributes['axis'])}", "stable=True")


def _put(site: Site) -> Code:
    places = len(site.types[1].shape)
    axis = site.node.attributes["axis"] % (site.rank() - places + 1) + places - 1 - site.rank()
    if site.batched(1):
        whole = "0" if site.batched() else "None"
        call = f"lambda x, k: put(x, k, {axis}, {site.attribute('size')})"
        return Code(f"jax.vmap({call}, ({whole}, 0))({site.operand(0)}, {site.operand(1)})")
    return site.call("put", str(axis), site.attribute("size"))


def _batch_sum(site: Site) -> Code:
    return site.call("jnp.sum", "axis=0")


def _batch_mean(site: Site) -> Code:
    return site.call("jnp.mean", "axis=0")


def _batch_concatenate(site: Site) -> Code:
    return Code(f"jnp.concatenate([{', '.join(operand.text for operand in site.operands)}])")


def _batch_part(site: Site) -> Code:
    return Code(f"{site.call('jnp.split', site.attribute('parts')).text}[{site.attribute('index')}]")


def _memory_format(site: Site) -> Code:
    return site.operands[0]


SHAPE: Mapping[str, Emitter] = MappingProxyType(
    {
        "transpose": _transpose,
        "merge": _merge,
        "split": _split,
        "expand": _expand,
        "squeeze": _squeeze,
        "broadcast": _broadcast,
        "slice": _slice,
        "pad": _pad,
        "concatenate": _together("jnp.concatenate", 0),
        "stack": _together("jnp.stack", 1),
        "flip": _flip,
        "roll": _roll,
        "take": _take,
        "put": _put,
        "argsort": _argsort,
        "take_rows": lambda site: site.call("take_rows"),
        "sum_rows": lambda site: site.call("sum_rows"),
        "max_rows": lambda site: site.call("max_rows"),
        "batch_sum": _batch_sum,
        "batch_mean": _batch_mean,
        "batch_broadcast": lambda site: site.call("batch_broadcast"),
        "batch_concatenate": _batch_concatenate,
        "batch_part": _batch_part,
        "memory_format": _memory_format,
    }
)
