"""One arm compared to its teacher, image by image: boxes, scatter, filters, gallery, predictions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from kdviz.agreement import MEASURES, share_interval
from kdviz.comparison import (
    ImageFilter,
    Survey,
    TriageRow,
    alike_above,
    box_counts,
    survey_cue_classes,
    triage,
)
from kdviz.datasets import class_names
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import BOX_STYLES
from kdviz.figures.style import ARM_STYLES, score
from kdviz.language import _, plural, sentences
from kdviz.narrative import alike_rule, looks_apart, percent_text, tells_errors
from kdviz.store import Run, Store
from kdviz.types import BOXES, Arm, Box
from kdviz.ui.agreement.confusion import confusion_panel
from kdviz.ui.agreement.controls import ArmComparison
from kdviz.ui.agreement.gallery import gallery
from kdviz.ui.agreement.rank_correlation import rank_correlation_panel
from kdviz.ui.agreement.scatter import clear_selection, scatter
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import fragment, safely
from kdviz.ui.frame.responsive import folded_when_narrow
from kdviz.ui.widgets.downloads import csv_button
from kdviz.ui.widgets.pickers import arm_picker

_ANY = "any"
_NO_FILTER: Mapping[str, str | bool] = {
    "ag_box": _ANY,
    "ag_answer": _ANY,
    "ag_cue_says": _ANY,
    "ag_broken": False,
}
_NO_BREAK = "\N{NO-BREAK SPACE}"


@fragment
def one_arm(store: Store, run: Run, survey: Survey, measure: str) -> None:
    """Everything that depends on the arm: a fragment, so that changing the arm redraws nothing else."""
    _drop_filters_of_another_run(run.id)
    heading = st.container(horizontal=True, vertical_alignment="center")
    with heading:
        arm = arm_picker(
            _("Arm"),
            run.config.arms,
            key="ag_arm",
            bind=url_state.binding("ag_arm"),
            label_visibility="collapsed",
        )
        shown = ArmComparison(store, run, survey, measure, arm)
        st.subheader(_("Image by image"))
    question = _(
        "Is the {arm} right where its teacher is, and do their maps look alike? Each test image is in "
        "one of four boxes. Press a box to see its images."
    )
    st.caption(sentences(question.format(arm=shown.label), alike_rule(survey, arm, measure=measure)))
    left, right = st.columns([5, 6], gap="medium")
    with left:
        _boxes(shown)
        if said := tells_errors(survey, arm, measure=measure):
            st.markdown(said)
        with folded_when_narrow(_("Filters"), key="ag_filters"):
            wanted = _filters(shown)
    with right, folded_when_narrow(_("Agreement and confidence, image by image"), key="ag_points"):
        wanted = replace(wanted, indices=scatter(shown))
    rows = triage(survey, wanted, arm=arm, measure=measure)
    _list_heading(shown, rows, wanted)
    gallery(shown, rows)
    confusion_panel(shown)
    rank_correlation_panel(shown)


def _drop_filters_of_another_run(run_id: str) -> None:
    """A filter is of the images of the run for which it was chosen: it would hide those of another."""
    before = st.session_state.get("ag_filtered")
    st.session_state["ag_filtered"] = run_id
    if before not in (None, run_id):
        for key, value in _NO_FILTER.items():
            if key in st.session_state:
                st.session_state[key] = value
        st.session_state.pop("ag_shown", None)


def images_table(
    survey: Survey, rows: list[TriageRow], measure: str, arm: Arm = "student", *, cue: bool = False
) -> pd.DataFrame:
    """A row for each image, in the order of `rows`; column names are English in every language.

    cue: whether one is planted; then the class that it indicates is a column.
    """
    names = survey.classes
    indicated = dict(zip(survey.indices, survey_cue_classes(survey), strict=True)) if cue else {}
    return pd.DataFrame(
        {
            "image": row.index,
            "label": names[row.label],
            **({"cue": names[indicated[row.index]]} if cue else {}),
            "arm": arm,
            "teacher": names[row.teacher],
            "answer": names[row.predicted],
            "confidence": row.confidence,
            MEASURES[measure].name: row.score,
            "corrected": row.corrected,
            "box": "undefined" if row.box is None else BOX_STYLES[row.box].name,
        }
        for row in rows
    )


# --- boxes and filters --------------------------------------------------------------------------


def _boxes(shown: ArmComparison) -> None:
    """A button for each box with images; pressing one filters its images, pressing it again shows all."""
    counts = {arm: box_counts(shown.survey, arm, measure=shown.measure) for arm in shown.survey.scores}
    empty = [box for box in BOXES if not counts[shown.arm][box] and st.session_state.get("ag_box") != box]
    with st.grid(2, min_column_width=150):
        for box in (each for each in BOXES if each not in empty):
            with st.container(border=True, gap="xsmall"):
                _box_button(box, counts[shown.arm][box])
                others = [_share(arm, of, box) for arm, of in counts.items() if arm != shown.arm]
                st.caption(
                    f"{_share(shown.arm, counts[shown.arm], box, bold=True)}  \n{_threshold(shown, box)}",
                    help="  \n".join(others) or None,
                )
                if apart := looks_apart(shown.survey, shown.arm, box, measure=shown.measure):
                    st.caption(apart)
    if empty:
        names = _("; ").join(BOX_STYLES[box].label for box in empty)
        st.caption(_("No image is in: {boxes}.").format(boxes=names))
    if undefined := counts[shown.arm][None]:
        st.caption(
            plural(
                "{count} image is in no box: its map is undefined.",
                "{count} images are in no box: their maps are undefined.",
                undefined,
            )
        )


def _box_button(box: Box, images: int) -> None:
    st.button(
        _("{name}: {value}").format(name=BOX_STYLES[box].label, value=f"**{images:,}**"),
        key=f"ag_box_{box}",
        type="primary" if st.session_state.get("ag_box") == box else "secondary",
        on_click=safely(_choose_box),
        args=(box,),
        width="stretch",
        help=_("Show these images; press again for all."),
    )


def _choose_box(box: Box) -> None:
    st.session_state["ag_box"] = _ANY if st.session_state.get("ag_box") == box else box


def _share(arm: Arm, counts: Mapping[Box | None, int], box: Box, *, bold: bool = False) -> str:
    """The share of an arm's images with defined maps in a box, with its Wilson interval."""
    style, defined = ARM_STYLES[arm], sum(counts[each] for each in BOXES)
    name = f"{style.glyph} {style.label}".replace(" ", _NO_BREAK)
    share = percent_text(share_interval(counts[box], defined))
    share = f"**{share}**" if bold else share
    return _("{name} {share} of the images with a map are here").format(name=name, share=share)


