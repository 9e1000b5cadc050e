"""The effect of a cue on predictions is that of the variants which Explain draws."""

import pytest

from kdviz.comparison import CueEffect, cue_effects, explain_cue_variants


@pytest.mark.parametrize("intact", [False, True])
@pytest.mark.parametrize("index", [0, 3, 5])
def test_predictions_are_those_of_the_explained_variants(finished, index, intact):
    explained = explain_cue_variants(*finished, index, intact=intact)
    ways, planted = explained.variants.cues, explained.planted
    others = [
        number
        for number, way in enumerate(ways)
        if way is not None and way.place == ways[planted].place and way.indicated != ways[planted].indicated
    ]
    effects = cue_effects(*finished, index, arms=("twin", "student"), intact=intact)
    assert list(effects) == ["twin", "student"]
    for arm in effects:
        answers = explained.arms[arm]
        before = answers.predicted(planted)
        followed = [
            number for number in others if answers.predicted(number) == ways[number].indicated != before
        ]
        of = effects[arm]
        counted = (of.predicted, of.without, of.followed, of.others)
        assert counted == (before, answers.predicted(0), len(followed), len(others))
        shares = [float(answers.probabilities[number, before]) for number in (planted, 0)]
        assert [of.share, of.share_without] == pytest.approx(shares, abs=1e-4)


@pytest.mark.parametrize(
    ("effect", "decides"),
    [
        (CueEffect(2, 0, 0, 7, 0.5, 0.1), True),
        (CueEffect(2, 2, 4, 7, 0.5, 0.5), True),
        (CueEffect(2, 2, 3, 7, 0.5, 0.5), False),
        (CueEffect(2, 2, 0, 7, 0.5, 0.5), False),
    ],
)
def test_a_cue_decides_that_changes_the_answer_by_going_or_is_followed_mostly(effect, decides):
    assert effect.decides == decides
