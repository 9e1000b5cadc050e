"""The training images to mark first: worst by the answers, then by the maps, known to marks by their digests."""

import hashlib
import math
from dataclasses import replace

import pytest
import torch

from kdviz.agreement import MEASURES
from kdviz.comparison import first_training_triage, known_training_triage, snapshots, training_triage
from kdviz.comparison.training_set import triage as module
from kdviz.config import make_config
from kdviz.datasets import Marks, digests, marked
from kdviz.errors import StoreError
from kdviz.explainers import explain
from kdviz.faithfulness import mask_share
from kdviz.inputs import images_to_mark, load_dataset, prepare_data
from kdviz.jobs import execute, start_training_triage, submit
from kdviz.progress import run_to_end, silent
from kdviz.sound import spectrograms
from kdviz.store import Store
from kdviz.vocabulary import words_of
from tests.patience import PATIENCE_S


@pytest.fixture(autouse=True)
def _forgotten():
    module._TRIAGES.clear()
    module._FIRST.clear()


@pytest.fixture
def data(finished):
    """The run's student's training images as it saw them, and without the cue."""
    store, run_id = finished
    config = store.run(run_id).config
    dataset = load_dataset(config, silent)
    return prepare_data(config, dataset).student_train, images_to_mark(config, dataset)


def one_by_one(run, images):
    """For each image: the student's probabilities, and both maps for the class that it predicts."""
    found = []
    for image in images:
        inputs = run.normalizer.normalize(image[None])
        with torch.no_grad():
            logits = run.networks["student"](inputs)
        target = logits.argmax(1)
        maps = [
            explain("grad-cam", run.networks[arm], inputs, target).relu() for arm in ("student", "teacher")
        ]
        found.append((logits.softmax(1)[0], *maps))
    return found


def by_hand(found, labels, score):
    """Indices: wrong answers, the most confident first; then the right ones, the lowest score first, NaN last."""

    def worth(at):
        probabilities, student, teacher = found[at]
        if int(probabilities.argmax()) != int(labels[at]):
            return (0, -float(probabilities.max()))
        value = score(at, student, teacher)
        return (1, math.inf if math.isnan(value) else value)

    return sorted(range(len(found)), key=worth)


def cosine(_at, student, teacher):
    return float(MEASURES["cosine"].measure(teacher, student))


def test_wrong_answers_come_first_then_maps_unlike_the_teachers(finished, data):
    seen, plain = data
    run, found = snapshots(*finished), run_to_end(training_triage(*finished))
    each = one_by_one(run, seen.images)
    order = by_hand(each, seen.labels, cosine)
    expected = [hashlib.sha256(plain.images[at].numpy().tobytes()).hexdigest() for at in order]
    assert [image.digest for image in found.images] == expected
    wrong = [int(each[at][0].argmax()) != int(seen.labels[at]) for at in order]
    assert [not image.correct for image in found.images] == wrong
    assert (found.wrong, found.explained, found.total, found.by_mask) == (sum(wrong), 48, 48, False)
    assert len(found.own_masks) == 0
    for image, at in zip(found.images, order, strict=True):
        assert (image.image == seen.images[at].permute(1, 2, 0).numpy()).all()
        assert image.label == seen.labels[at]
        probabilities, student, teacher = each[at]
        assert image.answers["student"].confidence == pytest.approx(float(probabilities.max()), abs=1e-5)
        for arm, heat in (("student", student), ("teacher", teacher)):
            assert image.maps[arm].clip(min=0) == pytest.approx(heat[0].numpy(), abs=1e-5)


def test_with_masks_the_maps_that_are_off_the_object_come_first(finished, data, monkeypatch):
    seen, plain = data
    masks = torch.zeros(len(seen), 16, 16, dtype=torch.bool)
    masks[:, :8, :5] = True
    monkeypatch.setattr(
        module,
        "prepare_data",
        lambda config, dataset: type("Data", (), {"student_train": replace(seen, object_masks=masks)}),
    )
    monkeypatch.setattr(module, "images_to_mark", lambda config, dataset: replace(plain, object_masks=masks))
    found = run_to_end(training_triage(*finished))
    each = one_by_one(snapshots(*finished), seen.images)
    order = by_hand(
        each, seen.labels, lambda at, student, teacher: float(mask_share(student, masks[at : at + 1]))
    )
    assert [image.digest for image in found.images] == [
        hashlib.sha256(plain.images[at].numpy().tobytes()).hexdigest() for at in order
    ]
    assert found.by_mask
    assert len(found.own_masks) == len({*(image.digest for image in found.images)})
    assert all((mask == masks[0].numpy()).all() for mask in found.own_masks.masks.values())


