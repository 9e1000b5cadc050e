"""Image by image: four boxes, a scatter to select from, filters, and a gallery with the worst first."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import (
    Survey,
    TriageRow,
    Wanted,
    alike_above,
    alike_rule,
    box_counts,
    boxes,
    triage,
)
from kdviz.figures.charts import BOX_STYLES, scatter_alt, scatter_figure, scatter_info, with_selection
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _, language, plural
from kdviz.store import Run, Store
from kdviz.types import BOXES, Box
from kdviz.ui.agreement.gallery import gallery
from kdviz.ui.agreement.summary import Question
from kdviz.ui.frame import url_state
from kdviz.ui.widgets.chart import Drawn, chart

_ANY = "any"
_LINK = "ag_chosen"
_MOST_BYTES = 2**17  # of a selection in a link: a million images
_TIED = "\N{NO-BREAK SPACE}"


def triage_panel(store: Store, run: Run, survey: Survey, asked: Question) -> None:
    """Runs again alone with each click in it."""

    @st.fragment
    def panel() -> None:
        label = ARM_STYLES[asked.arm].label
        st.subheader(
            _("Right, and for the same reason?"), help=alike_rule(survey, asked.arm, measure=asked.measure)
        )
        left, right = st.columns([5, 6], gap="medium")
        with left:
            _boxes(survey, asked)
            wanted = _filters(survey, label)
        with right:
            wanted = replace(wanted, chosen=_scatter(run, survey, asked))
        rows = triage(survey, wanted, arm=asked.arm, measure=asked.measure)
        _heading(run, survey, rows, wanted, asked)
        gallery(store, run, survey, asked, rows)

    panel()


def selected(points: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """The places in the test set of points that were selected in the scatter."""
    found = set()
    for point in points:
        data = point.get("customdata")
        place = data[0] if isinstance(data, list | tuple) and data else data
        if isinstance(place, int | float):
            found.add(int(place))
    return frozenset(found)


def packed(places: frozenset[int]) -> str:
    """Places in the test set as a short word for an address: the bits of a mask, compressed."""
    mask = np.zeros(max(places, default=-1) + 1, bool)
    mask[list(places)] = True
    return base64.urlsafe_b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode().rstrip("=")


def unpacked(word: str) -> frozenset[int]:
    """The places again; none from a word that is none of `packed`'s."""
    try:
        bits = zlib.decompressobj().decompress(
            base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), _MOST_BYTES
        )
    except (ValueError, zlib.error):
        return frozenset()
    return frozenset(np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8))).tolist())


def _boxes(survey: Survey, asked: Question) -> None:
    """Four buttons; pressing one shows its images, pressing it again shows all."""
    counts = {arm: box_counts(survey, arm, measure=asked.measure) for arm in survey.scores}
    known = {arm: sum(of[box] for box in BOXES) for arm, of in counts.items()}
    chosen = st.session_state.get("ag_box")
    with st.grid(2, min_column_width=150):
        for box in BOXES:
            style = BOX_STYLES[box]
            with st.container(border=True, gap="xsmall"):
                st.button(
                    _("{name}: {value}").format(name=style.label, value=f"**{counts[asked.arm][box]:,}**"),
                    key=f"ag_box_{box}",
                    type="primary" if chosen == box else "secondary",
                    on_click=_choose_box,
                    args=(box,),
                    width="stretch",
                    help=_("Show these images; press again for all."),
                )
                shares = [
                    f"{ARM_STYLES[arm].glyph} {ARM_STYLES[arm].label} ".replace(" ", _TIED)
                    + (percent(counts[arm][box] / known[arm]) if known[arm] else _("undefined"))
                    for arm in counts
                ]
                st.caption(" · ".join(shares))
    if undefined := counts[asked.arm][None]:
        st.caption(
            plural(
                "{count} image is in no box: a map is undefined.",
                "{count} images are in no box: a map is undefined.",
                undefined,
            )
        )


def _choose_box(box: Box) -> None:
    st.session_state["ag_box"] = _ANY if st.session_state.get("ag_box") == box else box


