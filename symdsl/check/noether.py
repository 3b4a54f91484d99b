"""What a motion conserves by Noether's theorem: a quantity for each continuous symmetry of the spec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from symdsl.check.exactness import exactness_of
from symdsl.check.spec import Model
from symdsl.groups.actions.moment_map import MomentMap, is_still, moment_maps


@dataclass(frozen=True)
class Conserved:
    """A quantity of the phase space `state`, of a symmetry; `exact`: the model conserves it by construction."""

    state: str
    symmetry: str
    map: MomentMap
    exact: bool

    @property
    def name(self) -> str:
        """`momentum`, `angular_momentum`, or the name of the symmetry."""
        return self.map.name


def conserved_quantities(model: Model) -> tuple[Conserved, ...]:
    """The moment maps of the symmetries that move a phase space whose derivative is predicted, and no other input.

    None are known of states of any number of bodies.

    Names are unique: a second angular momentum has that of its symmetry behind its own.
    """
    found: dict[str, Conserved] = {}
    for each in _quantities(model):
        name = each.name if each.name not in found else f"{each.name}_{each.symmetry}"
        found[name] = replace(each, map=replace(each.map, name=name))
    return tuple(found.values())


def _quantities(model: Model) -> Iterator[Conserved]:
    states = [model.fields[name].of for name in model.outputs if model.fields[name].kind == "derivative"]
    for state in states:
        if state not in model.inputs or model.fields[state].kind != "phase_space" or model.fields[state].rows:
            continue
        generated = any(
            exactness_of(symmetry, model.enforcements).kind == "exact"
            for symmetry in model.symmetries.values()
            if symmetry.kind == "time"
        )
        for name, symmetry in model.symmetries.items():
            if symmetry.kind != "group":
                continue
            exact = generated and exactness_of(symmetry, model.enforcements).kind == "exact"
            others = [symmetry.actions[each] for each in model.inputs if each != state]
            for each in moment_maps(name, symmetry.actions[state], len(model.fields[state].axes)):
                if all(is_still(action, each.algebra) for action in others):
                    yield Conserved(state, name, each, exact)
