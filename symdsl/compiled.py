"""The functions of `import symdsl` that make models: text is a spec, a Path is a file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from symdsl.session import Limits, Session, weights_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symdsl.groups.representation import Representation
    from symdsl.pipeline import Compilation
    from symdsl.verification.report import Report


def compile(
    spec: str | Path,
    *,
    backend: str | None = None,
    params: Mapping[str, Any] | None = None,
    weights: Path | Mapping[str, NDArray[Any]] | None = None,
    seed: int = 0,
    dtype: Literal["float32", "float64"] = "float32",
    model: str | None = None,
    limits: Limits | None = None,
    card: Path | Mapping[str, Path] | None = None,
) -> Any:
    """The model of a spec: an `nn.Module` (torch) or an Equinox module (jax), loaded from its emitted source.

    `params` are the values of the spec's `param` lines; `weights` a safetensors file, a run folder or arrays by path,
    else they are drawn from `seed`; `model` chooses among several in one file; `card` is the group card of a learned
    symmetry, or cards by the names of several. Raises SymdslError with all faults of the spec.
    """
    session = _session(backend, params, seed, dtype, limits, card)
    from symdsl.pipeline import prepare

    compilation = prepare(spec, session, model, sys._getframe(1))
    return compilation.instantiate(_arrays(weights)).module


def verify(
    spec: str | Path,
    *,
    backend: str | None = None,
    params: Mapping[str, Any] | None = None,
    weights: Path | Mapping[str, NDArray[Any]] | None = None,
    seed: int = 0,
    model: str | None = None,
    limits: Limits | None = None,
    card: Path | Mapping[str, Path] | None = None,
) -> Report:
    """Measure every symmetry of a spec on its compiled model, in float64, with given or with random weights.

    Raises SymdslError with all faults of the spec.
    """
    from symdsl.pipeline import prepare
    from symdsl.verification.verify import VerifyOptions
    from symdsl.verification.verify import verify as measure

    session = _session(backend, params, seed, "float64", limits, card)
    compilation: Compilation = prepare(spec, session, model, sys._getframe(1))
    return measure(compilation, _arrays(weights), VerifyOptions(seed=seed))


def basis(source: Representation, target: Representation) -> NDArray[Any]:
    """An orthonormal basis of the equivariant maps Hom_G(source, target): (k, dim target, dim source), float64.

    For use inside a network of one's own: a matrix is `einsum("k,kab->ab", coefficients, basis)`.
    Raises SymdslError SYM0423 for representations of different groups, SYM0422 where the rank is unclear.
    """
    from symdsl.groups.maps.constraints import hom_basis

    return hom_basis(source, target)


def representation(group: str, words: str, limits: Limits | None = None) -> Representation:
    """A representation in the words of a spec: `representation("O(3)", "2 * defining + trivial")`.

    It has `dimension`, `group` (with `group.sample(generator, count)`) and `matrix(elements)`, (..., n, n) in float64.
    Raises SymdslError with the diagnostics of the language.
    """
    from symdsl.check.representation_text import read_representation
    from symdsl.registry import EntryPointCatalogue

    return read_representation(group, words, EntryPointCatalogue(), limits or Limits())


def _session(
    backend: str | None,
    params: Mapping[str, Any] | None,
    seed: int,
    dtype: Literal["float32", "float64"],
    limits: Limits | None,
    card: Path | Mapping[str, Path] | None,
) -> Session:
    cards = card if isinstance(card, Mapping) else {} if card is None else {"": card}
    return Session(
        parameters=params or {}, backend=backend, seed=seed, dtype=dtype, limits=limits or Limits(), cards=cards
    )


def _arrays(weights: Path | Mapping[str, NDArray[Any]] | None) -> Mapping[str, NDArray[Any]] | None:
    if isinstance(weights, Path):
        from symdsl.artifact.weights import read_weights

        return read_weights(weights_path(weights))
    return weights
