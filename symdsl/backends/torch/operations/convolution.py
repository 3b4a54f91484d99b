"""Convolutions and pools over one, two or three spatial axes, in either layout."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.torch.code import Code, Emitter, Site, print_value


def _spatial(site: Site) -> int:
    return site.rank() - 1


def _channels_first(site: Site, position: int = 0) -> str:
    """The operand with channels before the spatial axes, as torch wants it: a view."""
    if site.value("layout") == "channels_first":
        return site.atom(position)
    return f"{site.atom(position)}.movedim(-1, {site.lead(position)})"


def _back(site: Site, text: str) -> Code:
    """A result in the layout of the operands."""
    if site.value("layout") == "channels_first":
        return Code(text)
    return Code(f"{text}.movedim({1 if site.node.type.batched else 0}, -1)")


def _weight(site: Site, position: int = 1) -> str:
    """The weight as (O, I, kh, kw)."""
    if site.value("layout") == "channels_first":
        return site.operand(position)
    return f"{site.atom(position)}.movedim((-1, -2), (0, 1))"


def _options(site: Site) -> list[str]:
    """stride and padding, left out where they are those of torch."""
    given = []
    if any(entry != 1 for entry in site.value("stride")):
        given.append(f"stride={site.uniform('stride')}")
    if any(entry != 0 for entry in site.value("padding")):
        given.append(f"padding={site.uniform('padding')}")
    return given


def _emit_convolution(site: Site) -> Code:
    bias = [site.operand(2)] if len(site.operands) == 3 else []
    arguments = [_argument(site), _weight(site), *bias, *_options(site)]
    return _back(site, f"F.conv{_spatial(site)}d({', '.join(arguments)})")


def _argument(site: Site) -> str:
    return site.operand() if site.value("layout") == "channels_first" else _channels_first(site)


def _emit_convolution_input(site: Site) -> Code:
    sizes = [
        _argument(site),
        _weight(site),
        site.attribute("stride"),
        site.attribute("padding"),
        site.attribute("size"),
    ]
    return _back(site, site.call("convolution_input", *sizes).text)


def _emit_convolution_weight(site: Site) -> Code:
    both = [_argument(site), site.operand(1) if site.value("layout") == "channels_first" else _channels_first(site, 1)]
    sizes = [site.attribute("stride"), site.attribute("padding"), site.attribute("size")]
    text = site.call("convolution_weight", *both, *sizes).text
    return Code(text if site.value("layout") == "channels_first" else f"{text}.movedim((0, 1), (-1, -2))")


def _pool_options(site: Site) -> list[str]:
    given = [site.uniform("size"), site.uniform("stride")]
    if any(entry != 0 for entry in site.value("padding")):
        given.append(f"padding={site.uniform('padding')}")
    return given


def _emit_max_pool(site: Site) -> Code:
    return _back(site, f"F.max_pool{_spatial(site)}d({', '.join([_argument(site), *_pool_options(site)])})")


def _emit_average_pool(site: Site) -> Code:
    return _back(site, f"F.avg_pool{_spatial(site)}d({', '.join([_argument(site), *_pool_options(site)])})")


def _emit_max_pool_gradient(site: Site) -> Code:
    both = [_argument(site), site.operand(1) if site.value("layout") == "channels_first" else _channels_first(site, 1)]
    sizes = [print_value(site.value(name)) for name in ("size", "stride", "padding")]
    return _back(site, site.call("max_pool_gradient", *both, *sizes).text)


def _emit_average_pool_gradient(site: Site) -> Code:
    sizes = [print_value(site.value(name)) for name in ("size", "stride", "padding", "input_size")]
    return _back(site, site.call("average_pool_gradient", _argument(site), *sizes).text)


CONVOLUTION: Mapping[str, Emitter] = MappingProxyType(
    {
        "convolution": _emit_convolution,
        "convolution_input": _emit_convolution_input,
        "convolution_weight": _emit_convolution_weight,
        "max_pool": _emit_max_pool,
        "average_pool": _emit_average_pool,
        "max_pool_gradient": _emit_max_pool_gradient,
        "average_pool_gradient": _emit_average_pool_gradient,
    }
)
