"""The emitted file: what it says, what it never says, and that it is the same everywhere."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from symdsl.backends.torch.emit import emit
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Module, Program
from tests.unit.backends.torch.sample_plans import batched, convolution_program, dropout_program, perceptron

ROOT = Path(__file__).parents[4]


def class_source(source: str, name: str) -> str:
    found = [item for item in ast.parse(source).body if isinstance(item, ast.ClassDef) and item.name == name]
    return ast.get_source_segment(source, found[0]) or ""


def test_layers_of_one_structure_are_one_class() -> None:
    source = emit(convolution_program())
    classes = [item.name for item in ast.parse(source).body if isinstance(item, ast.ClassDef)]
    assert classes == [
        "ExactModule",
        "WeightsModule",
        "FieldBatchNorm",
        "RotatedConvolution",
        "FieldNorm",
        "RotatedNet",
    ]
    assert "self.conv2 = RotatedConvolution(in_fields=16, out_fields=6)" in source


def test_a_method_reads_as_it_would_be_written() -> None:
    forward = class_source(emit(convolution_program()), "RotatedConvolution")
    assert 'self._initial = {"weight": ("normal", 1.4142135623730951, 9 * in_fields)}' in forward
    assert forward.rstrip().endswith("return F.conv2d(x, filters)")


def test_batch_norm_uses_the_fused_kernel_and_updates_without_gradient() -> None:
    norm = class_source(emit(convolution_program()), "FieldNorm")
    assert "normalised, mean, variance = field_batch_norm(x, self.scale, self.shift, 1, self.fields, 1e-05)" in norm
    assert "        with torch.no_grad():\n            self.mean.copy_(0.9 * self.mean + 0.1 * mean)\n" in norm


def test_one_forward_where_the_modes_differ_only_below() -> None:
    root = class_source(emit(convolution_program()), "RotatedNet")
    assert "forward_train" not in root
    assert "self.norm1(self.conv1(" in root
    assert "forward_train" in class_source(emit(convolution_program()), "FieldNorm")


def test_only_torch_and_numpy_are_imported() -> None:
    for program in (convolution_program(), perceptron(3, (4,), 2), dropout_program()):
        imported = set()
        for item in ast.walk(ast.parse(emit(program))):
            if isinstance(item, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in item.names}
            elif isinstance(item, ast.ImportFrom):
                imported.add((item.module or "").partition(".")[0])
        standard = {"__future__", "json", "os", "zlib", "collections", "functools", "pathlib", "typing"}
        assert imported <= standard | {"numpy", "torch"}


def test_what_is_not_needed_is_not_printed() -> None:
    source = emit(dropout_program())
    assert "class ExactModule" not in source
    assert "batch_norm" not in source
    assert "    def __init__" not in class_source(source, "Drop")


def test_bytes_do_not_depend_on_the_hash_seed_or_the_process() -> None:
    text = (
        "import sys; from tests.unit.backends.torch.sample_plans import convolution_program as p;"
        "from symdsl.backends.torch.emit import emit; sys.stdout.write(emit(p())); assert 'torch' not in sys.modules"
    )
    sources = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, env=environment, cwd=ROOT, check=True)
        sources.add(done.stdout)
    assert sources == {emit(convolution_program()).encode()}


@pytest.mark.parametrize(
    "text",
    [
        '"""\nimport os\n',
        "x\rimport os",
        "a\u2028import os\u2029b",
        "\\",
        "\x00\x0c\x1b[31m",
        "\u202eimport os",
        "# x\n\n\n'''",
    ],
)
def test_texts_from_outside_stay_behind_a_hash_or_inside_a_docstring(text: str) -> None:
    program = convolution_program()
    clean = ast.dump(ast.parse(emit(program)))
    assert ast.dump(ast.parse(emit(replace(program, spec_text=text, claims=(text,))))) == clean
    documented = replace(program, root=replace(program.root, documentation=text + "x"))
    tree = ast.parse(emit(documented))
    without = [item for item in ast.walk(tree) if isinstance(item, ast.ClassDef) and item.name == "RotatedNet"]
    assert isinstance(without[0].body[0], ast.Expr)
    assert len(list(ast.walk(tree))) == len(list(ast.walk(ast.parse(emit(program)))))


@pytest.mark.parametrize("name", ["forward", "train", "class", "x; import os", "_hidden", "state_dict", "9"])
def test_names_that_a_module_cannot_have_are_refused(name: str) -> None:
    child = perceptron(3, (4,), 2).root.children[0][1]
    root = replace(perceptron(3, (4,), 2).root, children=((name, child),), methods=())
    if name == "forward":
        root = replace(root, methods=perceptron(3, (4,), 2).root.methods[:0])
        assert "self.forward = Layer" in emit(Program("p", root, (), (), (), ()))
        return
    with pytest.raises(ValueError, match="attribute"):
        emit(Program("p", root, (), (), (), ()))


def test_local_names_avoid_keywords_builtins_and_what_the_file_uses() -> None:
    builder = MethodBuilder("forward")
    x = builder.argument("np", batched(3))
    h = x
    for name in ("sum", "torch", "lambda", "self", "Model", "F"):
        h = h.apply("tanh", name=name) + h
    builder.output("y", h)
    source = emit(Program("names", Module("Model", "", (builder.build(),)), ("np",), ("y",), (), ("forward",)))
    assigned = {item.id for item in ast.walk(ast.parse(class_source(source, "Model"))) if isinstance(item, ast.Name)}
    assert {"sum2", "torch2", "lambda2", "self2", "np2", "model", "f"} <= assigned
    assert not {"sum", "lambda"} & assigned
