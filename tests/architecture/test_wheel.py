"""The wheel holds all that is needed: it is built, installed alone, and compiles from there."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from tests.child import ROOT, run, run_python, run_symdsl


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    source, target = folder / "source", folder / "site"
    source.mkdir()
    for name in ("symdsl", "grammar"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    run(build, folder).expect(0)
    (wheel,) = folder.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check",
           "--target", str(target), str(wheel)]  # fmt: skip
    run(pip, folder).expect(0)
    return target


def test_the_grammar_and_the_pages_are_inside(installed: Path) -> None:
    (wheel,) = installed.parent.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "symdsl/syntax/symdsl.lark" in names
    assert "symdsl/diagnostics/pages/SYM0101.md" in names
    assert not any(name.startswith(("tests/", "docs/", "examples/")) for name in names)


def test_it_compiles_from_there(installed: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "inertia" / "inertia.sym", tmp_path)
    for backend in ("torch", "jax"):
        output = f"{backend}_inertia.py"
        run_symdsl(
            "compile", "inertia.sym", "--backend", backend, "-o", output, folder=tmp_path, path=(installed,)
        ).expect(0)
        assert "class Inertia" in (tmp_path / output).read_text(encoding="utf-8")
    assert "# SYM0401" in run_symdsl("explain", "SYM0401", folder=tmp_path, path=(installed,)).expect(0).out


def test_nothing_comes_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "inertia" / "inertia.sym", tmp_path)
    code = """
import sys
from pathlib import Path
import symdsl
model = symdsl.compile(Path("inertia.sym"), backend="torch")
print(*sorted({str(Path(m.__file__).resolve()) for n, m in sys.modules.items()
               if n.split(".")[0] == "symdsl" and getattr(m, "__file__", None)}), sep="\\n")
"""
    files = run_python(code, folder=tmp_path, path=(installed,)).expect(0).out.splitlines()
    assert len(files) > 50
    assert all(Path(file).is_relative_to(installed.resolve()) for file in files)