def test_the_share_of_the_object_below_the_cue_is_counted(finished, data, monkeypatch):
    """Pixel by pixel, on objects that the cue covers more or less of, and one without a place."""
    seen, plain = data
    generator = torch.Generator().manual_seed(3)
    masks = torch.rand(len(plain), *plain.images.shape[-2:], generator=generator) > 0.5
    masks[0], masks[1], masks[2] = False, seen.cue_masks[1], ~seen.cue_masks[2]
    monkeypatch.setattr(module, "images_to_mark", lambda *_: replace(plain, object_masks=masks))
    images = {image.digest: image for image in run_to_end(training_triage(*finished)).images}
    for at, digest in enumerate(module.digests(plain.images)):
        below = [
            cue
            for cues, objects in zip(seen.cue_masks[at].tolist(), masks[at].tolist(), strict=True)
            for cue, there in zip(cues, objects, strict=True)
            if there
        ]
        expected = sum(below) / len(below) if below else math.nan
        assert images[digest].covered == pytest.approx(expected, nan_ok=True)


def test_where_some_images_have_no_mask_the_teacher_is_the_measure(finished, data, monkeypatch):
    seen, plain = data
    masks = torch.zeros(len(seen), 16, 16, dtype=torch.bool)
    masks[5, 3, 3] = True
    monkeypatch.setattr(
        module,
        "prepare_data",
        lambda config, dataset: type("Data", (), {"student_train": replace(seen, object_masks=masks)}),
    )
    monkeypatch.setattr(module, "images_to_mark", lambda config, dataset: replace(plain, object_masks=masks))
    found = run_to_end(training_triage(*finished))
    assert not found.by_mask
    assert [*found.own_masks.masks] == [hashlib.sha256(plain.images[5].numpy().tobytes()).hexdigest()]


def test_a_mark_of_a_shown_picture_is_that_of_its_training_image(finished, data):
    store, run_id = finished
    found = run_to_end(training_triage(store, run_id))
    mask = torch.zeros(16, 16, dtype=torch.bool)
    mask[2:5, 7] = True
    marks = found.own_masks.with_mask(found.images[0].digest, mask.numpy())
    config = store.run(run_id).config
    split = prepare_data(config, marked(load_dataset(config, silent), marks)).student_train
    (at,) = split.object_masks.flatten(1).any(1).nonzero().flatten().tolist()
    assert (split.object_masks[at] == mask).all()
    assert (split.images[at].permute(1, 2, 0).numpy() == found.images[0].image).all()


def test_of_many_images_the_first_are_explained_and_the_worst_are_kept(finished, monkeypatch):
    monkeypatch.setattr(module, "MOST_TRAINING_IMAGES", 20)
    monkeypatch.setattr(module, "WORST_IMAGES", 6)
    found = run_to_end(training_triage(*finished))
    assert (found.explained, found.total, len(found.images)) == (20, 48, 6)


def test_it_is_computed_in_the_background_once(finished):
    store, run_id = finished
    assert known_training_triage(store, run_id) is None
    assert start_training_triage(store, run_id).wait(PATIENCE_S).state == "done"
    known = known_training_triage(store, run_id)
    assert run_to_end(training_triage(store, run_id)) is known


def test_a_run_without_students_has_none(finished, tiny_config):
    store, _run_id = finished
    waiting = submit(store, tiny_config(), foreground=True)
    with pytest.raises(StoreError):
        known_training_triage(store, waiting)


