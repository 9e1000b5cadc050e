"""Texts with their maps: what is drawn of each word, and what is said of it."""

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from kdviz.figures.maps import (
    ColourScale,
    ShadedWord,
    has_unknown_words,
    heatmaps,
    shaded_words,
    unread_sentence,
    word_alt,
    word_evidence,
    word_layers,
    word_style,
    words_html,
    words_key,
    words_legend,
)
from kdviz.language import speaking

SIGNED = ColourScale(2.0, signed=True)
NAN = float("nan")


class Page(HTMLParser):
    """The text, the tags and the attributes of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.text, self.tags, self.attributes = "", [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def handle_data(self, data):
        self.text += data


def shaded(text, values, scale=SIGNED):
    return shaded_words(text, np.array(values, np.float32), scale)


def test_word_i_of_the_text_has_cell_i_of_the_map():
    words = shaded("It isn't  good.", [0, 1, -1, 2, -4, NAN])
    assert [(word.gap, word.text) for word in words] == [("", "It"), (" ", "is"), ("", "n't"), ("  ", "good"), ("", ".")]  # fmt: skip
    assert [word.value for word in words] == [0, 1, -1, 2, -4]
    assert [word.shade for word in words] == [0, 0.5, -0.5, 1, -1]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('x')</script> & \"quotes\"",
        "好看的电影，不错！",
        "great 🎉 film 👍",
        "two\nlines",
        "été 42%",
    ],
)
def test_a_text_is_shown_as_written_whatever_it_holds(text):
    page = Page(words_html(shaded(text, np.linspace(-2, 2, 48)), alt=f'said of "{text}"'))
    assert page.text == text
    assert set(page.tags) == {"span"}
    assert page.attributes[0]["aria-label"] == f'said of "{text}"'


def test_evidence_is_told_by_hue_and_evidence_against_by_an_underline_too():
    for_it, against, neutral = (word_style(word) for word in shaded("good bad the", [2, -2, 0.01]))
    assert "background" in for_it
    assert "underline" not in for_it
    assert "underline" in against
    assert for_it.partition("rgba")[2] != against.partition("rgba")[2]
    assert "background" not in neutral
    assert "underline" not in neutral


def test_more_evidence_has_more_colour():
    words = shaded("a b c d e", [0.4, 0.8, 1.2, 2, 5])
    opacity = [float(re.search(r",([\d.]+)\)", word_style(word))[1]) for word in words]
    assert opacity == sorted(opacity)
    assert opacity[0] < opacity[1] < opacity[2] < opacity[3] == opacity[4]


def test_an_undefined_word_is_hatched_and_an_unread_one_is_plain():
    undefined, unread = shaded("known beyond", [NAN])
    assert "repeating-linear-gradient" in word_style(undefined)
    assert "gradient" not in word_style(unread)
    assert "opacity" in word_style(unread)
    assert [word_evidence(word) for word in (undefined, unread)] == ["undefined", "not read"]


def test_the_end_that_is_not_read_is_counted():
    assert unread_sentence(shaded("one two three", [1.0])) == "The last 2 words were not read."
    assert unread_sentence(shaded("one two three", [1.0, 1.0])) == "The last 1 word was not read."
    assert unread_sentence(shaded("one two three", [1.0, 2, 3])) == ""


def test_the_browser_is_sent_the_end_that_is_not_read_as_one_word_and_cut_off():
    layers = word_layers(shaded("one  two, " + "three " * 20_000, [1.0, -2]))
    assert [(layer["gap"], layer["text"], layer["column"]) for layer in layers[:2]] == [
        ("", "one", 0),
        ("  ", "two", 1),
    ]
    assert [layer["value"] for layer in layers] == ["+1.00×", "−2.00×", ""]
    assert layers[2]["text"].startswith(", three three")
    assert layers[2]["gap"] == ""
    assert len(layers[2]["text"]) == 401
    assert layers[2]["evidence"] == "not read"


SIDES = ("left", "top", "right", "bottom")


def sides(style):
    """On which sides a style has a frame."""
    return "".join(side[0] for side in SIDES if f"border-{side}:" in style)


def test_a_planted_word_is_framed_on_all_sides():
    html = words_html(shaded("a tuesday b", [0, 2, 0]), outlined={1})
    assert [sides(each["style"]) for each in Page(html).attributes[1:]] == ["", "ltrb", ""]


def test_words_that_follow_one_another_share_a_frame_that_runs_on_over_the_gaps():
    words = shaded("a don't go b", [0, 2, 1, 1, 0])
    html = words_html(words, outlined={1, 2, 3})
    drawn = [sides(each["style"]) for each in Page(html).attributes[1:]]
    assert drawn == ["", "ltb", "tb", "tb", "trb", ""], "a, do, n't, the gap, go, b"
    layers = word_layers(words, outlined={1, 2, 3})
    assert [sides(each["style"]) for each in layers] == ["", "ltb", "tb", "trb", ""]
    assert [sides(each["gap_style"]) for each in layers] == ["", "", "tb", "tb", ""]


@pytest.mark.parametrize(
    ("shade", "said"),
    [(-1, "strongly against"), (-0.5, "clearly against"), (-0.2, "weakly against"), (0.05, "neutral"),
     (0.2, "weakly for"), (0.5, "clearly for"), (0.9, "strongly for")],
)  # fmt: skip
def test_evidence_in_words(shade, said):
    assert word_evidence(ShadedWord("not", "", shade, shade)) == said


@pytest.mark.parametrize(
    ("shade", "said"), [(0, "hardly any"), (0.2, "weak"), (0.5, "clear"), (0.9, "strong")]
)
def test_a_map_without_signs_is_neither_for_nor_against(shade, said):
    (word,) = shaded("not", [shade], ColourScale(1))
    assert word_evidence(word) == said
    assert word_alt("teacher", [word]) == (
        "teacher: the strongest words not." if shade else "teacher: no word stands out."
    )


def test_a_tooltip_has_the_value_and_what_it_means():
    titles = [each["title"] for each in Page(words_html(shaded("not yet more", [-2, NAN]))).attributes[1:]]
    assert titles == ["−2.00×, strongly against", "undefined", "not read"]


def test_a_word_outside_of_the_vocabulary_is_dotted_and_said_to_be_unknown():
    words = shaded("good zzxq. Blarg", [2, 2, 0, -2])
    styles = [word_style(word) for word in words]
    assert ["radial-gradient" in style for style in styles] == [False, True, False, True]
    assert not any("background:rgba" in style for style in (styles[1], styles[3]))
    unknown = "not in the vocabulary: read as a random vector"
    assert [layer["evidence"] for layer in word_layers(words)] == [
        "strongly for", f"strongly for; {unknown}", "neutral", f"strongly against; {unknown}"]  # fmt: skip
    assert [layer["known"] for layer in word_layers(words)] == [True, False, True, False]
    assert word_alt("twin", words) == (
        "twin: the strongest words for the class: good, zzxq (unknown); against it: Blarg (unknown)."
    )
    key = "dotted: not in the vocabulary"
    assert key in words_key(signed=True, unknown=has_unknown_words("good zzxq"))
    assert key not in words_key(signed=True, unknown=has_unknown_words("good film"))


def test_a_description_names_the_strongest_words():
    words = shaded("a great film , not a bad one", [0, 2, 1, 0, -0.5, 0, -3, 0.1])
    assert word_alt("student", words) == "student: the strongest words for the class: great, film; against it: bad, not."  # fmt: skip
    assert word_alt("twin", shaded("a b", [0, 0.1])) == "twin: no word stands out."
    assert word_alt("twin", shaded("a b", [NAN, NAN])) == "twin: the map is undefined."


def test_the_legend_is_drawn_as_the_words_are():
    assert [word.text for word in words_legend(signed=True)] == [
        "strongly against", "clearly against", "neutral", "clearly for", "strongly for"]  # fmt: skip
    assert [word.text for word in words_legend(signed=False)] == ["hardly any", "clear", "strong"]


def test_in_chinese():
    with speaking("zh"):
        assert word_evidence(ShadedWord("不", "", -2, -1)) == "强烈反对"


def test_maps_of_texts_are_scaled_by_the_words_that_are_there():
    """As the same maps without the places that have no word."""
    teacher, twin = np.array([1, -3, 2, NAN], np.float32), np.array([4, 0, 0, NAN], np.float32)
    for signed in (False, True):
        padded = heatmaps({"teacher": teacher, "twin": twin}, signed=signed)
        cut = heatmaps({"teacher": teacher[:3], "twin": twin[:3]}, signed=signed)
        assert padded.scale == cut.scale
        assert all(map(padded.is_defined, ("teacher", "twin")))
        for arm, values in cut.values.items():
            np.testing.assert_array_equal(padded.values[arm], [*values, NAN])
    assert not heatmaps({"teacher": np.full(4, NAN, np.float32)}).is_defined("teacher")


def luminance(colour):
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in np.array(colour) / 255]  # fmt: skip
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(one, other):
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


LIGHT_TEXT = tomllib.loads((Path(__file__).parents[3] / ".streamlit/config.toml").read_text())["theme"]["light"]["textColor"]  # fmt: skip


@pytest.mark.parametrize("shade", [-1, -0.5, 0.5, 1])
@pytest.mark.parametrize(
    ("text", "page"),
    [(tuple(bytes.fromhex(LIGHT_TEXT[1:])), (255, 255, 255)), ((250, 250, 250), (14, 17, 23))],
)
def test_words_can_be_read_on_a_light_and_a_dark_page(shade, text, page):
    red, green, blue, opacity = map(float, re.search(r"rgba\((.*?)\)", word_style(ShadedWord("x", "", shade, shade)))[1].split(","))  # fmt: skip
    behind = np.array((red, green, blue)) * opacity + np.array(page) * (1 - opacity)
    assert contrast(text, behind) >= 4.5
