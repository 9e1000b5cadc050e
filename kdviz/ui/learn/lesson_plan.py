"""Two lessons of 45 minutes, for a school and a university: what to open, do, ask and listen for."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from kdviz.comparison.across_runs.lambda_curve import WITH_CUE
from kdviz.config import make_config
from kdviz.language import _
from kdviz.store import Store
from kdviz.store.prepared import is_prepared
from kdviz.ui.frame import url_state
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.projector import projecting
from kdviz.ui.learn.classroom import address_here, class_address, classroom
from kdviz.ui.learn.lesson_parts import Part, parts, university_parts
from kdviz.ui.widgets.downloads import download
from kdviz.ui.widgets.field_keys import settings_link

_EXPLAIN = {"view": "row", "image": "0"}  # what the plan describes, in place of a visitor's last view

_TYPED = 100
"""Length of an address that somebody would still copy from paper."""

_SCHOOL, _UNIVERSITY = "school", "university"


def lesson_plan(store: Store) -> None:
    """The parts in their order, each with a link to its page; the answers folded while projected."""
    prepared = next((run.id for run in store.runs() if is_prepared(run)), "")
    plan = _choose_plan()
    shown = university_parts() if plan == _UNIVERSITY else parts()
    st.markdown(_about(plan))
    # Made now: the thread of a download knows neither this browser's address nor its language.
    printed = printed_plan(_about(plan), shown, base=_server(), run=prepared)
    download(
        _("Plan to print"),
        lambda: printed,
        file=f"kdviz-lesson-{plan}.html",
        icon="print",
        key="ln_plan_print",
        help=_("The whole plan with its answers as one page, to open and print."),
    )
    with st.container(border=True, gap="xsmall"):
        classroom()
    for part in shown:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                heading = _("**{start}–{end} min · {title}**")
                values = {"start": part.start, "end": part.end, "title": part.title}
                st.markdown(f":material/schedule: {heading.format(**values)}")
                _link(part, prepared)
            st.markdown(part.action)
            st.markdown(f":material/help: *{part.question}*")
            listen_for = _("Listen for: {answer}").format(answer=part.answer)
            if projecting():
                st.expander(_("Answer"), key=f"ln_answer_{part.start}").markdown(listen_for)
            else:
                st.caption(listen_for)


def _choose_plan() -> str:
    labels = {_SCHOOL: _("School, from 13 years"), _UNIVERSITY: _("University")}
    return url_state.menu(
        "ln_plan",
        _("For whom"),
        labels,
        widget=st.segmented_control,
        aliases={"University": _UNIVERSITY, "大学": _UNIVERSITY},  # in links of earlier versions
        required=True,
    )


def _about(plan: str) -> str:
    if plan == _UNIVERSITY:
        return _(
            "For a course on machine learning, a projector, and a laptop for every two people. It needs no "
            "run but the prepared one, so nobody waits for a server."
        )
    return _(
        "For 13 years and up, a projector, and a computer or phone for every two pupils. Nothing has to be "
        "installed on them. One run of the experiment takes about a minute on an idle computer; with a class "
        "on one server the runs wait for each other, so start one for each row of seats. If they are not "
        "ready in time, open the prepared run in *Agreement*: it has these settings."
    )


def printed_plan(about: str, shown: Sequence[Part], *, base: str = "", run: str = "") -> bytes:
    """The plan as an HTML page without scripts.

    base: the server's address; without one, links are words. run: the prepared run's id.
    """
    body = "".join(
        f"<h2>{part.start}–{part.end} min · {escape(part.title)}</h2>"
        f"<p>{_printed_link(part, base, run)}</p><p>{_html(part.action)}</p>"
        f"<p><em>{_html(part.question)}</em></p>"
        f"<p>{_html(_('Listen for: {answer}').format(answer=part.answer))}</p>"
        for part in shown
    )
    title = escape(_("A lesson of 45 minutes"))
    style = (
        "body{font:12pt/1.5 sans-serif;max-width:42em;margin:2em auto}"
        "h2{font-size:13pt;margin:1em 0 0}p{margin:.3em 0;overflow-wrap:anywhere}"
    )
    head = f'<!doctype html><meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return f"{head}<h1>{title}</h1><p>{_html(about)}</p>{body}".encode()


def _html(text: str) -> str:
    return escape(text).replace("*", "")


def _link(part: Part, prepared: str) -> None:
    st.page_link(
        f"pages/{part.page}.py",
        label=part.link,
        icon=":material/arrow_forward:",
        query_params=_query(part, prepared),
    )


def _printed_link(part: Part, base: str, run: str) -> str:
    """The words of a part's link with its address; on paper without settings that nobody would type."""
    query = urlencode(_query(part, run))
    page = f"{base}/{part.page.removeprefix('home')}"
    address = escape(f"{page}?{query}".removesuffix("?"))
    shown = address if len(address) <= _TYPED else escape(page)
    return f"{escape(part.link)}: " + (f'<a href="{address}">{shown}</a>' if base else shown)


def _server() -> str:
    """The address that the class opens, else the one that this browser has; "" if neither is known."""
    url = str(st.context.url or "")
    return class_address(url, str(st.get_option("server.address") or "")) or address_here(url)


def _query(part: Part, prepared: str) -> dict[str, str]:
    """The parameters of a part's page."""
    run = {"run": prepared} if prepared else {}
    if part.page == "distill":
        return settings_link(make_config({**WITH_CUE["image"], "arms": ("student", "twin", "placebo")}))
    values = {
        "explain": {**run, **_EXPLAIN} if run else run,
        "agreement": run,
        "sweep": {"study": "lambda-ladder"},
        "learn": {"lesson": part.lesson},
    }.get(part.page, {})
    return with_language(values)
