"""A spec is data: whatever it says, nothing that it names is imported, evaluated, opened or run."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from symdsl.pipeline import prepare
from symdsl.session import Session
from tests.child import ROOT, run_python

LINES = (
    'x: vector(2) from "../../../etc/passwd:x"',
    'x: vector(2) from "/etc/passwd:x"',
    'x: vector(2) from "evil.py:x"',
    'x: vector(2) from "evil.pkl:x"',
    'x: vector(2) from "__import__(\'os\').system(\'touch pwned\'):x"',
    'x: vector(2) from "digits(size = __import__(\'os\')):images"',
    "x: __import__(os)",
    "x: vector(exec(2))",
    "x: vector(open)",
    "__class__: vector(2)",
    "lambda: vector(2)",
)

STATEMENTS = (
    "enforce turn by os",
    "enforce turn by os.system",
    'enforce turn by "os:system"',
    "enforce turn by evil",
    "enforce turn by equivariant_mlp { hidden = eval }",
    "enforce turn by equivariant_mlp { hidden = [__import__(\"os\")] }",
    "param n: int = __import__",
    "param n: text = \"{0.__class__}\"",
    "symmetry other: matrix_group { generators = [[__builtins__]] }",
    "symmetry other: evil(3)",
    "train { loss = \"os:system\" }",
    "train { optimiser = evil.Optimiser }",
    "// %(os)s {os} ${os} `touch pwned` $(touch pwned)",
)

WATCH = """
import json, os, random, sys
from pathlib import Path
import symdsl
from symdsl.api import check_from, parse
from symdsl.diagnostics.render import render
from symdsl.diagnostics.render_json import render_json
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.syntax.formatter import format_text

home = str(Path(symdsl.__file__).parent)
package = Path(home)
folder = Path.cwd()
texts = json.loads(Path("texts.json").read_text(encoding="utf-8"))
spec = folder / "spec.sym"

def work(text):
    data = text.encode("utf-8", "surrogateescape")
    with open(spec, "wb") as file:
        file.write(data)
    watching[0] = True
    try:
        result = check_from(spec, None, None, False, None)
        render(result.diagnostics, {str(spec): text})
        render_json(result.diagnostics)
        parse(spec)
        format_text(text, str(spec))
    except SymdslError as refusal:
        render(refusal.diagnostics, {str(spec): text})
    finally:
        watching[0] = False

watching, seen = [False], []
TOLD = ("exec", "compile", "import", "open", "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen",
        "pickle.find_class", "ctypes.dlopen", "socket.connect", "socket.__new__", "os.remove", "os.rename", "os.mkdir",
        "marshal.loads", "shutil.rmtree", "code.__new__")

installed = tuple(str(Path(place).resolve()) for place in sys.path if place) + (sys.prefix, sys.base_prefix)

def harmless(event, arguments):
    if event != "open":
        return False
    path, mode, flags = arguments
    if mode not in ("r", "rb", None) or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return False
    # The lists of plug-ins that are installed are read for each file, from where Python finds its packages.
    listed = str(path).endswith((".zip", "entry_points.txt", "METADATA", "PKG-INFO"))
    return str(path) == str(spec) or (listed and str(path).startswith(installed) and folder not in Path(path).parents)

def hook(event, arguments):
    if watching[0] and event in TOLD and not harmless(event, arguments):
        seen.append(f"{event} {arguments!r}"[:300])

sys.addaudithook(hook)
for text in texts["first"]:
    work(text)
seen.clear()
for text in texts["hostile"]:
    work(text)
generator = random.Random(7)
for text in texts["fuzz"]:
    place = generator.randrange(len(text))
    cut = place + generator.randrange(1, 12)
    work(text[:place] + generator.choice(["", "{", "__import__", '"', "(", "\\x00", "9" * 30, "//"]) + text[cut:])
print(json.dumps(sorted(set(seen))))
"""

SOUND = """
model sound {
  data {
    v: vector(2)
    y: scalar
  }
  symmetry turn: C(4)
  predict y from v
  enforce turn by equivariant_mlp { hidden = [8] }
}
"""


def hostile_specs() -> list[str]:
    texts = [SOUND.replace("v: vector(2)", line + "\n    v: vector(2)") for line in LINES]
    texts += [SOUND.replace("  predict", f"  {line}\n  predict") for line in STATEMENTS]
    texts += [SOUND.replace("C(4)", name) for name in ("evil(4)", "os.system(4)", "__import__(4)", "eval(4)")]
    return texts


def test_the_watcher_sees_what_it_should(tmp_path: Path) -> None:
    spied = WATCH.replace("parse(spec)\n", "eval('1 + 1'); open('/etc/hostname').close(); import this\n", 1)
    texts = {"first": [], "hostile": [SOUND], "fuzz": []}
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    seen = " ".join(json.loads(run_python(spied, folder=tmp_path).expect(0).out.splitlines()[-1]))
    for event in ("exec", "compile", "/etc/hostname", "'this'"):
        assert event in seen


def test_specs_run_nothing(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text("open('pwned', 'w')")
    (tmp_path / "evil.pkl").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    files = sorted((ROOT / "tests" / "specs").rglob("*.sym"))
    specs = [path.read_text(encoding="utf-8", errors="surrogateescape") for path in files]
    # What symdsl loads late, it loads once: every sound and faulty spec is checked before the hook counts.
    texts = {"first": [*specs, *hostile_specs()[:1]], "hostile": hostile_specs() + specs[::4], "fuzz": specs[1::3]}
    (tmp_path / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    done = run_python(WATCH, folder=tmp_path).expect(0)
    assert json.loads(done.out.splitlines()[-1]) == []
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("backend", ["torch", "jax"])
@pytest.mark.parametrize(
    "comment",
    ['"""', "\\", "'''; import os", "\\u000aimport os", "\u2028import os", "# -*- coding: rot13 -*-"],
    ids=["quotes", "backslash", "single", "escape", "separator", "coding"],
)
def test_text_of_a_spec_is_a_comment_of_the_source(comment: str, backend: str) -> None:
    plain = prepare(SOUND, Session(backend=backend)).source
    hostile = prepare(SOUND.replace("  predict", f"  // {comment}\n  predict"), Session(backend=backend)).source
    assert ast.dump(ast.parse(hostile.encode())) == ast.dump(ast.parse(plain.encode()))


@pytest.mark.parametrize("backend", ["torch", "jax"])
@pytest.mark.parametrize("name", ["class", "lambda", "self", "forward", "torch", "jnp", "np", "print", "None", "_x"])
def test_names_of_a_spec_cannot_break_the_source(name: str, backend: str) -> None:
    text = SOUND.replace("v: vector", f"{name}: vector").replace("from v", f"from {name}")
    compile(prepare(text, Session(backend=backend)).source, "model.py", "exec")
