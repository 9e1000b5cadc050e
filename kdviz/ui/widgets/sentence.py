"""Sentences of several arms, each word with a background by its value, drawn by the browser.

Pointing at a word, or the arrow keys, mark it in all sentences and show its values; no rerun.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from kdviz.datasets import CUES
from kdviz.figures.maps import has_unknown_words, word_layers, words_key, words_legend
from kdviz.language import _
from kdviz.store import Run
from kdviz.ui.frame.component import component
from kdviz.ui.widgets.panel import PANELS_CSS, PANELS_JS, Panel, SentencePanel

_PARTS_JS = Path(__file__).with_name("sentence_parts.js").read_text(encoding="utf-8")

_MOUNT = component("kdviz_sentences", __file__, css=PANELS_CSS, js=PANELS_JS + _PARTS_JS)


@dataclass(frozen=True)
class FramedWord:
    """A word in a frame, such as a planted one. text: what the frame means."""

    word: str
    text: str


def frame_meaning(run: Run) -> str:
    """What a frame around words of a run's test texts means. A cue without a place has none."""
    return _("marked by a person") if CUES[run.config.cue].variants is None else _("the planted word")


def sentence_row(
    panels: Sequence[Panel],
    *,
    signed: bool,
    unit: str,
    choose: Callable[[int], None],
    framed: FramedWord | None = None,
    evidence: str = "",
    own_first: bool = False,
    small: bool = False,
    key: str = "sentences",
) -> None:
    """Draw the panels under one another, with the legend of their scale, unless they are small.

    unit: of the values. choose: called with a class that was chosen. framed: named in the legend. evidence:
    for which class words are coloured, before the legend. own_first: whether the panels `own` are shown at
    first. small: whether they are some of many, which have one legend together, `sentence_legend`.
    """

    def chosen() -> None:
        target = st.session_state[key]["target"]
        if target is not None:
            choose(target)

    _MOUNT(
        key=key,
        data={
            "panels": [asdict(panel) for panel in panels],
            "legend": () if small else word_layers(words_legend(signed=signed, unknown=_has_unknown(panels))),
            "framed": None if framed is None or small else asdict(framed),
            "ownFirst": own_first,
            "small": small,
            "unit": unit,
            "words": _words() | {"legend": "" if small else evidence or _("Evidence:")},
        },
        on_target_change=chosen,
    )


def sentence_legend(text: str, *, signed: bool, framed: FramedWord | None, evidence: str) -> None:
    """Draw the legend of many small panels of a text. The others: as of `sentence_row`."""
    frame = "" if framed is None else framed.text
    st.html(words_key(signed=signed, before=evidence, framed=frame, unknown=has_unknown_words(text)))


def _has_unknown(panels: Sequence[Panel]) -> bool:
    """Whether words that are shown are not in the vocabulary."""
    shown = (each.sentences for each in panels if isinstance(each, SentencePanel))
    return any(not word["known"] for sentences in shown for each in sentences for word in each.words)


def _words() -> dict[str, str]:
    """The component's own texts, with placeholders in braces."""
    return {
        "stage": _("Texts with the evidence of their words. Arrow keys read the values."),
        "point": _("Point at a word, or use the arrow keys on the texts, to read the values."),
        "touch": _("Touch a word to read the values."),
        "where": _("Word {number} of {count}, “{word}”; values in {unit}."),
        "spoken": _("{word}: {evidence} ({value})"),
        "explain": _("Show the evidence for {name}"),
        "evidence": _("Evidence for:"),
        "details": _("More about this map"),
        "hold": _("Hold for the teacher's colours"),
    }
