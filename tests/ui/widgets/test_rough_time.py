"""The rough time of a run is a range that has room for the runs whose time is known."""

import pytest

from kdviz.config import make_config
from kdviz.datasets import DATASETS, counted
from kdviz.jobs import work
from kdviz.ui.distill.controls import network_costs
from kdviz.ui.distill.presets import PRESETS
from kdviz.ui.widgets.estimate import multiply_adds
from kdviz.ui.widgets.rough_time import PACES, rough_time

LIKE_OWN_DATA = ("photographs", "blood-cells", "planted-cue", "sentences", "review-pairs", "spoken-words")
"""Presets whose inputs and networks are those of one's own data: no grey images of 28 px."""


@pytest.mark.parametrize("name", LIKE_OWN_DATA)
def test_the_presets_are_within_the_paces(name):
    preset = PRESETS[name]
    config = make_config({"dataset": preset.dataset, **preset.settings})
    counts = counted(config.dataset, None)
    costs = (each.multiply_adds for each in network_costs(config.model_dump(), counts.classes))
    pace = multiply_adds(config, work(config, counts, has_teacher=False), *costs) / preset.seconds
    slow, fast = PACES[DATASETS[preset.dataset].modality]
    assert 0.95 * slow <= pace <= 1.05 * fast


@pytest.mark.parametrize(
    ("multiply_adds", "time"),
    [
        (2e11, "about a minute or less"),
        (6.6e11, "roughly 40 s to 3 min"),
        (6e12, "roughly 7 min to 25 min"),
        (6e13, "roughly 1 h to 4 h"),
    ],
)
def test_the_range_is_said_coarsely(multiply_adds, time):
    """At 4 and at 15 thousand million a second: 50 s; 44 s, 165 s; 400 s, 1,500 s; 1.1 h, 4.2 h."""
    text = rough_time("image", multiply_adds).replace("\N{NO-BREAK SPACE}", " ")
    assert text == f"Takes {time} on two processor cores; an estimate follows the first epoch."
