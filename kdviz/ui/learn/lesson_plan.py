"""Two lessons of 45 minutes, for a school and a university: what to open, do, ask and listen for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import urlencode, urlsplit

import streamlit as st

from kdviz.claims import CLAIMS
from kdviz.config import make_config
from kdviz.language import _, listed
from kdviz.store import Store
from kdviz.store.prepared import is_prepared
from kdviz.ui.frame import url_state
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.projector import projecting
from kdviz.ui.learn.classroom import class_address, classroom
from kdviz.ui.learn.experiments import PATCH
from kdviz.ui.widgets.downloads import download
from kdviz.ui.widgets.field_keys import settings_link

Page = Literal["home", "explain", "agreement", "distill", "runs", "sweep", "learn"]
_EXPLAIN = {"view": "row", "image": "0"}  # what the plan describes, in place of a visitor's last view

_SCHOOL, _UNIVERSITY = "school", "university"
_FOR_A_VOTE = ("soft-labels", "maps-alone", "bigger-teacher")
"""Claims that need no formula, and that come out differently in the runs that come with kdviz."""


@dataclass(frozen=True)
class Part:
    """A part of a lesson. start, end: minutes. link: label of the link to its page.

    lesson: name of the lesson of a link to Learn.
    """

    start: int
    end: int
    title: str
    action: str
    question: str
    answer: str
    page: Page
    link: str
    lesson: str = ""


def lesson_plan(store: Store) -> None:
    """The parts in their order, each with a link to its page; the answers folded while projected."""
    prepared = next((run.id for run in store.runs() if is_prepared(run)), "")
    plan = _choose_plan()
    shown = university_parts() if plan == _UNIVERSITY else parts()
    st.markdown(_about(plan))
    download(
        _("Plan to print"),
        lambda: printed_plan(_about(plan), shown, base=_server(), run=prepared),
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
    """The plan as an HTML page without scripts. base: the server's address. run: the prepared run's id."""
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
    """The words of a part's link with its address."""
    query = urlencode(_query(part, run))
    page = part.page.removeprefix("home")
    address = escape(f"{base}/{page}?{query}".removesuffix("?"))
    return f'{escape(part.link)}: <a href="{address}">{address}</a>'


def _server() -> str:
    """The address that the class opens, else the one that this browser has; without a path."""
    here = urlsplit(url := str(st.context.url or ""))
    return class_address(url, str(st.get_option("server.address") or "")) or f"{here.scheme}://{here.netloc}"


def _query(part: Part, prepared: str) -> dict[str, str]:
    """The parameters of a part's page."""
    run = {"run": prepared} if prepared else {}
    if part.page == "distill":
        return settings_link(make_config({**PATCH, "arms": ("student", "twin", "placebo")}))
    values = {
        "explain": {**run, **_EXPLAIN} if run else run,
        "agreement": run,
        "sweep": {"study": "lambda-ladder"},
        "learn": {"lesson": part.lesson},
    }.get(part.page, {})
    return with_language(values)


def parts() -> tuple[Part, ...]:
    """The lesson for a school, in the language of the page."""
    return (*_with_the_prepared_students(), *_with_runs_of_the_class())


def _with_the_prepared_students() -> tuple[Part, ...]:
    return (
        Part(
            0,
            8,
            _("Right for the wrong reason"),
            _(
                "On the projector: leave λ at 0 and click through the six images. Let the class say what the "
                "network answers, and only then what it looks at. Then drag λ to the right."
            ),
            _("It was nearly always right in training. Why is it wrong now?"),
            _("the colour of the patch gave the answer away, so it never had to look at the shape."),
            "home",
            _("Open Home"),
        ),
        Part(
            8,
            18,
            _("Is it really the patch?"),
            _(
                "In pairs: find an image on which the twin is wrong and the student right. Open *What if the "
                "patch were elsewhere?*, give the patch another colour, then take it away."
            ),
            _("A heat map shows where. Which of your clicks shows why?"),
            _("only changing the patch and seeing the answer change shows that it is the cause."),
            "explain",
            _("Open Explain"),
        ),
    )


