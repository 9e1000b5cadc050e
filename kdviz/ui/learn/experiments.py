"""Lesson: experiments for a class, each with the settings to start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kdviz.comparison.across_runs.lambda_curve import WITH_CUE
from kdviz.config import RunConfig, make_config
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.types import ModalityName
from kdviz.ui.frame.subject import shown_modality
from kdviz.ui.learn.components import start_runs
from kdviz.ui.widgets.field_keys import settings_link

_WITHOUT_CUE: Mapping[ModalityName, str] = {
    "image": "fashion-mnist-mini",
    "text": "sentiment",
    "audio": "speech-commands-mini",
}
"""Data without a cue, with a teacher at hand, for each kind of input."""


@dataclass(frozen=True)
class Experiment:
    """question: what to predict first. procedure: what to do. settings: what Distill opens with.

    varied: what the compared runs have in its place.
    """

    title: str
    question: str
    procedure: str
    settings: Mapping[str, Any]
    varied: Sequence[Mapping[str, Any]] = ({},)

    @property
    def configs(self) -> list[RunConfig]:
        """Of the runs that are compared."""
        return [make_config({**self.settings, **each}) for each in self.varied]


def experiments(store: Store, run: Run) -> None:
    """Three cards, on data of the run's kind of input."""
    st.markdown(
        _(
            "A good experiment starts with a **prediction** and changes **one thing** at a time. Write your "
            "prediction down, start the runs, and compare. The Explain and Agreement pages show what is "
            "behind the numbers."
        )
    )
    with st.grid(3, min_column_width=300, gap="medium"):
        for number, experiment in enumerate(all_experiments(shown_modality()), start=1):
            with st.container(border=True):
                st.markdown(f"##### {number} · {experiment.title}")
                st.markdown(f"{experiment.question}\n\n{experiment.procedure}")
                st.page_link(
                    "pages/distill.py",
                    label=_("Open in Distill"),
                    icon=":material/model_training:",
                    query_params=settings_link(make_config(experiment.settings)),
                )
                start_runs(store, experiment.configs, key=f"ln_start_{number}")


def all_experiments(modality: ModalityName) -> tuple[Experiment, ...]:
    """The experiments on a kind of input, in the language of the page."""
    with_cue = WITH_CUE[modality]
    return (
        Experiment(
            _("The teacher's maps, or any maps?"),
            _(
                "In training, a patch gives the class away; in the test it is drawn at random. Does the "
                "student need the *teacher's* maps to ignore it, or does any additional objective help?"
            ),
            _(
                "Train student, twin and placebo. The placebo has the same λ, but the maps of other images. "
                "Compare the three accuracies with the random patch."
            ),
            {**with_cue, "arms": ("student", "twin", "placebo")},
        ),
        Experiment(
            _("An unreliable cue"),
            _(
                "With ρ = 1 the patch always matches the class in training. If it misleads in 1 of 10 "
                "training images, will the student gain more from the teacher's maps, or less?"
            ),
            _(
                "Train with ρ = 0.9, then with ρ = 1. Compare the student's gain in accuracy over its twin "
                "in the two runs."
            ),
            {**with_cue, "cue_strength": 0.9, "arms": ("student", "twin")},
            ({"cue_strength": 0.9}, {"cue_strength": 1.0}),
        ),
        Experiment(
            _("How small can the student be?"),
            _(
                "A student with half the channels has about a quarter of the weights. As it shrinks, what "
                "drops first: its accuracy, or its agreement with the teacher?"
            ),
            _(
                "Train with width 0.25, then with 0.5 and 1. Note accuracy and agreement each time, and "
                "plot both."
            ),
            {"dataset": _WITHOUT_CUE[modality], "student_width": 0.25, "arms": ("student", "twin")},
            tuple({"student_width": width} for width in (0.25, 0.5, 1.0)),
        ),
    )
