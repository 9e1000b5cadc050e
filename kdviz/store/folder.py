"""The files of one run: config, card, weights, trainer state, probe attributions and surveys."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kdviz.content import file_hash
from kdviz.errors import StoreError, unknown_name
from kdviz.store.failures import as_store_errors
from kdviz.types import ARMS, Arm, ProbeExplained, SnapshotTaken, Stage

if TYPE_CHECKING:
    from kdviz.types import Weights


Arrays = Mapping[str, NDArray[Any]]

_LOG = logging.getLogger(__name__)


class Saved(NamedTuple):
    """The last snapshot: its stage and epoch, and the trainer state."""

    stage: Stage
    epoch: int
    state: Mapping[str, Any]


class RunFolder:
    """`runs/<id>/`. Readers raise StoreError if a file is missing or damaged."""

    def __init__(self, directory: Path, run_id: str) -> None:
        self.path = directory / run_id
        self.lock = self.path / "lock"
        self.run_id = run_id
        self._state = self.path / "state.pt"

    def save_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write config.json, card.json or notes.json, indented."""
        self._write(self.path / name, json.dumps(content, indent=2).encode())

    def read_json(self, name: str) -> dict[str, Any]:
        """The content of a file of `save_json`."""
        content: dict[str, Any] = self._read(self.path / name, json.loads)
        return content

    def save_weights(self, arm: Arm, weights: Weights) -> None:
        """Save the latest weights of an arm."""
        self._write(self._weights(arm), weights_to_bytes(weights))

    def weights(self, arm: str) -> Weights:
        """The latest weights of an arm."""
        weights: Weights = self._read(self._weights(arm), weights_from_bytes)
        return weights

    def weights_hash(self, arm: str) -> str:
        """Hash of the latest weights of an arm."""
        path = self._weights(arm)
        try:
            return file_hash(path)
        except FileNotFoundError:
            raise self._missing(path) from None

    def save_snapshot(self, snapshot: SnapshotTaken) -> None:
        """The state is written last: after a crash in between, the last epoch is trained again."""
        import torch

        for arm, weights in snapshot.weights.items():
            self.save_weights(arm, weights)
        content = io.BytesIO()
        torch.save(Saved(snapshot.stage, snapshot.epoch, snapshot.state)._asdict(), content)
        self._write(self._state, content.getbuffer())

    def saved(self) -> Saved | None:
        """The last snapshot, or None."""
        return self._read(self._state, _saved_from_bytes) if self._state.exists() else None

    def save_probe(self, probe: ProbeExplained) -> None:
        """Save the attributions of the probe set after an epoch."""
        arrays: dict[str, Any] = {"indices": probe.indices, "targets": probe.targets}
        arrays |= {f"map {arm}": maps for arm, maps in probe.maps.items()}
        arrays |= {f"predicted {arm}": predicted for arm, predicted in probe.predicted.items()}
        self._write(self._probe(probe.epoch), _npz(arrays))

    def probe(self, epoch: int) -> ProbeExplained:
        """The attributions of the probe set after an epoch."""
        probe: ProbeExplained = self._read(
            self._probe(epoch), lambda content: _probe_from_bytes(epoch, content)
        )
        return probe

    def probe_epochs(self) -> list[int]:
        """Epochs with saved attributions, ascending."""
        names = (re.fullmatch(r"epoch-(\d+)\.npz", path.name) for path in self.path.glob("probe/*"))
        return sorted(int(name[1]) for name in names if name)

    def forget_probes_after(self, epoch: int) -> None:
        """Remove the attributions of later epochs."""
        for later in self.probe_epochs():
            if later > epoch:
                self._probe(later).unlink(missing_ok=True)

    def save_survey(self, explainer: str, arrays: Arrays) -> None:
        """Save the survey of a test set with an explainer."""
        self._write(self._survey(explainer), _npz(arrays))

    def survey(self, explainer: str) -> Arrays | None:
        """The saved survey, or None. A damaged one counts as missing: it is computed again."""
        path = self._survey(explainer)
        try:
            survey: Arrays | None = self._read(path, arrays_from_bytes) if path.exists() else None
        except StoreError as error:
            _LOG.warning("%s", error)
            return None
        return survey

    def remove(self) -> None:
        """Remove the folder with its content."""
        with as_store_errors(self.path.parent):
            if self.path.exists():
                shutil.rmtree(self.path)

    def _weights(self, arm: str) -> Path:
        if arm not in ARMS:
            raise StoreError(unknown_name("arm", arm, ARMS))
        return self.path / "weights" / f"{arm}.safetensors"

    def _probe(self, epoch: int) -> Path:
        return self.path / "probe" / f"epoch-{epoch:04d}.npz"

    def _survey(self, explainer: str) -> Path:
        if not re.fullmatch(r"[a-z0-9-]{1,40}", explainer):
            raise StoreError(f"explainer: {explainer!r} is not a name. Small letters, digits and '-' only.")
        return self.path / "surveys" / f"{explainer}.npz"

    def _write(self, path: Path, content: bytes | memoryview) -> None:
        with as_store_errors(self.path.parent):
            write_atomically(path, content)

    def _read(self, path: Path, decode: Any) -> Any:
        try:
            return decode(path.read_bytes())
        except FileNotFoundError:
            raise self._missing(path) from None
        except Exception as error:  # readers raise anything for a damaged file
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise StoreError(
                f"run {self.run_id}: {self._name(path)} is damaged ({reason}). "
                "Start a new run with the same settings."
            ) from error

    def _missing(self, path: Path) -> StoreError:
        there = ", ".join(sorted(other.stem for other in path.parent.glob(f"*{path.suffix}")))
        return StoreError(
            f"run {self.run_id}: there is no {self._name(path)}. Saved so far: {there or 'nothing'}."
        )

    def _name(self, path: Path) -> str:
        return path.relative_to(self.path).as_posix()


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that a reader always finds the old or the new content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def weights_to_bytes(weights: Weights) -> bytes:
    """A state dict as safetensors, from any device and memory layout."""
    from safetensors.torch import save

    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in weights.items()}
    content: bytes = save(plain)
    return content


def weights_from_bytes(content: bytes) -> Weights:
    """The inverse of `weights_to_bytes`."""
    from safetensors.torch import load

    weights: Weights = load(content)
    return weights


def _saved_from_bytes(content: bytes) -> Saved:
    import torch

    return Saved(**torch.load(io.BytesIO(content), weights_only=True, map_location="cpu"))


def _npz(arrays: Arrays) -> memoryview:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]  # its stub takes a keyword for its one option
    return content.getbuffer()


def arrays_from_bytes(content: bytes) -> Arrays:
    """Arrays by name, from an npz without pickles."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def _probe_from_bytes(epoch: int, content: bytes) -> ProbeExplained:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return ProbeExplained(
            epoch=epoch,
            indices=arrays["indices"],
            targets=arrays["targets"],
            maps={arm: arrays[f"map {arm}"] for arm in ARMS if f"map {arm}" in arrays},
            predicted={arm: arrays[f"predicted {arm}"] for arm in ARMS if f"predicted {arm}" in arrays},
        )
