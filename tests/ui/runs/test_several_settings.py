"""A difference between two runs is not put down to one setting where they differ in several."""

from types import SimpleNamespace

import pytest

from kdviz.config import make_config
from kdviz.ui.runs import answer_changes


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"seed": 1, "explanation_weight": 3.0}, ""),
        (
            {"explanation_weight": 3.0, "epochs": 4},
            "They differ in λ, Epochs: the difference cannot be put down to one of these.",
        ),
    ],
)
def test_of_several_different_settings_none_is_the_cause(changed, said):
    runs = [SimpleNamespace(config=make_config({"dataset": "shapes", **values})) for values in ({}, changed)]
    pair = answer_changes.ComparedPair(tuple(runs), ("A", "B"))
    assert answer_changes._several_settings(pair) == said
