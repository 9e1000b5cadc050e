"""An ONNX file as a program of torch.export, made in a process of its own.

Tracing changes PyTorch for its whole process while it lasts, so that it must not happen under the pages and
surveys of a server; and a file that asks for too much memory or time ends that process alone.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from kdviz.errors import ModelError
from kdviz.progress import Message
from kdviz.types import Preparing

_LONGEST_S = 300.0
_WAIT_S = 0.1
_PROGRAM, _REFUSAL = "program.pt2", "refusal.txt"


def is_onnx(path: Path) -> bool:
    """Whether a file is called ONNX: such files have nothing else to be known by."""
    return path.suffix.lower() == ".onnx"


def require_onnx() -> None:
    """Raises ModelError, with how to install it, without the package that reads ONNX files."""
    if find_spec("onnx") is None:
        raise ModelError(
            "teacher_weights: ONNX files need the package onnx. Install it with: pip install 'kdviz[onnx]'."
        )


def program_of_onnx(path: Path, shape: Sequence[int]) -> Generator[Preparing, None, bytes]:
    """The content of a .pt2 file with the network of an ONNX file.

    shape: (C, H, W) of the images, for what the file leaves free. Raises ModelError with one line.
    """
    require_onnx()
    with TemporaryDirectory(prefix="kdviz-onnx-") as folder, _child(path, Path(folder), shape) as child:
        end_s = time.monotonic() + _LONGEST_S
        while child.poll() is None:
            if time.monotonic() > end_s:
                raise ModelError(
                    f"teacher_weights: {path.name!r} took more than {_LONGEST_S:.0f} s to trace. Export the "
                    "network to .pt2 instead."
                )
            yield Preparing(Message("Tracing the network"), 0.02)
            time.sleep(_WAIT_S)
        program, refusal = Path(folder, _PROGRAM), Path(folder, _REFUSAL)
        if refusal.exists():
            raise ModelError(refusal.read_text(encoding="utf-8"))
        if child.returncode or not program.exists():
            raise ModelError(
                f"teacher_weights: the process that traced {path.name!r} ended with status "
                f"{child.returncode}, perhaps for want of memory. Export the network to .pt2 instead."
            )
        return program.read_bytes()


@contextmanager
def _child(path: Path, folder: Path, shape: Sequence[int]) -> Iterator[subprocess.Popen[bytes]]:
    """The process that traces, killed if it is still there at the end."""
    command = (sys.executable, "-m", __name__, str(path), str(folder), *map(str, shape))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:
        try:
            yield child
        finally:
            child.kill()


def _trace(path: Path, folder: Path, shape: Sequence[int]) -> None:
    """Write the program, or why there is none, into a folder."""
    # Only this process needs PyTorch.
    from kdviz.checkpoints.exporting import onnx_bytes
    from kdviz.checkpoints.onnx_file import onnx_network

    try:
        network = onnx_network(path)
        sizes = tuple(own or given for own, given in zip(network.input_shape, shape, strict=True))
        (folder / _PROGRAM).write_bytes(onnx_bytes(network, sizes, path.name))
    except ModelError as error:
        (folder / _REFUSAL).write_text(str(error), encoding="utf-8")


if __name__ == "__main__":
    _trace(Path(sys.argv[1]), Path(sys.argv[2]), tuple(map(int, sys.argv[3:])))
