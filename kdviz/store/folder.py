"""The files of runs: card, notes, weights, trainer state, probe attributions and surveys."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from kdviz.content import file_hash
from kdviz.errors import StoreError, unknown_name
from kdviz.npz import arrays_from_bytes
from kdviz.replacing import write_atomically
from kdviz.store.arrays import check_probe, check_survey
from kdviz.store.card import card_content
from kdviz.store.draft_room import DRAFTS_FOLDER, check_draft_room
from kdviz.store.failures import as_store_errors
from kdviz.store.states import RunStates
from kdviz.types import ARMS, Arm, ProbeExplained, SnapshotTaken, Stage, Weights

Arrays = Mapping[str, NDArray[Any]]
Content = TypeVar("Content")
ArmName = TypeVar("ArmName", bound=str)

_STATE = "state.pt"
_LOG = logging.getLogger(__name__)


class Saved(NamedTuple):
    """The last snapshot: its stage and epoch, and the trainer state."""

    stage: Stage
    epoch: int
    state: Mapping[str, Any]


class RunFiles(RunStates):
    """The files of the runs, in `runs/<id>/`. Readers raise StoreError if a file is missing or damaged."""

    def save_probe(self, run_id: str, probe: ProbeExplained) -> None:
        """Save the attributions of the probe set after an epoch."""
        arrays: dict[str, Any] = {"indices": probe.indices, "targets": probe.targets}
        arrays |= {f"map {arm}": maps for arm, maps in probe.maps.items()}
        arrays |= {f"predicted {arm}": predicted for arm, predicted in probe.predicted.items()}
        self._write(self._probe(run_id, probe.epoch), _npz(arrays))

    def probe(self, run_id: str, epoch: int) -> ProbeExplained:
        """The attributions of the probe set after an epoch. Raises StoreError if missing or damaged."""
        return self._read(self._probe(run_id, epoch), partial(_probe_from_bytes, epoch))

    def probe_epochs(self, run_id: str) -> list[int]:
        """Epochs with saved attributions of the probe set, ascending."""
        names = (
            re.fullmatch(r"epoch-(\d+)\.npz", path.name) for path in self._folder(run_id).glob("probe/*")
        )
        return sorted(int(name[1]) for name in names if name)

    def save_survey(self, run_id: str, explainer: str, arrays: Arrays) -> None:
        """Save the survey of a test set with an explainer, replacing an earlier one."""
        self._write(self._survey(run_id, explainer), _npz(arrays))

    def survey(self, run_id: str, explainer: str) -> Arrays | None:
        """The saved survey; None if there is none, or it is damaged: it is then computed again."""
        path = self._survey(run_id, explainer)
        try:
            return self._read(path, _survey_from_bytes) if path.exists() else None
        except StoreError as error:
            _LOG.warning("%s", error)
            return None

    def save_draft_marks(self, run_id: str, visitor: str, content: bytes | None) -> None:
        """Save the marks that a visitor is drawing on a run's training images; None removes them.

        Raises StoreError if the drafts of the visitor, or of all visitors, would take too much room.
        """
        path = self._draft_marks(run_id, visitor)
        if content is not None:
            check_draft_room(self.directory, path, len(content))
            self._write(path, content)
            return
        with as_store_errors(self.directory):
            path.unlink(missing_ok=True)

    def draft_marks(self, run_id: str, visitor: str) -> bytes | None:
        """The saved marks of a visitor; None if there are none."""
        path = self._draft_marks(run_id, visitor)
        with as_store_errors(self.directory):
            return path.read_bytes() if path.exists() else None

    def save_snapshot(self, run_id: str, snapshot: SnapshotTaken) -> None:
        """Save the weights and the trainer state at the end of an epoch.

        The state is written last: after a crash in between, the last epoch is trained again.
        """
        import torch

        for arm, weights in snapshot.weights.items():
            self.save_weights(run_id, arm, weights)
        content = io.BytesIO()
        torch.save(Saved(snapshot.stage, snapshot.epoch, snapshot.state)._asdict(), content)
        self._write(self._folder(run_id) / _STATE, content.getvalue())

    def resume_state(self, run_id: str) -> Mapping[str, Any] | None:
        """The trainer state at the last snapshot, or None. Raises StoreError if it is damaged."""
        saved = self._saved(run_id)
        return saved.state if saved else None

    def save_weights(self, run_id: str, arm: Arm, weights: Weights) -> None:
        """Save the weights of an arm."""
        self._write(self._weights(run_id, arm), weights_to_bytes(weights))

    def weights(self, run_id: str, arm: str) -> Weights:
        """The latest weights of an arm. Raises StoreError if missing or damaged."""
        return self._read(self._weights(run_id, arm), weights_from_bytes)

    def weights_hash(self, run_id: str, arm: str) -> str:
        """Hash of the latest weights of an arm."""
        return self.weights_hashes(run_id, [arm])[arm]

    def weights_hashes(self, run_id: str, arms: Iterable[ArmName]) -> dict[ArmName, str]:
        """Hashes of the latest weights of some arms. Raises StoreError if one has none."""
        return {arm: self._hash(path) for arm, path in self._weights_of(run_id, arms).items()}

    def save_card(self, run_id: str, maker: Mapping[str, Any]) -> None:
        """Save what produces the run. maker: `made_here()` of the process that trains it."""
        self._write_json(self._folder(run_id) / "card.json", card_content(self.run(run_id), maker))

    def card(self, run_id: str) -> Mapping[str, Any]:
        """What produced the run: versions, platform, device, threads, times, config key, data set."""
        card: Mapping[str, Any] = self._read(self._folder(run_id) / "card.json", json.loads)
        return card

    def save_notes(self, run_id: str, notes: Sequence[str]) -> None:
        """Save notes about the run's images, a sentence each."""
        self._write_json(self._folder(run_id) / "notes.json", {"notes": list(notes)})

    def notes(self, run_id: str) -> list[str]:
        """The saved notes; empty if there are none. Raises StoreError if they are damaged."""
        path = self._folder(run_id) / "notes.json"
        return self._read(path, _notes_from_bytes) if path.exists() else []

    def _saved(self, run_id: str) -> Saved | None:
        """The last snapshot, or None."""
        path = self._folder(run_id) / _STATE
        return self._read(path, _saved_from_bytes) if path.exists() else None

    def _forget_probes_after(self, run_id: str, epoch: int) -> None:
        """Remove the attributions of later epochs."""
        for later in self.probe_epochs(run_id):
            if later > epoch:
                self._probe(run_id, later).unlink(missing_ok=True)

    def _hash(self, path: Path) -> str:
        try:
            return file_hash(path)
        except FileNotFoundError:
            raise self._missing(path) from None

    def _weights(self, run_id: str, arm: str) -> Path:
        return self._weights_of(run_id, [arm])[arm]

    def _weights_of(self, run_id: str, arms: Iterable[ArmName]) -> dict[ArmName, Path]:
        """Where the weights of arms are: the run is looked up once."""
        paths: dict[ArmName, Path] = {}
        folder = self._folder(run_id)
        for arm in arms:
            if arm not in ARMS:
                raise StoreError(unknown_name("arm", arm, ARMS))
            paths[arm] = folder / "weights" / f"{arm}.safetensors"
        return paths

    def _probe(self, run_id: str, epoch: int) -> Path:
        return self._folder(run_id) / "probe" / f"epoch-{epoch:04d}.npz"

    def _survey(self, run_id: str, explainer: str) -> Path:
        if not re.fullmatch(r"[a-z0-9-]{1,40}", explainer):
            raise StoreError(f"explainer: {explainer!r} is not a name. Small letters, digits and '-' only.")
        return self._folder(run_id) / "surveys" / f"{explainer}.npz"

    def _draft_marks(self, run_id: str, visitor: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{32}", visitor):
            raise StoreError(f"visitor: {visitor!r} is not a name. 32 hex digits only.")
        return self._folder(run_id) / DRAFTS_FOLDER / f"{visitor}.npz"

    def _write(self, path: Path, content: bytes) -> None:
        with as_store_errors(self.directory):
            write_atomically(path, content)

    def _write_json(self, path: Path, content: Mapping[str, Any]) -> None:
        self._write(path, json.dumps(content, indent=2).encode())

    def _read(self, path: Path, decode: Callable[[bytes], Content]) -> Content:
        try:
            return decode(path.read_bytes())
        except FileNotFoundError:
            raise self._missing(path) from None
        except Exception as error:  # readers raise anything for a damaged file
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            run_id, name = self._place(path)
            raise StoreError(
                f"run {run_id}: {name} is damaged ({reason}). Start a new run with the same settings."
            ) from error

    def _missing(self, path: Path) -> StoreError:
        there = ", ".join(sorted(other.stem for other in path.parent.glob(f"*{path.suffix}")))
        run_id, name = self._place(path)
        return StoreError(f"run {run_id}: there is no {name}. Saved so far: {there or 'nothing'}.")

    def _place(self, path: Path) -> tuple[str, str]:
        """The run that a file belongs to, and its name in the run's folder."""
        run_id, _, name = path.relative_to(self.directory).as_posix().partition("/")
        return run_id, name


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


def _npz(arrays: Arrays) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]  # its stub takes a keyword for its one option
    return content.getvalue()


def _probe_from_bytes(epoch: int, content: bytes) -> ProbeExplained:
    arrays = arrays_from_bytes(content)
    check_probe(arrays)
    return ProbeExplained(
        epoch=epoch,
        indices=arrays["indices"],
        targets=arrays["targets"],
        maps={arm: arrays[f"map {arm}"] for arm in ARMS if f"map {arm}" in arrays},
        predicted={arm: arrays[f"predicted {arm}"] for arm in ARMS if f"predicted {arm}" in arrays},
    )


def _survey_from_bytes(content: bytes) -> Arrays:
    arrays = arrays_from_bytes(content)
    check_survey(arrays)
    return arrays


def _notes_from_bytes(content: bytes) -> list[str]:
    notes = json.loads(content)["notes"]
    if not isinstance(notes, list):
        raise ValueError("notes is not a list")
    return [str(note) for note in notes]
