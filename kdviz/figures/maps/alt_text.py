"""Alt text of heatmaps: where a map is high, in one sentence, from the data of the image."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kdviz.figures.maps.heatmap import peak_region
from kdviz.figures.style import ARM_STYLES, percent, score, three_digits
from kdviz.language import _, listed, sentences
from kdviz.types import Arm, FloatArray


def heatmap_alt(arm: Arm, heatmap: FloatArray, *, agreement: float = math.nan) -> str:
    """Where an arm looks, e.g. "student looks mostly at the upper left (61.0 % of its evidence)"."""
    where = peak_region(heatmap)
    if not math.isfinite(where.share):
        return _("{arm}: the map is undefined.").format(arm=ARM_STYLES[arm].label)
    sentence = (
        _("{arm} looks mostly at the {place} ({share} of its evidence); agreement with the teacher {score}.")
        if math.isfinite(agreement)
        else _("{arm} looks mostly at the {place} ({share} of its evidence).")
    )
    return sentence.format(
        arm=ARM_STYLES[arm].label, place=where.name, share=percent(where.share), score=score(agreement)
    )


def heatmaps_alt(subject: str, heatmaps: Mapping[Arm, FloatArray]) -> str:
    """A row of one image and its overlays, arm by arm."""
    maps = (heatmap_alt(arm, heatmap) for arm, heatmap in heatmaps.items())
    return sentences(_("{sentence}.").format(sentence=subject), *maps)


def difference_alt(arm: Arm, signed: FloatArray, *, other: Arm = "teacher") -> str:
    """Where an arm looks more, and where less, than the other."""
    names = {"arm": ARM_STYLES[arm].label, "other": ARM_STYLES[other].label}
    more, less = (peak_region(part) for part in (signed.clip(min=0), (-signed).clip(min=0)))
    if not math.isfinite(more.share) or not math.isfinite(less.share):
        return _("{arm} against {other}: no difference to show, or a map is undefined.").format(**names)
    return _("{arm} looks more than the {other} at the {more}, less at the {less}.").format(
        **names, more=more.name, less=less.name
    )


def map_alt(name: str, values: FloatArray) -> str:
    """Where a map is highest, and its value. name: what the image shows."""
    where = peak_region(values.clip(min=0))
    if not math.isfinite(where.share):
        return _("{name}: nothing above 0.").format(name=name)
    return _("{name}: up to {most}, most of it at the {place}.").format(
        name=name, most=three_digits(float(values.max())), place=where.name
    )


def signed_map_alt(name: str, values: FloatArray) -> str:
    """Where a map is above and below 0. name: what the image shows."""
    more, less = (peak_region(part) for part in (values.clip(min=0), (-values).clip(min=0)))
    places = [
        text.format(place=where.name)
        for where, text in ((more, _("for the class at the {place}")), (less, _("against it at the {place}")))
        if math.isfinite(where.share)
    ]
    if not places:
        return _("{name}: 0 everywhere.").format(name=name)
    low, high = three_digits(float(values.min())), three_digits(float(values.max()))
    return _("{name}, from {low} to {high}: {places}.").format(
        name=name, low=low, high=high, places=listed(places)
    )
