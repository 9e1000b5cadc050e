"""The lessons on a run on texts, and on sounds: their numbers are the core's, and no image is spoken of."""

import re
from html import escape
from urllib.parse import parse_qs

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from kdviz.agreement import image_scores
from kdviz.comparison import chance_levels
from kdviz.comparison.input.unrelated_maps import chance_walkthrough
from kdviz.comparison.input.walkthroughs import (
    grad_cam_walkthrough,
    integration_walkthrough,
    predictions,
)
from kdviz.comparison.test_set.channels import known_channels
from kdviz.datasets import DATASETS
from kdviz.explainers import baselines_for
from kdviz.figures.maps import (
    ColourScale,
    arm_lines,
    around,
    heatmaps,
    sentences_html,
    shaded_words,
    words_html,
)
from kdviz.jobs import channels_job
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run
from kdviz.store.prepared_examples import open_example
from kdviz.ui.learn import LESSONS
from tests.patience import PATIENCE_S
from tests.ui import test_sounds, test_texts
from tests.ui.conftest import opened, page_text
from tests.ui.test_every_page import pictures

BUILT = [
    name for name, lesson in LESSONS.items() if lesson.needs_run and name not in ("best-lambda", "questions")
]
INDEX = 3


@pytest.fixture
def texts(text_run, trained_on_texts):
    """The store of a run on texts, and its id."""
    return Store(trained_on_texts[0]), text_run


@pytest.fixture
def sounds(sound_run, trained_on_sounds):
    """The store of a run on sounds, and its id."""
    return Store(trained_on_sounds[0]), sound_run


@pytest.fixture(params=["texts", "sounds"])
def run(request):
    """The one, then the other."""
    return request.getfixturevalue(request.param)


def lesson(app, run, name, **link):
    opened(app, "learn", run=run[1], lesson=name, image=str(INDEX), **link)
    assert not app.exception
    assert not app.error
    return app


def _with_channels(app, run, name):
    """Once they are found."""
    if name == "channels":
        assert channels_job(*run, INDEX).wait(PATIENCE_S).state == "done"
        app.run()
        assert not app.exception


def drawn(app):
    """All HTML of the page in one."""
    return "\n".join(each.proto.body for each in app.get("html"))


def digits(value):
    return f"{float(value):.3g}".replace("-", "−")


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("name", BUILT)
def test_a_lesson_on_texts_has_their_words_and_says_nothing_of_images(app, texts, name, code):
    lesson(app, texts, name, lang=code)
    _with_channels(app, texts, name)
    assert not pictures(app) or all(each.alt.strip() for each in pictures(app))
    assert not app.get("image")
    assert not app.get("audio")
    assert test_texts.about_images(app, code) == []


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("name", BUILT)
def test_a_lesson_on_sounds_can_be_heard_and_says_nothing_of_images(app, sounds, name, code):
    lesson(app, sounds, name, lang=code)
    _with_channels(app, sounds, name)
    assert pictures(app)
    assert all(each.alt.strip() for each in pictures(app))
    assert app.get("audio") or [each for each in app.button if str(each.key).startswith("ln_listen_")]
    assert test_sounds.about_images(app, code) == []


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("name", ["best-lambda", "questions"])
@pytest.mark.parametrize(("kind", "of_images"), [("texts", test_texts), ("sounds", test_sounds)])
def test_experiments_say_nothing_of_images(app, request, kind, of_images, name, code):
    lesson(app, request.getfixturevalue(kind), name, lang=code)
    assert of_images.about_images(app, code) == []


def test_experiments_are_on_data_of_the_kind_of_the_run(app, run):
    lesson(app, run, "questions")
    opened_with = [parse_qs(each.proto.query_string)["dataset"] for each in app.get("page_link")[:3]]
    assert opened_with == 3 * [[DATASETS[run[0].run(run[1]).config.dataset].label]]


@pytest.mark.parametrize("temperature", [1, 20])
def test_soft_labels_are_those_of_the_networks(app, run, temperature):
    lesson(app, run, "soft-labels").slider(key="ln_temperature").set_value(temperature).run()
    logits = predictions(*run, INDEX).logits
    teacher, student = (softmax(logits[arm] / temperature) for arm in ("teacher", "student"))
    bits, loss = (metric.value for metric in app.metric)
    assert bits == f"{entropy(teacher, base=2):.2f} bits"
    assert float(loss) == pytest.approx(temperature**2 * entropy(teacher, student), abs=1e-3)


def test_soft_labels_stand_beside_the_text_as_it_is_written(app, texts):
    lesson(app, texts, "soft-labels")
    assert f">{escape(predictions(*texts, INDEX).text)}</p>" in drawn(app)


def test_each_channel_is_shown_with_its_weight(app, run):
    lesson(app, run, "grad-cam")
    steps = grad_cam_walkthrough(*run, INDEX, "teacher")
    weights = [f"× α = {digits(steps.weights[channel])}" for channel in steps.strongest(5)]
    assert [each.value for each in app.markdown if each.value.startswith("× α")] == weights


