"""One emitter for each operation of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.backends.torch.code import Emitter
from symdsl.backends.torch.operations.contraction import CONTRACTION
from symdsl.backends.torch.operations.convolution import CONVOLUTION
from symdsl.backends.torch.operations.index import INDEX
from symdsl.backends.torch.operations.linear_algebra import LINEAR_ALGEBRA
from symdsl.backends.torch.operations.normalisation import NORMALISATION
from symdsl.backends.torch.operations.pointwise import POINTWISE
from symdsl.backends.torch.operations.reduction import REDUCTION
from symdsl.backends.torch.operations.shape import SHAPE

EMITTERS: Mapping[str, Emitter] = MappingProxyType(
    {
        **POINTWISE,
        **SHAPE,
        **REDUCTION,
        **CONTRACTION,
        **CONVOLUTION,
        **NORMALISATION,
        **INDEX,
        **LINEAR_ALGEBRA,
    }
)
