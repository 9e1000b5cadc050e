"""One image through all arms as files: the very maps, and the very picture."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kdviz.comparison import explain_test_image
from kdviz.figures.maps import (
    density,
    enlarged,
    framed,
    heatmaps,
    overlay,
    own_scale,
    shaded_words,
    signed_density,
    word_evidence,
)
from kdviz.figures.style import ARM_STYLES
from kdviz.language import language, speaking
from kdviz.narrative import prediction_line
from kdviz.report import explanation_npz, heatmap_row_png, image_files, shaded_text_page, shown_maps
from kdviz.store import Store
from kdviz.store.prepared import RUN


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A store with the run that comes with the package, whose twin is misled."""
    store = Store(tmp_path_factory.mktemp("prepared") / "runs")
    return store, store.import_run(RUN)


def test_the_arrays_are_the_maps_as_they_were_computed(finished):
    row = explain_test_image(*finished, 3)
    with np.load(io.BytesIO(explanation_npz(row)), allow_pickle=False) as arrays:
        for arm, view in row.arms.items():
            np.testing.assert_array_equal(arrays[f"map_{arm}"], view.attribution)
            np.testing.assert_array_equal(arrays[f"probabilities_{arm}"], view.probabilities)
            assert arrays[f"target_{arm}"] == view.target
        np.testing.assert_array_equal(arrays["image"], row.image)
        assert (arrays["index"], arrays["label"]) == (3, row.label)
        assert tuple(arrays["classes"]) == row.classes


def _own_and_compared(store, run_id):
    """A test image on which an arm predicts another class than the teacher: for its own, and the teacher's."""
    for index in range(16):
        compared = explain_test_image(store, run_id, index)
        if any(of.predicted != of.target for of in compared.arms.values()):
            return explain_test_image(store, run_id, index, target="own"), compared
    raise AssertionError("every arm predicts what the teacher does")


@pytest.mark.parametrize("options", [{}, {"grid": True, "opacity": 0.5, "box": (1, 1, 4, 4)}])
def test_the_maps_of_the_picture_are_the_overlays_on_the_scales_that_are_shown(prepared, options):
    own, compared = _own_and_compared(*prepared)
    shown = shown_maps(own, compared, colours="viridis")
    sheet = np.asarray(Image.open(io.BytesIO(heatmap_row_png(shown, **options))).convert("RGB"))
    box = options.get("box")
    how = {name: value for name, value in options.items() if name != "box"}
    common = heatmaps(compared.attributions, colours="viridis", clip=True).scale
    left = 16
    for arm in (None, *own.arms):
        picture = enlarged(own.image)
        if arm is not None:
            of = own.arms[arm]
            same = of.target == own.arms["teacher"].target
            scale = common if same else own_scale(of.attribution, colours="viridis")
            assert (arm in shown.alone) == (not same)
            picture = overlay(own.image, density(of.attribution), scale, **how)
        drawn = picture if box is None else framed(picture, box, own.image)
        height, width = drawn.shape[:2]
        np.testing.assert_array_equal(sheet[16 : 16 + height, left : left + width], drawn)
        left += width + 16
    assert shown.alone
    assert left == sheet.shape[1]


def test_below_each_map_stand_its_network_its_answer_and_its_scale(prepared):
    own, compared = _own_and_compared(*prepared)
    shown = shown_maps(own, compared)
    sheet = np.asarray(Image.open(io.BytesIO(heatmap_row_png(shown))).convert("RGB"))
    picture = enlarged(own.image)
    height, width = picture.shape[:2]
    below = sheet[16 + height + height // 32 :]
    for number, arm in enumerate(("image", *own.arms)):
        column = below[:, 16 + number * (width + 16) :][:, :width]
        assert (column < 60).all(-1).any()  # letters
        coloured = (column.max(-1).astype(int) - column.min(-1) > 90).any()
        assert coloured == (arm != "image")  # a mark, and a scale up to yellow


def test_without_a_font_for_the_language_the_caption_is_in_english(prepared, monkeypatch):
    own, compared = _own_and_compared(*prepared)
    shown = shown_maps(own, compared)
    monkeypatch.setattr(image_files, "is_drawable", str.isascii)
    monkeypatch.setattr(image_files, "prediction_line", lambda *given: f"{language()} {given[0].classes[0]}")
    drawn = []
    monkeypatch.setattr(image_files, "captioned_row", lambda row, footer: drawn.extend(row) or row[0].picture)
    with speaking("zh"):
        heatmap_row_png(replace(shown, explanation=replace(own, classes=("猫", *own.classes[1:]))))
    assert {each.lines[0] for each in drawn[1:]} == {"en class 0"}


@pytest.mark.parametrize(("sound", "name"), [(None, "image"), (np.zeros(8, np.int16), "spectrogram")])
def test_the_first_picture_is_named_by_what_it_is(prepared, monkeypatch, sound, name):
    own, compared = _own_and_compared(*prepared)
    drawn = []
    monkeypatch.setattr(image_files, "captioned_row", lambda row, footer: drawn.extend(row) or row[0].picture)
    heatmap_row_png(shown_maps(replace(own, sound=sound), compared))
    assert [each.name for each in drawn] == [name, *(ARM_STYLES[arm].label for arm in own.arms)]
    assert [each.lines[0] for each in drawn[1:]] == [
        prediction_line(own, arm).replace("✓ ", "✓\N{NO-BREAK SPACE}").replace("✗ ", "✗\N{NO-BREAK SPACE}")
        for arm in own.arms
    ]


def test_the_page_of_a_text_holds_every_arms_words_and_loads_nothing(small_run):
    store, run_id = small_run("sentiment")
    row, own = (explain_test_image(store, run_id, 1, target=target) for target in ("teacher", "own"))
    shown = shown_maps(own, row, signed=True)
    page = shaded_text_page(shown).decode()
    maps = heatmaps(row.attributions, signed=True, clip=True)
    for arm, of in own.arms.items():
        same = of.target == own.arms["teacher"].target
        scale = maps.scale if same else own_scale(of.attribution, signed=True)
        for word in shaded_words(row.text, signed_density(of.attribution), scale):
            assert f'{word_evidence(word)}"' in page
        assert prediction_line(own, arm) in page
    assert page.count("<p title=") == len(row.arms)
    assert not re.search(r"https?:|src=|<script", page)
