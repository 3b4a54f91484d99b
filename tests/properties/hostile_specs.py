"""Texts that ask for too much: each must end in a diagnostic, or a model, before memory grows.

Run as a script, it goes through all of them with at most `ALLOWANCE` bytes of memory more than it has at the start, and
prints one JSON line a text: its name, the codes or "compiled", the seconds.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path

from symdsl.api import check
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import Compilation
from symdsl.session import Session

ALLOWANCE = 1536 * 2**20
HUGE = ("10^30", "1e308", "1e309", "-0", "-1", "10^10^10", "2^63", "65536", "1e-320", "1000003")

PLACES = {
    "image_side": "data {{ x: image(channels = 1, size = [{n}, {n}]); y: label(3) }} predict y from x",
    "image_channels": "data {{ x: image(channels = {n}, size = [9, 9]); y: label(3) }} predict y from x",
    "classes": "data {{ x: scalar; y: label(classes = {n}) }} predict y from x",
    "vector": "data {{ x: vector({n}); y: scalar }} predict y from x",
    "tensor": "data {{ x: tensor({n}, {n}) of 2; y: scalar }} predict y from x",
    "tensor_of": "data {{ x: tensor(2, 2) of {n}; y: scalar }} predict y from x",
    "axis": "data {{ axis a = {n}; x: scalar per a; y: scalar }} predict y from x",
    "axes": "data {{ x: vector(3) per {n} per {n} per {n}; y: scalar }} predict y from x",
    "phase_space": "data {{ z: phase_space(dim = {n}); dz: derivative(z) }} symmetry s: translation(t) "
    "predict dz from z enforce s by hamiltonian",
    "mlp_width": "data {{ x: scalar; y: scalar }} predict y from x by mlp {{ hidden = [{n}, {n}] }}",
    "emlp_width": "data {{ x: vector(3); y: scalar }} symmetry s: SO(3) predict y from x enforce s by equivariant_mlp "
    "{{ hidden = [{n}] }}",
    "emlp_layers": "data {{ x: vector(3); y: scalar }} symmetry s: SO(3) predict y from x enforce s by equivariant_mlp "
    "{{ layers = {n}, channels = 9 }}",
    "permutations": "data {{ axis a = {n}; x: scalar per a; y: scalar }} symmetry s: S(a) predict y from x "
    "enforce s by equivariant_mlp {{ hidden = 9 }}",
    "copies": "data {{ x: scalar(4); y: scalar }} symmetry s: C(4) {{ x: {n} * trivial }} predict y from x "
    "enforce s by equivariant_mlp",
    "power": "data {{ x: scalar(4); y: scalar }} symmetry s: C(4) {{ x: defining ^ {n} }} predict y from x "
    "enforce s by equivariant_mlp",
    "regular": "data {{ x: scalar(5040); y: scalar }} symmetry s: S(7) {{ x: regular }} predict y from x "
    "enforce s by equivariant_mlp",
    "generator": "data {{ x: vector(2); y: scalar }} symmetry s: matrix_group {{ generators = [[[0, {n}], [1, 0]]] }} "
    "predict y from x enforce s by equivariant_mlp {{ hidden = 8 }}",
    "discrete": "data {{ x: vector(2); y: scalar }} symmetry s: matrix_group {{ discrete = [[[0, {n}], [1, 0]]] }} "
    "predict y from x enforce s by equivariant_mlp {{ hidden = 8 }}",
    "tolerance": "data {{ x: scalar; y: scalar }} tolerance = {n} predict y from x",
    "parameter": "param a: int = {n} data {{ x: vector(a); y: scalar }} predict y from x",
    "epochs": "data {{ x: scalar; y: scalar }} predict y from x "
    "train {{ epochs = {n}, batch = {n}, learning_rate = {n} }}",
    **{
        f"group_{name}": f"data {{{{ x: vector({{n}}); y: scalar }}}} symmetry s: {name}({{n}}) predict y from x "
        "enforce s by equivariant_mlp {{ hidden = 8 }}"
        for name in ("C", "D", "S", "T", "SO", "O", "Lorentz")
    },
    **{
        f"layer_{name}": "data {{ x: image(channels = 1, size = [9, 9]); y: label(3) }} symmetry s: C(4) "
        f"predict y from x enforce s by group_convolution {{{{ layers = [{layer}, conv(3), group_pool] }}}}"
        for name, layer in {
            "conv": "conv({n})", "kernel": "conv(2, k = {n})", "stride": "conv(2, stride = {n})", "pool": "pool({n})",
            "padding": "conv(2, padding = {n})", "residual": "residual({n}, k = {n})", "dropout": "dropout({n})",
        }.items()
    },
    "short_form": "data {{ x: image(channels = 1, size = [9, 9]); y: label(3) }} symmetry s: C(4) predict y from x "
    "enforce s by group_convolution {{ layers = {n}, channels = {n}, kernel = {n} }}",
    "fine_turns": "data {{ x: image(channels = 1, size = [99, 99]); y: label(3) }} symmetry s: C({n}) predict y from x "
    "enforce s by group_convolution {{ layers = [conv(64, k = 99), conv(3, k = 1)] }}",
}  # fmt: skip
STATEMENT = re.compile(r" (?=(?:data|symmetry|predict|enforce|train|tolerance) )")
"""Statements of a model stand on lines of their own."""

NESTED = {
    "mlp_widths": "model m { data { x: scalar; y: scalar }\n"
    " predict y from x by mlp { hidden = [65536, 65536, 65536] } }",
    "large_maps": "model m { data { x: vector(3) per 1000; y: tensor(3, 0) of 3 per 1000 }\n symmetry s: SO(3)\n"
    " predict y from x\n enforce s by equivariant_mlp { hidden = [16384] } }",
    "brackets": "model m { param a: list = " + "[" * 60_000 + "]" * 60_000 + " }",
    "parentheses": "model m { tolerance = " + "(" * 60_000 + "1" + ")" * 60_000 + " }",
    "minus": "model m { tolerance = " + "-" * 200_000 + "1 }",
    "powers": "model m { tolerance = " + "2^" * 90 + "2 }",
    "sum": "model m { tolerance = " + "1+" * 100_000 + "1 }",
    "product_of_groups": "model m { data { x: vector(2); y: scalar } symmetry s: " + "C(2) * " * 5_000
    + "C(2)\n predict y from x }",
    "sum_of_actions": "model m { data { x: scalar(9); y: scalar } symmetry s: C(4) { x: " + "trivial + " * 5_000
    + "trivial }\n predict y from x }",
    "fields": "model m { data { " + "; ".join(f"x{i}: scalar" for i in range(20_000)) + " } predict x0 from x1 }",
    "models": "model m { data { x: scalar; y: scalar } predict y from x }\n" * 2_000,
    "long_name": "model " + "m" * 500_000 + " { data { x: scalar; y: scalar } predict y from x }",
    "long_range": "model m { param a: list = [1..10^12] data { x: scalar; y: scalar } predict y from x }",
    "open_braces": "model m {" * 50_000,
    "two_million_bytes": "// " + "x" * 2_000_000,
}  # fmt: skip


def hostile_specs() -> dict[str, str]:
    """Every text by name: each place with each number, and deep or long texts."""
    made = {
        f"{place} {number}": f"model m {{ {STATEMENT.sub(chr(10), text.format(n=number))} }}"
        for place, text in PLACES.items()
        for number in HUGE
    }
    return {**made, **NESTED}


def outcome(text: str) -> list[str]:
    """The codes of the errors, or "compiled"; the plan is built, and no weights are drawn."""
    try:
        result = check(text)
        for model in result.models if result.ok else ():
            Compilation(model, Session(backend="torch")).lower(channels_last=False)
    except SymdslError as refusal:
        return sorted({found.code for found in refusal.diagnostics})
    return sorted({found.code for found in result.errors}) or ["compiled"]


def main() -> None:
    """Warm up, take the memory away, and go."""
    outcome(STATEMENT.sub("\n", f"model m {{ {PLACES['emlp_width'].format(n=9)} }}"))
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bound = pages * resource.getpagesize() + ALLOWANCE
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    for name, text in hostile_specs().items():
        began = time.perf_counter()
        try:
            found = outcome(text)
        except Exception as fault:
            found = [f"{type(fault).__name__}: {fault}"[:300]]
        print(json.dumps([name, found, round(time.perf_counter() - began, 3)]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
