"""The browser's own drawing of a map, pixel by pixel: what `overlay` draws for a report."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from kdviz.figures.maps import COLOUR_MAPS, ColourScale, enlarged, map_layer, overlay, palettes
from kdviz.ui.widgets.panel import MAP_LAYERS_JS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMAGE = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
HEAT = np.random.default_rng(0).random((5, 7)).astype(np.float32) * 4
SCALES = [*(ColourScale(3, colours=name) for name in COLOUR_MAPS), ColourScale(2, signed=True)]


def drawn(page, layer) -> np.ndarray:
    """The canvas that the script makes of a layer, RGBA."""
    url = page.evaluate("([layer, palettes]) => heat(layer, palettes, 240).toDataURL()", [layer, palettes()])
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))


def test_a_map_is_drawn_as_in_a_report(page):
    page.set_content("<title>layers</title>")
    page.add_script_tag(content=MAP_LAYERS_JS)
    for scale in SCALES:
        heat = HEAT - 2 if scale.signed else HEAT
        for grid in (True, False):
            canvas = drawn(page, map_layer(heat, scale, grid=grid))
            assert canvas.shape == ((5, 7, 4) if grid else (240, 240, 4))
            expected = overlay(IMAGE, heat, scale, opacity=1, grid=grid)
            rows, columns = (((np.arange(240) + 0.5) * side / 240).astype(int) for side in canvas.shape[:2])
            over = canvas[rows][:, columns].astype(float)
            share = over[..., 3:] / 255
            composed = enlarged(IMAGE) * (1 - share) + over[..., :3] * share
            assert np.abs(composed - expected).max() <= 4, (scale, grid)


def test_an_undefined_map_is_hatched(page):
    page.set_content("<title>layers</title>")
    page.add_script_tag(content=MAP_LAYERS_JS)
    layer = map_layer(np.full((2, 2), np.nan, np.float32), ColourScale(1))
    assert page.evaluate("([layer]) => heat(layer, {}, 240).className", [layer]) == "over undefined"
