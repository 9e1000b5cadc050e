"""Lesson: soft labels and temperature."""

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
from kdviz.config import changed
from kdviz.datasets import class_name, class_names
from kdviz.figures.charts import SoftLabelInfo, soft_label_alt, soft_label_figure, soft_label_info
from kdviz.language import _, decimal
from kdviz.store import Run, Store
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.learn.components import (
    Question,
    ask,
    exercise,
    image_index,
    labelled_input,
    limitation,
    start_runs,
)
from kdviz.ui.widgets.chart import untitled_chart


def soft_labels(store: Store, run: Run) -> None:
    """A temperature slider, and the teacher's and student's soft labels at that temperature."""
    controls, pictures = st.columns([2, 3], gap="large")
    with controls:
        st.markdown(
            _(
                "A **hard label** only names the correct class. The teacher's output says more: *which wrong "
                "classes come close*. But a good teacher is so sure of itself that this hardly shows. So its "
                "answer is made less sure: its raw scores (**logits**) are divided by a number, the "
                "**temperature T**, before they become probabilities (**softmax**). The student is trained "
                "on the result, the **soft label**."
            )
        )
        temperature = _temperature_slider(run)
        index = image_index(run)
        predicted = predictions(store, run.id, index)
        labelled_input(predicted, index)
    with pictures:
        _soft_labels_at(predicted, float(temperature))
    limitation(
        _(
            "The bars show what the networks predict, not why. A soft label tells you that two classes look "
            "similar to the teacher, but not which features they share."
        )
    )
    ask(
        Question(
            _("What does a higher temperature do to a soft label?"),
            (_("It becomes flatter"), _("It becomes sharper"), _("It puts another class first")),
            _("It becomes flatter"),
            _("Dividing the logits by a larger T brings the probabilities closer; their order stays."),
        ),
        key="ln_check_soft",
    )
    exercise(
        _(
            "Train two students that differ only in temperature, one with T = 1 and one with T = 20. Which "
            "of them predicts the same class as the teacher more often (**fidelity**)?"
        )
    )
    start_runs(store, [changed(run.config, temperature=t) for t in (1.0, 20.0)], key="ln_start_soft")


def _temperature_slider(run: Run) -> int:
    trained_with = float(run.config.temperature)
    about = _("This run was trained with T = {t}.").format(t=f"{trained_with:g}")
    return st.slider(
        _("Temperature T"),
        1,
        20,
        int(trained_with),
        key="ln_temperature",
        bind=url_state.binding("ln_temperature"),
        help=f"{about} {glossary_link('temperature')}",
    )


def _soft_labels_at(predicted: Predictions, temperature: float) -> None:
    teacher, student = (soft_label(predicted.logits[arm], temperature) for arm in ("teacher", "student"))
    _bars(
        soft_label_info(
            class_names(predicted.classes), teacher, student, label=predicted.label, temperature=temperature
        ),
        temperature,
    )
    with st.grid(2, min_column_width=220):
        _entropy(predicted, entropy_bits(teacher))
        _loss(soft_label_loss(predicted.logits["teacher"], predicted.logits["student"], temperature))


def _bars(info: SoftLabelInfo, temperature: float) -> None:
    untitled_chart(
        info,
        soft_label_figure(info),
        soft_label_alt(info),
        title=_("Soft labels at T = {temperature}").format(temperature=f"{temperature:g}"),
        key="ln_bars",
        file="kdviz-soft-labels",
    )
    if info.left_out:
        st.caption(_("{n} less probable classes are not shown.").format(n=info.left_out))


def _entropy(predicted: Predictions, bits: float) -> None:
    classes = len(predicted.classes)
    second = class_name(predicted.classes, int(predicted.logits["teacher"].argsort()[-2]))
    with st.container(border=True, gap="xsmall"):
        st.markdown(_("How unsure the teacher is: 0 if one class has all the probability."))
        st.metric(_("Entropy of the soft label"), _("{bits} bits").format(bits=decimal(bits)))
        st.caption(
            _(
                "A hard label has 0 bits, a uniform distribution over {n} classes {most}. The teacher's "
                "second most probable class: {name}."
            ).format(n=classes, most=decimal(math.log2(classes)), name=plain(second))
        )


def _loss(loss: float) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(_("How far the student's probabilities are from its teacher's: 0 if they are the same."))
        st.metric(_("Soft-label loss, T² · KL"), decimal(loss, 3))
        st.caption(_("Distillation minimizes its mean over the training images."))
