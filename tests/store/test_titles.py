"""What runs are called: by a person, or after their settings."""

import time

import pytest

from kdviz.config import RunConfig, make_config
from kdviz.language import speaking
from kdviz.store.titles import PREPARED_NAME, run_title


def today(hour: int, minute: int) -> float:
    return time.mktime((*time.localtime()[:3], hour, minute, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("settings", "name", "chinese"),
    [
        (
            {"dataset": "shapes", "cue": "hue-patch", "explanation_weight": 30},
            "Shapes, coloured patch, λ 30 · 03:05",
            "几何图形、彩色方块、λ 30 · 03:05",
        ),
        (
            {"dataset": "shapes", "cue": "none", "explanation_weight": 0.3, "seed": 2},
            "Shapes, λ 0.3, seed 2 · 03:05",
            "几何图形、λ 0.3、种子 2 · 03:05",
        ),
        (
            {"dataset": "shapes", "map_source": "mask", "seed": 2},
            "Shapes, λ 30, masks, seed 2 · 03:05",
            "几何图形、λ 30、掩膜、种子 2 · 03:05",
        ),
        (
            {"dataset": "shapes", "cue": "none", "explanation_share": 0.5},
            "Shapes, λ for 50\N{NO-BREAK SPACE}% · 03:05",
            "几何图形、λ 按 50% 调整 · 03:05",
        ),
    ],
)
def test_a_run_without_a_name_is_called_after_its_settings(settings, name, chinese):
    config = make_config(settings)
    assert run_title(config, today(3, 5)) == name
    with speaking("zh"):
        assert run_title(config, today(3, 5)) == chinese


@pytest.mark.parametrize(
    ("dataset", "path", "name"),
    [
        ("folder", "/runs/uploads/0123456789abcdef/xray.zip", "xray"),
        ("folder", "/home/me/my pictures", "my pictures"),
        ("folder", "/data/a.b.NPZ", "a.b"),
        ("folder", "/data/" + 60 * "x", 30 * "x"),
        ("text-file", "/runs/uploads/0123456789abcdef/reviews.csv", "reviews"),
        ("text-file", "/data/reviews.JSONL", "reviews"),
        ("audio-folder", "/runs/uploads/0123456789abcdef/birds.zip", "birds"),
    ],
)
def test_a_run_on_ones_own_files_has_their_name(dataset, path, name):
    config = RunConfig.model_construct(
        **dict(make_config({"dataset": "shapes"})) | {"dataset": dataset, "data": path}
    )
    assert run_title(config, today(3, 5)) == f"{name}, λ 30 · 03:05"


def test_a_run_of_another_day_has_the_date():
    made = time.mktime((2020, 2, 3, 14, 5, 0, 0, 0, -1))
    assert run_title(make_config({"dataset": "shapes"}), made).endswith(" · 2020-02-03 14:05")


def test_the_name_that_a_person_gave_wins():
    assert run_title(make_config({"dataset": "shapes"}), 0.0, given="my first") == "my first"


def test_the_prepared_run_is_named_in_the_language_of_the_page():
    config = make_config({"dataset": "shapes"})
    assert run_title(config, 0.0, given=PREPARED_NAME) == "Prepared run"
    with speaking("zh"):
        assert run_title(config, 0.0, given=PREPARED_NAME) == "准备好的实验"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("The λ ladder: explanation_weight = 0, seed = 3", "The λ ladder: λ = 0, seed 3"),
        ("Few images: to CNN, explanation_weight = 1.5, seed = 0", "Few images: to CNN, λ = 1.5, seed 0"),
        ("explanation_weight = 0", "explanation_weight = 0"),
        ("with a seed = 3", "with a seed = 3"),
    ],
)
def test_a_name_that_an_earlier_version_gave_to_a_run_of_a_study_is_shown_with_symbols(given, shown):
    assert run_title(make_config({}), 0.0, given=given) == shown
