"""Files of trained weights as they exist in the world, read without running code from them."""

from __future__ import annotations

import argparse
import pickle
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from kdviz.checkpoints.program_file import is_program, no_program
from kdviz.content import is_special
from kdviz.errors import ModelError
from kdviz.models import EXPORT_RECIPE, PROGRAM_SUFFIX

SUFFIXES = (".safetensors", ".pt", ".pth", ".th", ".ckpt", ".bin", ".tar")
"""Of the files that `read_checkpoint` reads."""

_WRAPPERS = (
    "state_dict_ema", "model_ema", "ema_state_dict", "ema", "state_dict", "model_state_dict", "model_state",
    "model", "net", "network", "weights", "params", "teacher",
)  # fmt: skip
_MOST_KEYS, _LONGEST_KEY = 5, 30
"""Of the keys of a dictionary that are named where it has no weights."""

_PREFIXES = ("module.", "_orig_mod.", "model.", "backbone.", "net.", "network.", "teacher.")
_RECIPE = (
    "In the program that made it, save its numbers alone: torch.save(model.state_dict(), 'weights.pth'), or "
    f"the whole network: {EXPORT_RECIPE}"
)


@dataclass(frozen=True)
class Checkpoint:
    """Named tensors of a network. wrapper: the keys under which they were found; prefix: cut off their names.

    format: "safetensors", or "pickle" for a file of torch.save. left_out: other tensors of the file.
    """

    tensors: Mapping[str, Tensor]
    format: str
    wrapper: str = ""
    prefix: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckpointSummary:
    """What is said of a file: without its tensors."""

    tensors: int
    format: str
    wrapper: str = ""
    prefix: str = ""
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Checkpoint) -> CheckpointSummary:
        """The summary of a checkpoint."""
        return cls(len(given.tensors), given.format, given.wrapper, given.prefix, given.left_out)


def read_checkpoint(path: Path) -> Checkpoint:
    """The tensors of a file of weights. Raises ModelError with one line; no code in the file is run."""
    first = _first_bytes(path)
    if path.suffix.lower() == ".safetensors":
        return _unprefixed(Checkpoint(_safetensors(path), "safetensors"))
    if first.startswith(b"PK"):
        if is_program(path):
            raise ModelError(
                f"teacher_weights: {path.name!r} is a program of torch.export. Choose 'program' as teacher."
            )
        _require_plain_archive(path)
    elif not first.startswith(b"\x80"):
        if path.suffix.lower() == PROGRAM_SUFFIX:
            raise no_program(path)
        raise ModelError(
            f"teacher_weights: {path.name!r} is not a file of weights. Give one of {', '.join(SUFFIXES)}."
        )
    content = _loaded(path)
    wrapper, tensors = _unwrapped(content)
    if not tensors:
        raise ModelError(
            f"teacher_weights: {path.name!r} holds {_described(content)}, not the weights of a network. "
            f"{_RECIPE}"
        )
    return _unprefixed(Checkpoint(tensors, "pickle", wrapper))


def _first_bytes(path: Path) -> bytes:
    if is_special(path):
        raise ModelError(f"teacher_weights: {str(path)!r} is a device or a pipe. Give a file.")
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise ModelError(f"teacher_weights: cannot read {str(path)!r} ({error.strerror}).") from error


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(
            f"teacher_weights: {path.name!r} is not a readable .safetensors file. Copy it again."
        ) from error


def _require_plain_archive(path: Path) -> None:
    """Refuse other zips, TorchScript, and what grows when unpacked: torch.save compresses nothing."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise _damaged(path) from error
    if any("/code/" in member.filename for member in members):
        raise ModelError(f"teacher_weights: {path.name!r} is a TorchScript program, which is code. {_RECIPE}")
    if not any(member.filename.endswith("/data.pkl") for member in members):
        files = "1 other file" if len(members) == 1 else f"{len(members):,} other files"
        raise ModelError(f"teacher_weights: {path.name!r} is a zip with {files}, not a file of weights.")
    if sum(member.file_size for member in members) > 2 * path.stat().st_size:
        raise ModelError(f"teacher_weights: {path.name!r} is far larger unpacked than packed. {_RECIPE}")


def _loaded(path: Path) -> Any:
    harmless = [argparse.Namespace, *_numpy_scalars()]
    try:
        with torch.serialization.safe_globals(harmless), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected pickle protocol")  # it reads or refuses them
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ModelError(
            f"teacher_weights: {path.name!r} has Python objects in it, which could run code. {_RECIPE}"
        ) from error
    except Exception as error:  # readers raise anything for a damaged file
        raise _damaged(path) from error


def _damaged(path: Path) -> ModelError:
    return ModelError(f"teacher_weights: {path.name!r} is damaged or truncated. Copy it again.")


def _numpy_scalars() -> Iterator[Any]:
    """What training scripts store beside weights, such as the best accuracy."""
    import numpy as np
    from numpy._core import multiarray

    yield (multiarray.scalar, "numpy.core.multiarray.scalar")
    yield multiarray.scalar
    yield np.dtype
    for name in ("Float64DType", "Float32DType", "Int64DType"):
        yield getattr(np.dtypes, name)


def _described(found: Any) -> str:
    """What a file without named tensors holds."""
    if isinstance(found, Mapping):
        if "param_groups" in found:
            return "the state of an optimizer"
        named = ", ".join(repr(str(key)[:_LONGEST_KEY]) for key in [*found][:_MOST_KEYS])
        more = f" and {len(found) - _MOST_KEYS} more" if len(found) > _MOST_KEYS else ""
        return f"a dictionary of {named}{more}" if found else "an empty dictionary"
    if isinstance(found, Tensor):
        return f"one tensor of shape {tuple(found.shape)} without a name"
    if isinstance(found, list | tuple):
        kind = type(found).__name__
        if not found:
            return f"an empty {kind}"
        nameless = all(isinstance(each, Tensor) for each in found)
        return f"a {kind} of {len(found):,} {'tensors without names' if nameless else 'values'}"
    kinds = {str: "a text", int: "a number", float: "a number", type(None): "nothing"}
    return kinds.get(type(found), f"a value of type {type(found).__name__}")


def _unwrapped(found: Any, path: str = "") -> tuple[str, dict[str, Tensor]]:
    """The named tensors, and the keys that lead to them; an averaged copy of the weights comes first."""
    if not isinstance(found, Mapping):
        return path, {}
    for name in _WRAPPERS:
        if isinstance(found.get(name), Mapping):
            inner, tensors = _unwrapped(found[name], f"{path}.{name}" if path else name)
            if tensors:
                return inner, tensors
    tensors = {str(key): value for key, value in found.items() if isinstance(value, Tensor)}
    return path, tensors


def _unprefixed(given: Checkpoint) -> Checkpoint:
    """Without a prefix that most names share, again and again; names without it are left out."""
    tensors, prefix, left_out = dict(given.tensors), "", []
    while shared := next((each for each in _PREFIXES if _is_shared(each, tensors)), ""):
        left_out += [name for name in tensors if not name.startswith(shared)]
        tensors = {
            name.removeprefix(shared): tensor for name, tensor in tensors.items() if name.startswith(shared)
        }
        prefix += shared
    return Checkpoint(tensors, given.format, given.wrapper, prefix, tuple(left_out))


def _is_shared(prefix: str, tensors: Mapping[str, Tensor]) -> bool:
    return bool(tensors) and sum(name.startswith(prefix) for name in tensors) > 0.7 * len(tensors)
