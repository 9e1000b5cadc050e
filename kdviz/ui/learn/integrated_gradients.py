"""Lesson: integrated gradients along the path from the baseline to the input."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from kdviz.comparison import baselines_offered
from kdviz.comparison.input.walkthroughs import (
    PATH_STEPS,
    IntegrationWalkthrough,
    Predictions,
    integration_walkthrough,
    predictions,
)
from kdviz.figures.charts import PathInfo, path_alt, path_figure
from kdviz.figures.maps import CLIPPED, FINE_CELLS, ColourScale, present_cells
from kdviz.figures.style import percent, three_digits
from kdviz.language import _, percentage, sentences
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame import url_state
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.learn.components import (
    Question,
    ask,
    exercise,
    image_index,
    limitation,
    target_caption,
    teacher_or_student,
)
from kdviz.ui.widgets.chart import untitled_chart
from kdviz.ui.widgets.drawn_input import drawing_of
from kdviz.ui.widgets.sentence import frame_meaning
from kdviz.ui.widgets.waveform_maps import without_frequency


def integrated_gradients(store: Store, run: Run) -> None:
    """A slider from the baseline to the input, with the attribution integrated up to there."""
    controls, pictures = st.columns([2, 3], gap="large")
    with controls:
        st.markdown(
            _(
                "Start from an empty input, the **baseline**, and move in a straight line to the image. At "
                "each step, every pixel is credited with its gradient times its change. At the image, the "
                "attributions **sum to the change of the class score** (completeness)."
            )
        )
        step = st.slider(
            _("Step"), 0, PATH_STEPS, PATH_STEPS, key="ln_step", bind=url_state.binding("ln_step")
        )
        baseline = _baseline_picker(run)
        arm = teacher_or_student()
        index = image_index(run)
    with pictures:
        with st.spinner(_("Integrating from the baseline to the image …"), show_time=True):
            path = integration_walkthrough(store, run.id, index, arm, baseline)
        predicted = predictions(store, run.id, index)
        _input_and_attribution(predicted, path, arm, step, frame=frame_meaning(run))
        if about := without_frequency(run.config):
            st.caption(about)
        drawing_of(predicted).listen(_("Test image {index}").format(index=index), f"ln_listen_{index}")
        _score_curve(path, arm, step)
        target_caption(predicted)
    _closing()


def _baseline_picker(run: Run) -> str:
    fitting = {spec.name: spec for spec in baselines_offered(run.config)}
    about = "\n".join(f"- **{_(spec.label)}**: {_(spec.about)}" for spec in fitting.values())
    chosen = st.segmented_control(
        _("Baseline"),
        list(fitting),
        default=next(iter(fitting)),
        required=True,
        format_func=lambda name: _(fitting[name].label),
        key="ln_baseline",
        bind=url_state.binding("ln_baseline"),
        help=f"{about}\n\n{glossary_link('baseline')}",
    )
    return str(chosen)


def _closing() -> None:
    limitation(
        _(
            "A pixel that equals the baseline gets no attribution, even if it matters: with a black "
            "baseline, black pixels are never evidence. The map shows what the score is sensitive to along "
            "this path, not why."
        )
    )
    ask(
        Question(
            _("What do the attributions of all pixels add up to?"),
            ("1", _("The score of the image"), _("The score of the image minus that of the baseline")),
            _("The score of the image minus that of the baseline"),
            _("This is completeness. The gap that is left comes from the finite number of steps."),
        ),
        key="ln_check_ig",
    )
    exercise(
        _(
            "Change the baseline. Which parts of the map stay the same, and which depend on the baseline? Is "
            "the completeness gap larger for the teacher or for the student?"
        )
    )


def _input_and_attribution(
    predicted: Predictions, path: IntegrationWalkthrough, arm: Arm, step: int, *, frame: str
) -> None:
    """frame: what framed words of a text are."""
    reach, position, drawing = _reach(path), float(path.positions[step]), drawing_of(predicted)
    share = percentage(position, 0)
    with drawing.compared(2, px=150, width=520):
        with st.container(gap="xsmall"):
            picture = None if path.pictures is None else path.pictures[step]
            drawing.on_path(picture, position, _("The input at {share} of the path").format(share=share))
            st.markdown(_("Input at **{share}** of the path").format(share=share))
        with st.container(gap="xsmall"):
            scale = ColourScale(reach, signed=True)
            drawing.over(path.accumulated[step], scale, arm, name=_("Attribution up to here"), raw=True)
            st.markdown(_("**Attribution** up to here"))
            st.caption(
                _("Orange: for the class, purple: against it; full colour at ±{reach}.").format(
                    reach=three_digits(reach)
                )
            )
    drawing.axes()
    drawing.legend(signed=True, frame=frame)


def _score_curve(path: IntegrationWalkthrough, arm: Arm, step: int) -> None:
    positions, rises, sums = (tuple(part.tolist()) for part in (path.positions, path.rises, path.sums))
    info = PathInfo(arm, positions, rises, sums, at=step)
    untitled_chart(
        info,
        path_figure(info),
        path_alt(info),
        title=_("Class score and sum of attributions along the path"),
        key="ln_path",
        file="kdviz-path",
    )
    st.markdown(completeness_sentence(path))


def completeness_sentence(path: IntegrationWalkthrough) -> str:
    """The sum of the attributions, the rise of the score, and the completeness gap."""
    rise, total = three_digits(float(path.rises[-1])), three_digits(float(path.sums[-1]))
    sentence = _("At the image, the attributions sum to **{total}**; the score rose by **{rise}**.").format(
        total=total, rise=rise
    )
    gap = path.completeness_gap
    if math.isnan(gap):
        return sentences(sentence, _("The score did not change, so there is nothing to attribute."))
    about_gap = _("The completeness gap is {gap}: {n} steps approximate the integral.")
    jumps = _(
        "At the baseline the score jumps by {jump}: the network reads that there are words, however short "
        "their vectors, and no word is credited with that."
    )
    return sentences(
        sentence,
        about_gap.format(gap=percent(gap), n=PATH_STEPS),
        jumps.format(jump=three_digits(path.jump)) if path.jump else "",
    )


def _reach(path: IntegrationWalkthrough) -> float:
    """The value of the full colour at every step: few cells of a fine map are not to darken the rest."""
    cells = present_cells(np.abs(path.accumulated[-1]))
    return float(np.quantile(cells, 1 - CLIPPED if cells.size > FINE_CELLS else 1)) or 1.0
