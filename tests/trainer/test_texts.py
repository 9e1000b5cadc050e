"""Small runs on texts: every loss on every network, in lockstep, resumed bit for bit."""

import math
from collections import Counter

import numpy as np
import pytest
import torch

from kdviz.config import choices_for, make_config
from kdviz.datasets import Marks, digests, packaged_texts
from kdviz.datasets.split import balanced_subset
from kdviz.datasets.text_split import MARKERS
from kdviz.errors import ConfigError
from kdviz.inputs import images_to_mark, load_dataset
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.modalities import MODALITIES
from kdviz.models import MODELS, load_weights
from kdviz.progress import silent
from kdviz.trainer import distill
from kdviz.trainer.setup import load_setup
from kdviz.types import Finished, Measured, ProbeExplained, SnapshotTaken, TeacherReady
from kdviz.vocabulary import words_of
from tests.networks import TEXT_NETWORKS
from tests.trainer.few import few_inputs, taught_once

TINY = {
    "dataset": "sentiment", "teacher_width": 1.0, "student_width": 0.5, "teacher_epochs": 1, "epochs": 2,
    "train_count": 64, "batch_size": 16, "device": "cpu",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _few_texts():
    with few_inputs(packaged_texts, "sentiment", count=96, graded=60):
        yield


def run(**settings):
    return list(distill(make_config({**TINY, **settings})))


@pytest.fixture(scope="module")
def taught():
    """As `run`, with teachers that are trained once."""
    events = taught_once()
    return lambda **settings: events(make_config({**TINY, **settings}))


@pytest.mark.parametrize(
    ("loss", "network"),
    [
        (loss, network)
        for loss in choices_for("explanation_loss", "text")
        for network in TEXT_NETWORKS
        if EXPLANATION_LOSSES[loss].requires <= MODELS[network].offers
    ],
)
def test_every_loss_trains_every_network_for_texts(taught, monkeypatch, loss, network):
    monkeypatch.setattr("kdviz.trainer.evaluation.MAX_TEST_MAPS", 8)
    events = taught(explanation_loss=loss, teacher=network, student=network, cue="marker-word", arms=("student", "twin", "placebo"), epochs=1)  # fmt: skip
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert finished.arms.keys() == {"teacher", "student", "twin", "placebo"}
    for arm, result in finished.arms.items():
        assert 0 < result.accuracy < 1
        assert 0 <= result.cue_share <= 1
        if arm != "teacher":
            assert math.isfinite(result.cosine.corrected)
            assert set(result.agreement) == {"cosine", "pearson", "spearman", "top-20-iou", "pointing"}
    first = next(event for event in events if isinstance(event, Measured) and event.arm == "student")
    assert first.values


@pytest.mark.parametrize("network", ["text-cnn", "bilstm"])
def test_how_often_explainers_find_the_planted_word_is_counted_again_text_by_text(network):
    """By plain gradients of single texts, of the highest word as written; the teacher is never shown the word."""
    config = make_config({**TINY, "student": network, "cue": "marker-word", "arms": ("student", "scratch")})
    events = list(distill(config))
    (finished,) = (event for event in events if isinstance(event, Finished))
    (taken,) = (
        event
        for event in events
        if isinstance(event, SnapshotTaken) and event.stage == "students" and event.epoch == 2
    )
    setup = load_setup(config, lambda *said: None)
    texts = balanced_subset(setup.data.test_intact, 8, seed=0)
    assert not finished.arms["teacher"].cue_hits
    for arm in ("student", "scratch"):
        learner = setup.student_learner(arm, 10).network.eval()
        load_weights(learner, taken.weights[arm], source=arm)
        found, shares = Counter(), []
        for text, number in zip(texts.texts, texts.images, strict=True):
            words = [word.text.lower() for word in words_of(text)][:48]
            vectors = learner.embed(setup.normalizer.normalize(number[None])).detach().requires_grad_()
            logits = learner.forward_embedded(vectors)
            (slope,) = torch.autograd.grad(logits[0, logits.argmax()], vectors)
            saliency = slope[0].abs().amax(0)[: len(words)].tolist()
            product = (slope * vectors)[0].sum(0)[: len(words)].tolist()
            found["saliency"] += words[saliency.index(max(saliency))] in MARKERS
            found["input-x-gradient"] += words[product.index(max(product))] in MARKERS
            shares.append(1 / len(words))
        result = finished.arms[arm]
        assert result.cue_hits.keys() == {"saliency", "input-x-gradient", "integrated-gradients"}
        for name in ("saliency", "input-x-gradient"):
            assert result.cue_hits[name] == pytest.approx(found[name] / 8)
        assert result.cue_chance == pytest.approx(sum(shares) / 8)


def test_without_a_planted_word_there_is_nothing_to_find():
    (finished,) = (event for event in run(epochs=1) if isinstance(event, Finished))
    assert not finished.arms["student"].cue_hits
    assert math.isnan(finished.arms["student"].cue_chance)


def test_the_film_has_a_value_for_each_word_and_none_after_the_end():
    events = run()
    probes = [event for event in events if isinstance(event, ProbeExplained)]
    absent = [torch.from_numpy(maps).isnan() for probe in probes for maps in probe.maps.values()]
    assert len(probes) == 3
    assert all(torch.equal(each, absent[0]) for each in absent)
    assert 0 < int((~absent[0]).sum()) < absent[0].numel()


def test_a_resumed_run_ends_like_one_never_stopped():
    config = make_config({**TINY, "arms": ("student", "twin")})
    whole = list(distill(config))
    teacher = next(event.weights for event in whole if isinstance(event, TeacherReady))
    middle = next(
        event
        for event in whole
        if isinstance(event, SnapshotTaken) and event.stage == "students" and event.epoch == 1
    )
    resumed = list(distill(config, teacher=lambda key: teacher, resume=middle.state))  # fmt: skip
    assert _final(whole) == _final(resumed)


def test_the_students_of_a_run_see_the_same_hidden_words():
    """At λ = 0 two arms are one: nothing else differs between them."""
    events = run(explanation_weight=1e-30, explanation_loss="class-attention", arms=("student", "twin"))
    last = [event for event in events if isinstance(event, SnapshotTaken) and event.stage == "students"][-1]
    for name, tensor in last.weights["student"].items():
        torch.testing.assert_close(tensor, last.weights["twin"][name])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"student": "resnet8"}, "student: 'resnet8' is not made for texts, which 'sentiment' has. These are: bag-of-words, text-cnn, text-cnn-deep, bilstm, text-transformer."),
        ({"cue": "hue-patch"}, "cue: 'hue-patch' is not made for texts, which 'sentiment' has. These are: none, marker-word, length."),
        ({"explanation_loss": "class-shape"}, "explanation_loss: 'class-shape' is not made for texts, which 'sentiment' has. These are: "),
        ({"dataset": "shapes", "student": "text-cnn", "student_width": 1}, "student: 'text-cnn' is not made for images, which 'shapes' has."),
        ({"dataset": "shapes", "student_width": 1, "cue": "marker-word"}, "cue: 'marker-word' is not made for images"),
    ],
)  # fmt: skip
def test_what_is_made_for_other_inputs_is_refused(settings, said):
    with pytest.raises(ConfigError) as refused:
        make_config({**TINY, **settings})
    assert said in str(refused.value)


