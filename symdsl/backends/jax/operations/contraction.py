"""Products, reductions, linear algebra and segments."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_letters
from types import MappingProxyType

from symdsl.backends.jax.code import Code, Emitter, Site, print_value


def _einsum(site: Site) -> Code:
    subscripts: str = site.node.attributes["subscripts"].replace(" ", "")
    terms, result = subscripts.split("->")
    if any(kind.batched for kind in site.types):
        batch = next(letter for letter in "nb" + ascii_letters if letter not in subscripts)
        parts = [
            batch + term if kind.batched else term for term, kind in zip(terms.split(","), site.types, strict=True)
        ]
        subscripts = f"{','.join(parts)}->{batch}{result}"
    return Code(f"contract({', '.join([print_value(subscripts), *(operand.text for operand in site.operands)])})")


def _reduction(function: str) -> Emitter:
    return lambda site: site.call(function, f"axis={site.axes()}")


def _extreme(function: str) -> Emitter:
    return lambda site: site.call(function, site.axes()) if site.node.attributes["axes"] else site.operands[0]


def _argmax(site: Site) -> Code:
    return site.call("jnp.argmax", f"axis={site.axis(site.node.attributes['axis'])}")


def _norm(site: Site) -> Code:
    return site.call("safe_norm", site.axes())


def _triangle(site: Site) -> Code:
    function = "jnp.tril" if site.node.attributes["lower"] else "jnp.triu"
    return site.call(function, site.attribute("diagonal"))


def _triangular_solve(site: Site) -> Code:
    return site.call("triangular_solve", site.attribute("lower"), site.attribute("transpose"))


def _eigh(site: Site) -> Code:
    return site.call("jnp.linalg.eigh", 'UPLO="L"', "symmetrize_input=False")


def _pinv(site: Site) -> Code:
    return site.call("jnp.linalg.pinv", f"rtol={site.attribute('cutoff')}")


def _segment_sum(site: Site) -> Code:
    return site.call("put", str(site.axis(site.node.attributes["axis"])), site.attribute("count"))


def _segment_max(site: Site) -> Code:
    return site.call("segment_max", str(site.axis(site.node.attributes["axis"])), site.attribute("count"))


CONTRACTION: Mapping[str, Emitter] = MappingProxyType(
    {
        "einsum": _einsum,
        "linear": lambda site: site.call("linear"),
        "sum": _reduction("jnp.sum"),
        "mean": _reduction("jnp.mean"),
        "max": _extreme("largest"),
        "min": _extreme("smallest"),
        "logsumexp": _reduction("jax.nn.logsumexp"),
        "argmax": _argmax,
        "norm": _norm,
        "solve": lambda site: site.call("jnp.linalg.solve"),
        "triangle": _triangle,
        "inverse": lambda site: site.call("jnp.linalg.inv"),
        "cholesky": lambda site: site.call("jnp.linalg.cholesky", "symmetrize_input=False"),
        "triangular_solve": _triangular_solve,
        "eigh": _eigh,
        "expm": lambda site: site.call("jax.scipy.linalg.expm"),
        "pinv": _pinv,
        "segment_sum": _segment_sum,
        "segment_max": _segment_max,
    }
)
