"""A network that follows the cue, and whose brightest spot is beside it."""

from types import SimpleNamespace

import pytest

from kdviz.narrative import spot_and_cue
from kdviz.types import Interval

NBSP = "\N{NO-BREAK SPACE}"


def shares(value):
    return Interval(value, value - 0.02, value + 0.02)


@pytest.mark.parametrize(
    ("followed", "hit", "share", "said", "evidence"),
    [
        (0.995, 0.424, 0.127, True, True),
        (0.995, 0.424, 0.03, True, False),  # no more evidence there than by its size
        (0.995, 0.9, 0.127, False, False),
        (0.3, 0.42, 0.127, False, False),
    ],
)
def test_the_two_shares_are_explained_where_they_seem_to_contradict(
    monkeypatch, followed, hit, share, said, evidence
):
    row = SimpleNamespace(region="cue", arm="twin", hit=shares(hit), share=shares(share), area=0.035)
    split = SimpleNamespace(arm="twin", followed=shares(followed))
    monkeypatch.setattr(spot_and_cue, "localization_table", lambda survey: (row,))
    monkeypatch.setattr(spot_and_cue, "cue_split", lambda survey: (split,))
    found = spot_and_cue.spot_beside_cue(SimpleNamespace())
    assert (found != "") == said
    assert (
        f"Of its evidence 12.7{NBSP}% is on the cue, which covers 3.5{NBSP}% of an image." in found
    ) == evidence
    if said:
        assert found.startswith(
            f"The twin follows a wrong cue in 99.5{NBSP}% of the images, though its brightest spot is on the cue in "
            f"only 42.4{NBSP}%: "
        )


def test_without_a_cue_there_is_nothing_to_explain(monkeypatch):
    monkeypatch.setattr(spot_and_cue, "localization_table", lambda survey: ())
    assert spot_and_cue.spot_beside_cue(SimpleNamespace()) == ""
