"""Lesson 7: questions that a class answers by experiment, each with the settings to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kdviz.config import make_config
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.runs.share import settings_link

_PATCH = {"dataset": "shapes", "cue": "hue-patch", "explanation_weight": 30.0}


@dataclass(frozen=True)
class Question:
    """What to guess, what to do, and the settings that Distill opens with."""

    title: str
    guess: str
    steps: str
    settings: Mapping[str, Any]


def questions(store: Store, run: Run) -> None:
    """Three cards."""
    st.markdown(
        _(
            "A good experiment has a **guess before it** and **one thing that changes**. Write your guess "
            "down, press Start, and compare. The pages Explain and Agreement show what the numbers mean "
            "in pictures."
        )
    )
    with st.grid(3, min_column_width=300, gap="medium"):
        for number, question in enumerate(_questions(), start=1):
            with st.container(border=True):
                st.markdown(f"##### {number} · {question.title}")
                st.markdown(f"{question.guess}\n\n{question.steps}")
                st.page_link(
                    "pages/distill.py",
                    label=_("Open it in Distill"),
                    icon=":material/model_training:",
                    query_params=settings_link(make_config(question.settings)),
                )


def _questions() -> tuple[Question, ...]:
    return (
        Question(
            _("The teacher's maps, or any maps?"),
            _(
                "A patch gives the class away while the student learns, and lies in the test. Does the "
                "student need the *teacher's* maps to see through it, or is any second task a help?"
            ),
            _(
                "Train student, twin and placebo. The placebo has the same λ with the maps of other "
                "images. Compare the three accuracies with the cue broken."
            ),
            {**_PATCH, "arms": ("student", "twin", "placebo")},
        ),
        Question(
            _("A cue that sometimes lies"),
            _(
                "With ρ = 1 the patch always tells the truth in training. If it lies in 1 of 10 images, "
                "will the student need the teacher's maps more, or less?"
            ),
            _(
                "Train with ρ = 0.9, then again with ρ = 1. Compare how far the student is ahead of its "
                "twin in the two runs."
            ),
            {**_PATCH, "cue_strength": 0.9, "arms": ("student", "twin")},
        ),
        Question(
            _("How small may the student be?"),
            _(
                "A student with half the channels has about a quarter of the weights. What goes first "
                "when it shrinks: its accuracy, or its agreement with the teacher?"
            ),
            _(
                "Train at width 0.25, then at 0.5 and 1. Write down accuracy and corrected agreement each "
                "time, and draw both."
            ),
            {"dataset": "fashion-mnist-mini", "student_width": 0.25, "arms": ("student", "twin")},
        ),
    )
