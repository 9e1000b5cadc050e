"""Links that earlier versions wrote still open what they were copied from; golden/README.md says which is which."""

import json
from pathlib import Path

import pytest

from kdviz.jobs import start_survey
from kdviz.language import speaking
from kdviz.store import Store
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened

LINKS = json.loads(
    Path(__file__).with_name("golden").joinpath("distill-links.json").read_text(encoding="utf-8")
)
EVERY = [(form, each["what"], each["link"], each["config"]) for form, some in LINKS.items() for each in some]


@pytest.mark.parametrize(
    ("link", "config"), [each[2:] for each in EVERY], ids=["-".join(each[:2]) for each in EVERY]
)
def test_a_link_with_settings_starts_the_run_that_it_was_copied_from(app, store, link, config):
    with speaking(link.get("lang", "en")):
        opened(app, "distill", **link)
        assert not app.exception
        app.button(key="start").click().run()
    (run,) = store.runs()
    stored = run.config.model_dump(mode="json")
    assert {name: stored.get(name, getattr(run.config, name)) for name in config} == config


@pytest.mark.parametrize(
    ("link", "explainer", "image"),
    [
        ({"explainer": "Integrated gradients", "image": "3"}, "integrated-gradients", 3),
        (
            {"explainer": "saliency", "image": "4", "view": "swipe", "left": "student", "right": "twin"},
            "saliency",
            4,
        ),
    ],
    ids=["by-label", "by-name"],
)
def test_a_link_to_a_map_opens_its_method_and_its_image(app, finished, link, explainer, image):
    opened(app, "explain", run=finished, **link)
    assert not app.exception
    assert app.selectbox(key="explainer_menu").value == explainer
    assert app.number_input(key="image").value == image


def test_a_link_to_an_answer_opens_it_by_labels(app, finished, trained):
    assert start_survey(Store(trained[0]), finished, "saliency").wait(PATIENCE_S).state == "done"
    opened(app, "agreement", run=finished, ag_by="Saliency", ag_measure="SSIM", ag_arm="placebo")
    assert not app.exception
    chosen = app.selectbox(key="ag_by").value, app.selectbox(key="ag_measure").value
    assert chosen == ("saliency", "ssim")
    assert any("placebo" in chart.proto.alt for chart in app.get("plotly_chart"))


@pytest.mark.parametrize(
    ("page", "link", "heading"),
    [
        ("library", {"browse": "Shapes", "browse_masks": "false"}, "Data & models"),
        ("library", {"shelf": "Networks", "network": "ResNet-8 lite"}, "Data & models"),
        ("learn", {"lesson": "grad-cam"}, "Learn"),
        ("runs", {"runs_filter": "nothing of this name"}, "Runs"),
    ],
)
def test_a_link_to_a_page_is_not_forgotten(app, page, link, heading):
    opened(app, page, **link)
    assert not app.exception
    assert heading in [title.value for title in app.title]
    assert {name: app.query_params.get(name) for name in link} == link
