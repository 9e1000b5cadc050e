"""The report says what the store holds, to anybody, anywhere, and nothing that a stranger slipped in."""

import base64
import io
import json
import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from kdviz.agreement import MEASURES
from kdviz.comparison import (
    cue_effects,
    explain_test_image,
    known_cue_removals,
    known_survey,
    label_counts,
    localization_table,
    planted_cue,
    run_images,
    trust_card,
)
from kdviz.config import RunConfig, make_config
from kdviz.errors import ConfigError, StoreError
from kdviz.figures.maps import ColourScale, density, overlay, scale_limit, with_arm_bar
from kdviz.jobs import start_survey
from kdviz.language import LANGUAGES, speaking
from kdviz.narrative import (
    Grounds,
    conclusions,
    cue_headline,
    details,
    figure_columns,
    figures_caption,
    figures_notes,
    group_name,
    headline,
    training_caveat,
)
from kdviz.report import report_html
from kdviz.report.glossary_terms import glossary
from kdviz.report.rows import heat_rows
from kdviz.report.tables import settings_list
from kdviz.store import Store, grouped
from kdviz.types import ARMS as EVERY_ARM
from kdviz.types import COLUMN_FIELDS
from tests.patience import PATIENCE_S
from tests.report.conftest import CLASSES, NAME, NOTE, TAG
from tests.report.reading import read, rows

ARMS = ("teacher", "student", "twin", "placebo")
GRADED = ARMS[1:]


@pytest.fixture(scope="session")
def page(html):
    return read(html)


def defined(*values):
    return [value for value in values if not math.isnan(value)]


def printed(of):
    """An agreement with its interval and what is behind it, which one of no images has not."""
    return defined(of.corrected, of.low, of.high, of.raw, of.chance, of.n or math.nan)


# --- numbers ------------------------------------------------------------------------------------


def test_the_final_figures_are_the_stores_own_to_the_last_digit(finished, page):
    store, run_id = finished
    results = store.run(run_id).results
    table = rows(page.named("figures"))
    assert table["Accuracy"] == [[results[arm].accuracy] for arm in ARMS]
    images = results["student"].accuracy_gain.n
    assert table[f"Accuracy, with the cue set right in all {images} images"] == [
        [results[arm].intact_accuracy] for arm in ARMS
    ]
    assert table["Parameters"] == [[results[arm].parameters] for arm in ARMS]
    assert table["Fidelity (same class as the teacher)"] == [[], *([results[arm].fidelity] for arm in GRADED)]
    assert table["KL divergence from the teacher"] == [[], *([results[arm].fidelity_kl] for arm in GRADED)]
    assert table["Calibration error"] == [[results[arm].calibration_error] for arm in ARMS]
    assert table["Share of evidence on the cue"] == [defined(results[arm].cue_share) for arm in ARMS]
    for label, scores in (
        ("Agreement", [results[arm].cosine for arm in GRADED]),
        (
            "Agreement, held-out explainer",
            [results[arm].held_out for arm in GRADED],
        ),
    ):
        expected = [printed(of) for of in scores]
        assert table[label] == [[], *expected]


def test_every_measure_is_in_the_table_with_what_is_behind_it(finished, page):
    store, run_id = finished
    results = store.run(run_id).results
    table = rows(page.named("measures"))
    assert len(table) == len(results["student"].agreement) == len(MEASURES)
    for numbers, name in zip(table.values(), results["student"].agreement, strict=True):
        scores = [results[arm].agreement[name] for arm in GRADED]
        assert numbers == [printed(of) for of in scores]
    assert any(map(any, table.values()))


def kept(store, run_id, stage, arm, measure):
    """By epoch, straight from the rows of the database."""
    return {
        m.epoch: m.value
        for m in store.metrics(run_id)
        if (m.stage, m.arm, m.measure) == (stage, arm, measure)
    }


@pytest.mark.parametrize(("chart", "measure"), [("agreement", "agreement"), ("explanation", "explanation")])
def test_a_charts_lines_and_its_numbers_are_the_stores_own(finished, page, chart, measure):
    store, run_id = finished
    drawn = json.loads(page.named(f"data-{chart}").text)
    lines = {trace["name"]: trace for trace in drawn["data"] if "name" in trace}
    table = rows(page.named(f"numbers-{chart}"))
    arms = {"student": "student", "twin (λ = 0)": "twin", "placebo": "placebo"}
    assert lines
    for column, (label, line) in enumerate(lines.items()):
        values = kept(store, run_id, "students", arms[label], measure)
        assert dict(zip(line["x"], line["y"], strict=True)) == {
            epoch: None if math.isnan(value) else value for epoch, value in values.items()
        }
        for epoch, cells in table.items():
            assert cells[column] == defined(values.get(float(epoch), math.nan))


