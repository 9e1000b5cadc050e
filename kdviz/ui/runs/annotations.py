"""A run's annotations: name, note, tags and pin."""

from __future__ import annotations

import streamlit as st

from kdviz.errors import KdvizError
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.frame.errors import errors


def annotation_form(store: Store, run: Run) -> None:
    """A form that edits the run's name, note, tags and pin."""
    known = sorted({tag for each in store.runs() for tag in each.record.tags} | set(run.record.tags))
    with (
        st.expander(_("Name, note and tags"), icon=":material/edit:"),
        st.form(f"annotations_{run.id}", border=False),
    ):
        name = st.text_input(_("Name"), run.record.name, placeholder=run.title, key=f"name_{run.id}")
        note = st.text_area(_("Note"), run.record.note, key=f"note_{run.id}")
        tags = st.multiselect(
            _("Tags"), known, default=list(run.record.tags), accept_new_options=True, key=f"tags_{run.id}"
        )
        pinned = st.checkbox(_("Pin to the top"), run.record.pinned, key=f"pinned_{run.id}")
        if not st.form_submit_button(_("Save"), icon=":material/save:"):
            return
        try:
            store.annotate(run.id, name=name, note=note, tags=tags, pinned=pinned)
        except KdvizError as error:
            errors(error)
            return
    st.rerun()
