"""A note under figures of which some are of runs that came with kdviz."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from kdviz.language import _, plural
from kdviz.store.packaged_runs import packaged_runs
from kdviz.study import Done
from kdviz.ui.frame.formatting import plain


def packaged_note(done: Sequence[Done]) -> None:
    """How many of the runs came with kdviz, where and when they were measured; nothing if none did."""
    packaged = [each.run.record for each in done if each.packaged]
    if not packaged:
        return
    maker = packaged_runs().maker
    machine = plural(
        "{processor}, {count} core",
        "{processor}, {count} cores",
        maker["cores"],
        processor=maker["processor"],
    )
    text = plural(
        "{part} of {count} run came with kdviz: measured on {machine}, {date}.",
        "{part} of {count} runs came with kdviz: measured on {machine}, {date}.",
        len(done),
        part=len(packaged),
        machine=plain(machine),
        date=time.strftime("%Y-%m-%d", time.localtime(max(each.created for each in packaged))),
    )
    st.caption(text, help=_("Runs trained here replace them."))