def test_the_finding_stands_first_in_the_words_of_the_numbers(finished, page):
    store, run_id = finished
    run = store.run(run_id)
    caveat = training_caveat(run, grouped(store.metrics(run_id)), label_counts(run.config))
    assert caveat == "Trained for 2 epochs only: too early to tell."
    said = page.all("main")[0].text
    sentences = [
        " ".join(sentence.split())
        for sentence in (headline(run.results, caveat=caveat), *details(run.results))
    ]
    assert said.startswith(f"What it shows {sentences[0]}")
    assert all(sentence in said for sentence in sentences)
    assert "The figures are of one seed (0), so they have no error bar over seeds." in said


def test_every_setting_is_listed_with_its_meaning(page):
    lines = {line.all("th")[0].text: line for line in page.all("table")[-1].all("tbody")[0].all("tr")}
    of_images = {
        name: field
        for name, field in RunConfig.model_fields.items()
        if name not in {"clip_seconds", "augmentation", *COLUMN_FIELDS}
    }
    assert list(lines) == [field.title for field in of_images.values()]
    assert lines["λ"].all("td")[0].text == "3"
    assert lines["Arms"].all("td")[0].text == "student, twin (λ = 0), placebo"
    assert (
        lines["Training images"].all("td")[1].text
        == "Number of images that the student is trained on; empty means all."
    )


def test_the_card_names_versions_machine_seed_and_weights(finished, page):
    store, run_id = finished
    card = next(each for each in page.all("dl") if each.attributes.get("class") == "card")
    entries = {each.all("dt")[0].text: each.all("dd")[0].text for each in card.all("div")}
    assert entries["Run"] == run_id
    assert entries["Seed"].startswith("0 ")
    assert entries["torch"] == store.card(run_id)["versions"]["torch"]
    assert entries["Platform"] == store.card(run_id)["platform"]
    assert entries["Weights, placebo"] == store.weights_hash(run_id, "placebo")


# --- heat maps ----------------------------------------------------------------------------------


def pixels(url):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,")))))


def test_all_arms_of_an_image_are_drawn_on_the_teachers_scale(finished):
    store, run_id = finished
    (row,) = heat_rows(store, run_id, [5])
    seen, own = (explain_test_image(store, run_id, 5, target=each) for each in ("teacher", "own"))
    heat = {arm: density(view.attribution) for arm, view in seen.arms.items()}
    scale = ColourScale(scale_limit(heat))
    assert row.top == f"{scale.limit:.1f}"
    assert [panel.name for panel in row.panels] == [
        "image",
        "teacher",
        "student",
        "twin (λ = 0)",
        "placebo",
        "student − teacher",
    ]
    alone = [arm for arm in ARMS if own.arms[arm].predicted != seen.target]
    for panel, arm in zip(row.panels[1:5], ARMS, strict=True):
        shown, on = heat[arm], scale
        if arm in alone:  # its own answer, on its own scale
            shown = density(own.arms[arm].attribution)
            on = ColourScale(scale_limit({"teacher": shown}))
        np.testing.assert_array_equal(
            pixels(panel.picture), with_arm_bar(overlay(seen.image, shown, on), arm)
        )
        assert any("own scale" in line for line in panel.lines) == (arm in alone)
    assert row.panels[2].lines[0].startswith(seen.classes[seen.arms["student"].predicted])


def test_an_undefined_map_is_hatched_and_has_a_reason(finished, monkeypatch):
    store, run_id = finished
    seen = explain_test_image(store, run_id, 5)
    blank = {**seen.arms, "student": replaced(seen.arms["student"], attribution=-np.ones((4, 4), np.float32))}
    monkeypatch.setattr("kdviz.report.rows.explain_test_image", lambda *_, **__: replaced(seen, arms=blank))
    (row,) = heat_rows(store, run_id, [5])
    assert row.panels[2].lines[1:] == ("undefined: no positive evidence for this class",)
    assert row.panels[2].alt == "student: the map is undefined."
    assert (row.reach, row.panels[-1].lines) == ("", ("undefined: one of the maps is",))


def test_the_cue_is_framed_where_it_is_and_said_to_be_right_or_wrong(finished, page):
    store, run_id = finished
    config = store.run(run_id).config
    for index in (5, 6, 7, 8):
        (row,) = heat_rows(store, run_id, [index])
        cue = planted_cue(config, index)
        rows, columns = cue.mask.nonzero().T
        top, left, bottom, right = rows.min(), columns.min(), rows.max() + 1, columns.max() + 1
        assert row.outlines[-1].path == f"M{left} {top} H{right} V{bottom} H{left} Z"
        label = run_images(config).test.labels[index]
        assert ("here it is wrong" in row.sentence) == (cue.variant.indicated != label)
        assert ("here it is right by luck" in row.sentence) == (cue.variant.indicated == label)
        assert row.size == tuple(cue.mask.shape)
    drawn = page.all("svg")
    assert len(drawn) == sum(len(each.all("figure")) for each in page.all("article"))


