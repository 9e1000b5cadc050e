"""What is said beside a box of maps that look apart."""

from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import alike_above, box_counts
from kdviz.narrative import looks_apart
from kdviz.narrative.looks_apart import HIGH
from tests.comparison.made import made

COUNT = 40
APART = "Apart: individually, these maps cannot be distinguished from maps of other images."
LIMIT = "The limit is high, since maps of different images are much alike in this data set."
ON_AVERAGE = "On average they agree more than by chance."


def survey(raw, unrelated):
    """A student that is always right, with these agreements, raw and with maps of other images."""
    own = made()
    scores = own.scores["student"]["cosine"]
    chance = np.full(COUNT, 0.5)
    given = replace(scores, raw=np.asarray(raw), chance=chance, unrelated=np.asarray(unrelated))
    right = {
        arm: replace(each, predicted=np.zeros(COUNT, int), confidence=np.ones(COUNT, np.float32))
        for arm, each in own.predictions.items()
        if arm in ("teacher", "student")
    }
    return replace(
        own,
        indices=np.arange(COUNT),
        labels=np.zeros(COUNT, int),
        predictions=right,
        scores={"student": {"cosine": given}},
        localization={},
    )


@pytest.mark.parametrize(
    ("raw", "spread", "said"),
    [
        (np.linspace(0.80, 0.94, COUNT), 0.45, f"{APART} {LIMIT} {ON_AVERAGE}"),
        (np.linspace(0.51, 0.60, COUNT), 0.2, f"{APART} {ON_AVERAGE}"),
        (np.linspace(0.40, 0.60, COUNT), 0.2, APART),
        (np.linspace(0.80, 0.94, COUNT), 0.05, ""),
    ],
)
def test_where_most_maps_look_apart_it_says_of_what_and_why(raw, spread, said):
    """Maps of other images agree by 0.5 on average, single pairs by up to `spread` more."""
    found = survey(raw, np.linspace(0.5 - spread, 0.5 + spread, 1001))
    assert looks_apart(found, "student", "right-apart") == said
    assert (alike_above(found, corrected=True) >= HIGH) == (LIMIT in said)
    assert looks_apart(found, "student", "right-alike") == ""
    assert box_counts(found)["wrong-apart"] == 0
    assert looks_apart(found, "student", "wrong-apart") == ""
