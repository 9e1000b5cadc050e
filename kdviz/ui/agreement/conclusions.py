"""A card with what may be concluded from a run: sentences in three groups, and the figures behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from kdviz.comparison import (
    CueRemoval,
    Survey,
    UnseenCue,
    known_seeds,
    known_trust_card,
    largest_survey,
    only_twin_wrong,
    second_explainer,
    unseen_cues,
)
from kdviz.errors import StoreError
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.narrative import (
    Conclusion,
    FigureColumn,
    Grounds,
    Group,
    Topic,
    conclusions,
    figure_arms,
    figure_columns,
    figures_caption,
    figures_notes,
    group_name,
    percent_text,
    teacher_guesses,
)
from kdviz.store import Run, Store
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.url_state import CHANGE_CUE, CHECK_MAPS, THIS_RUN
from kdviz.ui.widgets.caveat import caveat, test_counts

_NO_BREAK = "\N{NO-BREAK SPACE}"

_ICONS: Mapping[Group, str] = {
    "say": ":green[:material/check_circle:]",
    "not-shown": ":gray[:material/help:]",
    "do-not-say": ":red[:material/block:]",
}


@dataclass(frozen=True)
class _Link:
    """A page, and what it opens with."""

    label: str
    page: str
    query: Mapping[str, str]


def grounds_of(
    store: Store,
    run: Run,
    survey: Survey,
    *,
    other: Survey | None,
    removals: Sequence[CueRemoval],
    measure: str,
) -> Grounds:
    """What is known of a run, with the stored checks of the survey's explainer.

    other: the survey by the second explainer, if it is known.
    """
    known = (known_trust_card(store, run.id, survey.explainer, arm=arm) for arm in survey.predictions)
    return Grounds(
        run,
        survey,
        largest_survey(store, run, survey),
        other,
        removals,
        measure,
        cards=[card for card in known if card is not None],
        caveat=caveat(store, run),
        guesses=bool(teacher_guesses(run, test_counts(run))),
        seeds=known_seeds(store, run),
        second=second_explainer(run, survey.explainer),
        notes=_notes(store, run),
    )


def _notes(store: Store, run: Run) -> Sequence[str]:
    """Those on the run's data; none where they are damaged, which Distill says."""
    try:
        return store.notes(run.id)
    except StoreError:
        return ()


def conclusions_card(grounds: Grounds) -> None:
    """Draw it."""
    links = _links(grounds)
    with st.container(border=True, gap="small", key="conclusions"):
        st.markdown(f"**{_('What may I conclude?')}**")
        for group, found in conclusions(grounds).items():
            with st.container(gap="xsmall"):
                early = bool(grounds.caveat)
                why = f" · {plain(grounds.caveat)}" if group == "say" and early else ""
                st.markdown(f"{_ICONS[group]} **{group_name(group, early=early)}**{why}")
                for each in found:
                    _sentence(each, links.pop(each.topic, None))
        with st.expander(_("The figures"), icon=":material/table:", key="ag_concluded"):
            _figures(grounds)


def _sentence(said: Conclusion, link: _Link | None) -> None:
    text = plain(said.text)
    if said.topic == "confidence":
        text += f" ({glossary_link('calibration-error')})"
    if link is None:
        st.markdown(f"- {text}")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"- {text}", width="content")
        st.page_link(
            link.page,
            label=link.label,
            icon=":material/arrow_forward:",
            query_params=with_language(link.query),
        )


def _figures(grounds: Grounds) -> None:
    st.table(figures_frame(figure_columns(grounds)))
    st.caption(plain("  \n".join([figures_caption(grounds), *figures_notes(grounds)])))


def figures_frame(columns: list[FigureColumn]) -> pd.DataFrame:
    """A row for each arm; a dash where a figure is undefined. No cell wraps: a narrow table scrolls."""
    arms = figure_arms(columns)
    table = {
        column.title: [
            percent_text(column.shares[arm]).replace(" ", _NO_BREAK) if arm in column.shares else "–"
            for arm in arms
        ]
        for column in columns
    }
    names = (f"{ARM_STYLES[arm].glyph} {ARM_STYLES[arm].label}".replace(" ", _NO_BREAK) for arm in arms)
    return pd.DataFrame(table, index=list(names))


def _links(grounds: Grounds) -> dict[Topic, _Link]:
    explained = {"run": grounds.run.id, "explainer": grounds.survey.explainer}
    return {
        "maps": _Link(_("Check the maps"), "pages/explain.py", explained | CHECK_MAPS),
        "cue": _Link(_("Change the cue"), "pages/explain.py", explained | _example(grounds) | CHANGE_CUE),
        "seeds": _Link(_("Several seeds"), "pages/sweep.py", {"run": grounds.run.id, "study": THIS_RUN}),
    }


def _example(grounds: Grounds) -> dict[str, str]:
    """An image on which the twin alone is wrong, as the cue has it.

    Without one, an image whose cue decides though the map is elsewhere: of the twin, if it has one.
    """
    if alone := only_twin_wrong(grounds.largest, has_cue=grounds.has_cue):
        return {"image": str(alone[0])}
    found: tuple[UnseenCue, ...] = unseen_cues(grounds.survey)
    first = max(found, key=lambda each: each.arm == "twin", default=None)
    return {} if first is None else {"image": str(first.example)}
