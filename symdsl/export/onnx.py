"""`.onnx`: one file, for onnxruntime and whatever else reads ONNX."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.export.format import Call, Format, FormatOptions, Subject, not_exportable
from symdsl.export.torch_program import export_program, quiet

LARGEST_FILE = 2**31 - 1
"""A protobuf message cannot be larger."""


@dataclass(frozen=True, slots=True)
class Onnx:
    """A graph of ONNX operators with the weights inside."""

    name: str = "onnx"
    suffix: str = ".onnx"
    backend: str | None = "torch"
    whole_program: bool = False
    options: frozenset[str] = frozenset({"opset"})

    @property
    def packages(self) -> Mapping[str, str]:
        """torch writes it by onnxscript; onnxruntime checks it."""
        return {"torch": "torch", "onnx": "export", "onnxscript": "export", "onnxruntime": "export"}

    def serialise(self, subject: Subject, options: FormatOptions, folder: Path) -> dict[str, bytes]:
        """The file; inputs and outputs have the names of the fields. Raises SymdslError (SYM0912)."""
        import onnx
        import torch

        program = export_program(subject, self.name)
        with quiet(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            try:
                written = torch.onnx.export(
                    program,
                    dynamo=True,
                    opset_version=options.opset,
                    input_names=[port.name for port in subject.inputs],
                    output_names=[port.name for port in subject.outputs],
                    verbose=False,
                )
            except (torch.onnx.errors.OnnxExporterError, RuntimeError, ValueError) as error:
                raise not_exportable(self.name, error.__cause__ or error) from error
        assert written is not None
        model = written.model_proto
        verify_opset(model, options.opset)
        strip(model)
        if model.ByteSize() > LARGEST_FILE:
            raise not_exportable(self.name, "the file would be over 2 GB", hint="use --to pt2 or --to safetensors")
        try:
            onnx.checker.check_model(model, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise not_exportable(self.name, error) from error
        return {self.suffix: model.SerializeToString(deterministic=True)}

    def load(self, files: Mapping[str, bytes], subject: Subject, folder: Path) -> AbstractContextManager[Call]:
        """By onnxruntime on the CPU. Raises SymdslError (SYM0912) where it has no kernel for an operator."""
        import onnxruntime

        # its faults are classes of a compiled module, which has no types
        faults: Any = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
        settings = onnxruntime.SessionOptions()
        settings.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(
                files[self.suffix], sess_options=settings, providers=["CPUExecutionProvider"]
            )
        except (faults.NotImplemented, faults.InvalidGraph, faults.Fail, faults.InvalidArgument) as error:
            hint = "onnxruntime has no float64 kernel for every operator; use --dtype float32"
            raise not_exportable(self.name, error, hint if subject.dtype == "float64" else None) from error
        names = [port.name for port in subject.inputs]
        wanted = [port.name for port in subject.outputs]

        def call(arrays: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], ...]:
            return tuple(np.asarray(output) for output in session.run(wanted, dict(zip(names, arrays, strict=True))))

        return nullcontext(call)

    def describe(self, files: Mapping[str, bytes]) -> dict[str, str | int]:
        """The operator set."""
        import onnx

        return {"opset": opset_of(onnx.load_from_string(files[self.suffix]))}


def opset_of(model: Any) -> int:
    """The version of the standard operators that a model uses."""
    return next(entry.version for entry in model.opset_import if entry.domain == "")


def verify_opset(model: Any, wanted: int | None) -> None:
    """Raises SymdslError (SYM0912) where the converter kept another operator set than the one that was asked for."""
    if wanted is not None and opset_of(model) != wanted:
        found = opset_of(model)
        raise not_exportable("onnx", f"operator set {wanted} cannot hold it", hint=f"--opset {found} can")


def strip(model: Any) -> None:
    """Take out what names places on this machine: traces of the source, names of modules."""
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""


FORMAT: Format = Onnx()
