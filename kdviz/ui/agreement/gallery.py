"""A gallery of test images with their overlays, or of texts with shaded words, each a link to Explain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.cache import Cache
from kdviz.comparison import MapPair, TriageRow, map_pairs, planted_cue
from kdviz.datasets import class_name, class_names
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    arm_lines,
    has_unknown_words,
    heatmap_row,
    heatmaps,
    heatmaps_alt,
    sentences_html,
    webp_url,
    words_key,
)
from kdviz.figures.style import ARM_STYLES, arm_legend, percent, score
from kdviz.language import _, language, sentences
from kdviz.ui.agreement.controls import ArmComparison
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.progress import bar
from kdviz.ui.widgets.clip_player import clip_player
from kdviz.ui.widgets.input_views import view_of
from kdviz.ui.widgets.sentence import frame_meaning

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AT_A_TIME = 6


@dataclass(frozen=True)
class Thumbnail:
    """An image, its teacher's map and the arm's, side by side; or a text, with a line for each of the two.

    picture: a data URL, since a file is another request; "" of a text. sentences: HTML; "" of an image.
    framed, unknown: whether words of it are in a frame, or not in the vocabulary. sound: the clip whose
    spectrogram the picture is.
    """

    picture: str = ""
    alt: str = ""
    sentences: str = ""
    framed: bool = False
    unknown: bool = False
    sound: NDArray[np.int16] | None = None


@st.cache_resource(show_spinner=False)
def _known() -> Cache[list[Thumbnail]]:
    """Drawn thumbnails. A cached function that draws a progress bar would show it again with each hit."""
    return Cache(64)


def gallery(shown: ArmComparison, rows: list[TriageRow]) -> None:
    """The first images of a list, and a button for more."""
    if not rows:
        st.info(
            _("No image meets all conditions. Widen a filter, or clear the selection."),
            icon=":material/search_off:",
        )
        return
    legend = st.container(gap="xxsmall")
    count = min(len(rows), st.session_state.get("ag_shown", _AT_A_TIME))
    thumbnails = []
    for start in range(0, count, _AT_A_TIME):
        thumbnails += _page(shown, rows[start : min(start + _AT_A_TIME, count)])
    with legend:
        _legend(shown, rows[:count], thumbnails)
    if count < len(rows):
        more = min(_AT_A_TIME, len(rows) - count)
        st.button(
            _("Show {count} more").format(count=more),
            icon=":material/expand_more:",
            on_click=safely(_show),
            args=(count + more,),
        )


def _legend(shown: ArmComparison, rows: list[TriageRow], thumbnails: list[Thumbnail]) -> None:
    """Whose the maps are, and what their colours mean."""
    explainer, view = EXPLAINERS[shown.survey.explainer], view_of(shown.run.config.dataset)
    st.html(arm_legend(("teacher", shown.arm), before=view.first()))
    if not view.on_picture:
        said = _("Evidence for what the teacher predicts:")
        frames = frame_meaning(shown.run) if any(each.framed for each in thumbnails) else ""
        unknown = any(each.unknown for each in thumbnails)
        st.html(words_key(signed=explainer.signed, before=said, framed=frames, unknown=unknown))
        scale = _("{explainer}. Each text has one scale, with full colour at the teacher's strongest word.")
    else:
        scale = _(
            "{explainer}, evidence for the teacher's predicted class, positive part. Each row shares one "
            "scale, with full colour at the teacher's maximum."
        )
    hatched = _("Hatched: nothing speaks for that class, so there is no map.")
    undefined = any(math.isnan(row.score) for row in rows)
    st.caption(sentences(scale.format(explainer=_(explainer.label)), hatched if undefined else ""))


def _show(count: int) -> None:
    st.session_state["ag_shown"] = count


def _page(shown: ArmComparison, rows: list[TriageRow]) -> list[Thumbnail]:
    thumbnails = _thumbnails(shown, rows)
    with st.grid(3, min_column_width=290, gap="medium"):
        for row, thumbnail in zip(rows, thumbnails, strict=True):
            with st.container(gap="xsmall"):
                _image(shown, row, thumbnail)
    return thumbnails


def _image(shown: ArmComparison, row: TriageRow, thumbnail: Thumbnail) -> None:
    names = [plain(name) for name in class_names(shown.survey.classes)]
    link = with_language({"run": shown.run.id, "image": str(row.index), "explainer": shown.survey.explainer})
    if (
        row.predicted != row.teacher
    ):  # Explain shows at first what each network predicts, and here is one class
        link["target"] = str(row.teacher)
    if thumbnail.sentences:
        st.caption(_("Evidence for {name}:").format(name=f"**{names[row.teacher]}**"))
        st.html(thumbnail.sentences)
    else:
        st.image(thumbnail.picture, width="stretch", alt=thumbnail.alt, link=f"explain?{urlencode(link)}")
    if thumbnail.sound is not None:
        clip_player(
            thumbnail.sound,
            _test_image(row.index, class_name(shown.survey.classes, row.label)),
            f"ag_listen_{row.index}",
        )
    st.page_link(
        "pages/explain.py",
        label=_("Image {index} · {label}").format(index=row.index, label=names[row.label]),
        icon=":material/center_focus_strong:",
        query_params=link,
    )
    st.caption(
        f"{ARM_STYLES['teacher'].label} {names[row.teacher]} {_mark(row.teacher == row.label)} · "
        f"{shown.label} {names[row.predicted]} {percent(row.confidence)} "
        f"{_mark(row.predicted == row.label)}  \n"
        + _("Agreement {corrected} (raw: {measure} {score})").format(
            measure=_(MEASURES[shown.measure].label),
            score=score(row.score),
            corrected=score(row.corrected),
        )
    )


def _mark(right: bool) -> str:
    return ":material/check:" if right else ":material/close:"


def _thumbnails(shown: ArmComparison, rows: list[TriageRow]) -> list[Thumbnail]:
    """Explained and drawn once for all visitors."""
    indices = tuple(row.index for row in rows)
    key = (shown.survey.key, shown.arm, indices, language())
    if (known := _known().find(key)) is not None:
        return known
    with bar() as report:
        pairs = map_pairs(
            shown.store, shown.run.id, indices, shown.arm, explainer=shown.survey.explainer, report=report
        )
    names = [class_name(shown.survey.classes, row.label) for row in rows]
    drawn = [_thumbnail(shown, pair, name) for pair, name in zip(pairs, names, strict=True)]
    _known().keep(key, drawn)
    return drawn


def _test_image(index: int, name: str) -> str:
    return _("Test image {index}: {label}").format(index=index, label=name)


def _thumbnail(shown: ArmComparison, pair: MapPair, name: str) -> Thumbnail:
    attributions = {"teacher": pair.teacher, shown.arm: pair.other}
    if pair.text is not None:
        maps = heatmaps(attributions, signed=EXPLAINERS[shown.survey.explainer].signed, clip=True)
        lines = arm_lines(maps.values)
        drawn = sentences_html(pair.text, lines, maps.scale, outlined=pair.framed)
        return Thumbnail("", "", drawn, bool(pair.framed), has_unknown_words(pair.text))
    maps = heatmaps(attributions)
    alt = heatmaps_alt(_test_image(pair.index, name), maps.positive)
    cue = planted_cue(shown.run.config, pair.index)
    row = heatmap_row(pair.image, maps, box=None if cue is None else cue.box)
    return Thumbnail(webp_url(row), alt, sound=pair.sound)