def test_there_is_a_loss_a_network_and_a_cue_for_every_kind_of_input():
    for modality in MODALITIES:
        assert len(choices_for("cue", modality)) >= 2
        assert choices_for("student", modality)
        assert choices_for("dataset", modality)
        losses = choices_for("explanation_loss", modality)
        for name, spec in choices_for("student", modality).items():
            assert any(EXPLANATION_LOSSES[loss].requires <= MODELS[name].offers for loss in losses), spec


def _final(events):
    (finished,) = (event for event in events if isinstance(event, Finished))
    return {arm: (result.accuracy, result.cosine, result.held_out) for arm, result in finished.arms.items()}


@pytest.mark.parametrize("source", ["mask", "both"])
@pytest.mark.parametrize("network", ["text-cnn", "text-transformer"])
def test_marks_on_words_are_trained_on(source, network, tmp_path):
    """Beside the same run whose maps are the teacher's alone: the loss is another, by marks known by their texts."""
    plain = make_config(TINY)
    split = images_to_mark(plain, load_dataset(plain, silent))
    first = np.arange(split.images.shape[-1])[None] == 0
    masks = dict.fromkeys(digests(split.images), first)
    (tmp_path / "marks.npz").write_bytes(Marks(masks).to_bytes())
    events = run(
        marks=str(tmp_path / "marks.npz"), map_source=source, cue="marker-word", epochs=1,
        teacher=network, student=network, arms=("student", "teacher-maps"),
    )  # fmt: skip
    losses = {
        event.arm: event.values["explanation"]
        for event in events
        if isinstance(event, Measured) and math.isfinite(event.values.get("explanation", math.nan))
    }
    assert losses.keys() == {"student", "teacher-maps"}
    assert losses["student"] != losses["teacher-maps"]


def test_rationales_of_a_table_are_the_right_place_of_a_run(tmp_path):
    """Trained on them, a student has most of its evidence on the one word that they name; its twin less."""
    file = tmp_path / "reviews.csv"
    fillers = ("meadow", "violin", "copper", "ferry", "saddle", "tunnel")
    rows = []
    for number in range(240):
        word, other = ("good", "bad")[number % 2], fillers[number % len(fillers)]
        text = f"the {other} number {number} was {word} on a {fillers[number % 5]}"
        start = text.index(word)
        rows.append(f'"{text}",{number % 2},"[[{start}, {start + len(word)}]]"')
    file.write_text("\n".join(["review,verdict,why", *rows]))
    events = run(
        dataset="text-file", data=str(file), rationale_column="why", map_source="mask", epochs=6, train_count=128,
    )  # fmt: skip
    (finished,) = (event for event in events if isinstance(event, Finished))
    student, twin = finished.arms["student"], finished.arms["twin"]
    assert student.object_area == pytest.approx(1 / 9, abs=0.02)
    assert student.object_share > max(twin.object_share, 0.3)


def test_the_length_of_texts_is_a_cue_without_a_share():
    events = run(cue="length", arms=("student", "twin"), epochs=1)
    (finished,) = (event for event in events if isinstance(event, Finished))
    for result in finished.arms.values():
        assert math.isnan(result.cue_share)
        assert 0 < result.intact_accuracy < 1
        assert 0 <= result.cue_followed <= 1
        assert result.cue_hits == {}