def _filters(survey: Survey, label: str) -> Wanted:
    classes = [_ANY, *survey.classes]
    if st.session_state.get("ag_class", _ANY) not in classes:
        st.session_state["ag_class"] = _ANY  # of a run on other data
    with st.grid(2, min_column_width=150):
        of_class = st.selectbox(_("Class"), classes, format_func=_or_any, key="ag_class", bind="query-params")
        box = st.selectbox(
            _("Box"), [_ANY, *BOXES], format_func=_box_label, key="ag_box", bind="query-params"
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        answer = st.segmented_control(
            _("Answer of the {arm}").format(arm=label),
            [_ANY, "right", "wrong"],
            default=_ANY,
            required=True,
            format_func={_ANY: _("any"), "right": _("right"), "wrong": _("wrong")}.__getitem__,
            key="ag_answer",
            bind="query-params",
        )
        broken = st.toggle(
            _("Not the teacher's answer"),
            key="ag_broken",
            bind="query-params",
            help=_("Fidelity is broken: the two name different classes, whichever is right."),
        )
    return Wanted(
        label=None if of_class == _ANY else survey.classes.index(str(of_class)),
        right=None if answer == _ANY else answer == "right",
        broken=broken,
        box=next((each for each in BOXES if each == box), None),
    )


def _or_any(name: str) -> str:
    return _("any") if name == _ANY else name


def _box_label(name: str) -> str:
    return BOX_STYLES[name].label if name in BOX_STYLES else _("any")


def _scatter(run: Run, survey: Survey, asked: Question) -> frozenset[int] | None:
    """The chart, and what is selected in it. The selection is kept apart: a chart's own ends with it."""
    kept = f"ag_chosen.{run.id}"
    asked_places = url_state.requested(_LINK)
    if asked_places is not None:
        st.session_state[kept] = unpacked(asked_places) & frozenset(survey.indices.tolist())
    fresh = st.session_state.get("ag_fresh", 0)
    key = f"ag_scatter.{survey.key}.{asked.arm}.{asked.measure}.{fresh}"

    def take_over() -> None:
        st.session_state[kept] = selected(st.session_state[key]["selection"]["points"])
        url_state.ignore_pending()

    chosen: frozenset[int] = st.session_state.setdefault(kept, frozenset())
    drawn = _drawn(survey.key, asked.arm, asked.measure, language(), survey)
    chart(
        replace(drawn, figure=with_selection(drawn.figure, chosen)) if chosen else drawn,
        key=key,
        file=f"kdviz-{run.id}-{survey.explainer}-{asked.arm}-scatter",
        note=_("drag a box or a lasso"),
        on_select=take_over,
    )
    url_state.write(_LINK, packed(chosen) if chosen else "")
    return chosen or None


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(key: str, arm: Any, measure: str, code: str, _survey: Survey) -> Drawn:
    info = scatter_info(
        arm,
        boxes(_survey, arm, measure=measure),
        _survey.scores[arm][measure].corrected,
        _survey.answers[arm].confidence,
        _survey.indices,
        alike_above=alike_above(_survey, arm, measure=measure, corrected=True),
    )
    return Drawn(info, scatter_figure(info, height=440), scatter_alt(info))


def _heading(run: Run, survey: Survey, rows: list[TriageRow], wanted: Wanted, asked: Question) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _("**{count} of {total} images**, the worst agreement first").format(
                count=f"{len(rows):,}", total=f"{len(survey):,}"
            )
        )
        if wanted.chosen:
            st.button(
                plural(
                    "Drop the selection of {count} point",
                    "Drop the selection of {count} points",
                    len(wanted.chosen),
                ),
                icon=":material/close:",
                on_click=_drop,
                args=(run.id,),
            )
        if rows:
            st.download_button(
                "CSV",
                lambda: images_table(survey, rows, asked.measure).to_csv(index=False),
                file_name=f"{run.id}-{survey.explainer}-{asked.arm}-images.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                help=_("These images, a row each."),
            )


def _drop(run_id: str) -> None:
    st.session_state[f"ag_chosen.{run_id}"] = frozenset()
    url_state.ignore_pending()
    st.session_state["ag_fresh"] = st.session_state.get("ag_fresh", 0) + 1  # a chart without a selection


def images_table(survey: Survey, rows: list[TriageRow], measure: str) -> pd.DataFrame:
    """The images as they are listed, a row each, for other programs: in English, whatever is spoken."""
    names = survey.classes
    return pd.DataFrame(
        {
            "image": row.index,
            "label": names[row.label],
            "teacher": names[row.teacher],
            "answer": names[row.predicted],
            "confidence": row.confidence,
            f"{MEASURES[measure].name}": row.score,
            "corrected": row.corrected,
            "box": "undefined" if row.box is None else BOX_STYLES[row.box].name,
        }
        for row in rows
    )