def _threshold(shown: ArmComparison, box: Box) -> str:
    """From which agreement on maps count as alike, which depends on the explainer; "" if none is defined."""
    above = alike_above(shown.survey, shown.arm, measure=shown.measure, corrected=True)
    if not math.isfinite(above):
        return ""
    text = _("agreement above {level}, by {explainer}")
    if box in ("right-apart", "wrong-apart"):
        text = _("agreement of {level} or less, by {explainer}")
    return text.format(level=score(above), explainer=_(EXPLAINERS[shown.survey.explainer].label))


def _filters(shown: ArmComparison) -> ImageFilter:
    classes = shown.survey.classes
    with st.grid(2, min_column_width=150):
        label, box = _class_filter(classes), _box_filter()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        right, broken = _prediction_filter(shown.label), _broken_filter()
    lucky = None if shown.run.config.cue == "none" else _cue_filter()
    return ImageFilter(label=label, correct=right, unfaithful=broken, box=box, lucky=lucky)


def _class_filter(classes: tuple[str, ...]) -> int | None:
    labels = {_ANY: _("any"), **dict(zip(classes, class_names(classes), strict=True))}
    name = url_state.menu("ag_class", _("Class"), labels)
    return None if name == _ANY else classes.index(name)


def _box_filter() -> Box | None:
    name = st.selectbox(
        _("Box"),
        [_ANY, *BOXES],
        format_func=lambda name: BOX_STYLES[name].label if name in BOX_STYLES else _("any"),
        key="ag_box",
        bind=url_state.binding("ag_box"),
    )
    return next((box for box in BOXES if box == name), None)


