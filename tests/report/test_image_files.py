"""One image through all arms as files: the very maps, and the very picture."""

import io
import re

import numpy as np
from PIL import Image

from kdviz.comparison import explain_test_image
from kdviz.figures.maps import heatmaps, shaded_words, word_evidence
from kdviz.report import explanation_npz, heatmap_row_png, shaded_text_page


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


def test_the_picture_holds_the_image_and_every_arm_side_by_side(finished):
    row = explain_test_image(*finished, 3)
    picture = np.asarray(Image.open(io.BytesIO(heatmap_row_png(row))).convert("RGB"))
    height, width, _ = picture.shape
    assert width > (1 + len(row.arms)) * height * 0.9
    side = row.image.shape[0] * (height // row.image.shape[0])
    first = np.asarray(
        Image.fromarray(row.image).convert("RGB").resize((side, side), Image.Resampling.NEAREST)
    )
    assert np.abs(picture[side // 2, side // 2].astype(int) - first[side // 2, side // 2]).max() <= 40


def test_the_page_of_a_text_holds_every_arms_words_and_loads_nothing(small_run):
    row = explain_test_image(*small_run("sentiment"), 1)
    page = shaded_text_page(row).decode()
    maps = heatmaps(row.attributions, signed=True, clip=True)
    for arm in row.arms:
        for word in shaded_words(row.text, maps.values[arm], maps.scale):
            assert f'{word_evidence(word)}"' in page
    assert page.count("<p title=") == len(row.arms)
    assert not re.search(r"https?:|src=|<script", page)
