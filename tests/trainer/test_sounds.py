"""Small runs on sounds: every loss on the networks that take them, and what is not made for them."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.config import choices_for, make_config
from kdviz.datasets import AUGMENTATIONS, Marks, digests, packaged_sounds
from kdviz.datasets.sound_split import sound_split
from kdviz.datasets.split import balanced_subset
from kdviz.errors import ConfigError
from kdviz.inputs import images_to_mark, load_dataset
from kdviz.modalities import MODALITIES
from kdviz.models import MODELS, load_weights
from kdviz.progress import silent
from kdviz.sound import SAMPLE_RATE, band_centres
from kdviz.trainer import distill, evaluation
from kdviz.trainer.batches import Batches
from kdviz.trainer.map_goals import map_goals
from kdviz.trainer.setup import load_setup
from kdviz.trainer.teacher_targets import TeacherOutput
from kdviz.types import Finished, Measured, SnapshotTaken, TeacherReady
from tests.trainer.few import few_inputs, taught_once

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


@pytest.fixture(scope="module")
def taught():
    """As `run`, with teachers that are trained once."""
    events = taught_once()
    return lambda **settings: events(make_config({**TINY, **settings}))


@pytest.mark.parametrize(("loss", "network"), FITTING)
def test_every_loss_trains_a_network_that_it_fits(taught, monkeypatch, loss, network):
    monkeypatch.setattr("kdviz.trainer.evaluation.MAX_TEST_MAPS", 8)
    events = taught(explanation_loss=loss, teacher=network, student=network, cue="beep", arms=("student", "twin", "placebo"))  # fmt: skip
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


def test_whether_maps_are_on_the_word_is_counted_again_clip_by_clip():
    """By plain gradients: Grad-CAM's rule from the last features, integrated gradients of single clips."""
    config = make_config({**TINY, "arms": ("student", "twin")})
    events = list(distill(config))
    (finished,) = (event for event in events if isinstance(event, Finished))
    last = [event for event in events if isinstance(event, SnapshotTaken) and event.stage == "students"][-1]
    setup = load_setup(config, lambda *said: None)
    clips = balanced_subset(setup.data.test, 20, seed=0)
    teacher = setup.network("teacher", 0).eval()
    (ready,) = (event for event in events if isinstance(event, TeacherReady))
    load_weights(teacher, ready.weights, source="teacher")
    images = setup.normalizer.normalize(clips.images)
    answers = teacher(images).argmax(1).tolist()
    before, after = (setup.network("student", config.seed).eval() for _ in range(2))
    load_weights(after, last.weights["student"], source="student")
    result = finished.arms["student"]
    for network, found in ((before, result.untrained_time_figures), (after, result.time_figures)):
        hits = {"grad-cam": [], "integrated-gradients": []}
        for place, (image, answer) in enumerate(zip(images, answers, strict=True)):
            spoken = clips.object_masks[place, 0]
            for name, values in _over_time(network, image, answer, exact=place < 8).items():
                touched = torch.nn.functional.adaptive_max_pool1d(spoken[None].float(), len(values))[0] > 0
                if values.max() > values.min():
                    hits[name].append(bool(touched[values.argmax()]))
        for name, each in hits.items():
            assert found[name].hit == pytest.approx(sum(each) / len(each))
    assert finished.arms["teacher"].time_figures.keys() == result.time_figures.keys() == hits.keys()
    assert result.untrained_time_figures == finished.arms["twin"].untrained_time_figures
    assert not finished.arms["teacher"].untrained_time_figures


def _over_time(network, image, answer, *, exact):
    """A clip's maps by explainer, added up over frequency. exact: with that by integrated gradients."""
    features = network.forward_features(image[None], "last").detach().requires_grad_()
    (slope,) = torch.autograd.grad(network.forward_head(features, "last")[0, answer], features)
    maps = {"grad-cam": (slope.mean((2, 3), keepdim=True) * features)[0].sum(0).relu().sum(0).detach()}
    if exact:
        total, nodes = torch.zeros_like(image), np.polynomial.legendre.leggauss(evaluation.HELD_OUT_STEPS)
        for node, weight in zip(*nodes, strict=True):
            at = (image * (1 + node) / 2).float().requires_grad_()
            total += weight / 2 * torch.autograd.grad(network(at[None])[0, answer], at)[0]
        maps["integrated-gradients"] = (total * image).sum((0, 1))
    return maps


@pytest.mark.parametrize("cue", ["beep", "hum"])
def test_with_a_tone_it_is_not_counted_since_the_tone_is_heard_at_the_same_time(cue):
    (finished,) = (event for event in run(cue=cue, arms=("student",)) if isinstance(event, Finished))
    assert not finished.arms["student"].time_figures
    assert not finished.arms["student"].untrained_time_figures
    assert 0 <= finished.arms["student"].object_share <= 1


