"""Convolution, pooling, normalisation and softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from symdsl.backends.jax.code import Code, Emitter, Site

_STEPS = ("stride", "padding", "layout")
_WINDOW = ("size", "stride", "padding", "layout")


def _call(function: str, *attributes: str) -> Emitter:
    return lambda site: site.call(function, *_named(site, attributes))


def _named(site: Site, attributes: Sequence[str]) -> list[str]:
    return [f"{name}={site.attribute(name)}" for name in attributes]


def _on_images(function: str, images: int, *attributes: str, batch_stays: bool = True) -> Emitter:
    """A call on batches of images, the first `images` operands; one image without a batch is a batch of one."""

    def emit(site: Site) -> Code:
        given = _named(site, attributes)
        if site.batched():
            return site.call(function, *given)
        single = [f"{operand.within()}[None]" for operand in site.operands[:images]]
        others = [operand.text for operand in site.operands[images:]]
        return Code(f"{function}({', '.join([*single, *others, *given])}){'[0]' if batch_stays else ''}")

    return emit


def _softmax(function: str) -> Emitter:
    return lambda site: site.call(function, f"axis={site.axis(site.node.attributes['axis'])}")


def _layer_norm(site: Site) -> Code:
    return site.call("layer_norm", f"axes={site.axes()}", f"epsilon={site.attribute('epsilon')}")


def _dropout(site: Site) -> Code:
    return site.call("dropout", *_named(site, ["rate"]))


LAYERS: Mapping[str, Emitter] = MappingProxyType(
    {
        "convolution": _on_images("convolution", 1, *_STEPS),
        "convolution_input": _on_images("convolution_input", 1, *_STEPS, "size"),
        "convolution_weight": _on_images("convolution_weight", 2, *_STEPS, "size", batch_stays=False),
        "max_pool": _on_images("max_pool", 1, *_WINDOW),
        "max_pool_gradient": _on_images("max_pool_gradient", 2, *_WINDOW),
        "average_pool": _on_images("average_pool", 1, *_WINDOW),
        "average_pool_gradient": _on_images("average_pool_gradient", 1, *_WINDOW, "input_size"),
        "batch_norm": _call("batch_norm", "layout", "fields", "epsilon"),
        "batch_norm_inference": _call("batch_norm_inference", "layout", "epsilon"),
        "layer_norm": _layer_norm,
        "softmax": _softmax("jax.nn.softmax"),
        "log_softmax": _softmax("jax.nn.log_softmax"),
        "dropout": _dropout,
    }
)
