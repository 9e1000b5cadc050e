"""A training picture, or a clip as its spectrogram, as the mask painter shows it."""

from __future__ import annotations

from kdviz.cache import Cache
from kdviz.comparison import TrainingImage, TrainingTriage
from kdviz.datasets import class_name
from kdviz.figures.maps import Heatmaps, heatmap_alt, heatmaps, image_layer, map_layer, thumbnail, webp_url
from kdviz.types import Arm
from kdviz.ui.agreement.clip_to_mark import clip_to_mark
from kdviz.ui.agreement.mask_painter import Mask, PaintedMap, PaintedPicture, PaintedTile
from kdviz.ui.widgets.answers import answer_text, answer_verdict, arm_mark

_TILE_PX = 96

_TILES: Cache[str] = Cache(200)
"""URLs of small pictures by digest: they are drawn once for all visitors, and after each stroke."""


def picture_to_mark(
    triage: TrainingTriage,
    image: TrainingImage,
    mask: Mask | None,
    *,
    title: str,
    following: str,
    version: int,
    columns: bool,
) -> PaintedPicture:
    """The picture with its mask, and the maps of student and teacher. The rest is as in `PaintedPicture`."""
    maps = heatmaps(image.maps)
    return PaintedPicture(
        image.digest,
        title,
        image_layer(image.image),
        mask,
        [_map(triage, image, arm, maps) for arm in image.maps],
        following,
        version,
        clip_to_mark(image, mask),
        columns,
    )


def picture_tile(image: TrainingImage, *, title: str, marked: bool) -> PaintedTile:
    """Its place in the strip."""
    url = _TILES.get(image.digest, lambda: webp_url(thumbnail(image.image, _TILE_PX)))
    return PaintedTile(image.digest, url, title, marked)


def _map(triage: TrainingTriage, image: TrainingImage, arm: Arm, maps: Heatmaps) -> PaintedMap:
    answer = image.answers[arm]
    return PaintedMap(
        **arm_mark(arm),
        map=map_layer(maps.values[arm], maps.scale),
        alt=heatmap_alt(arm, maps.positive[arm]),
        answer=answer_text(class_name(triage.classes, answer.predicted), answer.confidence),
        verdict=answer_verdict(answer.predicted, image.label, None),
    )
