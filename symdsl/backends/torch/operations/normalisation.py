"""Batch norm, layer norm and dropout."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.torch.code import Code, Emitter, Site


def _emit_batch_norm(site: Site) -> Code:
    """The fused kernel, whose statistics carry no gradient; written out where an output depends on them."""
    operands = [site.operand(position) for position in range(3)]
    if any(site.observed[1:]):
        return site.call("batch_norm_in_full", *operands, *_shape(site))
    if site.value("copies_are_one") and site.value("layout") == "channels_first":
        return site.call("batch_norm", *operands, site.attribute("epsilon"))
    return site.call("field_batch_norm", *operands, *_shape(site))


def _shape(site: Site) -> list[str]:
    channel_axis = "1" if site.value("layout") == "channels_first" else "-1"
    return [channel_axis, site.attribute("fields"), site.attribute("epsilon")]


def _emit_batch_norm_inference(site: Site) -> Code:
    operands = [site.operand(position) for position in range(5)]
    if any(source not in ("state", "constant") for source in site.sources[1:3]):
        # The kernel takes given statistics to be constant.
        return site.call("normalise_fields", *operands, *_shape(site))
    if site.value("layout") == "channels_first" and site.value("copies_are_one"):
        return site.call("F.batch_norm", *operands, f"eps={site.attribute('epsilon')}")
    return site.call("field_batch_norm_inference", *operands, *_shape(site))


def _emit_layer_norm(site: Site) -> Code:
    axes = site.value("axes")
    operands = [site.operand(position) for position in range(3)]
    first = site.rank() - len(axes)
    if tuple(axes) == tuple(range(first, site.rank())):
        shape = f"{site.atom()}.shape[{first + site.lead()}:]"
        return site.call("F.layer_norm", operands[0], shape, *operands[1:], site.attribute("epsilon"))
    shifted = tuple(axis + site.lead() for axis in axes)
    return site.call("layer_norm_over", *operands, str(shifted), site.attribute("epsilon"))


def _emit_dropout(site: Site) -> Code:
    return site.call("dropout", site.operand(0), site.operand(1), site.attribute("rate"))


NORMALISATION: Mapping[str, Emitter] = MappingProxyType(
    {
        "batch_norm": _emit_batch_norm,
        "batch_norm_inference": _emit_batch_norm_inference,
        "layer_norm": _emit_layer_norm,
        "dropout": _emit_dropout,
    }
)
