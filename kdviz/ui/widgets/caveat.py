"""Why it is too early for a finding on a run, the same on every page."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import finding_surveys, label_counts
from kdviz.narrative import one_class_sentence, teacher_guesses, training_caveat
from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared
from kdviz.ui.frame.server import is_ready
from kdviz.ui.widgets.history import history


def caveat(store: Store, run: Run) -> str:
    """Why it is too early; "" if it is not."""
    return training_caveat(run, history(store, run), test_counts(run))


def poor_teacher_note(run: Run) -> None:
    """A line where the teacher is no better than guessing, on a page that shows its maps."""
    if guesses := teacher_guesses(run, test_counts(run)):
        st.markdown(f":material/warning: {guesses}")


def one_class_note(store: Store, run: Run) -> None:
    """A line where a network predicts one class only, on a page that shows its maps."""
    if found := one_class_sentence(run.results, finding_surveys(store, run)):
        st.markdown(f"##### :material/warning: {found}")


def test_counts(run: Run) -> tuple[int, ...]:
    """The number of test images of each class.

    Empty while PyTorch is not loaded, which counts them, and of the run that comes with kdviz, whose first
    page need not wait for it.
    """
    known = run.results is not None and is_ready() and not is_prepared(run)
    return label_counts(run.config) if known else ()
