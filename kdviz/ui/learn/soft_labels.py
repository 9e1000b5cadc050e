"""Lesson 1: a teacher's answer, softened."""

from __future__ import annotations

import math

import streamlit as st

from kdviz.comparison.input.walkthroughs import (
    Predictions,
    entropy_bits,
    predictions,
    soft_label,
    soft_label_loss,
)
from kdviz.figures.charts import soft_label_alt, soft_label_figure, soft_label_info
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.frame.formatting import plain
from kdviz.ui.learn.frame import find_out, image_picker, input_image, not_shown
from kdviz.ui.widgets.chart import untitled_chart


def soft_labels(store: Store, run: Run) -> None:
    """A slider over the temperature, and bars that follow it."""
    words, picture = st.columns([2, 3], gap="large")
    with words:
        st.markdown(
            _(
                "A **hard label** only says which class is right. The teacher says more: *which wrong "
                "classes come close*. Dividing its scores by a **temperature T** before the softmax "
                "brings that out, and the student learns from this **soft label**."
            )
        )
        temperature = st.slider(
            _("Temperature T"),
            1,
            20,
            int(run.config.temperature),
            key="ln_temperature",
            bind="query-params",
            help=_("This run was trained with T = {t}.").format(t=f"{run.config.temperature:g}"),
        )
        index = image_picker(run)
        asked = predictions(store, run.id, index)
        input_image(asked, index)
    with picture:
        _bars(asked, float(temperature))
    not_shown(
        _(
            "The bars show what the networks answer, not why. A soft label says that two classes look alike "
            "to the teacher; what makes them alike is not in it."
        )
    )
    find_out(
        _(
            "Train two students, one at T = 1 and one at T = 20, with everything else the same. Which one "
            "gives the teacher's answer more often?"
        )
    )


def _bars(asked: Predictions, temperature: float) -> None:
    logits = asked.logits
    teacher, student = (soft_label(logits[arm], temperature) for arm in ("teacher", "student"))
    info = soft_label_info(asked.classes, teacher, student, label=asked.label, temperature=temperature)
    untitled_chart(
        info,
        soft_label_figure(info),
        soft_label_alt(info),
        title=_("Soft labels at T = {temperature}").format(temperature=f"{temperature:g}"),
        key="ln_bars",
        file="kdviz-soft-labels",
    )
    if info.left_out:
        st.caption(_("{n} classes that are less likely are not drawn.").format(n=info.left_out))
    loss = soft_label_loss(logits["teacher"], logits["student"], temperature)
    most = math.log2(len(asked.classes))
    with st.grid(2, min_column_width=220):
        with st.container(border=True, gap="xsmall"):
            st.metric(
                _("Entropy of the soft label"),
                _("{bits} bits").format(bits=f"{entropy_bits(teacher):.2f}"),
            )
            st.caption(
                _(
                    "The hard label has 0 bits; {n} equal classes have {most}. The teacher's second "
                    "choice: {name}."
                ).format(n=len(asked.classes), most=f"{most:.2f}", name=plain(_second(asked)))
            )
        with st.container(border=True, gap="xsmall"):
            st.metric(_("T² · KL to the student"), f"{loss:.3f}")
            st.caption(_("How far the student's soft answer is from the teacher's. Training makes it small."))


def _second(asked: Predictions) -> str:
    return asked.classes[int(asked.logits["teacher"].argsort()[-2])]
