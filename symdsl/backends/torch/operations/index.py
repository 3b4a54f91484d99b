"""Gathering, scattering and segments. Where a sample brings its own integers, a function of the file does it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.torch.code import Code, Emitter, Site
from symdsl.backends.torch.operations.shape import with_batch


def _emit_take(site: Site) -> Code:
    axis = site.value("axis")
    if site.batched(0) and site.batched(1):
        return site.call("take_each", site.operand(0), site.operand(1), str(axis + 1))
    if site.batched(1):
        # The batch axis of the index has to come first.
        batch_free = Code(f"{site.atom(0)}[{':, ' * axis}{site.operand(1)}]")
        return batch_free if axis == 0 else Code(f"{batch_free.text}.movedim({axis}, 0)")
    return Code(f"{site.atom(0)}[{':, ' * (axis + site.lead())}{site.operand(1)}]")


def _emit_put(site: Site) -> Code:
    return _scatter(site, site.attribute("size"))


def _emit_argsort(site: Site) -> Code:
    axis = site.value("axis") + site.lead()
    return site.call("torch.argsort", site.operand(), f"dim={axis}", "stable=True")


def _emit_segment_sum(site: Site) -> Code:
    return _scatter(site, site.attribute("count"))


def _scatter(site: Site, size: str) -> Code:
    axis = site.value("axis")
    if site.batched(1):
        return site.call("put_each", with_batch(site)[0], site.operand(1), str(axis + 1), size)
    return site.call("put", site.operand(0), site.operand(1), str(axis + site.lead()), size)


def _emit_segment_max(site: Site) -> Code:
    axis = site.value("axis") + (1 if site.node.type.batched else 0)
    array = with_batch(site)[0] if site.batched(1) else site.operand(0)
    return site.call("segment_max", array, site.operand(1), str(axis), site.attribute("count"))


def _emit_take_rows(site: Site) -> Code:
    return site.method("index_select", "0", site.operand(1))


def _emit_rows(function: str) -> Emitter:
    def emit(site: Site) -> Code:
        return site.call(function, *(site.operand(position) for position in range(3)))

    return emit


INDEX: Mapping[str, Emitter] = MappingProxyType(
    {
        "take": _emit_take,
        "put": _emit_put,
        "argsort": _emit_argsort,
        "segment_sum": _emit_segment_sum,
        "segment_max": _emit_segment_max,
        "take_rows": _emit_take_rows,
        "sum_rows": _emit_rows("sum_rows"),
        "max_rows": _emit_rows("max_rows"),
    }
)
