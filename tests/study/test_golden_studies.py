"""Study files of earlier versions ask for the runs that they asked for; golden/README.md says which is which."""

import json
from pathlib import Path

import pytest

from kdviz.study import read_study

GOLDEN = Path(__file__).with_name("golden")
POINTS = json.loads((GOLDEN / "points.json").read_text(encoding="utf-8"))
NAMES = {
    "which-loss": "Which explanation loss",
    "transformer-student": "A transformer as the student",
    "right-reason-mini": "Right for the right reason, on clothes",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_study_of_an_earlier_version_asks_for_the_same_runs_by_the_same_keys(name):
    """By their keys runs that are there already are found, so that nothing is trained twice."""
    study, points = read_study(GOLDEN / f"{name}.toml")
    assert study.name == NAMES[name]
    found = [[p.pair, p.config.seed, p.config.explanation_weight, p.config.key] for p in points]
    assert found == POINTS[name]
    assert len({key for *_, key in found}) == len(found)
