"""Plug-ins by entry point: lazy, sorted, and clashes told."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.registry import GROUPS, STRATEGIES, EntryPointCatalogue, Registry


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, STRATEGIES)


def test_names_are_known_without_imports() -> None:
    registry = Registry.of(STRATEGIES, (point("b", "nowhere:x"), point("a", "nowhere:y")))
    assert registry.names() == ("a", "b")


def test_one_name_twice_is_a_clash_unless_it_is_the_same_thing() -> None:
    same = Registry.of(STRATEGIES, (point("a", "one:x"), point("a", "one:x")))
    assert same.names() == ("a",)
    with pytest.raises(SymdslError) as caught:
        Registry.of(STRATEGIES, (point("a", "one:x"), point("a", "two:x")))
    assert caught.value.diagnostics[0].code == "SYM1007"
    assert caught.value.exit_code == 4


def test_a_plug_in_that_does_not_load_is_told() -> None:
    for value in ("symdsl_missing_package:x", "symdsl.registry:missing"):
        with pytest.raises(SymdslError) as caught:
            Registry.of(STRATEGIES, (point("a", value),)).load("a")
        assert caught.value.diagnostics[0].code == "SYM1008"
    with pytest.raises(KeyError):
        Registry.of(STRATEGIES, ()).load("a")


def test_what_is_installed() -> None:
    catalogue = EntryPointCatalogue()
    assert {"mlp", "equivariant_mlp", "hamiltonian", "group_convolution"} <= set(catalogue.strategy_names())
    assert {"C", "D", "S", "T", "SO", "O", "Lorentz", "matrix_group"} <= set(catalogue.group_names())
    assert catalogue.strategy("mlp").kind == "network"
    assert catalogue.group("C")(4).order == 4
    with pytest.raises(KeyError):
        catalogue.strategy("none")


def test_an_entry_point_that_is_no_declaration_is_told() -> None:
    catalogue = EntryPointCatalogue()
    catalogue.__dict__["strategies"] = Registry.of(STRATEGIES, (point("a", "symdsl.registry:GROUPS"),))
    assert GROUPS == "symdsl.groups"
    with pytest.raises(SymdslError) as caught:
        catalogue.strategy("a")
    assert caught.value.diagnostics[0].code == "SYM1008"
