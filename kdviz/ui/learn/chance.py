"""Lesson: agreement and its chance level."""

from __future__ import annotations

import math

import streamlit as st

from kdviz.agreement import corrected_for_chance
from kdviz.comparison import chance_levels
from kdviz.comparison.input.pairs import MapPair
from kdviz.comparison.input.unrelated_maps import ChanceWalkthrough, UnrelatedMaps, chance_walkthrough
from kdviz.figures.charts import chance_alt, chance_figure, chance_info
from kdviz.figures.maps import density, own_scale
from kdviz.language import _, decimal, plural
from kdviz.store import Run, Store
from kdviz.types import MAIN_MEASURE, Arm, FloatArray
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.frame.progress import bar
from kdviz.ui.learn.components import Question, ask, exercise, limitation
from kdviz.ui.widgets.chart import untitled_chart
from kdviz.ui.widgets.drawn_input import drawing_of
from kdviz.ui.widgets.sentence import frame_meaning
from kdviz.ui.widgets.waveform_maps import without_frequency

_MOST, _AT_ONCE = 300, 25
_DIGITS = 3
"""Of all values of the calculation, so that it can be repeated with what is shown."""

_DRAWS = "ln_draws"


def chance(store: Store, run: Run) -> None:
    """Buttons that pair the teacher's map with a student's map that has nothing to do with it."""
    controls, pictures = st.columns([2, 3], gap="large")
    with controls:
        st.markdown(
            _(
                "Two heat maps can be similar for a trivial reason: they are coarse, and objects are often "
                "near the centre. The **chance level** measures that. Compare the teacher's map of one image "
                "with the student's map of **another** image, many times. Only agreement above this level "
                "counts. How alike two maps are is said by their **cosine**: 1 if the evidence lies in the "
                "same places, in the same proportions, and 0 if no place has evidence in both."
            )
        )
        pairs_wanted = _pair_controls()
        with bar() as report:
            found = chance_walkthrough(store, run.id, "student", report=report)
            test_level = chance_levels(store, run.id, report=report)["student"][MAIN_MEASURE]
        unrelated = found.unrelated(pairs_wanted)
    scores = [each.score for each in unrelated]
    with pictures:
        if unrelated:
            _pair(unrelated[-1], frame=frame_meaning(run))
            if about := without_frequency(run.config):
                st.caption(about)
        _histogram(found, scores)
    with controls:
        _calculation(found, scores, test_level)
    _closing()


def _closing() -> None:
    limitation(
        _(
            "Agreement above chance means that both networks look at the same region of the same image. It "
            "does not mean that the region is the right one: a student can agree with a teacher that is "
            "wrong."
        )
    )
    ask(
        Question(
            _("Raw agreement is 0.80 at a chance level of 0.75. What is it once corrected for chance?"),
            ("0.80", "0.20", "0.05"),
            "0.20",
            _("(0.80 − 0.75) / (1 − 0.75) = 0.20: a fifth of the way from chance to the same map."),
        ),
        key="ln_check_chance",
    )
    exercise(
        _(
            "Compare a run on images with centred objects to one with objects in any place. Which has the "
            "higher chance level, and how would the raw score alone have misled you?"
        )
    )


def _pair_controls() -> int:
    """The number of random pairs."""
    st.session_state.setdefault(_DRAWS, _AT_ONCE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, count in ((_("Add a pair"), 1), (_("Add {n} pairs").format(n=_AT_ONCE), _AT_ONCE)):
            st.button(
                label,
                icon=":material/shuffle:",
                on_click=safely(_add_pairs),
                args=(count,),
                key=f"ln_shuffle_{count}",
            )
    return st.slider(
        _("Random pairs"),
        1,
        _MOST,
        key=_DRAWS,
        bind=url_state.binding(_DRAWS),
        help=f"{glossary_link('chance-level')} · {glossary_link('corrected-agreement')}",
    )


def _add_pairs(count: int) -> None:
    st.session_state[_DRAWS] = min(_MOST, int(st.session_state[_DRAWS]) + count)


def _pair(shown: UnrelatedMaps, *, frame: str) -> None:
    """Both maps, each on its own scale. frame: what framed words of a text are."""
    drawing, value = drawing_of(shown.teacher), shown.score
    with drawing.compared(2, px=140, width=520):
        _map(shown.teacher, "teacher", shown.teacher.teacher, _("teacher, image {index}"))
        _map(shown.other, "student", shown.values, _("student, image {index}"))
    drawing.axes()
    drawing.legend(signed=False, frame=frame)
    st.caption(_("Each on its own scale: the cosine does not depend on how strong a map is."))
    if math.isfinite(value):
        st.markdown(_("Cosine of these two unrelated maps: **{value}**").format(value=_value(value)))
    else:
        st.markdown(_("One of these maps is undefined, so this pair has no score and is left out."))


def _map(pair: MapPair, arm: Arm, attribution: FloatArray, title: str) -> None:
    text, drawing = title.format(index=pair.index), drawing_of(pair)
    with st.container(gap="xsmall"):
        drawing.over(density(attribution), own_scale(attribution), arm, name=text)
        st.caption(text)
        drawing.listen(_("Test image {index}").format(index=pair.index), f"ln_listen_{arm}_{pair.index}")


def _histogram(found: ChanceWalkthrough, scores: list[float]) -> None:
    info = chance_info("student", found.matched.tolist(), scores)
    untitled_chart(
        info,
        chance_figure(info),
        chance_alt(info),
        title=_("Cosine on the same image and on unrelated images"),
        key="ln_chance",
        file="kdviz-chance",
    )


def _calculation(found: ChanceWalkthrough, scores: list[float], test_level: float) -> None:
    """Raw, chance and corrected agreement of the pairs drawn, and the chance level of the test set."""
    defined = [value for value in scores if math.isfinite(value)]
    level = math.fsum(defined) / len(defined) if defined else math.nan
    raw = found.raw
    with st.container(border=True, gap="xsmall"):
        st.markdown(_("**raw** {raw} · same image, {n} images").format(raw=_value(raw), n=len(found.pairs)))
        st.markdown(
            plural(
                "**chance** {chance} · {count} random pair",
                "**chance** {chance} · {count} random pairs",
                len(defined),
                chance=_value(level),
            )
        )
        st.markdown(
            _(
                "**corrected** = (raw − chance) / (1 − chance) = ({raw} − {chance}) / (1 − {chance}) = "
                "**{corrected}**"
            ).format(
                raw=_value(raw),
                chance=_value(level),
                corrected=_value(corrected_for_chance(raw, level)),
            )
        )
    st.caption(
        _(
            "0 is the chance level, 1 the same map. The chance level over all pairs of these images is "
            "{all}; over the whole test set it is {test}."
        ).format(all=_value(found.chance), test=_value(test_level))
    )


def _value(agreement: float) -> str:
    return decimal(agreement, _DIGITS) if math.isfinite(agreement) else _("undefined")
