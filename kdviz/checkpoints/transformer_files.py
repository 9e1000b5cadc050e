"""The files of a pretrained transformer in a folder: whether they are there, and a hash of them."""

from __future__ import annotations

from pathlib import Path

from kdviz.content import folder_hash

CONFIG, TOKENIZER, TENSORS = "config.json", "tokenizer.json", "model.safetensors"

_FILES = (CONFIG, TOKENIZER, TENSORS)
_PICKLES = ("pytorch_model.bin", "model.bin", "pytorch_model.pt")


def transformer_hash(folder: Path) -> str:
    """A hash of the three files that are read. Raises FileNotFoundError without one."""
    return folder_hash(folder, lambda: [(name, (folder / name).stat()) for name in _FILES])


def missing_part(folder: Path) -> str:
    """Why a folder cannot be read, in one line; "" if its three files are there."""
    if not folder.is_dir():
        return (
            f"teacher_weights: no folder {str(folder)!r}. Give one with {CONFIG}, {TENSORS} and {TOKENIZER}."
        )
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if not missing:
        return ""
    if missing[0] == TENSORS and (pickle := next((p for p in _PICKLES if (folder / p).is_file()), "")):
        return (
            f"teacher_weights: {folder.name!r} has its weights as {pickle!r} alone, a pickle, which could "
            f"run code. Save them as {TENSORS}: model.save_pretrained(folder, safe_serialization=True)."
        )
    return (
        f"teacher_weights: {folder.name!r} has no {missing[0]}. A pretrained transformer is a folder with "
        f"{CONFIG}, {TENSORS} and {TOKENIZER}."
    )
