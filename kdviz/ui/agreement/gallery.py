"""A gallery of test images with their overlays, each a way to Explain."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import MapPair, Survey, TriageRow, map_pairs
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    density,
    enlarged,
    heatmaps_alt,
    overlay,
    png,
    scale_limit,
    side_by_side,
    with_arm_bar,
)
from kdviz.figures.style import ARM_STYLES, arm_legend, percent, score
from kdviz.language import _, language
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.agreement.summary import Question
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.progress import bar

_AT_A_TIME = 9


@dataclass(frozen=True)
class Thumbnail:
    """Input, teacher and arm, side by side."""

    picture: bytes
    alt: str


def gallery(store: Store, run: Run, survey: Survey, asked: Question, rows: list[TriageRow]) -> None:
    """The first images of a list, and more for the asking."""
    if not rows:
        st.info(
            _("No image meets all of this. Widen a filter, or drop the selection."),
            icon=":material/search_off:",
        )
        return
    st.html(arm_legend(("teacher", asked.arm), before=_("image")))
    shown = min(len(rows), st.session_state.get("ag_shown", _AT_A_TIME))
    for start in range(0, shown, _AT_A_TIME):
        part = rows[start : min(start + _AT_A_TIME, shown)]
        with bar() as report:
            indices = tuple(row.index for row in part)
            pairs = map_pairs(store, run.id, indices, asked.arm, explainer=survey.explainer, report=report)
        key = (survey.key, asked.arm, indices, language())
        thumbnails = _thumbnails(*key, [survey.classes[row.label] for row in part], pairs)
        with st.grid(3, min_column_width=290, gap="medium"):
            for row, thumbnail in zip(part, thumbnails, strict=True):
                with st.container(gap="xsmall"):
                    _one(run, survey, asked, row, thumbnail)
    if shown < len(rows):
        more = min(_AT_A_TIME, len(rows) - shown)
        st.button(
            _("Show {count} more").format(count=more),
            icon=":material/expand_more:",
            on_click=_more,
            args=(shown + more,),
        )
    st.caption(
        _(
            "{explainer}, evidence for the teacher's answer, positive part. In each row one scale, with its "
            "full colour at the teacher's maximum."
        ).format(explainer=_(EXPLAINERS[survey.explainer].label))
    )


def _more(shown: int) -> None:
    st.session_state["ag_shown"] = shown


def _one(run: Run, survey: Survey, asked: Question, row: TriageRow, thumbnail: Thumbnail) -> None:
    names = [plain(name) for name in survey.classes]
    link = with_language({"run": run.id, "image": str(row.index), "explainer": survey.explainer})
    st.image(thumbnail.picture, width="stretch", alt=thumbnail.alt, link=f"explain?{urlencode(link)}")
    st.page_link(
        "pages/explain.py",
        label=_("Image {index} · {label}").format(index=row.index, label=names[row.label]),
        icon=":material/center_focus_strong:",
        query_params=link,
    )
    st.caption(
        f"{ARM_STYLES['teacher'].label} {names[row.teacher]} {_mark(row.teacher == row.label)} · "
        f"{ARM_STYLES[asked.arm].label} {names[row.predicted]} {percent(row.confidence)} "
        f"{_mark(row.predicted == row.label)}  \n"
        + _("{measure} {score}, corrected {corrected}").format(
            measure=_(MEASURES[asked.measure].label),
            score=score(row.score),
            corrected=score(row.corrected),
        )
    )


def _mark(right: bool) -> str:
    return ":material/check:" if right else ":material/close:"


@st.cache_resource(max_entries=64, show_spinner=False)
def _thumbnails(
    key: str,
    arm: Arm,
    indices: tuple[int, ...],
    code: str,
    _names: list[str],
    _pairs: tuple[MapPair, ...],
) -> list[Thumbnail]:
    return [_thumbnail(pair, arm, name) for pair, name in zip(_pairs, _names, strict=True)]


def _test_image(index: int, name: str) -> str:
    return _("Test image {index}: {label}").format(index=index, label=name)


def _thumbnail(pair: MapPair, arm: Arm, name: str) -> Thumbnail:
    heat = {"teacher": density(pair.teacher), arm: density(pair.other)}
    top = scale_limit(heat)
    views = [with_arm_bar(overlay(pair.image, each, top=top), of) for of, each in heat.items()]
    picture = side_by_side([enlarged(pair.image), *views])
    return Thumbnail(png(picture), heatmaps_alt(_test_image(pair.index, name), heat))
