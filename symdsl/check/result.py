"""What a check hands back."""

from __future__ import annotations

from dataclasses import dataclass

from symdsl.check.spec import Model
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The models that are sound, and every diagnostic of the file by its place in the text."""

    models: tuple[Model, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Whether the file has no error; warnings are allowed."""
        return not self.errors

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that refuse the file."""
        return tuple(diagnostic for diagnostic in self.diagnostics if diagnostic.severity == "error")

    @property
    def exit_code(self) -> int:
        """6 where all that is wrong are symmetries without a certificate, else 1; 0 where nothing is."""
        codes = {diagnostic.code for diagnostic in self.errors}
        return (6 if codes == {"SYM1308"} else 1) if codes else 0

    def model(self, name: str | None = None) -> Model:
        """The model called `name`, or the only one of the file.

        Raises SymdslError with the errors of the file, or (exit code 2) where no or several models fit.
        """
        if self.errors:
            raise SymdslError(*self.errors, exit_code=self.exit_code)
        fitting = [model for model in self.models if name is None or model.name == name]
        if len(fitting) != 1:
            names = ", ".join(model.name for model in self.models) or "none"
            message = f"the file has no model `{name}`" if name else f"the file has {len(self.models)} models"
            raise SymdslError(Diagnostic("SYM0217", message, hint=f"name one of its models: {names}"), exit_code=2)
        return fitting[0]
