"""A random spec from a seed: equal seeds give equal texts, so that a failure is reproduced by its number."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from symdsl.api import check
from symdsl.check.result import CheckResult
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import prepare
from symdsl.session import Session
from tests.properties.drafts import Draft
from tests.properties.random_dynamics import dynamics_draft, plain_draft
from tests.properties.random_images import image_draft
from tests.properties.random_matrices import matrix_draft

FAMILIES: Mapping[str, Callable[[random.Random], Draft]] = {
    "image": image_draft, "matrix": matrix_draft, "dynamics": dynamics_draft, "plain": plain_draft,
}  # fmt: skip
ORDER = ("image", "matrix", "dynamics", "image", "matrix", "plain")
MOST_TRIES = 40
SYMMETRY = re.compile(r"symmetry (<\w+>): (?!translation\(t\))")
OBJECTIVES = (
    "augmentation", "augmentation { copies = 2 }", "augmentation { bound = 0.5 }",
    "invariance_loss", "invariance_loss { weight = 0.1, bound = 1 }",
)  # fmt: skip


class RefusedSpecError(AssertionError):
    """The checker refused a spec that the generator holds to be good."""


@dataclass(frozen=True)
class RandomSpec:
    """A spec with odd names and a random layout; `settings` are the values of `param` lines that need one."""

    seed: int
    family: str
    draft: Draft
    names: Mapping[str, str]
    text: str

    @property
    def settings(self) -> dict[str, object]:
        """The parameters by the names of the spec."""
        return self.settings_for(self.names)

    def settings_for(self, names: Mapping[str, str]) -> dict[str, object]:
        """The parameters by other names."""
        return {names[place]: value for place, value in self.draft.settings.items()}


def candidate(seed: int, attempt: int = 0) -> RandomSpec:
    """The spec of a seed, before the checker has seen it."""
    family = ORDER[seed % len(ORDER)]
    generator = random.Random(f"{family} {seed} {attempt}")
    draft = with_objectives(FAMILIES[family](generator), generator)
    names = draft.random_names(generator)
    return RandomSpec(seed, family, draft, names, draft.text(names, generator))


def with_objectives(draft: Draft, generator: random.Random) -> Draft:
    """Sometimes the draft with its groups enforced in the loss as well; one that moves no field in use is refused."""
    places = [match[1] for line in draft.symmetries if (match := SYMMETRY.match(line))]
    if not places or generator.random() < 0.6:
        return draft
    chosen = generator.sample(OBJECTIVES, generator.choice([1, 1, 2]))
    kinds = {text.split()[0]: text for text in chosen}
    lines = tuple(f"enforce {', '.join(places)} by {text}" for text in kinds.values())
    refused = (*draft.may_refuse, "SYM0505")
    return replace(draft, enforcements=(*draft.enforcements, *lines), may_refuse=refused)


def random_spec(seed: int) -> RandomSpec:
    """A spec that is accepted. Raises RefusedSpecError for a refusal that the draft did not allow for.

    A target that no equivariant map reaches is such an allowance: another draft is then made from the same seed.
    """
    for attempt in range(MOST_TRIES):
        spec = candidate(seed, attempt)
        if not complaints(spec, check(spec.text, spec.settings)) and not build_complaints(spec):
            return spec
    raise RefusedSpecError(f"seed {seed}: every draft was refused\n{spec.text}")


def build_complaints(spec: RandomSpec) -> tuple[str, ...]:
    """The same of the IR: a hidden layer may be too narrow for what the target needs."""
    if not spec.draft.may_refuse:
        return ()
    try:
        prepare(spec.text, Session(parameters=spec.settings)).graph  # noqa: B018
    except SymdslError as refusal:
        codes = tuple(found.code for found in refusal.diagnostics)
        if set(codes) <= set(spec.draft.may_refuse):
            return codes
        raise
    return ()


def complaints(spec: RandomSpec, result: CheckResult) -> tuple[str, ...]:
    """The codes of errors that the draft allows for; any other diagnostic raises RefusedSpecError."""
    errors = tuple(found.code for found in result.diagnostics if found.severity == "error")
    strange = [code for code in errors if code not in spec.draft.may_refuse]
    warned = [found.code for found in result.diagnostics if found.severity == "warning" and not spec.draft.may_warn]
    if strange or warned:
        told = "\n".join(f"{found.code} {found.message}" for found in result.diagnostics)
        raise RefusedSpecError(f"seed {spec.seed}\n{told}\n{spec.text}")
    return errors
