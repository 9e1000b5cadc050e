"""A store in an empty directory, and the things that runs leave in one."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.agreement import MEASURES, ImageScores
from kdviz.comparison.test_set.survey import (
    ArmLocalization,
    ArmPredictions,
    Localization,
    Survey,
    survey_to_arrays,
)
from kdviz.store import Progress, Store, made_here
from kdviz.types import Agreement, ArmResult, Measured, ProbeExplained, SnapshotTaken


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


@pytest.fixture
def finished(store) -> str:
    """A run that has left everything a run can leave, with numbers that do not survive rounding."""
    run_id = store.create(
        {"dataset": "shapes", "arms": ["student"], "data": None}, key="c0ffee", state="running"
    )
    store.claim(run_id)
    for epoch in (0.5, 1.0, 2.0):
        store.add_metrics(
            run_id, Measured("students", epoch, "student", {"loss": 1 / 3 / epoch, "agreement": math.nan})
        )
    store.save_probe(run_id, probe(1))
    store.save_probe(run_id, probe(2))
    store.save_survey(run_id, "grad-cam", survey_arrays())
    for arm in ("teacher", "student"):
        store.save_weights(
            run_id, arm, {"w": torch.randn(3, generator=torch.Generator().manual_seed(len(arm)))}
        )
    store.save_notes(run_id, ["3 broken files were skipped: ä.png."])
    store.save_card(run_id, made_here("cpu"))
    store.set_progress(run_id, Progress("students", 2, 2.0, 8, 8, None, 0.0, 0.1 + 0.2, 0.0))
    score = Agreement(0.1 + 0.2, math.nan, -1 / 3, -0.5, 0.1, 8, 0.0)
    teacher = ArmResult(10, 2 / 3)
    student = replace(teacher, explanation_weight=3.0, fidelity=1 / 7, agreement={"cosine": score})
    store.finish(run_id, {"teacher": teacher, "student": student})
    store.annotate(run_id, name="für die <Klasse>", note="line 1\nline 2", tags=["a", "b c"], pinned=True)
    return run_id


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


def survey_arrays() -> dict[str, np.ndarray]:
    """What three test images have shown, as it is kept; the last one's maps are undefined."""
    answers = ArmPredictions(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.7], dtype=np.float32))
    row = np.array([0.1, 1 / 3, math.nan])
    scores = {name: ImageScores(row, row, np.stack([row, row], axis=1)) for name in MEASURES}
    return survey_to_arrays(
        Survey(
            "c0ffee",
            "grad-cam",
            10,
            ("circle", "square"),
            np.array([4, 8, 9]),
            np.array([1, 0, 0]),
            {"teacher": answers, "student": answers},
            {"student": scores},
            {"student": scores},
            {
                "cue": Localization(
                    row,
                    {"teacher": ArmLocalization(row, row), "student": ArmLocalization(row, row, row, row)},
                )
            },
        )
    )