def _with_runs_of_the_class() -> tuple[Part, ...]:
    return (
        Part(
            18,
            30,
            _("Our own experiment"),
            _(
                "Each row predicts first: how often will the student be right, the twin, the placebo? Write "
                "it on the board, then press *Start* and watch the maps while it trains. One row takes "
                "another seed, under *Advanced*: with the same seed all rows get the same numbers."
            ),
            _("What would you see if any heat map helped, and not just the teacher's?"),
            _("then the placebo, which has the maps of other images, would be as good as the student."),
            "distill",
            _("Open Distill with these settings"),
        ),
        Part(
            30,
            38,
            _("One image is no proof"),
            _(
                "On the projector: the bars of the whole test set, first on the cue, then on the object. "
                "Compare each with the line at chance."
            ),
            _("How alike would two heat maps be by luck alone, and why is that not 0?"),
            _(
                "objects are mostly in the middle, so even unrelated maps look alike; the page counts from "
                "there."
            ),
            "agreement",
            _("Open Agreement"),
        ),
        Part(
            38,
            45,
            _("What have we shown?"),
            _("Compare the runs with the predictions, and the row with another seed with the others."),
            _("May we now say that hints always help? What would you test next?"),
            _("one data set, one cue, few seeds; other cues, weaker hints, images without any cue."),
            "runs",
            _("Open Runs"),
        ),
    )


def university_parts() -> tuple[Part, ...]:
    """The lesson for a university, in the language of the page."""
    return (*_of_the_method(), *_of_the_evidence())


def _of_the_method() -> tuple[Part, ...]:
    return (
        Part(
            0,
            8,
            _("What a student network learns from"),
            _(
                "Raise the temperature from 1 to 20 on one image and then on an ambiguous one. Write the "
                "loss of Hinton et al. 2015 on the board."
            ),
            _("Why is the soft-label term multiplied by T²?"),
            _("its gradient shrinks with 1/T², so without it the weight of the term would depend on T."),
            "learn",
            _("Open lesson 2"),
            "soft-labels",
        ),
        Part(
            8,
            18,
            _("Grad-CAM, term by term"),
            _(
                "Leave out one channel after another, in the teacher and in the student. Compare the sum of "
                "the others, on its own scale, with the strongest channel."
            ),
            _("What does the map not show, by its construction?"),
            _("what counts against the class (ReLU), anything finer than a cell, and what masking would do."),
            "learn",
            _("Open lesson 3"),
            "grad-cam",
        ),
        Part(
            18,
            24,
            _("How much agreement is luck?"),
            _(
                "Draw random pairs until the chance level settles. Correct the raw agreement by hand, "
                "then read it on the page."
            ),
            _("Two maps have a raw agreement of 0.8. Is that a lot?"),
            _(
                "it depends on chance: at a chance level of 0.75 it is a fifth of the way from chance to "
                "identical maps (0.2)."
            ),
            "learn",
            _("Open lesson 5"),
            "chance",
        ),
    )


def _of_the_evidence() -> tuple[Part, ...]:
    return (
        Part(
            24,
            31,
            _("What the test set says, and what the maps hide"),
            _(
                "Read the answer and its warnings, by Grad-CAM and by a held-out explainer. Then change the "
                "cue on an image whose map does not highlight it."
            ),
            _("Why is an explainer needed that the loss does not match?"),
            _("what is optimized is no longer a measure; a second explainer shows whether it carries over."),
            "agreement",
            _("Open Agreement"),
        ),
        Part(
            31,
            37,
            _("Is it noise?"),
            _(
                "Read the answer of *The λ ladder* aloud, then hide it: which λ would the class choose, and "
                "by which images? Find a λ whose interval is wide."
            ),
            _("Two λ have nearly the same accuracy. When may you say that one is better?"),
            _(
                "when the interval of their difference over seeds excludes 0; few seeds that cannot tell "
                "them apart do not show that they are equal."
            ),
            "sweep",
            _("Open Sweep"),
        ),
        Part(
            37,
            45,
            _("Which claims hold?"),
            _(
                "In pairs: choose a claim, predict whether it is shown here, then compare it with the "
                "published figure. Good for a vote of the class: {claims}. End with the quiz of *Mistakes*."
            ).format(claims=listed(f"*{_(CLAIMS[name].label)}*" for name in _FOR_A_VOTE)),
            _("What would you still need before you believe it for your own data?"),
            _("more seeds, a placebo, other data and cues, and a test set by which nothing was chosen."),
            "learn",
            _("Open lesson 9"),
            "claims",
        ),
    )
