"""Solving, factorising and exponentiating matrices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.torch.code import Code, Emitter, Site


def _function(name: str) -> Emitter:
    return lambda site: site.call(name, site.operand())


def _of_lower(name: str) -> Emitter:
    """name(a), a symmetric matrix given by its lower triangle: towards that triangle the derivative goes."""
    return lambda site: site.call(name, site.call("symmetric_from_lower", site.operand()).text)


def _emit_solve(site: Site) -> Code:
    return site.call("torch.linalg.solve", site.operand(0), site.operand(1))


def _emit_triangular_solve(site: Site) -> Code:
    transpose, lower = site.value("transpose"), site.value("lower")
    matrix = f"{site.atom(0)}.mT" if transpose else site.operand(0)
    return site.call("torch.linalg.solve_triangular", matrix, site.operand(1), f"upper={lower == transpose}")


def _emit_triangle(site: Site) -> Code:
    name = "tril" if site.value("lower") else "triu"
    return site.method(name, *(() if site.value("diagonal") == 0 else (site.attribute("diagonal"),)))


def _emit_pinv(site: Site) -> Code:
    return site.call("torch.linalg.pinv", site.operand(), f"rtol={site.attribute('cutoff')}")


LINEAR_ALGEBRA: Mapping[str, Emitter] = MappingProxyType(
    {
        "solve": _emit_solve,
        "inverse": _function("torch.linalg.inv"),
        "cholesky": _of_lower("torch.linalg.cholesky"),
        "triangle": _emit_triangle,
        "triangular_solve": _emit_triangular_solve,
        "eigh": _of_lower("torch.linalg.eigh"),
        "expm": _function("torch.linalg.matrix_exp"),
        "pinv": _emit_pinv,
    }
)
