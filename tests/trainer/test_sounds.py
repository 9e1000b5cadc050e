"""Small runs on sounds: every loss on the networks that take them, and what is not made for them."""

import math

import pytest
import torch

from kdviz.config import choices_for, make_config
from kdviz.datasets import AUGMENTATIONS, packaged_sounds
from kdviz.errors import ConfigError
from kdviz.models import MODELS
from kdviz.trainer import distill
from kdviz.types import Finished, Measured, SnapshotTaken, TeacherReady
from tests.trainer.few import few_inputs

TINY = {
    "dataset": "speech-commands-mini", "teacher_width": 0.5, "student_width": 0.25, "teacher_epochs": 1,
    "epochs": 1, "train_count": 40, "batch_size": 20, "device": "cpu",
}  # fmt: skip
FITTING = [
    (loss, name)
    for loss, spec in choices_for("explanation_loss", "audio").items()
    for name in ("resnet8-lite", "vit-tiny", "m5")
    if spec.requires <= MODELS[name].offers and (name != "vit-tiny" or loss == "attention")
]


@pytest.fixture(scope="module", autouse=True)
def _few_sounds():
    with few_inputs(packaged_sounds, "speech-commands-mini", count=60, graded=20):
        yield


def run(**settings):
    return list(distill(make_config({**TINY, **settings})))


@pytest.mark.parametrize(("loss", "network"), FITTING)
def test_every_loss_trains_a_network_that_it_fits(loss, network):
    events = run(explanation_loss=loss, teacher=network, student=network, cue="beep", arms=("student", "twin", "placebo"))  # fmt: skip
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert finished.arms.keys() == {"teacher", "student", "twin", "placebo"}
    for arm, result in finished.arms.items():
        assert 0 <= result.accuracy < 1
        assert 0 <= result.cue_share <= 1
        if arm != "teacher":
            assert math.isfinite(result.cosine.corrected)
    first = next(event for event in events if isinstance(event, Measured) and event.arm == "student")
    assert first.values


@pytest.mark.parametrize(("teacher", "student"), [("resnet8-lite", "m5"), ("m5", "resnet8-lite")])
def test_networks_on_samples_and_on_spectrograms_teach_each_other(teacher, student):
    events = run(teacher=teacher, student=student, cue="beep", arms=("student", "placebo"))
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert math.isfinite(finished.arms["student"].cosine.corrected)
    assert 0 <= finished.arms["student"].cue_share <= 1


@pytest.mark.parametrize("cue", choices_for("cue", "audio"))
def test_every_cue_is_trained_with(cue):
    assert isinstance(run(cue=cue, arms=("student",))[-1], Finished)


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_the_students_of_a_run_hear_the_same_shifts_gains_and_noises(augmentation):
    """At λ = 0 two arms are one: nothing else differs between them."""
    settings = {
        "explanation_weight": 1e-30,
        "explanation_loss": "class-attention",
        "augmentation": augmentation,
    }
    events = run(arms=("student", "twin"), **settings)
    last = [event for event in events if isinstance(event, SnapshotTaken) and event.stage == "students"][-1]
    for name, tensor in last.weights["student"].items():
        torch.testing.assert_close(tensor, last.weights["twin"][name])


def test_an_augmentation_is_trained_with_by_teacher_and_students_and_resumes_bit_for_bit():
    config = make_config({**TINY, "epochs": 2, "arms": ("student",), "augmentation": "gain-noise"})
    usual = make_config({**TINY, "epochs": 2, "arms": ("student",)})
    assert "augmentation" not in usual.model_dump()
    assert config.teacher_key != usual.teacher_key
    events = list(distill(config))
    states = [event for event in events if isinstance(event, SnapshotTaken) and event.stage == "students"]
    (teacher,) = (event for event in events if isinstance(event, TeacherReady))
    again = list(distill(config, teacher=lambda key: teacher.weights, resume=states[1].state))
    last = [event for event in again if isinstance(event, SnapshotTaken)][-1]
    for name, tensor in states[-1].weights["student"].items():
        assert torch.equal(tensor, last.weights["student"][name])
    plain = next(event for event in distill(usual) if isinstance(event, TeacherReady))
    assert any(not torch.equal(tensor, plain.weights[name]) for name, tensor in teacher.weights.items())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"student": "text-cnn", "student_width": 1}, "student: 'text-cnn' is not made for sounds"),
        ({"cue": "hue-patch"}, "cue: 'hue-patch' is not made for sounds, which 'speech-commands-mini' has. These are: none, beep, hum, loudness."),
        ({"student": "resnet18", "student_width": 1}, "student: 'resnet18' needs"),
        ({"dataset": "shapes", "teacher_width": 1, "student_width": 1, "augmentation": "noise"}, "augmentation: 'noise' is not made for images, which 'shapes' has. These are: usual."),
        ({"dataset": "shapes", "cue": "beep"}, "cue: 'beep' is not made for images, which 'shapes' has."),
        ({"data": "x", "marks": "marks.json", "map_source": "mask"}, "marks: need images or texts, 'speech-commands-mini' has sounds. Leave them out."),
    ],
)  # fmt: skip
def test_what_is_made_for_other_inputs_is_refused(settings, said):
    with pytest.raises(ConfigError) as refused:
        make_config({**TINY, **settings})
    assert said in str(refused.value)
