"""Each family of strategies gives the variants that it should, of equal size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symdsl.api import check
from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.comparison.comparison import Comparison
from symdsl.comparison.entries import Entry, read_entry
from symdsl.comparison.variants import compile_tree, make_variant, with_network
from symdsl.comparison.widths import Sizes
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import Compilation
from symdsl.plan.initial import draw_parameters
from symdsl.registry import EntryPointCatalogue
from symdsl.session import Session
from symdsl.strategies.mlp.declaration import MlpOptions
from symdsl.syntax.expression_text import expression_text
from symdsl.syntax.parser import parse
from symdsl.syntax.unparse import unparse
from symdsl.verification.verify import VerifyOptions, verify
from tests.unit.comparison.specs import IMAGES, SPRING, UNENFORCED, VECTORS, bodies, compared


def as_objective(offer: Offer) -> Verdict:
    """Promises nothing."""
    return Verdict()


SYMMETRIC_IN_NOTHING = "model m { data { x: vector(2); y: scalar }\npredict y from x }"
OBJECTIVE = StrategyDeclaration("penalty", "objective", MlpOptions, "", "", "nowhere:NOTHING", as_objective)


def errors(comparison: Comparison, symmetry: str) -> dict[str, float]:
    """The measured error of every variant with perturbed weights."""
    found = {}
    for run in comparison.runs:
        report = verify(run.compilation, None, VerifyOptions(layers=False))
        rows = [row.error for row in report.measurements if row.subject == symmetry]
        found[run.planned.label] = max(rows)
    return found


def test_convolutions_without_their_group(tmp_path: Path) -> None:
    comparison = compared(tmp_path, IMAGES, "group_convolution, none", equal="none")
    assert bodies(comparison) == {
        "group_convolution": "predict y from x enforce rotation by group_convolution { layers = [ "
        "conv(4, k = 3, pool_rotations = true), conv(6, k = 3), dropout(0.1), conv(3, k = 3), group_pool(mean) ] "
        "readout = mean }",
        "none": "predict y from x by group_convolution { "
        "layers = [conv(4, k = 3), conv(6, k = 3), dropout(0.1), conv(3, k = 3)] readout = mean }",
    }
    found = errors(comparison, "rotation")
    assert found["group_convolution"] < 1e-10
    assert found["none"] > 1e-2


def test_an_equivariant_mlp_without_its_group(tmp_path: Path) -> None:
    comparison = compared(tmp_path, VECTORS, "equivariant_mlp, none", equal="none")
    assert bodies(comparison) == {
        "equivariant_mlp": "predict w from m, v enforce turn by equivariant_mlp { layers = 2, channels = 24 }",
        "none": "predict w from m, v by mlp { hidden = [24, 24] }",
    }
    found = errors(comparison, "turn")
    assert found["equivariant_mlp"] < 1e-10
    assert found["none"] > 1e-2


def test_a_structure_stays_around_the_network_whose_symmetry_is_varied(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SPRING, "equivariant_mlp, none", symmetry="turn", equal="none")
    structure = "enforce time by hamiltonian { field = solenoidal }"
    assert bodies(comparison) == {
        "equivariant_mlp": f"predict dz from z {structure} enforce turn by equivariant_mlp {{ hidden = [16, 16] }}",
        "none": f"predict dz from z by mlp {{ hidden = [16, 16] }} {structure}",
    }
    assert errors(comparison, "turn")["none"] > 1e-2
    assert max(errors(comparison, "time").values()) < 1e-10


def test_a_structure_is_dropped_and_its_network_stays(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SPRING, "hamiltonian, none", symmetry="time", equal="none")
    network = "enforce turn by equivariant_mlp { hidden = [16, 16] }"
    assert bodies(comparison) == {
        "hamiltonian": f"predict dz from z {network} enforce time by hamiltonian {{ field = solenoidal }}",
        "none": f"predict dz from z {network}",
    }
    found = errors(comparison, "time")
    assert found["hamiltonian"] < 1e-10
    assert found["none"] > 1e-2


def test_a_network_takes_the_place_of_a_plain_one_with_its_options(tmp_path: Path) -> None:
    comparison = compared(tmp_path, UNENFORCED, "group_convolution { readout = mean }, none", equal="none")
    found = bodies(comparison)
    layers = "layers = [conv(20, k = 3), conv(14, k = 3), conv(3, k = 3)]"
    assert found["group_convolution { readout = mean }"].endswith(
        f"enforce rotation by group_convolution {{ {layers} readout = mean }}"
    )
    assert found["none"].endswith(
        "by group_convolution { layers = [conv(20, k = 3), conv(14, k = 3), conv(3, k = 3)] }"
    )


def test_an_objective_stands_around_the_plain_network() -> None:
    tree, model = tree_and_model(IMAGES)
    option = read_entry("mlp { hidden = 8 }", EntryPointCatalogue()).options
    variant = make_variant(model, tree, "rotation", Entry("penalty { hidden = 8 }", OBJECTIVE, option))
    assert (variant.network.strategy, variant.network.symmetries) == ("group_convolution", ())
    text = " ".join(unparse(variant.tree).split())
    assert "conv(3, k = 3)] readout = mean } enforce rotation by penalty { hidden = 8 } train" in text
    assert text.count("enforce") == 1


def test_an_objective_of_another_symmetry_stays() -> None:
    tree, model = tree_and_model(SPRING)
    network = model.network
    other = replace(network, strategy=OBJECTIVE, symmetries=("time", "turn"), option_spans={})
    both = replace(model, structure=None, objectives=(other,))
    text = " ".join(unparse(make_variant(both, tree, "turn", Entry("none", None)).tree).split())
    assert "predict dz from z by mlp { hidden = [16, 16] } enforce time by penalty train" in text


def test_a_network_without_a_plain_form_is_a_diagnostic() -> None:
    tree, model = tree_and_model(IMAGES)
    network = replace(model.network, strategy=replace(model.network.strategy, plain=None))
    with pytest.raises(SymdslError) as refusal:
        make_variant(replace(model, network=network), tree, "rotation", Entry("none", None))
    assert (refusal.value.exit_code, refusal.value.diagnostics[0].code) == (2, "SYM1222")


def tree_and_model(text: str):
    return parse(text).models[0], check(text).model()


@pytest.mark.parametrize(
    ("text", "enforce", "asked"),
    [
        (IMAGES, "group_convolution, none", {}),
        (IMAGES, "none, group_convolution { layers = 3, channels = 3 }", {}),
        (VECTORS, "equivariant_mlp, none", {}),
        (SPRING, "hamiltonian, none", {"symmetry": "time"}),
        (SPRING, "equivariant_mlp, none", {"symmetry": "turn"}),
        (UNENFORCED, "group_convolution, none", {}),
    ],
)
@pytest.mark.parametrize("equal", ["parameters", "compute"])
def test_sizes_are_equal_and_counted_in_the_compiled_model(
    text: str, enforce: str, asked: dict[str, str], equal: str, tmp_path: Path
) -> None:
    comparison = compared(tmp_path, text, enforce, equal=equal, **asked)
    for run in comparison.runs:
        planned = run.planned
        assert sum(value.size for value in weights_of(run.compilation).values()) == planned.size.parameters
        assert planned.close == (abs(planned.ratio - 1) <= 0.05)
        # One channel of nets this small is up to a tenth of their work; in the short form all layers widen at once.
        step = 0.2 if "layers = 3" in planned.label else 0.05 if equal == "parameters" else 0.1
        assert abs(planned.ratio - 1) <= step, planned.label


def test_no_other_factor_is_nearer(tmp_path: Path) -> None:
    comparison = compared(tmp_path, IMAGES, "none")
    (planned,) = comparison.variants
    tree, model = tree_and_model(IMAGES)
    variant = make_variant(model, tree, "rotation", planned.variant.entry)
    sizes = Sizes(Session(backend="torch"), EntryPointCatalogue())
    found = compile_tree(variant.tree, variant.entry, sizes.session, sizes.catalogue).spec.network
    assert found.strategy.scaled is not None
    for factor in np.linspace(0.6, 3, 40):
        other = sizes.of(with_network(variant, found.strategy.scaled(found.options, factor)))
        assert abs(other.parameters - comparison.size.parameters) >= abs(
            planned.size.parameters - comparison.size.parameters
        )


def weights_of(compilation: Compilation):
    return draw_parameters(compilation.program.root, 0)


def test_the_spec_as_written_is_the_reference(tmp_path: Path) -> None:
    comparison = compared(tmp_path, IMAGES, "group_convolution, none")
    assert comparison.variants[0].ratio == 1
    assert comparison.runs[0].compilation.graph.content_hash() == comparison.reference.graph.content_hash()


def test_the_width_of_the_outputs_is_kept(tmp_path: Path) -> None:
    (planned,) = compared(tmp_path, IMAGES, "none").variants
    layers = expression_text(planned.variant.network.options[0].value)
    assert layers.endswith("conv(3, k = 3)]")
    assert "conv(4" not in layers


def test_a_run_says_everything(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    comparison = compared(tmp_path / "deep", IMAGES, "none", {"width": 5}, training={"epochs": 7, "seed": 9}, seeds=2)
    first, second = comparison.runs
    assert [run.folder.relative_to(tmp_path / "deep").as_posix() for run in comparison.runs] == [
        "runs/none/seed-9",
        "runs/none/seed-10",
    ]
    text = second.compilation.spec.text
    assert check(text, allow_paths=True).model().training == {
        "epochs": 7, "batch": 16, "seed": 10, "split_seed": 9
    }  # fmt: skip
    assert "param width: int = 5" in text
    assert '"../../../images.npz:x"' in text
    assert first.options.seed_of_split == second.options.seed_of_split == 9
    assert first.compilation.session.seed == 9


@pytest.mark.parametrize(
    ("text", "asked", "code"),
    [
        (SPRING, {}, "SYM1221"),
        (SPRING, {"symmetry": "trun"}, "SYM0202"),
        (SYMMETRIC_IN_NOTHING, {}, "SYM1221"),
    ],
)  # fmt: skip
def test_which_symmetry(text: str, asked: dict[str, str], code: str, tmp_path: Path) -> None:
    with pytest.raises(SymdslError) as refusal:
        compared(tmp_path, text, "none", **asked)
    assert (refusal.value.exit_code, refusal.value.diagnostics[0].code) == (2, code)


def test_a_variant_that_cannot_be_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(SymdslError) as refusal:
        compared(tmp_path, IMAGES, "none, equivariant_mlp")
    assert refusal.value.exit_code == 2
    assert all("in the variant `equivariant_mlp`" in fault.notes for fault in refusal.value.diagnostics)
    assert all(fault.span is None for fault in refusal.value.diagnostics)
