"""Operations that reduce sample axes, and softmax."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.torch.code import Code, Emitter, Site


def _axes(site: Site) -> str:
    axes = [axis + site.lead() for axis in site.value("axes")]
    return str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"


def _reduce(name: str) -> Emitter:
    """operand.name(axes). torch takes no axes for all of them, the plan for none."""

    def emit(site: Site) -> Code:
        return site.method(name, _axes(site)) if site.value("axes") else site.operands[0]

    return emit


def _emit_norm(site: Site) -> Code:
    if not site.value("axes"):
        return site.call("torch.abs", site.operand())
    return site.call("torch.linalg.vector_norm", site.operand(), f"dim={_axes(site)}")


def _along(name: str) -> Emitter:
    return lambda site: site.call(name, site.operand(), f"dim={site.value('axis') + site.lead()}")


REDUCTION: Mapping[str, Emitter] = MappingProxyType(
    {
        "sum": _reduce("sum"),
        "mean": _reduce("mean"),
        "max": _reduce("amax"),
        "min": _reduce("amin"),
        "logsumexp": _reduce("logsumexp"),
        "norm": _emit_norm,
        "argmax": _along("torch.argmax"),
        "softmax": _along("F.softmax"),
        "log_softmax": _along("F.log_softmax"),
    }
)