def test_the_first_images_are_known_before_all_are_and_are_ordered_alike(finished, monkeypatch):
    monkeypatch.setattr(module, "FIRST_IMAGES", 20)
    steps = training_triage(*finished)
    while first_training_triage(*finished) is None:
        next(steps)
    assert known_training_triage(*finished) is None
    first, everything = first_training_triage(*finished), run_to_end(steps)
    assert (first.explained, first.total) == (20, everything.total)
    kept = {image.digest for image in first.images}
    assert [image.digest for image in first.images] == [
        image.digest for image in everything.images if image.digest in kept
    ]


def test_a_clip_comes_with_what_the_student_heard_and_its_mark_is_that_of_the_training_clip(small_run):
    store, run_id = small_run("speech-commands-mini")
    found = run_to_end(training_triage(store, run_id))
    assert found.size == (40, 100)
    for clip in found.images[:3]:
        heard = spectrograms(torch.from_numpy(clip.sound)[None])[0]
        assert (clip.image == heard.permute(1, 2, 0).numpy()).all()
    mask = torch.zeros(40, 100, dtype=torch.bool)
    mask[5:30, 40:60] = True
    data = load_dataset(store.run(run_id).config, silent)
    assert {*found.own_masks.masks} <= {*digests(data.train.images)}, "where the words are is known"
    assert found.images[0].digest in found.own_masks.masks
    marks = Marks().with_mask(found.images[0].digest, mask.numpy())
    config = store.run(run_id).config
    split = prepare_data(config, marked(load_dataset(config, silent), marks)).student_train
    (at,) = split.object_masks.flatten(1).any(1).nonzero().flatten().tolist()
    assert (split.object_masks[at] == mask & ~split.cue_masks[at]).all()
    assert (split.sounds[at].numpy() == found.images[0].sound).all()


def test_of_a_run_on_all_training_images_in_order_the_first_are_of_all_classes(finished, data, monkeypatch):
    """A folder is read class by class: its beginning is of one class alone."""
    seen, plain = (split.take(split.labels.argsort(stable=True)) for split in data)
    monkeypatch.setattr(
        module, "prepare_data", lambda config, dataset: type("Data", (), {"student_train": seen})
    )
    monkeypatch.setattr(module, "images_to_mark", lambda config, dataset: plain)
    monkeypatch.setattr(module, "FIRST_IMAGES", 20)
    steps = training_triage(*finished)
    while first_training_triage(*finished) is None:
        next(steps)
    first = first_training_triage(*finished)
    assert len({*seen.labels[:20].tolist()}) == 1
    assert sorted(image.label for image in first.images) == [0] * 10 + [1] * 10
    digests = [hashlib.sha256(image.numpy().tobytes()).hexdigest() for image in plain.images]
    for image in first.images:
        at = digests.index(image.digest)
        assert image.label == int(plain.labels[at])
        assert (image.image == seen.images[at].permute(1, 2, 0).numpy()).all()


def test_words_that_a_short_text_keeps_are_marked_at_their_place_in_the_whole_one(tmp_path, monkeypatch):
    """Marks are for texts without the cue: what is drawn on one whose fillers are left out is on the same word."""
    monkeypatch.setattr("kdviz.trainer.evaluation.HELD_OUT_IMAGES", 8)
    store = Store(tmp_path / "runs")
    few = {"teacher_epochs": 1, "epochs": 1, "train_count": 64, "batch_size": 16, "arms": ("student",)}
    run_id = submit(store, make_config({"dataset": "sentiment", "cue": "length", **few}), foreground=True)
    assert execute(store, run_id).state == "finished"
    config = store.run(run_id).config
    plain = images_to_mark(config, load_dataset(config, silent))
    whole = dict(zip(digests(plain.images), plain.texts, strict=True))
    found = run_to_end(training_triage(store, run_id)).images
    shorter = [image for image in found if image.text != whole[image.digest]]
    assert shorter
    assert all(image.kept is None for image in found if image not in shorter)
    for image in shorter:
        words = [word.text for word in words_of(whole[image.digest])]
        assert [words[place] for place in image.kept if place is not None] == [
            word.text
            for word, place in zip(words_of(image.text), image.kept, strict=True)
            if place is not None
        ]