def _prediction_filter(label: str) -> bool | None:
    options = {_ANY: _("any"), "right": _("right"), "wrong": _("wrong")}
    answer = _choice("ag_answer", _("Predicted class of the {arm}").format(arm=label), options)
    return None if answer == _ANY else answer == "right"


def _cue_filter() -> bool | None:
    options = {_ANY: _("any"), "wrong": _("wrong"), "lucky": _("right by luck")}
    answer = _choice("ag_cue_says", _("What the random cue indicates"), options)
    return None if answer == _ANY else answer == "lucky"


def _choice(key: str, label: str, options: Mapping[str, str]) -> str:
    """One of the options, any at first, side by side. options: labels by value."""
    chosen = st.segmented_control(
        label,
        list(options),
        default=_ANY,
        required=True,
        format_func=options.__getitem__,
        key=key,
        bind=url_state.binding(key),
    )
    return str(chosen)


def _broken_filter() -> bool:
    return st.toggle(
        _("Not the teacher's predicted class"),
        key="ag_broken",
        bind=url_state.binding("ag_broken"),
        help=_("Images for which the two networks predict different classes, whichever is right."),
    )


def _right(row: TriageRow) -> bool:
    return row.predicted == row.label


def _looks_right(row: TriageRow) -> bool:
    """Whether an image is not an error whose map looks like the teacher's, of which nothing else warns."""
    return row.box != "wrong-alike" or _right(row)


# --- list ---------------------------------------------------------------------------------------


def _order(rows: list[TriageRow]) -> str:
    """What a list begins with: with errors, unless another order is chosen; without any, lowest agreement."""
    if all(map(_right, rows)):
        return "lowest"
    options = {
        "wrong": _("errors, lowest agreement"),
        "alike": _("errors that look alike"),
        "lowest": _("lowest agreement"),
    }
    return str(
        st.selectbox(
            _("Sort"),
            list(options),
            format_func=options.__getitem__,
            key="ag_sort",
            bind=url_state.binding("ag_sort"),
            label_visibility="collapsed",
            width=220,
        )
    )


def _ordered(rows: list[TriageRow], order: str) -> str:
    """Bring rows, which begin with the lowest agreement, into an order. Returns what is said of it."""
    if order == "wrong":
        rows.sort(key=_right)
        return _("**{count} of {total} images**: errors first, each part with the lowest agreement first")
    if order == "alike":
        alike = [row for row in rows if not _looks_right(row)]
        rows[:] = [*reversed(alike), *filter(_looks_right, rows)]
        return _(
            "**{count} of {total} images**: errors that look alike, the most alike first, then the "
            "others, the lowest agreement first"
        )
    return _("**{count} of {total} images**, lowest agreement first")


def _list_heading(shown: ArmComparison, rows: list[TriageRow], wanted: ImageFilter) -> None:
    """The number of images, their order, which the list is brought into, and what can be done with them."""
    survey, run = shown.survey, shown.run
    with st.container(horizontal=True, vertical_alignment="center"):
        heading = st.empty()
        order = _ordered(rows, _order(rows))
        heading.markdown(order.format(count=f"{len(rows):,}", total=f"{len(survey):,}"))
        if wanted.indices:
            st.button(
                plural(
                    "Clear the selection of {count} point",
                    "Clear the selection of {count} points",
                    len(wanted.indices),
                ),
                icon=":material/close:",
                on_click=safely(clear_selection),
                args=(run.id,),
            )
        if rows:
            csv_button(
                lambda: images_table(survey, rows, shown.measure, shown.arm, cue=run.config.cue != "none"),
                file=f"{run.id}-{survey.explainer}-{shown.arm}-images",
                key="ag_images_csv",
                label="CSV",
                about=_("One row for each of these images."),
            )