def test_an_image_is_described_by_the_headline_of_explain(finished):
    store, run_id = finished
    for index in (5, 6, 7, 8):
        own, cue = (
            explain_test_image(store, run_id, index, target="own"),
            planted_cue(store.run(run_id).config, index),
        )
        effects = cue_effects(store, run_id, index, arms=("twin", "student", "teacher"))
        (row,) = heat_rows(store, run_id, [index])
        assert row.sentence.endswith(cue_headline(own, cue, effects))


def test_the_size_of_images_is_that_of_the_data(finished):
    config = make_config({"dataset": "blood-cells"})
    sizes = {entry.name: entry.value for entry in settings_list(config)}
    assert sizes["Image size"] == "96 × 96"


@pytest.mark.parametrize(
    ("dataset", "size", "augmentation"),
    [("blood-cells", True, False), ("sentiment", False, False), ("speech-commands-mini", False, True)],
)
def test_settings_of_another_kind_of_input_are_left_out(dataset, size, augmentation):
    names = [entry.name for entry in settings_list(make_config({"dataset": dataset}))]
    assert ("Image size" in names, "Augmentation" in names) == (size, augmentation)
    assert "Batch size" in names


def test_what_may_be_concluded_is_in_the_report_once_the_test_set_was_surveyed(finished, page):
    store, run_id = finished
    assert "What may I conclude?" not in page.text
    assert start_survey(store, run_id, "grad-cam").wait(PATIENCE_S).state == "done"
    run, survey = store.run(run_id), known_survey(store, run_id)
    known = read(report_html(store, run_id))
    (finding,) = (each for each in known.all("div") if each.attributes.get("class") == "finding")
    assert finding.text.count("too early to tell") == 1
    given = Grounds(
        run,
        survey,
        survey,
        cards=[trust_card(store, run_id, arm=arm) for arm in ("teacher", "student")],
        removals=known_cue_removals(store, run),
        caveat=training_caveat(run, grouped(store.metrics(run_id)), label_counts(run.config)),
    )
    assert given.caveat in known.text
    for group, found in conclusions(given).items():
        name = group_name(group, early=bool(given.caveat))
        heading = next(each for each in known.all("h4") if name in each.text)
        assert group in heading.attributes["class"]
        assert all(" ".join(each.text.split()) in known.text for each in found)
    columns = figure_columns(given)
    table = known.named("concluded")
    assert [each.text for each in table.all("th")[1 : 1 + len(columns)]] == [each.title for each in columns]
    cells = [
        [[float(number.attributes["value"]) for number in cell.all("data")] for cell in line.all("td")]
        for line in table.all("tbody")[0].all("tr")
    ]
    assert cells == [
        [
            defined(of.shares[arm].value, of.shares[arm].low, of.shares[arm].high) if arm in of.shares else []
            for of in columns
        ]
        for arm in ARMS
    ]
    assert known.named("concluded-caption").text == " ".join(figures_caption(given).split())
    checked = replace(given, cards=[*given.cards, trust_card(store, run_id, arm="twin")])
    assert " ".join(figures_notes(checked)[0].split()) in read(report_html(store, run_id)).text
    places = rows(known.named("places"))
    hits = {row.arm: row.hit for row in localization_table(survey) if row.region == "cue"}
    assert places["Brightest spot on the cue"] == [
        defined(hits[arm].value, hits[arm].low, hits[arm].high) for arm in ARMS
    ]


def replaced(value, **changes):
    return type(value)(**{**vars(value), **changes})


def test_shown_are_the_first_images_of_the_probe_set_or_the_requested_ones(finished, page):
    store, run_id = finished
    titles = [each.all("h3")[0].text for each in page.all("article")]
    assert [int(re.search(r"\d+", title)[0]) for title in titles] == store.probe(run_id, 2).indices[
        :6
    ].tolist()
    assert "first images of the probe set" in page.text
    asked = read(report_html(store, run_id, image_indices=[3, 1]))
    assert [each.all("h3")[0].text.split(":")[0] for each in asked.all("article")] == [
        "Test image 3",
        "Test image 1",
    ]
    assert "These images were chosen by hand." in asked.text


