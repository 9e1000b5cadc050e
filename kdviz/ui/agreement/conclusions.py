"""A card with what may be concluded from a run: a line for each topic, with a link to where it is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from kdviz.comparison import CueRemoval, Survey, UnseenCue, known_trust_card, unseen_cues
from kdviz.language import _
from kdviz.narrative import Topic, conclusions
from kdviz.store import Run, Store
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.frame.language_switch import with_language

_ICONS: Mapping[Topic, str] = {
    "maps": "fact_check",
    "teacher": "my_location",
    "cue": "casino",
    "confidence": "speed",
    "seeds": "repeat",
}


@dataclass(frozen=True)
class _Link:
    """A page, and what it opens with."""

    label: str
    page: str
    query: Mapping[str, str]


def conclusions_card(
    store: Store, run: Run, survey: Survey, largest: Survey, removals: Sequence[CueRemoval]
) -> None:
    """Draw it."""
    known = (known_trust_card(store, run.id, survey.explainer, arm=arm) for arm in survey.predictions)
    links = _links(run, survey)
    with st.container(border=True, gap="xsmall", key="conclusions"):
        st.markdown(f"**{_('What may I conclude?')}**")
        cards = [card for card in known if card is not None]
        for each in conclusions(run, survey, cards, largest=largest, removals=removals):
            text = plain(each.text)
            if each.topic == "confidence":
                text += f" ({glossary_link('calibration-error')})"
            said, linked = st.columns([5, 1], vertical_alignment="top")
            said.markdown(f":material/{_ICONS[each.topic]}: {text}")
            if link := links.get(each.topic):
                linked.page_link(
                    link.page,
                    label=link.label,
                    icon=":material/arrow_forward:",
                    query_params=with_language(link.query),
                )


def _links(run: Run, survey: Survey) -> dict[Topic, _Link]:
    explained = {"run": run.id, "explainer": survey.explainer}
    return {
        "maps": _Link(_("Check the maps"), "pages/explain.py", explained),
        "cue": _Link(_("Change the cue"), "pages/explain.py", explained | _example(run, survey)),
        "seeds": _Link(_("Several seeds"), "pages/sweep.py", {}),
    }


def _example(run: Run, survey: Survey) -> dict[str, str]:
    """An image whose cue decides though the map is elsewhere, if there is one: of the twin, if it has one."""
    found: tuple[UnseenCue, ...] = unseen_cues(survey, run.results or {})
    first = max(found, key=lambda each: (each.mostly, each.arm == "twin"), default=None)
    return {} if first is None or first.example is None else {"image": str(first.example)}
