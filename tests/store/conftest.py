"""A store in an empty directory, and the things that runs leave in one."""

import numpy as np
import pytest
import torch

from kdviz.store import Store
from kdviz.types import ProbeExplained, SnapshotTaken


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture
def run_id(store) -> str:
    return store.create({"dataset": "shapes", "epochs": 4}, key="c0ffee")


@pytest.fixture
def weights():
    random = torch.Generator().manual_seed(3)
    return {
        "stage.weight": torch.randn(4, 3, 3, 3, generator=random).to(memory_format=torch.channels_last),
        "stage.batches": torch.tensor(17),
        "head.bias": torch.full((2,), torch.nan),
    }


def snapshot(stage: str, epoch: int, **weights: torch.Tensor) -> SnapshotTaken:
    """One whose state and weights tell which it is."""
    state = {"epoch": epoch, "moments": [torch.full((2,), float(epoch))], "order": {"seed": 5}}
    return SnapshotTaken(
        stage, epoch, weights={arm: {"w": tensor} for arm, tensor in weights.items()}, state=state
    )


def probe(epoch: int) -> ProbeExplained:
    """Maps of different sizes, one of them undefined."""
    return ProbeExplained(
        epoch=epoch,
        indices=np.array([4, 8], dtype=np.int64),
        targets=np.array([1, 0], dtype=np.int64),
        maps={
            "teacher": np.full((2, 7, 7), epoch, dtype=np.float32),
            "student": np.full((2, 4, 4), np.nan, dtype=np.float32),
        },
        predicted={"teacher": np.array([1, 0]), "student": np.array([1, 1])},
    )
