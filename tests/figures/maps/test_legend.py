"""The legend shows each line as the browser draws it, and escapes the names."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np

from kdviz.figures.maps import cue_layer, line_legend, mask_outline, outline_layer

MASK = np.eye(4, dtype=bool)


def lines(html):
    """The strokes of each sample, from the lowest."""
    drawings = [unquote(each) for each in re.findall(r'src="data:image/svg\+xml,([^"]*)"', html)]
    return [[line.attrib for line in ElementTree.fromstring(each)] for each in drawings]


def test_each_outline_has_its_own_colour_width_and_dashes_over_a_white_seam():
    layers = [mask_outline(MASK), outline_layer("student", np.eye(4, dtype=np.float32))]
    html = line_legend([(layers[0], "the object"), (layers[1], "student")])
    assert list(filter(None, re.split("<[^>]*>", html))) == ["the object", "student"]
    for (seam, line), layer in zip(lines(html), layers, strict=True):
        assert (seam["stroke"], float(seam["stroke-width"])) == ("#fff", 2 * layer["stroke"])
        assert (line["stroke"], float(line["stroke-width"])) == (layer["color"], layer["stroke"])
        assert line["stroke-dasharray"] == " ".join(map(str, layer["dashes"]))


def test_the_cue_is_a_frame_in_its_colour_and_comes_first():
    image = np.zeros((8, 8, 3), np.uint8)
    image[:2, :2] = (255, 0, 191)
    html = line_legend([(mask_outline(MASK), "object")], cue=(cue_layer(image, (0, 0, 2, 2), ""), "<patch>"))
    assert "border:3px solid #ff00bf" in html
    assert 0 < html.index("&lt;patch&gt;") < html.index("object")


def test_without_lines_there_is_no_legend():
    assert line_legend([]) == ""
