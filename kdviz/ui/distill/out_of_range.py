"""Numbers of the form that are out of range. The browser does not send them, so CSS shows which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Any

import streamlit as st

from kdviz.config import RunConfig, bounds, options
from kdviz.language import _
from kdviz.ui.widgets.field_keys import FieldKeys

_INVALID = 'input[aria-invalid="true"]'


@contextmanager
def out_of_range(settings: Mapping[str, Any], *, form: str, hidden: str) -> Iterator[None]:
    """While a number of the form is out of its range, say what each such field allows, in place of `hidden`.

    What is drawn in this context comes before that. form: the key of the form's container. hidden: a CSS
    selector in it; a run started there would use the number before.
    """
    rejected = f".st-key-{form}:has({_INVALID})"
    st.html(
        f"<style>.st-key-rejected {{ display: none; }} {rejected} .st-key-rejected {{ display: flex; }}"
        f"{rejected} {hidden} {{ display: none; }}"
        # The next field's help opens with the keyboard's focus, over this one and its error.
        f'body:has({rejected}):not(:has([data-testid="stTooltipHoverTarget"]:hover))'
        ' [data-testid="stTooltipContent"] { display: none; }</style>'
    )
    with st.container(key="rejected", gap="xsmall"):
        yield
        text = _("A number is out of its range. To start, correct:")
        st.markdown(f":red[:material/error: {text}]")
        st.html("".join(_line(form, *each) for each in _ranges(settings)))


def _ranges(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The key of each number's widget, and what it may be."""
    for field, key, _value in FieldKeys(settings["dataset"]).values(settings):
        low, high = (None, None) if options(field) else bounds(field)
        if low is not None:
            label = _(RunConfig.model_fields[field].title or field)
            text = _("{label}: at least {low}") if high is None else _("{label}: {low} to {high}")
            yield key, text.format(label=label, low=_bound(low), high=_bound(high or 0))


def _bound(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _line(form: str, key: str, text: str) -> str:
    """A line that is shown while the widget of that key has a number out of its range."""
    widget = f"st-key-{re.sub('[^a-zA-Z0-9_-]', '-', key)}"
    wanted = f".st-key-{form}:has(.{widget} {_INVALID}) .for-{widget}"
    style = f".for-{widget} {{ display: none; }} {wanted} {{ display: block; }}"
    return f'<style>{style}</style><div class="for-{widget}">{escape(text)}</div>'
