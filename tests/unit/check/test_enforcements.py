"""Which strategies a model has, with which options, and how far each symmetry holds."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from symdsl.check.declaration import Offer, StrategyDeclaration, Verdict
from symdsl.check.exactness import complete_exactness, exactness_of
from symdsl.check.spec import Exactness, Symmetry
from symdsl.diagnostics.diagnostic import Span

PENDULUM = "x: phase_space(dim = 2)\ny: derivative(x)"
TIME = "symmetry time: translation(t)\npredict y from x\n"
TURN = "symmetry turn: SO(3)\npredict y from x\n"


def test_the_default_network_is_a_plain_one(checked) -> None:
    model = checked("x: vector(3)\ny: scalar", TURN).model()
    assert model.network.strategy.name == "mlp"
    assert model.network.symmetries == ()
    assert model.structure is None
    assert exactness_of(model.symmetries["turn"], [model.network]).kind == "none"
    assert "turn: enforced by nothing, only measured" in model.facts


def test_options_of_a_structure_reach_the_default_network(checked) -> None:
    model = checked(PENDULUM, TIME + "enforce time by hamiltonian { hidden = [7, 8], field = solenoidal }").model()
    assert model.network.options.hidden == [7, 8]
    assert set(model.network.option_spans) == {"hidden"}
    assert model.structure is not None
    assert model.structure.options.field == "solenoidal"
    assert set(model.structure.option_spans) == {"field"}
    assert model.structure.exactness[0].kind == "exact"


def test_a_network_inside_a_structure_keeps_its_own_options(checked) -> None:
    enforce = "enforce time by hamiltonian\nenforce turn by equivariant_mlp { hidden = 16 }"
    body = "symmetry turn: O(2)\n" + TIME + enforce
    model = checked(PENDULUM, body).model()
    assert model.network.strategy.name == "equivariant_mlp"
    assert model.network.symmetries == ("turn",)
    assert model.network.options.hidden == [16]


def test_layers_and_channels_are_short_for_hidden(checked) -> None:
    body = TURN + "enforce turn by equivariant_mlp { layers = 3, channels = 40 }"
    assert checked("x: vector(3)\ny: scalar", body).model().network.options.hidden == [40, 40, 40]


@pytest.mark.parametrize(
    ("option", "code", "says"),
    [
        ("hiden = [3]", "SYM0205", "`hidden`"),
        ("hidden = [0]", "SYM0502", "1 to 16384"),
        ("hidden = [2.5]", "SYM0501", "1 to 16384"),
        ("hidden = true", "SYM0501", "widths"),
        ("hidden = [widths]", "SYM0214", "param widths"),
        ("layers = 99", "SYM0502", "0 to 32"),
        ("layers = 2, hidden = [3]", "SYM0513", "`layers`"),
        ("hidden = [3], hidden = [4]", "SYM0504", "leave one out"),
    ],
)
def test_an_option_at_fault_is_the_span(checked, option: str, code: str, says: str) -> None:
    (error,) = checked("x: vector(3)\ny: scalar", TURN + f"enforce turn by equivariant_mlp {{ {option} }}").errors
    assert error.code == code
    assert says in (error.hint or "")
    assert error.span is not None
    assert error.span.line == 9
    assert error.span.column > len("enforce turn by equivariant_mlp { ")


def test_every_fault_is_found_in_one_run(checked) -> None:
    body = "symmetry turn: O(4)\npredict y from x\nenforce trun by equivariant_mlp { hiden = [3] }\ntrain { epoch = 3 }"
    codes = [error.code for error in checked("x: vector(3)\ny: label(classes = 1)", body).errors]
    assert codes == ["SYM0304", "SYM0202", "SYM0205", "SYM0205"]


@pytest.mark.parametrize(
    ("data", "reachable"),
    [
        ("x: scalar\ny: vector(3)", False),
        ("x: tensor(2, 0) of 3\ny: vector(3)", False),
        ("x: vector(3)\ny: tensor(2, 0) of 3", True),
        ("x: vector(3)\ny: scalar", True),
        ("x: scalar\ny: tensor(2, 0) of 3", True),
        ("x: scalar\ny: tensor(3, 0) of 3", False),
        ("x: vector(3)\ny: tensor(3, 0) of 3", True),
    ],
)
def test_targets_that_only_zero_reaches_are_refused(checked, data: str, reachable: bool) -> None:
    body = "symmetry turn: O(3)\npredict y from x\nenforce turn by equivariant_mlp { hidden = 16 }"
    codes = [error.code for error in checked(data, body).errors]
    assert codes == ([] if reachable else ["SYM0413"])


def test_finite_groups_know_their_inversion(checked) -> None:
    body = "symmetry turn: {}\npredict y from x\nenforce turn by equivariant_mlp {{ hidden = 16 }}"
    data = "x: tensor(2, 0) of 2\ny: vector(2)"
    assert [error.code for error in checked(data, body.format("C(4)")).errors] == ["SYM0413"]
    assert checked(data, body.format("C(3)")).ok


class _Options(BaseModel):
    pass


def test_a_strategy_may_not_claim_what_it_was_not_given() -> None:
    claims = Verdict(exactness=(Exactness("other", "exact"),))
    with pytest.raises(ValueError, match="other"):
        complete_exactness(claims, ("turn",), "mine")
    assert complete_exactness(Verdict(), ("turn",), "mine")[0].kind == "approximate"


def test_the_strongest_claim_counts(checked) -> None:
    model = checked("x: vector(3)\ny: scalar", TURN + "enforce turn by equivariant_mlp").model()
    symmetry: Symmetry = model.symmetries["turn"]
    assert exactness_of(symmetry, [model.network]).kind == "exact"


def test_an_offer_finds_the_span_of_an_option() -> None:
    whole, part = Span("m", 1, 1, 1, 9), Span("m", 2, 1, 2, 9)
    offer = Offer((), (), (), (), _Options(), {"a": part}, whole)
    assert offer.span_of("a") == part
    assert offer.span_of("b") == whole


@pytest.mark.parametrize("name", ["mlp", "equivariant_mlp", "hamiltonian"])
def test_declarations_are_complete(name: str) -> None:
    from symdsl.registry import EntryPointCatalogue

    declaration = EntryPointCatalogue().strategy(name)
    assert isinstance(declaration, StrategyDeclaration)
    assert declaration.name == name
    assert any(character.isdigit() for character in declaration.citation)
    for field in declaration.options.model_fields.values():
        assert field.description


def test_a_refusal_inside_a_strategy_is_a_placed_diagnostic(checked, monkeypatch) -> None:
    from dataclasses import replace

    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
    from symdsl.registry import EntryPointCatalogue
    from symdsl.strategies.equivariant_mlp.declaration import DECLARATION

    def refuse(offer: Offer) -> Verdict:
        raise SymdslError(Diagnostic("SYM0704", "too much"))

    monkeypatch.setattr(EntryPointCatalogue, "strategy", lambda self, name: replace(DECLARATION, judge=refuse))
    (error,) = checked("x: vector(3)\ny: scalar", TURN + "enforce turn by equivariant_mlp").errors
    assert (error.code, error.span.line) == ("SYM0704", 9)
