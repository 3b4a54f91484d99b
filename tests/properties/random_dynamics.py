"""Random phase spaces inside Hamilton's equations, and plain networks with symmetries that are only declared."""

from __future__ import annotations

import random

from tests.properties.drafts import Draft
from tests.properties.random_matrices import least_width, random_group

SMOOTH = ("tanh", "silu", "softplus", "gelu", "sigmoid", "sin", "elu")


def dynamics_draft(generator: random.Random) -> Draft:
    """hamiltonian around mlp or equivariant_mlp, with constants of motion beside the phase space."""
    keeps_group = generator.random() < 0.5
    group = random_group(generator)
    dimension = group.size if keeps_group else generator.randint(1, 3)
    axis = f" per {generator.randint(1, 3)}" if generator.random() < 0.4 else ""
    fields = [f"<z>: phase_space(dim = {dimension}){axis}"]
    extras = generator.randint(0, 2)
    for index in range(extras):
        kind = generator.choice(["scalar", "scalar(2)", f"vector({dimension})"])
        fields.append(f"<m{index}>: {kind}{generator.choice(['', ' per 2'])}")
    inputs = ", ".join(generator.sample(["<z>", *(f"<m{index}>" for index in range(extras))], extras + 1))
    least = least_width(group) if keeps_group else 3
    widths = [generator.randint(least, least + 12) for _ in range(generator.randint(1, 2))]
    predict = f"predict <dz> from {inputs}"
    if keeps_group:
        enforcements = (
            "enforce <time> by hamiltonian",
            f"enforce <turn> by equivariant_mlp {{ hidden = {widths} }}",
        )
    elif generator.random() < 0.5:
        options = f"{{ hidden = {widths}, activation = {generator.choice(SMOOTH)} }}"
        enforcements = (f"enforce <time> by hamiltonian {options}",)
    else:
        predict += f" by mlp {{ hidden = {widths}, activation = {generator.choice(SMOOTH)} }}"
        enforcements = ("enforce <time> by hamiltonian",)
    return Draft(
        fields=tuple(fields),
        derived=("<dz>: derivative(<z>)",),
        symmetries=("symmetry <time>: translation(t)", *((f"symmetry <turn>: {group.text}",) if keeps_group else ())),
        predict=predict,
        enforcements=enforcements,
        may_refuse=("SYM0413",),
        may_be_constant=keeps_group and "generators" in group.text,
    )


def plain_draft(generator: random.Random) -> Draft:
    """mlp over fields of every kind; symmetries, if any, are measured and not enforced."""
    dimension = generator.randint(1, 3)
    kinds = {
        "a": f"vector({dimension}) per <n>", "b": "scalar per <n>", "c": f"point({dimension})", "d": "scalar(3)",
        "e": f"tensor(1, 1) of {dimension}", "f": "image(channels = 1, size = [3, 4])",
        "h": f"vector({dimension}) per 2",
    }  # fmt: skip
    places = generator.sample(sorted(kinds), generator.randint(2, 4))
    split = generator.randint(1, len(places) - 1)
    widths = [generator.randint(1, 12) for _ in range(generator.randint(0, 3))]
    activation = generator.choice([*SMOOTH, "relu", "identity"])
    options = f"{{ hidden = {widths}, activation = {activation} }}"
    symmetries = []
    if "f" not in places and {"a", "c", "e", "h"} & set(places) and generator.random() < 0.5:
        symmetries.append(f"symmetry <turn>: {generator.choice(['SO', 'O'])}({dimension})")
    if {"a", "b"} & set(places) and generator.random() < 0.4:
        symmetries.append("symmetry <relabel>: S(<n>)")
    outputs, inputs = (", ".join(f"<{place}>" for place in part) for part in (places[split:], places[:split]))
    label = "label" if generator.random() < 0.3 else None
    fields = ["axis <n> = 3", *(f"<{place}>: {kinds[place]}" for place in places)]
    if label:
        fields.append("<label>: label(classes = 3)")
    by = f" by mlp {options}" if generator.random() < 0.7 else ""
    return Draft(
        fields=tuple(fields),
        symmetries=tuple(symmetries),
        predict=f"predict {outputs}{', <label>' if label else ''} from {inputs}{by}",
        may_warn=True,
    )
