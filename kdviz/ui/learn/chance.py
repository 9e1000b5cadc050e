"""Lesson 4: what maps that have nothing to do with each other score."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from kdviz.comparison import chance_levels
from kdviz.comparison.input.pairs import MapPair
from kdviz.comparison.input.walkthroughs import PairedScores, corrected_for_chance, paired_scores, shuffled
from kdviz.comparison.test_set.grading import MAIN_MEASURE
from kdviz.figures.charts import chance_alt, chance_figure, chance_info
from kdviz.figures.maps import density, heatmap_alt, overlay, png, scale_limit, with_arm_bar
from kdviz.figures.style import score
from kdviz.language import _, plural
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame.progress import bar
from kdviz.ui.learn.frame import find_out, not_shown
from kdviz.ui.widgets.chart import untitled_chart

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_MOST, _AT_ONCE = 300, 25
_DRAWS = "ln_draws"


def chance(store: Store, run: Run) -> None:
    """A button that pairs the teacher's map of one image with the student's of another."""
    words, picture = st.columns([2, 3], gap="large")
    with words:
        st.markdown(
            _(
                "Two maps can be alike for a dull reason: they are coarse, and objects are often near the "
                "middle. To know how much likeness is **chance**, pair the teacher's map of one image "
                "with the student's map of **another**, again and again. Only what lies above that "
                "counts."
            )
        )
        draws = _buttons()
        with bar() as report:
            found = paired_scores(store, run.id, "student", report=report)
            graded = chance_levels(store, run.id, report=report)["student"][MAIN_MEASURE]
        pairs = shuffled(len(found.pairs), draws)
    scores = [float(found.scores[i, j]) for i, j in pairs]
    with picture:
        if pairs:
            _pair(found, *pairs[-1], scores[-1])
        _histogram(found, scores)
    with words:
        _worked_out(found, scores, graded)
    not_shown(
        _(
            "A score above chance says that both look at the same place in the same image. It does not "
            "say that the place is the right one: a student may agree with a teacher who is wrong."
        )
    )
    find_out(
        _(
            "Choose a run on images whose object is always in the middle, and one whose object is "
            "anywhere. In which is chance higher, and why would the raw score alone have misled you?"
        )
    )


def _buttons() -> int:
    st.session_state.setdefault(_DRAWS, 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, by in ((_("Shuffle once"), 1), (_("{n} times").format(n=_AT_ONCE), _AT_ONCE)):
            st.button(label, icon=":material/shuffle:", on_click=_more, args=(by,), key=f"ln_shuffle_{by}")
    return st.slider(_("Pairs so far"), 1, _MOST, key=_DRAWS, bind="query-params")


def _more(by: int) -> None:
    st.session_state[_DRAWS] = min(_MOST, int(st.session_state[_DRAWS]) + by)


def _pair(found: PairedScores, i: int, j: int, value: float) -> None:
    """The teacher's map of one image and the student's of another, on one scale."""
    teacher, student = found.pairs[i], found.pairs[j]
    heat: dict[Arm, FloatArray] = {"teacher": density(teacher.teacher), "student": density(student.other)}
    top = scale_limit(heat)
    with st.grid(2, min_column_width=140, gap="medium", width=520):
        _map(teacher, "teacher", heat["teacher"], top, _("teacher, image {index}"))
        _map(student, "student", heat["student"], top, _("student, image {index}"))
    if math.isfinite(value):
        st.markdown(
            _("These two score **{value}**, and have nothing to do with each other.").format(
                value=score(value)
            )
        )
    else:
        st.markdown(_("One of these maps is undefined, so the pair has no score, and is left out."))


def _map(pair: MapPair, arm: Arm, heat: FloatArray, top: float, title: str) -> None:
    with st.container(gap="xsmall"):
        picture = with_arm_bar(overlay(pair.image, heat, top=top), arm)
        text = title.format(index=pair.index)
        st.image(
            png(picture),
            width="stretch",
            alt=_("{name}: {value}").format(name=text, value=heatmap_alt(arm, heat)),
        )
        st.caption(text)


def _histogram(found: PairedScores, scores: list[float]) -> None:
    info = chance_info("student", found.matched.tolist(), scores)
    untitled_chart(
        info,
        chance_figure(info),
        chance_alt(info),
        title=_("Cosine on the same image, and on another"),
        key="ln_chance",
        file="kdviz-chance",
    )


def _worked_out(found: PairedScores, scores: list[float], graded: float) -> None:
    """Raw, chance and corrected with the numbers at hand, and what the run's own grading has."""
    defined = [value for value in scores if math.isfinite(value)]
    level = sum(defined) / len(defined) if defined else math.nan
    raw = found.raw
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            _("**raw** {raw} · the same image, {n} images").format(raw=score(raw), n=len(found.pairs))
        )
        st.markdown(
            plural(
                "**chance** {chance} · {count} pair so far",
                "**chance** {chance} · {count} pairs so far",
                len(defined),
                chance=score(level),
            )
        )
        st.markdown(
            _(
                "**corrected** = (raw − chance) / (1 − chance) = ({raw} − {chance}) / (1 − {chance}) = "
                "**{corrected}**"
            ).format(raw=score(raw), chance=score(level), corrected=score(corrected_for_chance(raw, level)))
        )
    st.caption(
        _(
            "0 is chance, 1 the same map. All pairs of these images give chance {all}; the grading of the "
            "run has {run} over its test set."
        ).format(
            all=score(found.chance),
            run=score(graded),
        )
    )
