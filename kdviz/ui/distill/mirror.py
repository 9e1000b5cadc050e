"""The form beside an open run: the settings of that run, and a chip for each one that differs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import streamlit as st

from kdviz.config import RunConfig, make_config
from kdviz.errors import KdvizError
from kdviz.language import _
from kdviz.store import Run
from kdviz.store.prepared import is_prepared
from kdviz.ui.distill.folding import given_by_link, is_first_visit
from kdviz.ui.frame.errors import safely
from kdviz.ui.widgets.fields import fill
from kdviz.ui.widgets.setting_names import setting_name, setting_value

_SHOWN, _DRAWN = "form_run", "form_settings"
"""The settings of the run that the form is compared with, and those of the form when it was last drawn."""

_CHIPS = 3
"""Differences that are shown as they are; more of them are folded away."""


def mirror(run: Run, first: Mapping[str, Any] | None) -> None:
    """Fill the form with the settings of the open run, before it is drawn.

    first: those of a first visit instead, whose run the visitor has not started; None for the form's own. Not
    if a link gave the settings, or the visitor has changed some.
    """
    wanted, drawn = first if is_first_visit() else run_settings(run), st.session_state.get(_DRAWN)
    if wanted is None or st.session_state.get(_SHOWN) == wanted:
        return
    before = st.session_state.get(_SHOWN, wanted)
    st.session_state[_SHOWN] = wanted
    if given_by_link(drawn is not None):
        return
    if drawn is None or not differences(drawn, before):
        fill(wanted)


def changes(settings: Mapping[str, Any], run: Run | None) -> None:
    """Chips: the settings of the form that differ from the open run's. Pressing one sets it back.

    Many of them wait behind a button, so that Start stays in sight.
    """
    st.session_state[_DRAWN] = dict(settings)
    if run is None or is_first_visit():
        return
    before = run_settings(run)
    changed = differences(settings, before)
    folded: Any = nullcontext()
    if len(changed) > _CHIPS:
        folded = st.popover(_how_many(len(changed), run), icon=":material/difference:")
    with folded, st.container(horizontal=True, gap="xxsmall", key="changes"):
        for field in changed:
            old = setting_value(field, before[field])
            st.button(
                _("{name} {old} → {new}").format(
                    name=setting_name(field), old=old, new=setting_value(field, settings[field])
                ),
                key=f"change_{field}",
                icon=":material/close:",
                icon_position="right",
                help=_("Set it back to {old}.").format(old=old),
                on_click=safely(_set_back),
                args=(field, settings, before),
            )


def _how_many(changed: int, run: Run) -> str:
    text = (
        _("{count} settings differ from the prepared run")
        if is_prepared(run)
        else _("{count} settings differ from the open run")
    )
    return text.format(count=changed)


def differences(settings: Mapping[str, Any], others: Mapping[str, Any]) -> list[str]:
    """The fields of the form whose values are not those of a run, in the form's order."""
    return [field for field, value in settings.items() if not same_setting(value, others[field])]


def same_setting(value: Any, other: Any) -> bool:
    """Whether a form's value is a run's: sizes are typed as text, arms have no order."""
    if isinstance(value, tuple):
        return set(value) == set(other)
    return bool(value == other or str(value) == str(other))


def _set_back(field: str, settings: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    """A callback. Every data set has its own settings; others that do not go together are all set back."""
    wanted = {**run, **settings, field: run[field]}
    fill(wanted if field != "dataset" and _is_possible(wanted) else run)


def _is_possible(settings: Mapping[str, Any]) -> bool:
    try:
        make_config(settings)
    except KdvizError:
        return False
    return True


def run_settings(run: Run) -> dict[str, Any]:
    """Every setting of a run; a dumped config leaves some out."""
    return {field: getattr(run.config, field) for field in RunConfig.model_fields}
