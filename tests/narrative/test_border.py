"""The warning about the border: not where the cue or the object is at the border."""

import numpy as np
import pytest

from kdviz.figures.maps import border_band, border_share
from kdviz.language import percentage
from kdviz.narrative import border_warning

MOST = "Most of it at the edge: this may be an artefact."
BAND = "Brightest along the edge: this may be an artefact."


def ring(inside=0.0):
    """12 × 12 cells, 1 on the outermost 44."""
    heat = np.ones((12, 12), np.float32)
    heat[1:-1, 1:-1] = inside
    return heat


def spot():
    """On four cells at the lower edge, of which two are on it."""
    heat = np.zeros((12, 12), np.float32)
    heat[11, 5:7], heat[10, 5:7] = 3, 1
    return heat


def region(rows, columns):
    mask = np.zeros((48, 48), bool)
    mask[rows, columns] = True
    return mask


def test_a_ring_is_warned_of_with_its_share():
    assert border_warning(ring()) == (
        MOST,
        f"{percentage(1, 0)} of the evidence is at the border, {percentage(44 / 144, 0)} of the image: padding can "
        "cause this.",
    )


def test_a_band_along_the_border_with_less_than_half_of_the_evidence_is_warned_of_too():
    heat = ring(inside=0.5)
    evidence = 44 / (44 + 100 / 2)
    assert border_share(heat) is None
    assert border_band(heat).evidence == pytest.approx(evidence)
    said, about = border_warning(heat)
    assert said == BAND
    assert about.startswith(f"{percentage(evidence, 0)} of the evidence")


def test_a_bright_spot_elsewhere_is_no_band():
    heat = ring(inside=0.45)
    heat[3:9, 3:9] = 1.2
    assert border_band(heat) is None


@pytest.mark.parametrize(
    ("known", "warned"),
    [
        (region(slice(36, 48), slice(16, 32)), False),
        (region(slice(0, 12), slice(0, 12)), True),
        (region(slice(0, 48), slice(0, 48)), True),
        (None, True),
    ],
    ids=["there", "elsewhere", "everywhere", "unknown"],
)
def test_evidence_at_the_edge_is_no_artefact_where_the_cue_or_the_object_is(known, warned):
    assert (border_warning(spot(), known) is not None) == warned


def test_a_map_in_the_centre_is_not_warned_of():
    heat = np.zeros((12, 12), np.float32)
    heat[5:7, 5:7] = 1
    assert border_warning(heat) is None
