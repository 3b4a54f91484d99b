"""`import symdsl`: what it loads, and where diagnostics of Python literals point."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import symdsl
from symdsl.diagnostics.diagnostic import SymdslError

HEAVY = ("torch", "jax", "scipy", "networkx", "typer", "rich")


def loaded_after(code: str) -> set[str]:
    names = f"{(*HEAVY, 'pydantic', 'numpy', 'lark')!r}"
    script = f"{code}\nimport sys\nprint(*[name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_loads_nothing() -> None:
    assert loaded_after("import symdsl") == set()


def test_check_loads_no_framework() -> None:
    data = "data { x: vector(3), y: scalar }"
    text = f"model m {{ {data}\nsymmetry g: O(3)\npredict y from x\nenforce g by equivariant_mlp }}"
    assert loaded_after(f"import symdsl; assert symdsl.check({text!r}).ok") & set(HEAVY) == set()


def test_check_is_a_function_and_a_package() -> None:
    import symdsl.check.spec

    assert callable(symdsl.check)
    assert symdsl.check.spec.Model


def test_places_of_a_literal_are_those_of_the_python_file() -> None:
    result = symdsl.check("""
    model m {
      data { x: vektor(3), y: scalar }
      predict y from x
    }
    """)
    (error,) = result.errors
    assert error.span is not None
    assert error.span.source == __file__
    assert "vektor" in Path(__file__).read_text().splitlines()[error.span.line - 1]


def test_places_of_a_variable_are_those_of_its_literal() -> None:
    text = """
    model n {
      data { x: vektor(4), y: scalar }
    }
    """
    with pytest.raises(SymdslError) as caught:
        symdsl.parse(text + "}")
    assert caught.value.diagnostics[0].span.source == "<string>"
    file = symdsl.parse(text)
    assert file.source == __file__
    assert "vektor(4)" in Path(__file__).read_text().splitlines()[file.models[0].span.line]


def test_escapes_and_twins_are_never_guessed() -> None:
    escaped = "\nmodel m {\n}"
    assert symdsl.parse(escaped).source == "<string>"
    twins = ["model twin { data { x: scalar } }", "model twin { data { x: scalar } }"]
    assert symdsl.parse(twins[0]).source == "<string>"


def test_paths_are_files(tmp_path: Path) -> None:
    path = tmp_path / "m.sym"
    path.write_text("\ufeffmodel m { data { x: vector(3), y: scalar } predict y from x }", encoding="utf-8")
    assert symdsl.check(path).ok
    assert symdsl.parse(path).source == str(path)
    path.write_bytes(b"\xff\xfe\x00")
    assert [error.code for error in symdsl.check(path).errors] == ["SYM0106"]
    with pytest.raises(SymdslError) as caught:
        symdsl.check(tmp_path / "none.sym")
    assert caught.value.exit_code == 2


def test_text_over_the_limit_is_not_read(tmp_path: Path) -> None:
    limits = symdsl.Limits(text_bytes=10)
    assert [error.code for error in symdsl.check("model m { }", limits=limits).errors] == ["SYM0108"]
    path = tmp_path / "m.sym"
    path.write_text("model m { }")
    assert [error.code for error in symdsl.check(path, limits=limits).errors] == ["SYM0108"]


def test_faults_of_syntax_are_diagnostics() -> None:
    result = symdsl.check("model m {")
    assert not result.ok
    with pytest.raises(SymdslError):
        result.model()


def test_unknown_names_of_the_package() -> None:
    with pytest.raises(AttributeError):
        _ = symdsl.nothing
    assert "check" in dir(symdsl)


def test_check_leaves_the_garbage_collector_as_it_was() -> None:
    import gc

    from symdsl.api import paused_collection

    assert gc.isenabled()
    symdsl.check("model m {")
    assert gc.isenabled()
    gc.disable()
    try:
        with paused_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
