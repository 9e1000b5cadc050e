"""One text through all arms: as networks run by hand, and as the words that are read."""

import numpy as np
import pytest
import torch

from kdviz.comparison import (
    evidence_on,
    explain_cue_variants,
    explain_image,
    explain_test_image,
    planted_cue,
    prepare_text,
    run_images,
    snapshots,
    trust_card,
)
from kdviz.datasets.text_split import MARKERS, numbered
from kdviz.errors import ConfigError, DataError
from kdviz.explainers import explain
from kdviz.language import decimal
from kdviz.narrative import (
    brief_why,
    check_sentence,
    cue_meaning,
    edit_sentence,
    plausibility_sentence,
    what_if_sentence,
    why_sentence,
)
from kdviz.vocabulary import words_of


@pytest.fixture(scope="module")
def run(small_run):
    """A store with a small run on sentences, and its id."""
    return small_run("sentiment")


@pytest.fixture
def images(run):
    return run_images(run[0].run(run[1]).config)


@pytest.mark.parametrize("explainer", ["grad-cam", "integrated-gradients", "occlusion"])
def test_a_test_text_is_explained_as_by_the_networks_themselves(run, images, explainer):
    loaded, explained = snapshots(*run), explain_test_image(*run, 5, explainer=explainer)
    assert explained.text == images.test.texts[5]
    numbers = numbered([explained.text], images.test.images.shape[-1]).long()
    for arm, of in explained.arms.items():
        network = loaded.networks[arm]
        np.testing.assert_allclose(of.probabilities, network(numbers).softmax(1)[0].numpy(), atol=1e-6)
        expected = explain(explainer, network, numbers, torch.tensor([explained.target]))[0]
        np.testing.assert_allclose(of.attribution, expected.numpy(), atol=1e-6)
        assert np.isfinite(of.attribution).sum() == len(words_of(explained.text))


def test_a_typed_text_is_explained_as_the_same_test_text(run, images):
    known = explain_test_image(*run, 7)
    typed = explain_image(*run, prepare_text(known.text, images).numbers, text=known.text)
    for arm in known.arms:
        np.testing.assert_array_equal(known.arms[arm].attribution, typed.arms[arm].attribution)
    assert (typed.label, typed.index, typed.text) == (None, None, known.text)


def test_a_baseline_of_images_is_refused(run):
    with pytest.raises(ConfigError) as refused:
        explain_test_image(*run, 0, baseline="blur")
    assert str(refused.value) == "baseline: unknown name 'blur'. Known: pad."
    maps = [explain_test_image(*run, 0, explainer="occlusion", baseline=name) for name in ("mean", "pad")]
    np.testing.assert_array_equal(*(each.attributions["teacher"] for each in maps))


def test_what_of_a_text_is_not_read_or_not_known_is_found(images):
    given = prepare_text("Good zzyqx, good zzyqx qqqxz " + "word " * 50, images)
    assert given.numbers.shape == (1, 1, 48)
    assert given.unread == 8
    assert given.unknown == ("zzyqx", "qqqxz")
    assert not given.is_unknown
    assert prepare_text("zzyqx qqqxz", images).is_unknown
    assert prepare_text("This is fine.", images).unknown == ()


@pytest.mark.parametrize(
    ("text", "share"),
    [("good film", 0), ("good zzyqx", 1 / 2), ("zzyqx good zzyqx", 2 / 3), ("zzyqx qqqxz", 1)],
)
def test_a_text_is_mostly_unknown_from_more_than_half_of_its_words_on(images, text, share):
    given = prepare_text(text, images)
    assert given.unknown_share == share
    assert given.is_mostly_unknown == (share > 0.5)
    assert given.is_unknown == (share == 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" \n", "text: it has no words. Type at least one."),
        ("a" * 100_001, "text: it has 100,001 characters, at most 100,000 are read."),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_in_one_line(images, text, message):
    with pytest.raises(DataError) as refused:
        prepare_text(text, images)
    assert str(refused.value) == message