def test_an_image_that_does_not_exist_is_one_line(finished):
    with pytest.raises(ConfigError) as caught:
        report_html(*finished, image_indices=[999])
    assert str(caught.value) == "image: must be from 0 to 23, got 999."


# --- anywhere, to anybody -----------------------------------------------------------------------


def test_nothing_is_loaded_from_anywhere(page, html):
    for element in page.all():
        for name in ("src", "href", "srcset", "data", "poster", "action", "xlink:href"):
            assert element.attributes.get(name, "data:").startswith("data:")
    style = page.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style
    policy = next(
        each.attributes["content"] for each in page.all("meta") if each.attributes.get("http-equiv")
    )
    assert policy.startswith("default-src 'none'; img-src data: blob:; ")
    library = max((each.text for each in page.all("script")), key=len)
    assert len(re.findall("https?://", html)) == len(re.findall("https?://", library))


def test_plotly_is_there_once(page):
    assert [len(each.text) > 1_000_000 for each in page.all("script")].count(True) == 1


def test_what_people_wrote_is_text_and_nothing_else(page, html):
    charts = [each for each in page.all("script") if each.attributes.get("type") == "application/json"]
    assert len(page.all("script")) == len(charts) + 2
    assert not page.all("b", "i")
    for element in page.all():
        assert not [name for name in element.attributes if name.startswith("on")]
    assert page.all("h1")[0].text == NAME
    assert page.all("title")[0].text.startswith(NAME)
    for text in (" ".join(NOTE.split()), TAG, "1 broken file was skipped: <i>x</i>.png.", *CLASSES):
        assert text in page.text
    alts = {image.attributes["alt"] for image in page.all("img")}
    assert any(alt.endswith(f": {CLASSES[0]}") for alt in alts)


def test_nobody_learns_where_the_images_are_kept(html, pictures):
    assert "secret-place" not in html
    assert pictures.name in html


def test_it_can_be_read_without_eyes(page):
    assert page.all("html")[0].attributes["lang"] == "en"
    assert all(image.attributes["alt"].strip() for image in page.all("img"))
    assert all(head.attributes.get("scope") in ("col", "row") for head in page.all("th"))
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    for plot in (each for each in page.all() if "data-chart" in each.attributes):
        assert plot.attributes["aria-label"].split() == plot.text.split()  # there without a script, too
    names = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert len(names) == len(set(names))
    assert {
        each.attributes["aria-labelledby"] for each in page.all() if "aria-labelledby" in each.attributes
    } <= set(names)


def test_only_terms_that_the_run_uses_are_explained(finished, page):
    words = [each.text for each in page.all("dl")[0].all("dt")]
    assert words == [
        "Teacher",
        "Student",
        "Twin",
        "Placebo",
        "λ",
        "Heat map",
        "Agreement",
        "Chance level",
        "Corrected agreement",
        "Held-out explainer",
        "Confidence interval",
        "Planted cue",
        "Cue helps, random cue",
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_term_of_a_report_reads_without_markdown(code):
    with speaking(code):
        texts = [term.plain for term in glossary(EVERY_ARM, cue=True)]
    assert len(texts) == len(EVERY_ARM) + 9
    assert [text for text in texts if re.search(r"[*$\\_`]|\]\(|https?:", text)] == []
    assert any("arXiv:1503.02531" in text for text in texts)


# --- what is not there --------------------------------------------------------------------------


def test_the_report_of_a_stopped_run_states_it(finished, tmp_path):
    config = finished[0].run(finished[1]).config.model_dump(mode="json")
    store = Store(tmp_path)
    run_id = store.create(config)
    store.set_state(run_id, "cancelled", "Taken out of the queue.")
    page = read(report_html(store, run_id))
    assert "This run was stopped: Taken out of the queue. It has no final figures." in page.text
    assert "There are no heat maps here. run" in page.text
    assert "Nothing has been measured yet." in page.text
    assert not page.all("script", "article")
    assert page.all("h1")[0].text == store.run(run_id).title


def test_without_the_images_everything_else_is_there(finished, pictures, tmp_path):
    store, run_id = finished
    elsewhere = Store(tmp_path / "runs")
    elsewhere.import_run(
        store.export(run_id, tmp_path / "run.zip"),
        lambda config: {**config, "data": str(tmp_path / "secret-place" / "gone")},
    )
    html = report_html(elsewhere, run_id)
    page = read(html)
    assert "There are no heat maps here. data: no folder or zip 'gone'." in page.text
    assert "secret-place" not in html
    assert rows(page.named("figures")) == rows(read(report_html(store, run_id)).named("figures"))


def test_a_run_that_does_not_exist_is_one_line(finished):
    with pytest.raises(StoreError, match="unknown id 'mine'"):
        report_html(finished[0], "mine")