@pytest.mark.parametrize("included", [None, []])
def test_the_sum_of_channels_is_behind_the_words_of_a_text(app, texts, included):
    lesson(app, texts, "grad-cam")
    steps, predicted = grad_cam_walkthrough(*texts, INDEX, "teacher"), predictions(*texts, INDEX)
    total = steps.summed
    if included is not None:
        next(each for each in app.get("button_group") if each.key == "ln_channels").set_value(included).run()
        total = np.zeros_like(total)
    maps = heatmaps({"teacher": total})
    lines = arm_lines({"teacher": maps.positive["teacher"]})
    assert sentences_html(predicted.text, lines, maps.scale, outlined=predicted.framed) in drawn(app)
    assert bool(app.warning) == (included is not None), "without any channel the map is undefined"


@pytest.mark.parametrize("step", [0, 7, 32])
def test_the_attributions_are_shown_with_their_sum_and_the_rise(app, run, step):
    lesson(app, run, "integrated-gradients", ln_step=str(step), ln_baseline="Black")
    kind = "text" if predictions(*run, INDEX).text else "audio"
    (name,) = baselines_for(kind)
    group = next(each for each in app.get("button_group") if each.key == "ln_baseline")
    assert group.options == [baselines_for(kind)[name].label]
    path = integration_walkthrough(*run, INDEX, "teacher", name)
    total, rise = digits(path.sums[-1]), digits(path.rises[-1])
    assert f"the attributions sum to **{total}**; the score rose by **{rise}**" in page_text(app)
    gap = abs(float(path.sums[-1]) - float(path.rises[-1])) / abs(float(path.rises[-1]))
    assert f"The completeness gap is {100 * gap:.1f}\N{NO-BREAK SPACE}%" in page_text(app)
    assert f"Input at **{100 * float(path.positions[step]):.0f}\N{NO-BREAK SPACE}%**" in page_text(app)


@pytest.mark.parametrize("step", [0, 16, 32])
def test_each_words_attribution_is_that_up_to_the_step(app, texts, step):
    lesson(app, texts, "integrated-gradients", ln_step=str(step))
    path = integration_walkthrough(*texts, INDEX, "teacher", "pad")
    values = path.accumulated[step]
    line = next(part for part in drawn(app).split("<p ") if part.startswith("title=")).partition("</p>")[0]
    shown = [each.replace("−", "-") for each in re.findall(r'title="([+−]?[\d.]+), ', line)]
    words = values[~np.isnan(values)]
    assert [float(each) for each in shown] == pytest.approx(words.tolist(), abs=0.0051)
    assert f"opacity:{float(path.positions[step]):.3g}" in drawn(app)


def test_raw_agreement_and_chance_are_the_core_s(app, run):
    lesson(app, run, "chance").slider(key="ln_draws").set_value(300).run()
    found = chance_walkthrough(*run, "student")
    teacher, other = (
        torch.from_numpy(np.stack([getattr(each, of) for each in found.pairs])).relu()
        for of in ("teacher", "other")
    )
    core = image_scores(teacher, other, measure="cosine")
    said = page_text(app)
    assert f"**raw** {np.nanmean(core.raw):.3f} · " in said
    test_level = chance_levels(*run)["student"]["cosine"]
    assert f"over the whole test set it is {test_level:.3f}." in said
    if teacher.ndim == 2:
        assert len(core.unrelated.ravel()) == 300, "all orders are drawn"
        assert f"**chance** {core.level:.3f} · " in said
        assert f"of these texts is {core.level:.3f};" in said


def test_the_students_values_are_on_other_words_of_the_same_text(app, texts):
    lesson(app, texts, "chance").slider(key="ln_draws").set_value(1).run()
    (only,) = chance_walkthrough(*texts, "student").unrelated(1)
    assert only.teacher is only.other
    assert f"teacher, text {only.teacher.index}" in page_text(app)
    assert f"student, text {only.other.index}: its values on other words of the text" in page_text(app)
    assert f"Cosine of these two maps: **{only.score:.3f}**" in page_text(app)


def test_lessons_begin_with_the_open_example_until_another_run_is_chosen_for_them(app, tmp_path, monkeypatch):
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(tmp_path / "runs"))
    store = Store(tmp_path / "runs")
    offer_prepared_run(store)
    (prepared,) = (run.id for run in store.runs())
    example = open_example(store, "counterfactual-reviews")

    def by_the_menu(page: str, **link: str) -> str:
        app.query_params.clear()
        opened(app, page, **link)
        assert not app.exception
        return app.selectbox(key="run_menu").value

    assert by_the_menu("learn", lesson="soft-labels") == prepared
    assert by_the_menu("explain", run=example) == example
    assert by_the_menu("learn", lesson="soft-labels") == example
    app.selectbox(key="run_menu").set_value(prepared).run()
    assert by_the_menu("explain") == example
    assert by_the_menu("learn", lesson="soft-labels") == prepared


def test_channels_of_texts_are_shown_on_their_most_active_words(app, texts):
    lesson(app, texts, "channels")
    _with_channels(app, texts, "channels")
    for arm, channels in known_channels(*texts, INDEX).items():
        for each in channels[0].texts if channels[0].highest > 0 else ():
            words = shaded_words(each.text, each.words, ColourScale(channels[0].highest))
            assert words_html(around(words, each.place)).removeprefix("<span") in drawn(app), arm
