"""Files of torch.export (.pt2), read without torch.export.load, which would run code that is in them.

Beside unpickling, torch.export.load evaluates the sizes and guards of a file as Python. Here nothing is
unpickled or evaluated: tensors are read as bytes, the program as JSON, and its operators from a list
(`models.operators`).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kdviz.errors import ModelError
from kdviz.models import EXPORT_RECIPE, ProgramTensor, ProgramText

_STORED_DTYPES = {
    1: torch.uint8, 2: torch.int8, 3: torch.int16, 4: torch.int32, 5: torch.int64, 6: torch.float16,
    7: torch.float32, 8: torch.float64, 12: torch.bool, 13: torch.bfloat16,
}  # fmt: skip
"""By the numbers of torch's export schema."""

_INPUTS = {
    "parameter": "parameter_name",
    "buffer": "buffer_name",
    "tensor_constant": "tensor_constant_name",
}


def is_program(path: Path) -> bool:
    """Whether a file is one of torch.export."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(_inside(name) == "archive_format" for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def read_program(path: Path) -> ProgramText:
    """The program of a file. Raises ModelError with one line; no code in the file is run."""
    with _readable(path) as reading:
        return reading.text()


def program_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a program, floating ones as float32, by their names in the file.

    Raises ModelError like `read_program`.
    """
    with _readable(path) as reading:
        return reading.tensors()


def no_program(path: Path) -> ModelError:
    """The error for a file that is named as a program and is none, such as a text."""
    return ModelError(
        f"teacher_weights: {path.name!r} is not a program of torch.export. Export one: {EXPORT_RECIPE}"
    )


def _begins_as_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK"
    except OSError:
        return True  # the error of the reader says why it cannot be read


@contextmanager
def _readable(path: Path) -> Iterator[_Reading]:
    """The file while it is read; every error as a ModelError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield _Reading(path, archive)
    except ModelError:
        raise
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        if not _begins_as_zip(path):
            raise no_program(path) from error
        raise ModelError(f"teacher_weights: {path.name!r} is damaged or truncated. Copy it again.") from error
    except Exception as error:  # a file can hold anything
        raise ModelError(
            f"teacher_weights: {path.name!r} is no program that can be read. Export it with "
            f"PyTorch 2.9 or later: {EXPORT_RECIPE}"
        ) from error


class _Reading:
    """A file that is open. members: by their paths inside its only folder."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        members = archive.infolist()
        if sum(member.file_size for member in members) > 2 * path.stat().st_size:
            raise ModelError(
                f"teacher_weights: {path.name!r} is far larger unpacked than packed. {EXPORT_RECIPE}"
            )
        self.name, self.archive = path.name, archive
        self.members = {_inside(member.filename): member.filename for member in members}
        models = [name for name in self.members if name.startswith("models/") and name.endswith(".json")]
        if len(models) != 1:
            raise ValueError(f"{len(models)} programs")
        self.module = json.loads(self._read(models[0]))["graph_module"]
        model = models[0].removeprefix("models/").removesuffix(".json")
        self.stored = {**self._places("weights", model), **self._places("constants", model)}

    def tensors(self) -> dict[str, Tensor]:
        """Of the program's inputs, those that are not the image."""
        return {name: self._tensor(name) for name, _trained in _inputs(self.module["signature"])[1].values()}

    def text(self) -> ProgramText:
        """The program without its weights."""
        graph, signature = self.module["graph"], self.module["signature"]
        image, inputs = _inputs(signature)
        values = {name: each["sizes"] for name, each in graph["tensor_values"].items()}
        count, *shape = values[image]
        channels, *sides = (each.get("as_int") for each in shape)
        outputs = [_user(each["user_output"]) for each in signature["output_specs"] if "user_output" in each]
        logits = next((each for each in outputs if len(values.get(each, ())) == 2), None)
        if len(shape) != 3 or channels is None or logits is None or "as_int" not in values[logits][1]:
            raise ModelError(
                f"teacher_weights: {self.name!r} is no image classifier: it must take images (N, C, H, W) "
                "and return logits (N, classes)."
            )
        return ProgramText(
            image=image,
            input_shape=(channels, sides[0], sides[1]),
            tensors={here: self._described(there, trained) for here, (there, trained) in inputs.items()},
            nodes=tuple(
                {part: node[part] for part in ("target", "inputs", "outputs")} for node in graph["nodes"]
            ),
            sizes={name: _expression(each) for name, each in graph["sym_int_values"].items()},
            batch=_expression(count),
            output=logits,
            classes=values[logits][1]["as_int"],
            padded=False,
        )

    def _places(self, kind: str, model: str) -> dict[str, tuple[str, Any]]:
        """For each tensor the member with its bytes, and how it is stored there."""
        config = json.loads(self._read(f"data/{kind}/{model}_{kind}_config.json"))["config"]
        return {name: (f"data/{kind}/{found['path_name']}", found) for name, found in config.items()}

    def _meta(self, name: str) -> Any:
        stored = self.stored[name][1]
        if stored["use_pickle"] or not stored["tensor_meta"]:
            raise ModelError(
                f"teacher_weights: {self.name!r} has pickled objects in it, which could run code. Export it "
                f"with tensors alone: {EXPORT_RECIPE}"
            )
        return stored["tensor_meta"]

    def _described(self, name: str, trained: bool) -> ProgramTensor:
        meta = self._meta(name)
        return ProgramTensor(name, _numbers(meta["sizes"]), int(meta["dtype"]), trained)

    def _tensor(self, name: str) -> Tensor:
        meta, content = self._meta(name), self._read(self.stored[name][0])
        flat = torch.frombuffer(bytearray(content), dtype=_STORED_DTYPES[meta["dtype"]])
        start = meta["storage_offset"]["as_int"]
        tensor = flat.as_strided(_numbers(meta["sizes"]), _numbers(meta["strides"]), start)
        if tensor.numel() > flat.numel():
            raise ValueError(f"{tensor.numel()} numbers of {flat.numel()}")
        return tensor.to(torch.float32 if tensor.is_floating_point() else tensor.dtype).contiguous()

    def _read(self, member: str) -> bytes:
        return self.archive.read(self.members[member])


def _inputs(signature: Any) -> tuple[str, dict[str, tuple[str, bool]]]:
    """The name of the image, and for each tensor of the program its name in the file and if it is trained."""
    images, tensors = [], {}
    for spec in signature["input_specs"]:
        ((kind, given),) = spec.items()
        if kind == "user_input":
            images.append(_user(given))
        else:
            tensors[str(given["arg"]["name"])] = (str(given[_INPUTS[kind]]), kind == "parameter")
    if len(images) != 1:
        raise ValueError(f"{len(images)} inputs")
    return images[0], tensors


def _user(given: Any) -> str:
    """The name of an input or output; "" for one that is no tensor."""
    return str(given["arg"].get("as_tensor", {}).get("name", ""))


def _expression(size: Any) -> str:
    """A size as text, to be compared: it is never evaluated."""
    return str(size["as_expr"]["expr_str"]) if "as_expr" in size else str(size["as_int"])


def _numbers(sizes: Any) -> tuple[int, ...]:
    return tuple(int(each["as_int"]) for each in sizes)


def _inside(member: str) -> str:
    """A member's path inside the archive's only folder."""
    return member.partition("/")[2]