def test_the_place_of_the_word_can_be_matched_in_place_of_the_teacher_s_maps():
    settings = {"map_source": "mask", "explanation_loss": "grad-cam", "explanation_weight": 3.0}
    events = run(arms=("student", "twin", "teacher-maps"), **settings)
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert math.isfinite(finished.arms["student"].object_share)


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


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_a_mark_moves_with_the_tone_that_it_marks(augmentation):
    """A tone of 200 ms in silence: its loud cells are where its mask is, whatever the shift, gain and noise."""
    time = torch.arange(SAMPLE_RATE)
    tone = torch.where(
        (time >= 6_400) & (time < 9_600), torch.sin(2 * torch.pi * 1_000 * time / SAMPLE_RATE), 0
    )
    split = sound_split((tone.repeat(64, 1) * 9_000).short(), torch.arange(64) % 2)
    row = int((torch.tensor(band_centres()) - 1_000).abs().argmin())
    marked = replace(split, object_masks=split.images[:, 0] > 128)
    audio = MODALITIES["audio"]
    batches = Batches(
        marked, audio.normalizer((0.5,), (0.2,), torch.device("cpu")), modality=audio, batch_size=64,
        flips=True, seed=1, masks=True, augmentation=augmentation,
    )  # fmt: skip
    (batch,) = batches.epoch(0)
    shifts = set()
    for heard, mask in zip(batch.images[:, 0, row], batch.masks[:, row], strict=True):
        loud = heard > (heard.min() + heard.max()) / 2
        places, marks = (each.nonzero().flatten().float() for each in (loud, mask))
        assert float(places.mean()) == pytest.approx(float(marks.mean()), abs=0.6)
        assert len(marks) == int(marked.object_masks[0, row].sum())
        shifts.add(int(marks[0]))
    assert len(shifts) == audio.variants
    plain = batches.batch(torch.arange(64))
    assert torch.equal(plain.masks, marked.object_masks)


@pytest.fixture
def marks(tmp_path):
    """A file of marks on two of the student's clips: half a second, below about 2 kHz."""
    config = make_config(TINY)
    mask = np.zeros((40, 100), bool)
    mask[15:, 20:70] = True
    clips = images_to_mark(config, load_dataset(config, silent)).images[[1, 7]]
    (tmp_path / "marks.npz").write_bytes(Marks(dict.fromkeys(digests(clips), mask)).to_bytes())
    return str(tmp_path / "marks.npz")


@pytest.mark.parametrize("source", ["mask", "both"])
@pytest.mark.parametrize("student", ["resnet8-lite", "m5"])
def test_a_student_is_trained_on_marks_whether_it_reads_spectrograms_or_samples(marks, student, source):
    events = run(
        student=student,
        marks=marks,
        map_source=source,
        cue="beep",
        arms=("student",),
        augmentation="gain-noise",
    )
    assert isinstance(events[-1], Finished)
    missing = [
        event.values["missing_maps"]
        for event in events
        if isinstance(event, Measured) and event.arm == "student" and "missing_maps" in event.values
    ]
    if source == "mask":
        assert sum(missing) / len(missing) == pytest.approx(38 / 40)


def test_a_run_on_marks_resumes_bit_for_bit(marks):
    config = make_config({**TINY, "epochs": 2, "arms": ("student",), "marks": marks, "augmentation": "noise"})
    events = list(distill(config))
    states = [event for event in events if isinstance(event, SnapshotTaken) and event.stage == "students"]
    (teacher,) = (event for event in events if isinstance(event, TeacherReady))
    again = list(distill(config, teacher=lambda key: teacher.weights, resume=states[1].state))
    last = [event for event in again if isinstance(event, SnapshotTaken)][-1]
    for name, tensor in states[-1].weights["student"].items():
        assert torch.equal(tensor, last.weights["student"][name])


def test_the_goal_of_a_student_on_samples_is_when_the_mark_is(marks):
    """Its map has one row: of each time the share of the bands that are marked, by hand."""
    config = make_config({**TINY, "student": "m5", "marks": marks, "map_source": "mask"})
    setup = load_setup(config, silent)
    masks = setup.data.student_train.object_masks[[1]]
    goal = map_goals("mask", TeacherOutput(torch.zeros(1, 10), torch.zeros(1).long(), None), torch.tensor([3]), masks, torch.zeros(1, 10, 1, 50))  # fmt: skip
    by_hand = [
        sum(masks[0, :, frame].sum().item() for frame in (2 * cell, 2 * cell + 1)) / 80 for cell in range(50)
    ]
    assert goal[0, 3, 0].tolist() == pytest.approx(by_hand)
    assert goal[0, :3].abs().sum() == goal[0, 4:].abs().sum() == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"student": "text-cnn", "student_width": 1}, "student: 'text-cnn' is not made for sounds"),
        ({"cue": "hue-patch"}, "cue: 'hue-patch' is not made for sounds, which 'speech-commands-mini' has. These are: none, beep, hum, loudness."),
        ({"student": "resnet18", "student_width": 1}, "student: 'resnet18' needs"),
        ({"dataset": "shapes", "teacher_width": 1, "student_width": 1, "augmentation": "noise"}, "augmentation: 'noise' is not made for images, which 'shapes' has. These are: usual."),
        ({"dataset": "shapes", "cue": "beep"}, "cue: 'beep' is not made for images, which 'shapes' has."),
    ],
)  # fmt: skip
def test_what_is_made_for_other_inputs_is_refused(settings, said):
    with pytest.raises(ConfigError) as refused:
        make_config({**TINY, **settings})
    assert said in str(refused.value)
