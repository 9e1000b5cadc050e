"""Whoever runs an open server signs in, and sets what each visitor may ask of it."""

from __future__ import annotations

import math

import streamlit as st

from kdviz.journal import note
from kdviz.language import _, plural
from kdviz.store.limits import Limits, read_limits, write_limits
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.server import is_instructor, open_store
from kdviz.ui.frame.sign_in import door, is_signed_in, passphrase
from kdviz.ui.frame.visitor import visitor_key

_GIVEN, _REFUSED = "passphrase", "passphrase_refused"


def instructor_panel() -> None:
    """The passphrase; or, once it was given and at the computer itself, the limits."""
    if is_instructor():
        _limits()
        if is_signed_in():
            st.button(_("Sign out"), icon=":material/logout:", key="sign_out", on_click=safely(_leave))
    elif passphrase():
        _sign_in()


def _sign_in() -> None:
    with st.form("sign_in", border=True):
        label = _("Passphrase of the person who runs this server")
        st.text_input(label, type="password", key=_GIVEN, autocomplete="off")
        st.form_submit_button(_("Sign in"), icon=":material/login:", on_click=safely(_enter))
        if st.session_state.pop(_REFUSED, False):
            wait_s = math.ceil(door().wait_s(_address()))
            st.error(
                plural(
                    "Refused. Try again in {count} second.",
                    "Refused. Try again in {count} seconds.",
                    wait_s,
                )
                if wait_s
                else _("This is not the passphrase."),
                icon=":material/error:",
            )


def _limits() -> None:
    store = open_store()
    now = read_limits(store.directory)
    with st.container(border=True):
        st.markdown(_("**Each visitor may have**"))
        with st.container(horizontal=True):
            runs = st.number_input(
                _("runs waiting or in training"), 1, 1000, now.runs, key="limit_runs", width=240
            )
            epochs = st.number_input(
                _("epochs of a run, teacher and students together"),
                1, 100_000, now.epochs, key="limit_epochs", width=360,
            )  # fmt: skip
            upload_mb = st.number_input(
                _("MB of uploads"), 1, 1_000_000, now.upload_mb, key="limit_uploads", width=240
            )
    if Limits(runs, epochs, upload_mb) != now:
        write_limits(store.directory, Limits(runs, epochs, upload_mb))


def _enter() -> None:
    given = str(st.session_state[_GIVEN])
    st.session_state[_GIVEN] = ""
    entered = door().enter(visitor_key(), _address(), given, passphrase())
    note("signed in" if entered else "passphrase refused", visitor=visitor_key(), address=_address())
    st.session_state[_REFUSED] = not entered


def _leave() -> None:
    door().leave(visitor_key())


def _address() -> str:
    return st.context.ip_address or ""
