"""Retrain from here: a run that goes on from the students of this one, on marks."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from kdviz.config import LAMBDA_LADDER, RunConfig, bounds, usual_loss, usual_weight
from kdviz.datasets import Marks
from kdviz.errors import KdvizError
from kdviz.jobs import continued
from kdviz.language import _, percentage, plural
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.store import Run, Store
from kdviz.types import MapSource
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.page_switch import open_page
from kdviz.ui.frame.run_menu import show_run
from kdviz.ui.widgets.estimate import continued_cost
from kdviz.ui.widgets.submitting import submitted

_FEW, _FEW_WEIGHT = 0.1, 3.0
"""Below this share of marked images λ is at most this at first: at 30, a few marks ruin the accuracy."""


def retraining(store: Store, run: Run, marks: Marks, *, of: int) -> None:
    """The settings that differ from those of the run, and the button; it opens the new run on Distill.

    of: number of training images that could be marked.
    """
    with st.container(border=True):
        st.markdown(f"**{_('Retrain from here')}**")
        st.caption(_about(run, marks))
        changes = _changes(run, few=len(marks) < _FEW * of)
        with suppress(KdvizError):  # the files of the run are gone: submitting says so
            continued_cost(store, run, arms=len(changes["arms"]), epochs=changes["epochs"])
        pressed = st.button(
            _("Retrain from here"),
            type="primary",
            icon=":material/play_arrow:",
            key="retrain",
            disabled=not marks or run.state != "finished",
        )
        if not pressed:
            return
        try:
            changes["marks"] = str(store.keep_marks(marks.to_bytes()))
            started = submitted(store, continued(run, changes))
        except KdvizError as error:
            errors(error)
            return
    show_run(started)
    open_page("pages/distill.py")


def _about(run: Run, marks: Marks) -> str:
    if run.state != "finished":
        return _("Only a finished run can be trained further.")
    if not marks:
        return _("Mark a picture first.")
    return plural(
        "A new run goes on from this one's students, with the mark on {count} picture.",
        "A new run goes on from this one's students, with the marks on {count} pictures.",
        len(marks),
    )


def _changes(run: Run, *, few: bool) -> dict[str, Any]:
    """The new run's settings that may differ from those of its parent. few: of the images are marked."""
    loss = _loss(run.config)
    sources: dict[MapSource, str] = {
        "mask": _("your marks"),
        "both": _("the teacher's maps, inside your marks"),
    }
    offered = [source for source in sources if source in EXPLANATION_LOSSES[loss].map_sources]
    source = st.radio(
        _("The student's maps are matched to"),
        offered,
        format_func=sources.__getitem__,
        horizontal=True,
        key="retrain_source",
        help=_(
            "Your marks: evidence for the label belongs inside the mark. The teacher's maps, inside your "
            "marks: what the teacher looks at outside of a mark is left out; pictures without a mark keep "
            "the teacher's whole map."
        ),
    )
    weight, epochs = _weight_and_epochs(run.config, loss, few=few)
    control = st.checkbox(
        _("Train a control without marks"),
        value=True,
        key="retrain_control",
        help=_(
            "The same student, trained further on the teacher's maps alone. What differs between the two is "
            "caused by your marks, not by the further epochs."
        ),
    )
    arms = (*run.config.arms, *(("teacher-maps",) if control else ()))
    return {
        "map_source": source,
        "explanation_loss": loss,
        "explanation_weight": weight,
        "epochs": epochs,
        "arms": tuple(dict.fromkeys(arms)),
    }


def _loss(config: RunConfig) -> str:
    """The run's explanation loss, or where marks mean nothing to it the usual one of its networks."""
    if {"mask", "both"} & {*EXPLANATION_LOSSES[config.explanation_loss].map_sources}:
        return config.explanation_loss
    return usual_loss(config.teacher, config.student, config.explained_layer)


def _weight_and_epochs(config: RunConfig, loss: str, *, few: bool) -> tuple[float, int]:
    """λ and the number of further epochs; those of the run at first, or a smaller λ for few marks."""
    usual = config.explanation_weight or usual_weight(loss)
    weight = min(usual, _FEW_WEIGHT) if few else usual
    ladder = sorted({*LAMBDA_LADDER[1:], weight})
    _low, most = bounds("epochs")
    with st.grid(2, min_column_width=240):
        chosen = st.select_slider(
            "λ",
            ladder,
            value=weight,
            format_func=lambda value: f"{value:g}",
            key=f"retrain_weight_{loss}_{weight:g}",
            help=_(RunConfig.model_fields["explanation_weight"].description or ""),
        )
        epochs = st.number_input(
            _("Further epochs"), 1, int(most or 1), value=config.epochs, step=1, key="retrain_epochs"
        )
    st.caption(_first_weight(weight, usual))
    return float(chosen), int(epochs)


def _first_weight(weight: float, usual: float) -> str:
    """Which λ is proposed, and why. usual: of the run."""
    if weight < usual:
        words = _(
            "λ begins at {weight}, not at the run's {usual}, while fewer than {few} of the training pictures "
            "are marked: with few marks a large λ costs accuracy."
        )
        return words.format(weight=f"{weight:g}", usual=f"{usual:g}", few=percentage(_FEW, 0))
    return _("λ begins at {weight}, as in the run.").format(weight=f"{weight:g}")
