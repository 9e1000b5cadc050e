"""Small runs of every explanation loss: golden figures, and a resumed run that ends like one never stopped.

golden/README.md says what the figures are, and how they are written again.
"""

import json
import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from kdviz.losses import EXPLANATION_LOSSES
from kdviz.trainer import distill
from kdviz.types import ArmResult, Event, Finished, Measured, SnapshotTaken, TeacherReady

GOLDEN = Path(__file__).with_name("golden") / "runs.json"
RUNS: dict[str, dict[str, Any]] = {
    **{
        loss: {"arms": ("student", "placebo"), "explanation_loss": loss, "explanation_weight": spec.weight}
        for loss, spec in EXPLANATION_LOSSES.items()
        if "image" in spec.modalities
    },
    "all arms, planted cue, adapted λ": {
        "arms": ("student", "twin", "placebo", "same-answer", "scratch"),
        "cue": "hue-patch",
        "explanation_share": 0.3,
    },
    "second-to-last layer, adamw": {
        "arms": ("student",),
        "explained_layer": "second-to-last",
        "explanation_loss": "grad-cam",
        "optimizer": "adamw",
    },
}
TERMS = ("loss", "ce", "kd", "explanation", "missing_maps", "explanation_gradient", "explanation_share")
COUNTED = (
    "accuracy",
    "intact_accuracy",
    "fidelity",
    "calibration_error",
    "spearman",
    "top-20-iou",
    "pointing",
)
"""Means over the 24 test images that go in steps: two images may tip on another processor."""
Figures = dict[str, float]


@pytest.fixture(scope="module", autouse=True)
def _few_held_out_images():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kdviz.trainer.evaluation.HELD_OUT_IMAGES", 4)
        yield


@pytest.fixture(scope="module")
def trained(tiny_config) -> Callable[..., list[Event]]:
    """A maker of the events of one of RUNS, or of those after a state. Each whole run is trained once."""
    teachers = {}

    def events(name: str, resume: Mapping[str, Any] | None = None) -> list[Event]:
        network = "vit-tiny" if name == "attention" else "resnet8-lite"
        small = {"teacher": network, "teacher_epochs": 5, "student": network, "epochs": 2, "train_count": 32,
                 "temperature": 3.0, "kd_weight": 0.7}  # fmt: skip
        found = list(distill(tiny_config(**small, **RUNS[name]), teacher=teachers.get, resume=resume))
        ready = next(event for event in found if isinstance(event, TeacherReady))
        teachers[ready.key] = ready.weights
        return found

    whole = cache(events)
    return lambda name, resume=None: events(name, resume) if resume else whole(name)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_has_its_golden_figures(trained, name, request):
    if name == "attention" and not draws_as_the_golden_run():
        pytest.skip("this PyTorch draws other initial weights for a transformer")
    found = figures_of(trained(name))
    if request.config.getoption("--write-golden"):
        write(name, found)
    golden = json.loads(GOLDEN.read_text())[name]
    assert found.keys() == golden.keys()
    for arm, figures in golden.items():
        assert found[arm] == {figure: near(figure, value) for figure, value in figures.items()}, arm


@pytest.mark.parametrize("name", RUNS)
def test_a_run_resumed_after_its_first_epoch_ends_bit_for_bit_like_one_never_stopped(trained, name, tmp_path):
    whole = trained(name)
    stop = next(place for place, event in enumerate(whole) if is_first_epochs_end(event))
    torch.save(whole[stop].state, tmp_path / "state.pt")
    resumed = trained(name, torch.load(tmp_path / "state.pt", weights_only=True))
    assert exact(resumed) == exact(whole[stop + 1 :])


def figures_of(events: list[Event]) -> dict[str, Figures]:
    """By arm: the last terms of its loss, and its figures on the test set; undefined ones are left out."""
    last: dict[str, dict[str, float]] = {}
    for event in events:
        if isinstance(event, Measured) and event.stage == "students" and event.epoch == 2:
            last.setdefault(event.arm, {}).update(event.values)
    finished = events[-1]
    assert isinstance(finished, Finished)
    terms = {
        arm: {name: last[arm][name] for name in TERMS if name in last.get(arm, ())} for arm in finished.arms
    }
    return {arm: rounded({**terms[arm], **on_test_set(result)}) for arm, result in finished.arms.items()}


def draws_as_the_golden_run() -> bool:
    """PyTorch 2.11 draws others in `trunc_normal_`, which transformers begin with."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return float(torch.nn.init.trunc_normal_(torch.empty(1))) == pytest.approx(1.5410, abs=1e-4)


def on_test_set(result: ArmResult) -> dict[str, float]:
    names = (
        "explanation_weight",
        "accuracy",
        "intact_accuracy",
        "calibration_error",
        "fidelity",
        "fidelity_kl",
        "cue_share",
    )
    raw = {name: score.raw for name, score in result.agreement.items()}
    more = {"cosine by chance": result.cosine.chance, "cosine, held-out explainer": result.held_out.raw}
    return {**{name: getattr(result, name) for name in names}, **raw, **more}


def rounded(figures: Mapping[str, float]) -> Figures:
    return {name: float(f"{value:.6g}") for name, value in figures.items() if not math.isnan(value)}


def near(figure: str, value: float) -> Any:
    """Equal to what another processor gives: its kernels add up in another order."""
    return pytest.approx(value, rel=1e-3, abs=2 / 24 if figure in COUNTED else 1e-3)


def write(name: str, figures: Mapping[str, Figures]) -> None:
    """Replaces the golden figures of one run, a line each arm."""
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    golden[name] = figures
    runs = (
        json.dumps(run, ensure_ascii=False) + ": {\n"
        + ",\n".join(f" {json.dumps(arm)}: {json.dumps(row)}" for arm, row in golden[run].items()) + "}"
        for run in RUNS if run in golden
    )  # fmt: skip
    GOLDEN.write_text("{\n" + ",\n".join(runs) + "\n}\n")


def is_first_epochs_end(event: Event) -> bool:
    return isinstance(event, SnapshotTaken) and event.stage == "students" and event.epoch == 1


def exact(events: list[Event]) -> list[str]:
    """What the second epoch has measured and left, to the last bit; NaN is equal to itself."""
    said = [
        f"{event.epoch} {event.arm} {figure} {value!r}"
        for event in events
        if isinstance(event, Measured) and event.stage == "students" and event.epoch > 1
        for figure, value in event.values.items()
        if figure != "seconds"
    ]
    weights = [
        f"{arm} {name} {value.numpy().tobytes().hex()}"
        for event in events
        if isinstance(event, SnapshotTaken) and event.stage == "students" and event.epoch == 2
        for arm, state in event.weights.items()
        for name, value in state.items()
    ]
    return [*said, *weights, repr(events[-1])]
