"""What training asks of a compilation."""

from __future__ import annotations

from typing import Any, Protocol

from symdsl.check.spec import Model
from symdsl.plan.nodes import Program


class BackendName(Protocol):
    """What training asks of a backend."""

    @property
    def name(self) -> str:
        """Its entry point's name."""
        ...


class SessionSettings(Protocol):
    """What training asks of a session."""

    @property
    def device(self) -> str:
        """Where to train."""
        ...

    @property
    def dtype(self) -> Any:
        """ "float32" or "float64"."""
        ...


class Compiled(Protocol):
    """What training asks of a compilation (`symdsl.pipeline.Compilation`)."""

    @property
    def spec(self) -> Model:
        """The checked model."""
        ...

    @property
    def session(self) -> SessionSettings:
        """Device and dtype."""
        ...

    @property
    def program(self) -> Program:
        """The plan, with the method `objective`."""
        ...

    @property
    def backend(self) -> BackendName:
        """The backend of the model."""
        ...