@pytest.mark.parametrize("intact", [False, True])
def test_every_variant_of_the_planted_word_is_the_text_with_that_word(run, images, intact):
    explained = explain_cue_variants(*run, 3, intact=intact)
    split, variants = images.split(intact=intact), explained.variants
    assert variants.texts[explained.planted] == split.texts[3]
    assert variants.texts[0] == images.plain.texts[3]
    place = int(split.cue_masks[3].nonzero())
    for number, way in enumerate(variants.cues):
        words = [word.text for word in words_of(variants.texts[number])]
        if way is not None:
            assert words.pop(place) == MARKERS[way.indicated]
        assert words == [word.text for word in words_of(images.plain.texts[3])]
        typed = explain_image(*run, prepare_text(variants.texts[number], images).numbers, target="own")
        for arm, answers in explained.arms.items():
            np.testing.assert_allclose(
                answers.probabilities[number], typed.arms[arm].probabilities, atol=1e-6
            )
            np.testing.assert_allclose(answers.attributions[number], typed.arms[arm].attribution, atol=1e-5)
    assert [way and way.indicated for way in variants.cues] == [None, 0, 1]


def test_evidence_on_the_planted_word_is_its_share_of_the_positive_part(run, images):
    config = run[0].run(run[1]).config
    for index in range(6):
        cue, explained = planted_cue(config, index), explain_test_image(*run, index, target="own")
        place = int(images.test.cue_masks[index].nonzero())
        for arm, found in evidence_on(cue, explained).items():
            read = np.isfinite(explained.attributions[arm])
            assert found.areas["cue"] == pytest.approx(1 / read.sum() if read[place] else 0)
            positive = np.nan_to_num(np.maximum(explained.attributions[arm], 0))
            if positive.sum() == 0:
                assert np.isnan(found.shares["cue"])
                assert found.peak == "undefined"
                continue
            assert found.shares["cue"] == pytest.approx(positive[place] / positive.sum(), abs=1e-5)
            assert found.peak == ("cue" if positive.argmax() == place else "elsewhere")


def test_the_planted_word_is_named_in_sentences(run, images):
    config = run[0].run(run[1]).config
    cue, explained = planted_cue(config, 2), explain_test_image(*run, 2, target="own")
    word, name = MARKERS[cue.variant.indicated], explained.classes[cue.variant.indicated]
    assert cue_meaning(cue, explained) == f"in training, “{word}” meant “{name}”"
    assert why_sentence(explained, cue).startswith(f"In training, “{word}” meant {name}. The twin predicts ")
    assert brief_why(explained, cue)
    variants = explain_cue_variants(*run, 2)
    other = next(n for n, way in enumerate(variants.variants.cues) if way and n != variants.planted)
    named = variants.variants.cues[other].indicated
    assert what_if_sentence(variants, other).startswith(
        f"With “{MARKERS[named]}”, which meant {explained.classes[named]}: the twin "
    )


def test_an_edit_is_said_by_what_each_network_then_predicts(run):
    texts = [explain_test_image(*run, index, target="own") for index in range(20)]
    before = texts[0]
    for after in texts:
        said = edit_sentence(before, after)
        for arm in ("twin", "student", "teacher"):
            changed = after.arms[arm].predicted != before.arms[arm].predicted
            name = after.classes[after.arms[arm].predicted]
            assert f"the {arm} {'now' if changed else 'still'} predicts {name}" in said


def test_maps_of_texts_are_checked_where_a_check_applies(run):
    card = trust_card(*run, "integrated-gradients", images=8)
    checks = {check.name: check for check in card.checks}
    assert checks["completeness"].passed is True
    assert checks["stability"].undefined == "whole words"
    assert (
        check_sentence(checks["stability"], "integrated-gradients")
        == "Undefined: a word cannot be changed a little."
    )
    for name in ("deletion", "insertion", "infidelity", "comprehensiveness", "sufficiency"):
        assert checks[name].passed is not None
        assert np.isfinite(checks[name].value)
    for name in ("comprehensiveness", "sufficiency"):
        check = checks[name]
        ahead = (
            check.value - check.reference if name == "comprehensiveness" else check.reference - check.value
        )
        assert ahead == pytest.approx(check.interval.value)
        assert decimal(check.reference) in check_sentence(check, "integrated-gradients")
    assert card.plausibility is None  # nobody marked words of these texts
    assert plausibility_sentence(card) == ""
