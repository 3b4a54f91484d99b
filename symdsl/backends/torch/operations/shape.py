"""Operations that move, repeat or fill entries. Axis numbers of the plan shift by one behind a batch axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from symdsl.backends.torch.code import Code, Emitter, Site, print_value


def with_batch(site: Site) -> list[str]:
    """The operands as text, those without a batch axis given one where another operand has one."""
    like = next((position for position in range(len(site.operands)) if site.batched(position)), None)
    texts = []
    for position in range(len(site.operands)):
        if like is None or site.batched(position):
            texts.append(site.operand(position))
        else:
            kept = "".join(", -1" for _ in range(site.rank(position)))
            texts.append(f"{site.atom(position)}.expand({site.atom(like)}.shape[0]{kept})")
    return texts


def _numbers(values: Sequence[object]) -> str:
    return ", ".join(print_value(value) for value in values)


def _tuple(texts: list[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def _emit_full(site: Site) -> Code:
    shape, value, dtype = site.value("shape"), site.attribute("value"), site.node.type.dtype
    if dtype == "real":
        if not shape:
            return Code(value, literal=True)
        return Code(f"{site.anchor}.new_full({print_value(shape)}, {value})")
    kind = {"integer": "torch.int64", "boolean": "torch.bool"}[dtype]
    return Code(f"torch.full({print_value(shape)}, {value}, dtype={kind}, device={site.anchor}.device)")


def _emit_full_like(site: Site) -> Code:
    return site.call("torch.full_like", site.operand(), site.attribute("value"))


def _emit_one_hot(site: Site) -> Code:
    return site.call("one_hot", site.operand(), site.attribute("classes"), f"{site.anchor}.dtype")


def _emit_transpose(site: Site) -> Code:
    lead = site.lead()
    order = [*range(lead), *(axis + lead for axis in site.value("permutation"))]
    return site.method("permute", _numbers(order))


def _emit_merge(site: Site) -> Code:
    start, count = site.value("axis") + site.lead(), site.value("count")
    if count == 1:
        return site.operands[0]
    last = start + count - 1
    end_of_array = last == site.rank() + site.lead() - 1
    return site.method("flatten", str(start), *(() if end_of_array else (str(last),)))


def _emit_split(site: Site) -> Code:
    return site.method("unflatten", str(site.value("axis") + site.lead()), site.attribute("sizes"))


def _emit_expand(site: Site) -> Code:
    return site.method("unsqueeze", str(site.value("axis") + site.lead()))


def _emit_squeeze(site: Site) -> Code:
    return site.method("squeeze", str(site.value("axis") + site.lead()))


def _emit_broadcast(site: Site) -> Code:
    if site.batched() and not site.rank():
        ones = ["1"] * len(site.value("shape"))
        viewed = Code(f"{site.atom()}.view({', '.join(['-1', *ones])})")
        return Code(f"{viewed.text}.expand({_numbers([-1, *site.value('shape')])})")
    return site.method("expand", _numbers([-1] * site.lead() + list(site.value("shape"))))


def _emit_slice(site: Site) -> Code:
    before = ":, " * (site.value("axis") + site.lead())
    start, stop, step = site.value("start"), site.value("stop"), site.node.attributes.get("step", 1)
    text = ("" if start == 0 else print_value(start)) + ":" + ("" if stop is None else print_value(stop))
    text += "" if step == 1 else f":{print_value(step)}"
    return Code(f"{site.atom()}[{before}{text}]")


def _emit_pad(site: Site) -> Code:
    pairs = [bound for pair in zip(site.value("low"), site.value("high"), strict=True) for bound in reversed(pair)]
    while pairs and pairs[0] == 0 and pairs[1] == 0:
        pairs = pairs[2:]
    value = site.node.attributes.get("value", 0.0)
    given = () if value == 0.0 else (f"value={print_value(value)}",)
    return site.call("F.pad", site.operand(), print_value(tuple(reversed(pairs))), *given)


def _emit_concatenate(site: Site) -> Code:
    axis = site.value("axis") + (1 if site.node.type.batched else 0)
    return site.call("torch.cat", _tuple(with_batch(site)), str(axis))


def _emit_stack(site: Site) -> Code:
    axis = site.value("axis") + (1 if site.node.type.batched else 0)
    return site.call("torch.stack", _tuple(with_batch(site)), str(axis))


def _emit_flip(site: Site) -> Code:
    return site.method("flip", _numbers([axis + site.lead() for axis in site.value("axes")]))


def _emit_roll(site: Site) -> Code:
    return site.method("roll", site.attribute("shift"), str(site.value("axis") + site.lead()))


def _emit_memory_format(site: Site) -> Code:
    if site.value("format") == "contiguous":
        return site.method("contiguous")
    if site.rank() != 3 or not site.batched():
        return site.operands[0]
    return site.call("channels_last_in_memory", site.operand())


def _emit_batch_sum(site: Site) -> Code:
    return site.method("sum", "0")


def _emit_batch_mean(site: Site) -> Code:
    return site.method("mean", "0")


def _emit_batch_broadcast(site: Site) -> Code:
    kept = ["-1"] * site.rank(0)
    return site.method("expand", f"{site.atom(1)}.shape[0]", *kept)


def _emit_batch_concatenate(site: Site) -> Code:
    return site.call("torch.cat", _tuple([operand.text for operand in site.operands]))


def _emit_batch_part(site: Site) -> Code:
    chunks = site.method("chunk", site.attribute("parts"))
    return Code(f"{chunks.text}[{site.attribute('index')}]")


SHAPE: Mapping[str, Emitter] = MappingProxyType(
    {
        "full": _emit_full,
        "full_like": _emit_full_like,
        "one_hot": _emit_one_hot,
        "transpose": _emit_transpose,
        "merge": _emit_merge,
        "split": _emit_split,
        "expand": _emit_expand,
        "squeeze": _emit_squeeze,
        "broadcast": _emit_broadcast,
        "slice": _emit_slice,
        "pad": _emit_pad,
        "concatenate": _emit_concatenate,
        "stack": _emit_stack,
        "flip": _emit_flip,
        "roll": _emit_roll,
        "memory_format": _emit_memory_format,
        "batch_sum": _emit_batch_sum,
        "batch_mean": _emit_batch_mean,
        "batch_broadcast": _emit_batch_broadcast,
        "batch_concatenate": _emit_batch_concatenate,
        "batch_part": _emit_batch_part,
    }
)
